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
    private static final int PIECE_BITS = 14;
    private static final int PIECE_GROUPS = 1 << PIECE_BITS;
    private static final int MASK = PIECE_GROUPS - 1;
    private static final int GROUPS_BETWEEN_CHECKS = 0x3fff;

    private final OperatorMemory memory;

    private Piece[] pieces = {new Piece(FIRST_GROUPS)};
    // The first group of each chain, and one more: 0 where there is none. Also in pieces.
    private int[][] heads = {new int[FIRST_GROUPS * 2]};
    private int buckets = FIRST_GROUPS * 2;
    private int count;

    /// @param memory looked at for a cancel only: what it holds is counted with the rows
    GroupTable(OperatorMemory memory) {
        this.memory = memory;
    }

    /// What is kept of some groups: in pieces, so that no step takes long however many there are.
    private static final class Piece {
        private @Nullable Object[][] keys;
        private @Nullable Object[] states;
        private int[] hashes;
        private int[] kinds;
        private int[] next;
        // What the largest values take that each group may have kept; null where groups keep none.
        private long @Nullable [] kept;

        Piece(int length) {
            keys = new @Nullable Object[length][];
            states = new @Nullable Object[length];
            hashes = new int[length];
            kinds = new int[length];
            next = new int[length];
        }

        int length() {
            return next.length;
        }

        void grow(int length) {
            keys = Arrays.copyOf(keys, length);
            states = Arrays.copyOf(states, length);
            hashes = Arrays.copyOf(hashes, length);
            kinds = Arrays.copyOf(kinds, length);
            next = Arrays.copyOf(next, length);
            kept = kept == null ? null : Arrays.copyOf(kept, length);
        }
    }

    private Piece piece(int group) {
        return pieces[group >>> PIECE_BITS];
    }

    private int bucket(int hash) {
        return KeyValues.mixed(hash, PartitionedRows.LEVEL_MAX + 1) & (buckets - 1);
    }

    private int head(int bucket) {
        return heads[bucket >>> PIECE_BITS][bucket & MASK] - 1;
    }

    private void chain(int group, Piece piece, int place) {
        int bucket = bucket(piece.hashes[place]);
        piece.next[place] = head(bucket);
        heads[bucket >>> PIECE_BITS][bucket & MASK] = group + 1;
    }

    /// The group with the key that the row has in these columns; negative where there is none.
    int find(int kind, int hash, @Nullable Object row, RowShape shape, int[] columns) {
        int group = head(bucket(hash));
        while (group != NONE) {
            Piece piece = piece(group);
            int place = group & MASK;
            if (piece.hashes[place] == hash && piece.kinds[place] == kind && hasKey(piece.keys[place], row, shape, columns)) {
                return group;
            }
            group = piece.next[place];
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
        if (count == buckets / 2) {
            rehash();
        }
        int group = count++;
        Piece piece = pieceToAdd(group);
        int place = group & MASK;
        piece.keys[place] = key;
        piece.states[place] = state;
        piece.hashes[place] = hash;
        piece.kinds[place] = kind;
        chain(group, piece, place);
        return group;
    }

    private Piece pieceToAdd(int group) {
        int number = group >>> PIECE_BITS;
        if (number == pieces.length) {
            pieces = Arrays.copyOf(pieces, number * 2);
        }
        if (pieces[number] == null) {
            pieces[number] = new Piece(PIECE_GROUPS);
        } else if ((group & MASK) == pieces[number].length()) {
            pieces[number].grow(pieces[number].length() * 2);
        }
        return pieces[number];
    }

    private void rehash() {
        buckets *= 2;
        int[][] empty = new int[Math.max(1, buckets >>> PIECE_BITS)][];
        for (int i = 0; i < empty.length; i++) {
            memory.checkCancelled();
            empty[i] = new int[Math.min(buckets, PIECE_GROUPS)];
        }
        heads = empty;
        for (int group = 0; group < count; group++) {
            // Millions take longer than whoever cancels would wait.
            if ((group & GROUPS_BETWEEN_CHECKS) == 0) {
                memory.checkCancelled();
            }
            chain(group, piece(group), group & MASK);
        }
    }

    int count() {
        return count;
    }

    @Nullable
    Object[] key(int group) {
        return piece(group).keys[group & MASK];
    }

    int kind(int group) {
        return piece(group).kinds[group & MASK];
    }

    @Nullable
    Object state(int group) {
        return piece(group).states[group & MASK];
    }

    void setState(int group, @Nullable Object state) {
        piece(group).states[group & MASK] = state;
    }

    /// How much more heap the group may take, which keeps one of its rows' values.
    long keep(int group, long bytes) {
        Piece piece = piece(group);
        long[] kept = piece.kept;
        if (kept == null) {
            kept = new long[piece.length()];
            piece.kept = kept;
        }
        long more = Math.max(0, bytes - kept[group & MASK]);
        kept[group & MASK] += more;
        return more;
    }

    /// The group is not asked for any more.
    void forget(int group) {
        Piece piece = piece(group);
        piece.keys[group & MASK] = new @Nullable Object[0];
        piece.states[group & MASK] = null;
    }
}
