package org.coconutdb.sql.session;

import java.sql.Types;
import java.util.List;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.jspecify.annotations.Nullable;

/// The answer of EXPLAIN: one column of text.
record FixedRows(String column, List<String> lines, List<ColumnInfo> parameters) implements CompiledStatement.Query {
    @Override
    public boolean isForUpdate() {
        return false;
    }

    @Override
    public List<ColumnInfo> columns() {
        return List.of(new ColumnInfo(column, column, "", "", Types.VARCHAR, "VARCHAR", String.class.getName(), 0, 0, false));
    }

    @Override
    public List<String> explain() {
        return lines;
    }

    @Override
    public Rows open(Execution execution, @Nullable Object[] values) {
        return new Rows() {
            private int position = -1;

            @Override
            public boolean next() {
                position++;
                return position < lines.size();
            }

            @Override
            public Object get(int index) {
                return lines.get(position);
            }

            @Override
            public void close() {
                // Holds nothing.
            }
        };
    }
}
