package org.coconutdb.sql.operator;

import java.util.NoSuchElementException;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.sql.run.PlanDataContext;
import org.coconutdb.sql.spill.RowBuffer;
import org.jspecify.annotations.Nullable;

/// The rows of the last round of a recursive query, for its iteration.
final class WorkingRows extends AbstractEnumerable<@Nullable Object> {
    private final Object table;
    private final PlanDataContext context;

    WorkingRows(Object table, PlanDataContext context) {
        this.table = table;
        this.context = context;
    }

    @Override
    public Enumerator<@Nullable Object> enumerator() {
        RowBuffer rows = context.working().get(table);
        if (rows == null) {
            throw new IllegalStateException("an iteration without recursion");
        }
        return new Enumerator<>() {
            private RowBuffer.Reader reader = rows.read();
            private @Nullable Object current;
            private boolean hasCurrent;

            @Override
            public boolean moveNext() {
                context.execution().memory().checkCancelled();
                hasCurrent = reader.hasNext();
                current = hasCurrent ? reader.next() : null;
                return hasCurrent;
            }

            @Override
            public @Nullable Object current() {
                if (!hasCurrent) {
                    throw new NoSuchElementException();
                }
                return current;
            }

            @Override
            public void reset() {
                reader = rows.read();
                hasCurrent = false;
            }

            @Override
            public void close() {
                hasCurrent = false;
            }
        };
    }
}
