package org.coconutdb.sql.run;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import org.coconutdb.engine.row.RowLayout;
import org.jspecify.annotations.Nullable;

/// A value that is computed from one row without generated code: for statements that look at a single row, where generating the code takes
/// a thousand times as long as running it. Values are in Calcite's internal representation, results are those of its operators. Immutable.
///
/// There are only as many kinds as such statements mostly have; all others have generated code.
public sealed interface RowExpression {
    /// An operation on two exact numbers.
    enum Operation {
        PLUS,
        MINUS,
        TIMES
    }

    /// Throws ArithmeticException where a whole number is out of its type's range.
    @Nullable
    Object value(RowLayout layout, MemorySegment memory, long row, PlanDataContext context);

    /// A column of the row.
    ///
    /// @param position in the layout
    /// @param differs whether its values are stored in another representation
    record Column(int position, boolean differs) implements RowExpression {
        @Override
        public @Nullable Object value(RowLayout layout, MemorySegment memory, long row, PlanDataContext context) {
            Object value = layout.get(memory, row, position);
            return differs ? StoredValues.toPlan(value) : value;
        }
    }

    /// The same for each row.
    record Value(Term term) implements RowExpression {
        @Override
        public @Nullable Object value(RowLayout layout, MemorySegment memory, long row, PlanDataContext context) {
            return term.evaluate(context);
        }
    }

    /// Of whole numbers.
    ///
    /// @param isLong whether the result is a BIGINT; else it is an INTEGER
    record Whole(Operation operation, RowExpression left, RowExpression right, boolean isLong) implements RowExpression {
        @Override
        public @Nullable Object value(RowLayout layout, MemorySegment memory, long row, PlanDataContext context) {
            Object first = left.value(layout, memory, row, context);
            Object second = right.value(layout, memory, row, context);
            if (first == null || second == null) {
                return null;
            }
            long a = ((Number) first).longValue();
            long b = ((Number) second).longValue();
            if (isLong) {
                return switch (operation) {
                    case PLUS -> Math.addExact(a, b);
                    case MINUS -> Math.subtractExact(a, b);
                    case TIMES -> Math.multiplyExact(a, b);
                };
            }
            return switch (operation) {
                case PLUS -> Math.addExact((int) a, (int) b);
                case MINUS -> Math.subtractExact((int) a, (int) b);
                case TIMES -> Math.multiplyExact((int) a, (int) b);
            };
        }
    }

    /// Of decimals, or of one and a whole number.
    ///
    /// @param scale of the result where it may have more than 38 digits, and so has to be fitted; -1: it cannot
    record Decimal(Operation operation, RowExpression left, RowExpression right, int scale) implements RowExpression {
        @Override
        public @Nullable Object value(RowLayout layout, MemorySegment memory, long row, PlanDataContext context) {
            Object first = left.value(layout, memory, row, context);
            Object second = right.value(layout, memory, row, context);
            if (first == null || second == null) {
                return null;
            }
            BigDecimal a = decimal(first);
            BigDecimal b = decimal(second);
            BigDecimal exact = switch (operation) {
                case PLUS -> a.add(b);
                case MINUS -> a.subtract(b);
                case TIMES -> a.multiply(b);
            };
            return scale < 0 ? exact : DecimalArithmetic.fit(exact, scale);
        }

        private static BigDecimal decimal(Object number) {
            return number instanceof BigDecimal known ? known : BigDecimal.valueOf(((Number) number).longValue());
        }
    }
}
