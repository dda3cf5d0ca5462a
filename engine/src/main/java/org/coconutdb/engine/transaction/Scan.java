package org.coconutdb.engine.transaction;

import java.util.Arrays;
import java.util.BitSet;
import java.util.OptionalLong;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.table.SliceScan;
import org.coconutdb.engine.version.ReadPoint;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// Rows of a range as a statement of a transaction sees them, block after block. One thread; ends with its transaction at the latest.
public final class Scan {
    private final Transaction transaction;
    // By id, in key order for a sorted table.
    private final int[] blocks;
    private final TableDescriptor table;
    private final KeyRange range;
    private final boolean reverse;
    private final ReadPoint point;
    private final @Nullable OwnRows own;
    // The row shown last, where the transaction has to know how far it has read.
    private final @Nullable RecordView last;
    private boolean hasShown;
    private boolean isOver;
    private int nextBlock;
    private @Nullable SliceScan current;

    /// @param own what the transaction itself wrote; null: nothing to this table
    /// @param tracks whether [#seen] will be asked for
    Scan(
            Transaction transaction,
            int[] blocks,
            TableDescriptor table,
            KeyRange range,
            boolean reverse,
            ReadPoint point,
            @Nullable OwnRows own,
            boolean tracks) {
        this.transaction = transaction;
        this.blocks = blocks;
        this.table = table;
        this.range = range;
        this.reverse = reverse;
        this.point = point;
        this.own = own;
        this.last = tracks ? new RecordView() : null;
    }

    /// Points the view at the next visible row; false at the end.
    public boolean next(RecordView into) {
        transaction.requireOpen();
        OwnRows merged = own;
        boolean found = merged == null ? nextStored(into) : merged.next(this, into);
        RecordView shown = last;
        if (shown != null) {
            hasShown |= found;
            isOver |= !found;
            if (found) {
                shown.at(into);
            }
        }
        return found;
    }

    /// The next row of those that are committed.
    boolean nextStored(RecordView into) {
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
            int block = blocks[reverse ? blocks.length - 1 - nextBlock : nextBlock];
            nextBlock++;
            current = transaction.slice(block, table, range, point).scan(range, reverse, point);
        }
    }

    /// Counts all rows without a look at any, where each block knows the number at the snapshot: then the scan is at its end. Else empty, and the scan
    /// has not begun. To be called before [#next].
    public OptionalLong countAtOnce() {
        transaction.requireOpen();
        if (own != null || nextBlock > 0 || range.from() != null || range.to() != null) {
            return OptionalLong.empty();
        }
        long rows = 0;
        for (int block : blocks) {
            OptionalLong inBlock = transaction.slice(block, table, range, point).rowCountAt(point.snapshot());
            if (inBlock.isEmpty()) {
                return inBlock;
            }
            rows += inBlock.getAsLong();
        }
        nextBlock = blocks.length;
        // What was read is the whole range, for who judges it.
        isOver = true;
        return OptionalLong.of(rows);
    }

    /// Adds the ids of the blocks that were looked into until now.
    public void addBlocksTo(BitSet ids) {
        for (int i = 0; i < nextBlock; i++) {
            ids.set(blocks[reverse ? blocks.length - 1 - i : i]);
        }
    }

    TableDescriptor table() {
        return table;
    }

    /// The part of the range that was looked at; null where none was. While the snapshot is open.
    @Nullable
    KeyRange seen() {
        RecordView shown = last;
        if (shown == null || isOver) {
            return range;
        }
        if (!hasShown) {
            return null;
        }
        if (table.kind() == TableKind.HASH) {
            return range;
        }
        byte[] key = shown.keyBytes();
        return reverse ? new KeyRange(key, range.to()) : new KeyRange(range.from(), successor(key));
    }

    /// The least key above another.
    private static byte[] successor(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }
}
