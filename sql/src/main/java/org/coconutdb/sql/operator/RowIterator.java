package org.coconutdb.sql.operator;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows to be taken once.
interface RowIterator {
    boolean hasNext();

    /// The next row, which may be the value NULL of its only column.
    @Nullable
    Object next();

    /// Gives back what the rows that nobody wants any more take. Closing twice is harmless.
    default void close() {}

    static RowIterator of(List<? extends @Nullable Object> rows) {
        Iterator<? extends @Nullable Object> iterator = rows.iterator();
        return new RowIterator() {
            @Override
            public boolean hasNext() {
                return iterator.hasNext();
            }

            @Override
            public @Nullable Object next() {
                return iterator.next();
            }
        };
    }
}
