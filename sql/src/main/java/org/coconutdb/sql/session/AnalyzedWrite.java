package org.coconutdb.sql.session;

import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.RowCursor;
import org.coconutdb.sql.plan.PlanFormat;
import org.coconutdb.sql.plan.PlanOperator;
import org.coconutdb.sql.plan.PlanTimes;
import org.coconutdb.sql.run.OperatorFigures;
import org.coconutdb.sql.run.RunFigures;
import org.jspecify.annotations.Nullable;

/// EXPLAIN ANALYZE of INSERT, UPSERT, UPDATE and DELETE: changes the rows, and answers the plan with what happened.
///
/// @param write compiled so that its source can be measured
record AnalyzedWrite(CompiledStatement.Write write, PlanFormat format, long planningNanos) implements CompiledStatement.Answering {
    @Override
    public List<ColumnInfo> columns() {
        return Explained.COLUMNS;
    }

    @Override
    public List<ColumnInfo> parameters() {
        return write.parameters();
    }

    @Override
    public Run start() {
        return new Run();
    }

    final class Run implements CompiledStatement.AnsweringRun {
        private List<String> answer = List.of();

        @Override
        public RowCursor answer(long rowsMax) {
            return new FixedCursor(FixedCursor.lines(answer));
        }

        @Override
        public List<ColumnInfo> columns() {
            return Explained.COLUMNS;
        }

        @Override
        public List<ColumnInfo> parameters() {
            return write.parameters();
        }

        @Override
        public PlanOperator explain() {
            return write.explain();
        }

        @Override
        public boolean retriesDuplicate(CoconutException failure) {
            return write.retriesDuplicate(failure);
        }

        @Override
        public long run(Execution execution, @Nullable Object[] parameters) {
            RunFigures figures = new RunFigures();
            long start = System.nanoTime();
            long count = write.run(execution.measuredBy(figures), parameters);
            long nanos = System.nanoTime() - start;
            PlanOperator root = write.explain();
            List<PlanOperator> source = root.inputs().stream().map(input -> input.with(figures)).toList();
            OperatorFigures own = OperatorFigures.ofWrite(count, nanos - figures.nanos());
            PlanOperator measured = new PlanOperator(root.name(), root.facts(), source, own);
            answer = Explained.rows(format, measured, new PlanTimes(planningNanos, nanos));
            return count;
        }
    }
}
