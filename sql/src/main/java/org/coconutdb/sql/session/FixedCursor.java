package org.coconutdb.sql.session;

import java.util.List;
import org.coconutdb.jdbc.session.RowCursor;
import org.jspecify.annotations.Nullable;

/// Rows of text that are there already. Holds nothing that has to be closed.
final class FixedCursor implements CompiledStatement.Rows, RowCursor {
    private final List<List<@Nullable String>> rows;
    private int position = -1;

    FixedCursor(List<List<@Nullable String>> rows) {
        this.rows = rows;
    }

    /// Rows of one column.
    static List<List<@Nullable String>> lines(List<String> lines) {
        return lines.stream().map(line -> List.<@Nullable String> of(line)).toList();
    }

    @Override
    public boolean next() {
        position++;
        return position < rows.size();
    }

    @Override
    public @Nullable Object get(int column) {
        return rows.get(position).get(column);
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
