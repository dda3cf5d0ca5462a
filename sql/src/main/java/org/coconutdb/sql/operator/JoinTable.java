package org.coconutdb.sql.operator;

import java.util.Arrays;
import java.util.BitSet;
import org.coconutdb.sql.spill.OperatorMemory;
import org.jspecify.annotations.Nullable;

/// Rows of a join's right side in memory, found by their key: chains of row numbers, each in the order of the rows. One thread.
final class JoinTable {
    /// What a row takes beside itself: its place in four arrays, twice while they grow, and in the chains' heads.
    static final int ROW_BYTES = 40;
    static final int NONE = -1;

    private final JoinShape shape;
    private final PartitionedRows rows;
    private final int[] heads;
    private final int[] next;
    private final long[] integers;
    private final BitSet matched = new BitSet();
    private final int mask;

    /// @param memory looked at for a cancel only: what it holds is counted with the rows
    JoinTable(JoinShape shape, PartitionedRows rows, OperatorMemory memory) {
        this.shape = shape;
        this.rows = rows;
        int count = rows.count();
        int buckets = shape.rightKeys().length == 0 ? 1 : Math.max(2, Integer.highestOneBit(Math.max(1, count)) << 1);
        this.mask = buckets - 1;
        this.heads = new int[buckets];
        memory.checkCancelled();
        Arrays.fill(heads, NONE);
        memory.checkCancelled();
        this.next = new int[count];
        this.integers = shape.isInteger() ? new long[count] : new long[0];
        // From the last, so that the first comes first in its chain.
        for (int i = count - 1; i >= 0; i--) {
            if ((i & 0x3ff) == 0) {
                memory.checkCancelled();
            }
            Object row = rows.row(i);
            if (shape.type().keepsRight() && shape.isNullKey(row, shape.right(), shape.rightKeys())) {
                continue;
            }
            if (shape.isInteger() && shape.right().column(row, shape.rightKeys()[0]) instanceof Number number) {
                integers[i] = number.longValue();
            }
            int bucket = bucket(rows.hash(i));
            next[i] = heads[bucket];
            heads[bucket] = i;
        }
    }

    private int bucket(int hash) {
        return KeyValues.mixed(hash, PartitionedRows.LEVEL_MAX + 1) & mask;
    }

    /// The first row whose key may be equal; [#NONE] where there is none.
    int first(int hash) {
        return heads[bucket(hash)];
    }

    int next(int entry) {
        return next[entry];
    }

    /// Whether the row has the key.
    ///
    /// @param integer the key where [JoinShape#isInteger]
    boolean hasKey(int entry, int hash, long integer, @Nullable Object leftRow) {
        if (shape.isInteger()) {
            return integers[entry] == integer;
        }
        return rows.hash(entry) == hash && shape.isSameKey(leftRow, rows.row(entry));
    }

    @Nullable
    Object row(int entry) {
        return rows.row(entry);
    }

    /// Notes that it has been answered.
    void mark(int entry) {
        matched.set(entry);
    }

    /// The next row from here on that was not; [#NONE] behind the last.
    int unmatched(int from) {
        int entry = matched.nextClearBit(from);
        return entry < rows.count() ? entry : NONE;
    }
}
