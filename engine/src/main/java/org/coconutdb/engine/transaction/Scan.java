package org.coconutdb.engine.transaction;

import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.table.SliceScan;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// Rows of a range at a transaction's snapshot, block after block. One thread; ends with its transaction at the latest.
public final class Scan {
    private final Transaction transaction;
    private final Block[] blocks;
    private final int table;
    private final KeyRange range;
    private final boolean reverse;
    private int nextBlock;
    private @Nullable SliceScan current;

    Scan(Transaction transaction, Block[] blocks, int table, KeyRange range, boolean reverse) {
        this.transaction = transaction;
        this.blocks = blocks;
        this.table = table;
        this.range = range;
        this.reverse = reverse;
    }

    /// Points the view at the next visible row; false at the end.
    public boolean next(RecordView into) {
        transaction.requireOpen();
        while (true) {
            SliceScan scan = current;
            if (scan != null && scan.next(into)) {
                return true;
            }
            if (nextBlock == blocks.length) {
                current = null;
                return false;
            }
            // Blocks of a sorted table stand in key order.
            Block block = blocks[reverse ? blocks.length - 1 - nextBlock : nextBlock];
            nextBlock++;
            TableSlice slice = block.slice(table);
            if (slice == null) {
                throw CoconutException.of(ErrorCode.UNDEFINED_TABLE).with("tableId", table).mend("The table was dropped meanwhile.");
            }
            current = slice.scan(range, reverse, transaction.point());
        }
    }
}
