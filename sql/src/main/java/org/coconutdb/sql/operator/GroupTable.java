package org.coconutdb.sql.operator;

import java.util.Arrays;
import org.coconutdb.sql.spill.OperatorMemory;
import org.jspecify.annotations.Nullable;

/// Groups in memory: each a key of several values, a number that tells keys of one kind from those of another, and what its owner keeps of it. In the
/// order in which they came. One thread.
final class GroupTable {
    /// What a group takes beside its key's values and its owner's part: its place in the arrays, twice while they grow, and the key's array.
    static final int GROUP_BYTES = 64;
    private static final int FIRST_GROUPS = 16;
    private static final int NONE = -1;
    private static final int GROUPS_BETWEEN_CHECKS = 0x3fff;

    private final OperatorMemory memory;

    private @Nullable Object[][] keys = new @Nullable Object[FIRST_GROUPS][];
    private @Nullable Object[] states = new @Nullable Object[FIRST_GROUPS];
    private int[] hashes = new int[FIRST_GROUPS];
    private int[] kinds = new int[FIRST_GROUPS];
    private int[] next = new int[FIRST_GROUPS];
    private int[] heads = emptyHeads(FIRST_GROUPS * 2);
    // What the largest values take that each group may have kept; null where groups keep none.
    private long @Nullable [] kept;
    private int count;

    /// @param memory looked at for a cancel only: what it holds is counted with the rows
    GroupTable(OperatorMemory memory) {
        this.memory = memory;
    }

    private static int[] emptyHeads(int length) {
        int[] heads = new int[length];
        Arrays.fill(heads, NONE);
        return heads;
    }

    private int bucket(int hash) {
        return KeyValues.mixed(hash, PartitionedRows.LEVEL_MAX + 1) & (heads.length - 1);
    }

    /// The group with the key that the row has in these columns; negative where there is none.
    int find(int kind, int hash, @Nullable Object row, RowShape shape, int[] columns) {
        for (int group = heads[bucket(hash)]; group != NONE; group = next[group]) {
            if (hashes[group] == hash && kinds[group] == kind && hasKey(keys[group], row, shape, columns)) {
                return group;
            }
        }
        return NONE;
    }

    private static boolean hasKey(@Nullable Object[] key, @Nullable Object row, RowShape shape, int[] columns) {
        for (int i = 0; i < columns.length; i++) {
            if (!KeyValues.same(key[i], shape.column(row, columns[i]))) {
                return false;
            }
        }
        return true;
    }

    /// Makes one, which is not there; answers its number.
    int add(int kind, int hash, @Nullable Object[] key, @Nullable Object state) {
        if (count == hashes.length) {
            grow();
        }
        int group = count++;
        keys[group] = key;
        states[group] = state;
        hashes[group] = hash;
        kinds[group] = kind;
        int bucket = bucket(hash);
        next[group] = heads[bucket];
        heads[bucket] = group;
        return group;
    }

    private void grow() {
        int length = count * 2;
        keys = Arrays.copyOf(keys, length);
        states = Arrays.copyOf(states, length);
        hashes = Arrays.copyOf(hashes, length);
        kinds = Arrays.copyOf(kinds, length);
        next = Arrays.copyOf(next, length);
        heads = emptyHeads(length * 2);
        // Millions take longer than whoever cancels would wait.
        for (int group = 0; group < count; group++) {
            if ((group & GROUPS_BETWEEN_CHECKS) == 0) {
                memory.checkCancelled();
            }
            int bucket = bucket(hashes[group]);
            next[group] = heads[bucket];
            heads[bucket] = group;
        }
    }

    int count() {
        return count;
    }

    @Nullable
    Object[] key(int group) {
        return keys[group];
    }

    int kind(int group) {
        return kinds[group];
    }

    @Nullable
    Object state(int group) {
        return states[group];
    }

    void setState(int group, @Nullable Object state) {
        states[group] = state;
    }

    /// How much more heap the group may take, which keeps one of its rows' values.
    long keep(int group, long bytes) {
        long[] sizes = kept;
        if (sizes == null || sizes.length <= group) {
            sizes = sizes == null ? new long[hashes.length] : Arrays.copyOf(sizes, hashes.length);
            kept = sizes;
        }
        long more = Math.max(0, bytes - sizes[group]);
        sizes[group] += more;
        return more;
    }

    /// The group is not asked for any more.
    void forget(int group) {
        keys[group] = new @Nullable Object[0];
        states[group] = null;
    }
}
