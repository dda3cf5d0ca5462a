package org.coconutdb.sql.session;

import java.sql.Types;
import java.util.List;
import java.util.Map;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.plan.PlanOperator;
import org.jspecify.annotations.Nullable;

/// SHOW TIME ZONE: the session's that asks.
enum ShowTimeZone implements CompiledStatement.Query {
    INSTANCE;

    private static final String NAME = "TIME_ZONE";

    @Override
    public List<ColumnInfo> columns() {
        return List.of(new ColumnInfo(NAME, NAME, "", "", Types.VARCHAR, "VARCHAR", String.class.getName(), 0, 0, false));
    }

    @Override
    public List<ColumnInfo> parameters() {
        return List.of();
    }

    @Override
    public PlanOperator explain() {
        return new PlanOperator("Show", Map.of(), List.of());
    }

    @Override
    public boolean isForUpdate() {
        return false;
    }

    @Override
    public Rows open(Execution execution, @Nullable Object[] parameters) {
        return new FixedCursor(FixedCursor.lines(List.of(execution.timeZone().getId())));
    }
}
