package org.coconutdb.sql.session;

import java.util.List;
import org.coconutdb.jdbc.session.RowCursor;

/// Rows of one column that are there already. Holds nothing that has to be closed.
final class FixedCursor implements CompiledStatement.Rows, RowCursor {
    private final List<String> rows;
    private int position = -1;

    FixedCursor(List<String> rows) {
        this.rows = rows;
    }

    @Override
    public boolean next() {
        position++;
        return position < rows.size();
    }

    @Override
    public Object get(int column) {
        return rows.get(position);
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
