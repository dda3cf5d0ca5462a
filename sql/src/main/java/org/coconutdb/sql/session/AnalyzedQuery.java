package org.coconutdb.sql.session;

import java.util.List;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.plan.PlanFormat;
import org.coconutdb.sql.plan.PlanOperator;
import org.coconutdb.sql.plan.PlanTimes;
import org.coconutdb.sql.run.RunFigures;
import org.jspecify.annotations.Nullable;

/// EXPLAIN ANALYZE of a query: reads all of its rows, and answers its plan with what happened.
///
/// @param query compiled so that it can be measured
record AnalyzedQuery(CompiledStatement.Query query, PlanFormat format, long planningNanos) implements CompiledStatement.Query {
    @Override
    public List<ColumnInfo> columns() {
        return Explained.COLUMNS;
    }

    @Override
    public List<ColumnInfo> parameters() {
        return query.parameters();
    }

    @Override
    public PlanOperator explain() {
        return query.explain();
    }

    @Override
    public boolean isForUpdate() {
        return query.isForUpdate();
    }

    @Override
    @SuppressWarnings("EmptyBlock") // the rows themselves are nobody's
    public Rows open(Execution execution, @Nullable Object[] parameters) {
        RunFigures figures = new RunFigures();
        long start = System.nanoTime();
        try (Rows rows = query.open(execution.measuredBy(figures), parameters)) {
            while (rows.next()) {}
        }
        PlanTimes times = new PlanTimes(planningNanos, System.nanoTime() - start);
        return new FixedCursor(FixedCursor.lines(Explained.rows(format, query.explain().with(figures), times)));
    }
}
