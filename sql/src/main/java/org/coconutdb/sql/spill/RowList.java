package org.coconutdb.sql.spill;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Rows in memory by number, each with another number beside it. In pieces, so that no step takes long however many rows there are: who cancels the
/// statement would wait while an array of ten million rows is copied. One thread.
public final class RowList {
    private static final int PIECE_BITS = 14;
    /// Rows of a piece.
    public static final int PIECE_ROWS = 1 << PIECE_BITS;
    private static final int FIRST_ROWS = 16;
    private static final int MASK = PIECE_ROWS - 1;

    private @Nullable Object[][] rows = {new @Nullable Object[FIRST_ROWS]};
    private int[][] numbers = {new int[FIRST_ROWS]};
    private int size;

    public void add(@Nullable Object row) {
        add(row, 0);
    }

    public void add(@Nullable Object row, int number) {
        int piece = size >>> PIECE_BITS;
        int place = size & MASK;
        if (piece == rows.length) {
            rows = Arrays.copyOf(rows, piece * 2);
            numbers = Arrays.copyOf(numbers, piece * 2);
        }
        if (rows[piece] == null) {
            rows[piece] = new @Nullable Object[PIECE_ROWS];
            numbers[piece] = new int[PIECE_ROWS];
        } else if (place == rows[piece].length) {
            rows[piece] = Arrays.copyOf(rows[piece], place * 2);
            numbers[piece] = Arrays.copyOf(numbers[piece], place * 2);
        }
        rows[piece][place] = row;
        numbers[piece][place] = number;
        size++;
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public @Nullable Object row(int index) {
        return rows[index >>> PIECE_BITS][index & MASK];
    }

    public int number(int index) {
        return numbers[index >>> PIECE_BITS][index & MASK];
    }

    /// In the place of another.
    public void set(int index, @Nullable Object row, int number) {
        rows[index >>> PIECE_BITS][index & MASK] = row;
        numbers[index >>> PIECE_BITS][index & MASK] = number;
    }

    /// Keeps the first ones.
    public void truncate(int kept) {
        for (int i = kept; i < size; i++) {
            rows[i >>> PIECE_BITS][i & MASK] = null;
        }
        size = kept;
    }
}
