package org.coconutdb.sql.operator;

import java.util.Iterator;
import java.util.List;
import org.apache.calcite.linq4j.Enumerator;
import org.jspecify.annotations.Nullable;

/// A row for each element of arrays. Holds one row of its input at a time.
final class UnnestedRows implements Enumerator<@Nullable Object> {
    private final Enumerator<@Nullable Object> rows;
    private final int columns;
    private final boolean withOrdinality;
    private final @Nullable Iterator<?>[] elements;
    private int place;
    private @Nullable Object current;

    /// @param columns of the input, each an array
    /// @param withOrdinality whether the place of the element, from 1, stands behind it
    UnnestedRows(Enumerator<@Nullable Object> rows, int columns, boolean withOrdinality) {
        this.rows = rows;
        this.columns = columns;
        this.withOrdinality = withOrdinality;
        this.elements = new Iterator<?>[columns];
    }

    @Override
    public boolean moveNext() {
        while (true) {
            boolean isAny = false;
            @Nullable Object[] row = new @Nullable Object[withOrdinality ? columns + 1 : columns];
            for (int i = 0; i < columns; i++) {
                Iterator<?> left = elements[i];
                if (left != null && left.hasNext()) {
                    row[i] = left.next();
                    isAny = true;
                }
            }
            if (isAny) {
                place++;
                if (withOrdinality) {
                    row[columns] = place;
                }
                current = row.length == 1 ? row[0] : row;
                return true;
            }
            if (!rows.moveNext()) {
                return false;
            }
            place = 0;
            Object input = rows.current();
            for (int i = 0; i < columns; i++) {
                Object array = columns == 1 ? input : ((@Nullable Object[]) java.util.Objects.requireNonNull(input))[i];
                elements[i] = array instanceof List<?> list ? list.iterator() : null;
            }
        }
    }

    @Override
    public @Nullable Object current() {
        return current;
    }

    @Override
    public void reset() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        rows.close();
    }
}
