package org.coconutdb.sql.run;

import org.apache.calcite.DataContext;
import org.apache.calcite.linq4j.function.Function1;
import org.jspecify.annotations.Nullable;

/// A value that does not depend on a row: known when the plan is made, or when it starts. In Calcite's internal representation.
public sealed interface Term {
    @Nullable
    Object evaluate(PlanDataContext context);

    /// A literal. Numbers of exact types may be `BigDecimal` whatever their type.
    record Constant(@Nullable Object value) implements Term {
        @Override
        public @Nullable Object evaluate(PlanDataContext context) {
            return value;
        }
    }

    /// A question mark.
    ///
    /// @param index counted from 0
    record Parameter(int index) implements Term {
        @Override
        public @Nullable Object evaluate(PlanDataContext context) {
            return context.execution().parameters()[index];
        }
    }

    /// An expression over parameters, compiled: its function answers one value.
    record Computed(Function1<DataContext, @Nullable Object[]> function) implements Term {
        @Override
        public @Nullable Object evaluate(PlanDataContext context) {
            return function.apply(context)[0];
        }
    }
}
