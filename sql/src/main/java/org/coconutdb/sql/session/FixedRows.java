package org.coconutdb.sql.session;

import java.sql.Types;
import java.util.List;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.jspecify.annotations.Nullable;

/// The answer of EXPLAIN and SHOW: text that is known when they are compiled.
///
/// @param names of the columns
record FixedRows(List<String> names, List<List<@Nullable String>> lines, List<ColumnInfo> parameters) implements CompiledStatement.Query {
    /// One column.
    static FixedRows of(String column, List<String> lines, List<ColumnInfo> parameters) {
        return new FixedRows(List.of(column), lines.stream().map(line -> List.<@Nullable String> of(line)).toList(), parameters);
    }

    @Override
    public boolean isForUpdate() {
        return false;
    }

    @Override
    public List<ColumnInfo> columns() {
        return names.stream()
                .map(name -> new ColumnInfo(name, name, "", "", Types.VARCHAR, "VARCHAR", String.class.getName(), 0, 0, names.size() > 1))
                .toList();
    }

    @Override
    public List<String> explain() {
        return lines.stream().map(line -> String.valueOf(line.getFirst())).toList();
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
            public @Nullable Object get(int index) {
                return lines.get(position).get(index);
            }

            @Override
            public void close() {
                // Holds nothing.
            }
        };
    }
}
