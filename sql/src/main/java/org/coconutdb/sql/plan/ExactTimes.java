package org.coconutdb.sql.plan;

import java.math.BigDecimal;
import java.util.List;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.coconutdb.sql.plan.NamedFunction.Stability;
import org.coconutdb.sql.run.TimeFunctions;
import org.jspecify.annotations.Nullable;

/// Makes arithmetic on dates and times one that answers dates and times, or an error (22008): Calcite's operators answer years that no date
/// has, and wrap around where an interval has more than 2^31 days.
///
/// What [ZonedExpressions] has made of days and months that are added to moments checks by itself.
final class ExactTimes extends RelHomogeneousShuttle {
    /// A date or time and an interval of days to seconds, with 1 or -1.
    private static final SqlOperator PLUS_TIME = sum("$PLUS_TIME", SqlTypeFamily.INTERVAL_DAY_TIME, "dayPlusTime", "plusTime");
    /// A date or time and an interval of months, with 1 or -1.
    private static final SqlOperator PLUS_MONTHS = sum("$PLUS_MONTHS", SqlTypeFamily.INTERVAL_YEAR_MONTH, "dayPlusMonths", "plusMonths");
    /// A date or time, the same or an error.
    private static final SqlOperator CHECK = new NamedFunction("$IN_YEARS", SqlSyntax.FUNCTION, SqlFunctionCategory.TIMEDATE,
            ReturnTypes.ARG0, Stability.ALWAYS, List.of(SqlTypeFamily.DATETIME),
            (_, call, operands) -> isDate(call)
                    ? Expressions.call(TimeFunctions.class, "checkedDay", as(operands.getFirst(), int.class))
                    : Expressions.call(TimeFunctions.class, "checked", as(operands.getFirst(), long.class)));

    private final RexBuilder rexBuilder;
    private final Sums sums = new Sums();

    private ExactTimes(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
    }

    /// Before all rules.
    static RelNode apply(RelNode rel) {
        return rel.accept(new ExactTimes(rel.getCluster().getRexBuilder()));
    }

    private static SqlOperator sum(String name, SqlTypeFamily interval, String ofDate, String ofTime) {
        return new NamedFunction(name, SqlSyntax.FUNCTION, SqlFunctionCategory.TIMEDATE,
                ReturnTypes.ARG0.andThen(SqlTypeTransforms.TO_NULLABLE), Stability.ALWAYS,
                List.of(SqlTypeFamily.DATETIME, interval, SqlTypeFamily.INTEGER), (_, call, operands) -> {
                    boolean isDate = isDate(call);
                    return Expressions.call(TimeFunctions.class, isDate ? ofDate : ofTime, as(operands.get(0), isDate ? int.class
                            : long.class), as(operands.get(1), long.class), as(operands.get(2), int.class));
                });
    }

    private static Expression as(Expression value, Class<?> type) {
        return Expressions.convert_(value, type);
    }

    private static boolean isDate(RexNode node) {
        return node.getType().getSqlTypeName() == SqlTypeName.DATE;
    }

    /// Whether it answers its first operand, or an error.
    static boolean isCheck(RexCall call) {
        return call.getOperator().equals(CHECK);
    }

    /// How the operator was written of which this is what it became; null of any other.
    static @Nullable String symbol(RexCall call) {
        boolean isSum = call.getOperator().equals(PLUS_TIME) || call.getOperator().equals(PLUS_MONTHS);
        if (!isSum) {
            return null;
        }
        BigDecimal sign = call.getOperands().get(2) instanceof RexLiteral literal ? literal.getValueAs(BigDecimal.class) : null;
        return sign != null && sign.signum() > 0 ? "+" : "-";
    }

    @Override
    public RelNode visit(RelNode other) {
        return super.visit(other).accept(sums);
    }

    private final class Sums extends RexShuttle {
        @Override
        public RexNode visitSubQuery(RexSubQuery subQuery) {
            RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subQuery);
            return visited.clone(visited.rel.accept(ExactTimes.this));
        }

        @Override
        public RexNode visitCall(RexCall original) {
            RexNode visited = super.visitCall(original);
            if (!(visited instanceof RexCall call) || !isDateOrTimestamp(call.getType())) {
                return visited;
            }
            return switch (call.getKind()) {
                case PLUS, MINUS -> sum(call);
                case FLOOR, CEIL -> rexBuilder.makeCall(call.getType(), CHECK, List.of(call));
                default -> call;
            };
        }

        private static boolean isDateOrTimestamp(RelDataType type) {
            return switch (type.getSqlTypeName()) {
                case DATE, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> true;
                default -> false;
            };
        }

        private RexNode sum(RexCall call) {
            List<RexNode> operands = call.getOperands();
            if (operands.size() != 2) {
                return call;
            }
            boolean isFirst = isDateOrTimestamp(operands.get(0).getType());
            RexNode start = operands.get(isFirst ? 0 : 1);
            RexNode interval = operands.get(isFirst ? 1 : 0);
            if (!SqlTypeUtil.isInterval(interval.getType()) || !isDateOrTimestamp(start.getType())) {
                return call;
            }
            SqlOperator operator = SqlTypeName.YEAR_INTERVAL_TYPES.contains(interval.getType().getSqlTypeName()) ? PLUS_MONTHS
                    : PLUS_TIME;
            RexNode sign = rexBuilder.makeExactLiteral(BigDecimal.valueOf(call.isA(SqlKind.MINUS) ? -1 : 1));
            return rexBuilder.makeCall(call.getType(), operator, List.of(like(start, call.getType()), interval, sign));
        }

        /// The value in the type of the sum, which may have more digits of a second.
        private RexNode like(RexNode value, RelDataType type) {
            RelDataType wanted = rexBuilder.getTypeFactory().createTypeWithNullability(type, value.getType().isNullable());
            return value.getType().equals(wanted) ? value : rexBuilder.makeAbstractCast(wanted, value, false);
        }
    }
}
