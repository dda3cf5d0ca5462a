package org.coconutdb.sql.operator;

import org.jspecify.annotations.Nullable;

/// How rows with so many columns look: an array, the bare value of one column, or something without any.
public record RowShape(int columns) {
    @Nullable
    Object column(@Nullable Object row, int column) {
        return row instanceof Object[] values && columns != 1 ? values[column] : row;
    }

    void copy(@Nullable Object row, @Nullable Object[] into, int from) {
        if (columns == 1) {
            into[from] = row;
        } else if (columns > 1 && row instanceof Object[] values) {
            System.arraycopy(values, 0, into, from, columns);
        }
    }
}
