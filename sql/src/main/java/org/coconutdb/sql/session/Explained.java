package org.coconutdb.sql.session;

import java.sql.Types;
import java.util.List;
import java.util.Map;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.plan.PlanFormat;
import org.coconutdb.sql.plan.PlanOperator;
import org.coconutdb.sql.plan.PlanTimes;
import org.coconutdb.sql.plan.QueryPlan;
import org.jspecify.annotations.Nullable;

/// Plans as EXPLAIN answers them.
final class Explained {
    /// Of the answer.
    static final List<ColumnInfo> COLUMNS =
            List.of(new ColumnInfo("PLAN", "PLAN", "", "", Types.VARCHAR, "VARCHAR", String.class.getName(), 0, 0, false));

    private Explained() {}

    /// A statement that writes, above the plan of what it reads.
    ///
    /// @param source null where it reads nothing
    static PlanOperator write(String name, Map<String, String> facts, @Nullable QueryPlan source) {
        return new PlanOperator(name, facts, source == null ? List.of() : List.of(source.operators()));
    }

    /// Rows of the answer: lines of text, or one row with the whole document.
    ///
    /// @param times null where the statement was not executed
    static List<String> rows(PlanFormat format, PlanOperator root, @Nullable PlanTimes times) {
        String written = format.write(root, times);
        return format == PlanFormat.TEXT ? written.lines().toList() : List.of(written);
    }
}
