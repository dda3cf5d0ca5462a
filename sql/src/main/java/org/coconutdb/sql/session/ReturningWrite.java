package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.RowCursor;
import org.coconutdb.sql.plan.PlanOperator;
import org.jspecify.annotations.Nullable;

/// INSERT, UPSERT, UPDATE or DELETE with RETURNING: all rows are written before the first is answered. They are kept until then, which the bound of
/// a transaction's size bounds.
///
/// @param write hands its rows to [Execution#returned]
record ReturningWrite(CompiledStatement.Write write, List<ColumnInfo> columns) implements CompiledStatement.Answering {
    @Override
    public List<ColumnInfo> parameters() {
        return write.parameters();
    }

    @Override
    public boolean isOutdated() {
        return write.isOutdated();
    }

    @Override
    public Run start() {
        return new Run();
    }

    final class Run implements CompiledStatement.AnsweringRun {
        private List<@Nullable Object[]> rows = List.of();

        @Override
        public RowCursor answer(long rowsMax) {
            return new Cursor(rowsMax > 0 && rowsMax < rows.size() ? rows.subList(0, (int) rowsMax) : rows);
        }

        @Override
        public List<ColumnInfo> columns() {
            return columns;
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
            // Of this attempt alone: after a conflict it runs again.
            List<@Nullable Object[]> returned = new ArrayList<>();
            long count = write.run(execution.returningTo(returned), parameters);
            rows = returned;
            return count;
        }
    }

    /// Rows that are there already. Holds nothing that has to be closed.
    private static final class Cursor implements RowCursor {
        private final List<@Nullable Object[]> rows;
        private int position = -1;

        Cursor(List<@Nullable Object[]> rows) {
            this.rows = rows;
        }

        @Override
        public boolean next() {
            if (position < rows.size()) {
                position++;
            }
            return position < rows.size();
        }

        @Override
        public @Nullable Object get(int column) {
            return rows.get(position)[column];
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
