package org.coconutdb.sql.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import org.coconutdb.sql.spill.OperatorMemory;
import org.jspecify.annotations.Nullable;

/// Rows in memory that are sorted by pieces, each when it is full, and merged when they are read: so no step takes long however many rows there are, neither
/// does an array of them all have to be found. Rows that are equal keep the order they came in. Filled, and then read once.
final class SortedPieces {
    private static final int FIRST_ROWS = 16;
    private static final int PIECE_ROWS = 1 << 16;

    private final OperatorMemory memory;
    private final Comparator<@Nullable Object> order;
    // Pieces of which each begins where the one before ended are one sequence: rows that come in order are not compared again.
    private final List<List<@Nullable Object[]>> sequences = new ArrayList<>();
    private @Nullable Object[] last = new @Nullable Object[FIRST_ROWS];
    private int lastRows;

    SortedPieces(OperatorMemory memory, Comparator<@Nullable Object> order) {
        this.memory = memory;
        this.order = order;
    }

    void add(@Nullable Object row) {
        if (lastRows == last.length) {
            if (lastRows == PIECE_ROWS) {
                endPiece();
                last = new @Nullable Object[PIECE_ROWS];
            } else {
                last = Arrays.copyOf(last, Math.min(PIECE_ROWS, lastRows * 2));
            }
        }
        last[lastRows++] = row;
    }

    private void endPiece() {
        @Nullable Object[] piece = lastRows == last.length ? last : Arrays.copyOf(last, lastRows);
        Arrays.sort(piece, order);
        if (!sequences.isEmpty()) {
            List<@Nullable Object[]> sequence = sequences.getLast();
            @Nullable Object[] before = sequence.getLast();
            if (order.compare(before[before.length - 1], piece[0]) <= 0) {
                sequence.add(piece);
                lastRows = 0;
                return;
            }
        }
        List<@Nullable Object[]> sequence = new ArrayList<>();
        sequence.add(piece);
        sequences.add(sequence);
        lastRows = 0;
    }

    boolean isEmpty() {
        return lastRows == 0 && sequences.isEmpty();
    }

    /// All rows in order.
    RowIterator sorted() {
        if (lastRows > 0) {
            endPiece();
        }
        List<Sequence> inputs = sequences.stream().map(Sequence::new).toList();
        return inputs.size() == 1 ? inputs.getFirst() : new MergedRows(memory, order, inputs);
    }

    /// Lets go of the pieces that it has read.
    private static final class Sequence implements RowIterator {
        private final List<@Nullable Object[]> pieces;
        private int piece;
        private int place;

        Sequence(List<@Nullable Object[]> pieces) {
            this.pieces = pieces;
        }

        @Override
        public boolean hasNext() {
            return piece < pieces.size();
        }

        @Override
        public @Nullable Object next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            @Nullable Object[] rows = pieces.get(piece);
            Object row = rows[place++];
            if (place == rows.length) {
                pieces.set(piece++, new @Nullable Object[0]);
                place = 0;
            }
            return row;
        }
    }
}
