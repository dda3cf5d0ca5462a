package org.coconutdb.jdbc;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.coconutdb.jdbc.session.RowCursor;
import org.jspecify.annotations.Nullable;

/// Rows that are in memory already: answers of metadata.
final class ListRowCursor implements RowCursor {
    private final Iterator<@Nullable Object[]> rows;
    private @Nullable Object @Nullable [] current;

    ListRowCursor(List<@Nullable Object[]> rows) {
        this.rows = rows.iterator();
    }

    @Override
    public boolean next() {
        current = rows.hasNext() ? rows.next() : null;
        return current != null;
    }

    @Override
    public @Nullable Object get(int column) {
        if (current == null) {
            throw new NoSuchElementException("no current row");
        }
        return current[column];
    }

    @Override
    public void close() {
        current = null;
    }
}
