package org.coconutdb.sql.session;

import java.sql.Types;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.access.Viewer;
import org.coconutdb.sql.plan.PlanOperator;
import org.jspecify.annotations.Nullable;

/// The answer of EXPLAIN and SHOW: text that is known when they are compiled.
///
/// @param names of the columns
/// @param lines one text for each column
/// @param parameters of the statement that is explained, whose values do not matter
/// @param isSeen whether somebody sees a line
record FixedRows(List<String> names, List<List<@Nullable String>> lines, List<ColumnInfo> parameters,
        BiPredicate<Viewer, List<@Nullable String>> isSeen) implements CompiledStatement.Query {
    /// Seen by all.
    FixedRows(List<String> names, List<List<@Nullable String>> lines, List<ColumnInfo> parameters) {
        this(names, lines, parameters, (_, _) -> true);
    }

    /// One column.
    static FixedRows of(String column, List<String> lines, List<ColumnInfo> parameters) {
        return new FixedRows(List.of(column), FixedCursor.lines(lines), parameters);
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
    public PlanOperator explain() {
        return new PlanOperator("Explain", Map.of(), List.of());
    }

    @Override
    public Rows open(Execution execution, @Nullable Object[] values) {
        return new FixedCursor(lines.stream().filter(line -> isSeen.test(execution.viewer(), line)).toList());
    }
}
