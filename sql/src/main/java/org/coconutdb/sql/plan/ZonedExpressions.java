package org.coconutdb.sql.plan;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.avatica.util.TimeUnitRange;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Makes expressions over TIMESTAMP WITH TIME ZONE mean what SQL says, before any rule sees them:
///
/// - beside a date or a timestamp these become moments by the session's zone; Calcite compares the numbers by which it knows them;
/// - EXTRACT, FLOOR, CEIL, DATE_TRUNC, TO_CHAR and their kin read the session's clock; Calcite's read that of UTC;
/// - days and months that are added are those of the session's calendar, hours and less are time that goes by, as PostgreSQL has it.
final class ZonedExpressions extends RelHomogeneousShuttle {
    private static final String UTC = "UTC";

    private final ZonedRexBuilder rexBuilder;
    private final Expressions expressions = new Expressions(false);
    private final Expressions conditions = new Expressions(true);

    private ZonedExpressions(RexBuilder rexBuilder) {
        this.rexBuilder = (ZonedRexBuilder) rexBuilder;
    }

    static RelNode apply(RelNode rel) {
        return rel.accept(new ZonedExpressions(rel.getCluster().getRexBuilder()));
    }

    @Override
    public RelNode visit(RelNode other) {
        RelNode node = super.visit(other);
        return switch (node) {
            case SetOp set -> aligned(set);
            case Filter filter -> filter.accept(conditions);
            default -> node.accept(expressions);
        };
    }

    /// Rows of UNION and its kin have one type.
    private static RelNode aligned(SetOp set) {
        RelDataType wanted = set.getRowType();
        List<RelNode> inputs = new ArrayList<>();
        for (RelNode input : set.getInputs()) {
            boolean isMixed = false;
            for (int i = 0; i < wanted.getFieldCount(); i++) {
                isMixed |= ZonedRexBuilder.isMoment(wanted.getFieldList().get(i).getType())
                        && !ZonedRexBuilder.isMoment(input.getRowType().getFieldList().get(i).getType());
            }
            inputs.add(isMixed ? RelOptUtil.createCastRel(input, wanted, true) : input);
        }
        return inputs.equals(set.getInputs()) ? set : set.copy(set.getTraitSet(), inputs);
    }

    private final class Expressions extends RexShuttle {
        private final boolean isCondition;

        /// @param isCondition whether it chooses rows, so that bounds of a column help to find them
        private Expressions(boolean isCondition) {
            this.isCondition = isCondition;
        }

        @Override
        public RexNode visitSubQuery(RexSubQuery subQuery) {
            RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subQuery);
            RexSubQuery inner = visited.clone(visited.rel.accept(ZonedExpressions.this));
            boolean compares = inner.getKind() == SqlKind.IN || inner.getKind() == SqlKind.SOME;
            return compares && inner.getOperands().size() == inner.rel.getRowType().getFieldCount() ? alignedRows(inner) : inner;
        }

        /// `moment IN (SELECT timestamp …)`, which compares as `=` does.
        private RexSubQuery alignedRows(RexSubQuery subQuery) {
            List<RexNode> operands = new ArrayList<>();
            List<RexNode> fields = new ArrayList<>();
            for (int i = 0; i < subQuery.getOperands().size(); i++) {
                List<RexNode> pair = aligned(List.of(subQuery.getOperands().get(i), RexInputRef.of(i, subQuery.rel.getRowType())));
                operands.add(pair.get(0));
                fields.add(pair.get(1));
            }
            RexSubQuery aligned = operands.equals(subQuery.getOperands()) ? subQuery : subQuery.clone(subQuery.getType(), operands);
            return fields.stream().allMatch(RexInputRef.class::isInstance) ? aligned
                    : aligned.clone(LogicalProject.create(subQuery.rel, List.of(), fields, subQuery.rel.getRowType().getFieldNames(), Set
                            .of()));
        }

        @Override
        public RexNode visitCall(RexCall original) {
            RexNode visited = super.visitCall(original);
            if (!(visited instanceof RexCall call)) {
                return visited;
            }
            return switch (call.getKind()) {
                case EQUALS, NOT_EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL, IS_DISTINCT_FROM,
                        IS_NOT_DISTINCT_FROM -> comparison(call);
                // A comparison may have become an AND.
                case AND -> RexUtil.flatten(rexBuilder, call);
                case CASE -> alike(call, true);
                case COALESCE, GREATEST, LEAST, GREATEST_PG, LEAST_PG, NULLIF -> alike(call, false);
                case EXTRACT -> isMoment(call, 1) ? extracted(call) : call;
                case FLOOR, CEIL -> isMoment(call, 0) ? near(call, 0) : call;
                case PLUS, MINUS -> sum(call);
                default -> function(call);
            };
        }

        private static boolean isMoment(RexCall call, int operand) {
            return call.getOperands().size() > operand && ZonedRexBuilder.isMoment(call.getOperands().get(operand).getType());
        }

        // ---- beside dates and timestamps

        private RexNode comparison(RexCall call) {
            List<RexNode> aligned = aligned(call.getOperands());
            RexCall comparison = aligned.equals(call.getOperands()) ? call : call.clone(call.getType(), aligned);
            return isCondition ? bounded(comparison) : comparison;
        }

        /// Where one of them is a moment all are; parts of rows by themselves.
        private List<RexNode> aligned(List<RexNode> operands) {
            if (operands.size() == 2 && operands.get(0) instanceof RexCall left && left.isA(SqlKind.ROW)
                    && operands.get(1) instanceof RexCall right && right.isA(SqlKind.ROW)
                    && left.getOperands().size() == right.getOperands().size()) {
                return alignedParts(left, right);
            }
            return operands.stream().noneMatch(operand -> ZonedRexBuilder.isMoment(operand.getType())) ? operands
                    : operands.stream().map(this::moment).toList();
        }

        private List<RexNode> alignedParts(RexCall left, RexCall right) {
            List<RexNode> lefts = new ArrayList<>();
            List<RexNode> rights = new ArrayList<>();
            for (int i = 0; i < left.getOperands().size(); i++) {
                List<RexNode> pair = aligned(List.of(left.getOperands().get(i), right.getOperands().get(i)));
                lefts.add(pair.get(0));
                rights.add(pair.get(1));
            }
            return lefts.equals(left.getOperands()) && rights.equals(right.getOperands()) ? List.of(left, right)
                    : List.of(rexBuilder.makeCall(left.getOperator(), lefts), rexBuilder.makeCall(right.getOperator(), rights));
        }

        /// A date or a timestamp as the moment of the session's clock; anything else as it is.
        private RexNode moment(RexNode value) {
            SqlTypeName type = value.getType().getSqlTypeName();
            return type != SqlTypeName.TIMESTAMP && type != SqlTypeName.DATE ? value
                    : rexBuilder.makeAbstractCast(momentLike(value), value, false);
        }

        private RelDataType momentLike(RexNode value) {
            RelDataTypeFactory factory = rexBuilder.getTypeFactory();
            return factory.createTypeWithNullability(factory.createSqlType(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE), value.getType()
                    .isNullable());
        }

        /// Adds between which readings a column has to be that is compared with a moment, so that its key or index is of use: the comparison itself
        /// has it in a function.
        private RexNode bounded(RexCall comparison) {
            RexNode left = comparison.getOperands().get(0);
            RexNode right = comparison.getOperands().get(1);
            boolean isLeft = column(left) != null;
            RexNode column = isLeft ? column(left) : column(right);
            RexNode moment = isLeft ? right : left;
            if (column == null || !RexUtil.isDeterministic(moment) || RexUtil.containsInputRef(moment) || RexUtil.containsCorrelation(
                    moment)
                    || RexUtil.SubQueryFinder.find(moment) != null) {
                return comparison;
            }
            List<RexNode> all = new ArrayList<>(List.of(comparison));
            SqlKind kind = isLeft ? comparison.getKind() : comparison.getKind().reverse();
            if (kind == SqlKind.EQUALS || kind == SqlKind.GREATER_THAN || kind == SqlKind.GREATER_THAN_OR_EQUAL) {
                all.add(bound(SqlStdOperatorTable.GREATER_THAN_OR_EQUAL, column, ZonedOperators.LEAST_READING, moment));
            }
            if (kind == SqlKind.EQUALS || kind == SqlKind.LESS_THAN || kind == SqlKind.LESS_THAN_OR_EQUAL) {
                all.add(bound(SqlStdOperatorTable.LESS_THAN_OR_EQUAL, column, ZonedOperators.GREATEST_READING, moment));
            }
            return RexUtil.composeConjunction(rexBuilder, all);
        }

        /// The column whose readings an operand makes moments of; null where it is anything else.
        private static @Nullable RexNode column(RexNode moment) {
            RexNode bare = moment;
            while (bare.isA(SqlKind.CAST) && ZonedRexBuilder.isMoment(bare.getType())) {
                bare = ((RexCall) bare).getOperands().getFirst();
            }
            return bare instanceof RexCall call && call.getOperator().equals(ZonedOperators.AT_LOCAL) && call.getOperands().size() == 1
                    && call.getOperands().getFirst() instanceof RexInputRef column && ZonedRexBuilder.isMoment(call.getType()) ? column
                            : null;
        }

        private RexNode bound(SqlOperator operator, RexNode column, SqlOperator bound, RexNode moment) {
            return rexBuilder.makeCall(operator, column, rexBuilder.makeCall(bound, moment));
        }

        /// The values of a call that answers one of its operands.
        ///
        /// @param isCase whether every second operand is a condition
        private RexNode alike(RexCall call, boolean isCase) {
            if (!ZonedRexBuilder.isMoment(call.getType())) {
                return call;
            }
            List<RexNode> operands = new ArrayList<>(call.getOperands());
            for (int i = 0; i < operands.size(); i++) {
                if (!isCase || i % 2 == 1 || i == operands.size() - 1) {
                    operands.set(i, moment(operands.get(i)));
                }
            }
            return operands.equals(call.getOperands()) ? call : call.clone(call.getType(), operands);
        }

        // ---- by the session's clock

        private RexNode extracted(RexCall call) {
            RexNode moment = call.getOperands().get(1);
            // DATE_PART has the unit as text.
            boolean isEpoch = call.getOperands().get(0) instanceof RexLiteral unit && (unit.getValue2() == TimeUnitRange.EPOCH
                    || TimeUnitRange.EPOCH.name().equalsIgnoreCase(String.valueOf(unit.getValue2())));
            RexNode reading = isEpoch ? rexBuilder.makeCall(ZonedOperators.AT_TIME_ZONE, rexBuilder.makeLiteral(UTC), moment)
                    : rexBuilder.reading(moment);
            return with(call, 1, reading);
        }

        private RexNode with(RexCall call, int index, RexNode operand) {
            List<RexNode> operands = new ArrayList<>(call.getOperands());
            operands.set(index, operand);
            return call.clone(call.getType(), operands);
        }

        /// What is computed from the reading, and answers one, as a moment again.
        private RexNode near(RexCall call, int index) {
            RexNode moment = call.getOperands().get(index);
            List<RexNode> operands = new ArrayList<>(call.getOperands());
            operands.set(index, rexBuilder.reading(moment));
            RexNode reading = rexBuilder.makeCall(call.getOperator(), operands);
            return fitted(rexBuilder.makeCall(ZonedOperators.NEAR, reading, moment), call.getType());
        }

        private RexNode fitted(RexNode moment, RelDataType type) {
            return moment.getType().equals(type) ? moment : rexBuilder.makeAbstractCast(type, moment, false);
        }

        private RexNode function(RexCall call) {
            SqlOperator operator = call.getOperator();
            if (operator.equals(ZonedOperators.OFFSET) || operator.equals(ZonedOperators.OFFSET_HOURS)
                    || operator.equals(ZonedOperators.OFFSET_MINUTES)) {
                return requireMoment(call);
            }
            boolean isOurs = ZonedOperators.ALL.contains(operator);
            if (isOurs || !(operator instanceof SqlFunction) || call.isA(SqlKind.CAST) || call.getOperands().stream().noneMatch(
                    operand -> ZonedRexBuilder.isMoment(operand.getType()))) {
                return call;
            }
            if (operator.getName().equals(Functions.DATE_TRUNC)) {
                return near(call, 1);
            }
            // TO_CHAR and its like say what a clock shows. What answers a moment takes it as it is.
            return ZonedRexBuilder.isMoment(call.getType()) ? call
                    : call.clone(call.getType(), call.getOperands().stream().map(this::reading).toList());
        }

        private RexNode reading(RexNode value) {
            return ZonedRexBuilder.isMoment(value.getType()) ? rexBuilder.reading(value) : value;
        }

        private static RexCall requireMoment(RexCall call) {
            if (!isMoment(call, 0)) {
                throw CoconutException.of(ErrorCode.TYPE_MISMATCH)
                        .with("what", "EXTRACT of " + call.getOperator().getName().substring(1))
                        .with("type", StatementTypes.withoutCharset(call.getOperands().getFirst().getType().toString()))
                        .mend("Only a TIMESTAMP WITH TIME ZONE has a distance from UTC: make one by AT TIME ZONE or CAST.");
            }
            return call;
        }

        // ---- intervals

        private RexNode sum(RexCall call) {
            List<RexNode> operands = call.getOperands();
            if (operands.size() != 2 || operands.stream().noneMatch(operand -> ZonedRexBuilder.isMoment(operand.getType()))) {
                return call;
            }
            if (SqlTypeUtil.isInterval(call.getType())) {
                // In months by the calendar, else the time that went by.
                return SqlTypeName.YEAR_INTERVAL_TYPES.contains(call.getType().getSqlTypeName())
                        ? call.clone(call.getType(), aligned(operands).stream().map(this::reading).toList())
                        : call.clone(call.getType(), aligned(operands));
            }
            int sign = call.isA(SqlKind.MINUS) ? -1 : 1;
            boolean isFirst = isMoment(call, 0);
            RexNode moment = operands.get(isFirst ? 0 : 1);
            RexNode interval = operands.get(isFirst ? 1 : 0);
            RexNode signed = rexBuilder.makeExactLiteral(BigDecimal.valueOf(sign));
            return switch (interval.getType().getSqlTypeName()) {
                case INTERVAL_YEAR, INTERVAL_YEAR_MONTH, INTERVAL_MONTH ->
                        fitted(rexBuilder.makeCall(ZonedOperators.PLUS_MONTHS, moment, interval, signed), call.getType());
                case INTERVAL_DAY, INTERVAL_DAY_HOUR, INTERVAL_DAY_MINUTE, INTERVAL_DAY_SECOND ->
                        fitted(rexBuilder.makeCall(ZonedOperators.PLUS_DAYS, moment, interval, signed), call.getType());
                default -> call;
            };
        }
    }
}
