package org.coconutdb.engine.transaction;

import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.table.SliceScan;
import org.coconutdb.engine.version.ReadPoint;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// Rows of a table that lie in one block, as the statement sees them that has made the [BlockScans]. One thread at a time, any; its transaction
/// is in an operation meanwhile, and does not rest or end.
public final class BlockScan {
    private final Transaction transaction;
    private final int block;
    private final TableDescriptor table;
    private final ReadPoint point;
    private @Nullable SliceScan rows;

    BlockScan(Transaction transaction, int block, TableDescriptor table, ReadPoint point) {
        this.transaction = transaction;
        this.block = block;
        this.table = table;
        this.point = point;
    }

    /// Id of the block.
    public int block() {
        return block;
    }

    /// Points the view at the next visible row; false at the end. SNAPSHOT_TOO_OLD where the transaction is to end: its own thread ends it.
    public boolean next(RecordView into) {
        transaction.requireReadable();
        SliceScan open = rows;
        if (open == null) {
            open = transaction.slice(block, table, KeyRange.ALL, point).scan(KeyRange.ALL, false, point);
            rows = open;
        }
        return open.next(into);
    }
}
