package org.coconutdb.sql.session;

import java.util.List;
import java.util.Map;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.plan.PlanOperator;
import org.jspecify.annotations.Nullable;

/// The answer of EXPLAIN: one column of text.
///
/// @param parameters of the statement that is explained, whose values do not matter
record FixedRows(List<String> rows, List<ColumnInfo> parameters) implements CompiledStatement.Query {
    @Override
    public boolean isForUpdate() {
        return false;
    }

    @Override
    public List<ColumnInfo> columns() {
        return Explained.COLUMNS;
    }

    @Override
    public PlanOperator explain() {
        return new PlanOperator("Explain", Map.of(), List.of());
    }

    @Override
    public Rows open(Execution execution, @Nullable Object[] values) {
        return new FixedCursor(rows);
    }
}
