package org.coconutdb.sql.operator;

import org.jspecify.annotations.Nullable;

/// What a join makes of its two sides.
///
/// @param left what rows of the left side look like
/// @param right the same of the right side
/// @param leftKeys columns of the left side that are equal to those of the right, in turn; none: all rows meet, and the condition decides
/// @param rightKeys the same of the right side
/// @param matchesNull of each key: whether NULL is equal to NULL
/// @param isInteger whether there is one key, of whole numbers, dates or times, which is not NULL where it is equal
public record JoinShape(Type type, RowShape left, RowShape right, int[] leftKeys, int[] rightKeys, boolean[] matchesNull,
        boolean isInteger) {
    /// Which rows are answered.
    public enum Type {
        INNER, LEFT, RIGHT, FULL, SEMI, ANTI;

        /// Whether a left row without a match is answered.
        boolean keepsLeft() {
            return this == LEFT || this == FULL || this == ANTI;
        }

        /// Whether a right row without a match is answered.
        boolean keepsRight() {
            return this == RIGHT || this == FULL;
        }
    }

    /// Whether the row can match none, since a key is NULL.
    boolean isNullKey(@Nullable Object row, RowShape shape, int[] keys) {
        for (int i = 0; i < keys.length; i++) {
            if (!matchesNull[i] && shape.column(row, keys[i]) == null) {
                return true;
            }
        }
        return false;
    }

    static int hash(@Nullable Object row, RowShape shape, int[] keys) {
        int hash = 0;
        for (int key : keys) {
            hash = KeyValues.combined(hash, KeyValues.hash(shape.column(row, key)));
        }
        return hash;
    }

    boolean isSameKey(@Nullable Object leftRow, @Nullable Object rightRow) {
        for (int i = 0; i < leftKeys.length; i++) {
            if (!KeyValues.same(left.column(leftRow, leftKeys[i]), right.column(rightRow, rightKeys[i]))) {
                return false;
            }
        }
        return true;
    }

    @Nullable
    Object joined(@Nullable Object leftRow, @Nullable Object rightRow) {
        @Nullable Object[] row = new @Nullable Object[left.columns() + right.columns()];
        left.copy(leftRow, row, 0);
        right.copy(rightRow, row, left.columns());
        return row.length == 1 ? row[0] : row;
    }

    /// A left row without a match.
    @Nullable
    Object leftAlone(@Nullable Object leftRow) {
        if (type == Type.ANTI) {
            return leftRow;
        }
        @Nullable Object[] row = new @Nullable Object[left.columns() + right.columns()];
        left.copy(leftRow, row, 0);
        return row.length == 1 ? row[0] : row;
    }

    /// A right row without a match.
    @Nullable
    Object rightAlone(@Nullable Object rightRow) {
        @Nullable Object[] row = new @Nullable Object[left.columns() + right.columns()];
        right.copy(rightRow, row, left.columns());
        return row.length == 1 ? row[0] : row;
    }
}
