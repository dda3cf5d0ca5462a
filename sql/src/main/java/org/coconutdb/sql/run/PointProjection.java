package org.coconutdb.sql.run;

import java.util.Arrays;
import java.util.List;
import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// One row at most, by its whole key, and what is computed from it. Immutable.
public final class PointProjection implements RowSource {
    private final PointLookup lookup;
    private final RowExpression[] fields;

    /// @param lookup whose own columns do not matter
    /// @param fields of the answer
    public PointProjection(PointLookup lookup, List<RowExpression> fields) {
        this.lookup = lookup;
        this.fields = fields.toArray(RowExpression[]::new);
    }

    PointLookup lookup() {
        return lookup;
    }

    RowExpression[] fields() {
        return fields;
    }

    /// Starts it for who wants the row itself.
    public PointReader read(PlanDataContext context) {
        return new PointReader(this, context, true);
    }

    @Override
    public Enumerator<@Nullable Object[]> open(PlanDataContext context) {
        RunFigures figures = context.execution().figures();
        return figures == null ? rows(context) : figures.measured(PointReader.PROJECTION, () -> rows(context));
    }

    private Enumerator<@Nullable Object[]> rows(PlanDataContext context) {
        PointReader reader = new PointReader(this, context, false);
        return new Rows() {
            private boolean done;

            @Override
            @Nullable
            Object @Nullable [] next() {
                if (context.execution().cancelled().get()) {
                    throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED);
                }
                if (done || !reader.find()) {
                    return null;
                }
                done = true;
                @Nullable Object[] row = new @Nullable Object[fields.length];
                Arrays.setAll(row, reader::field);
                return row;
            }

            @Override
            void restart() {
                done = false;
            }
        };
    }
}
