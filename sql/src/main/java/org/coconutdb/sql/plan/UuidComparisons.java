package org.coconutdb.sql.plan;

import java.math.BigDecimal;
import java.util.List;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.schema.impl.ScalarFunctionImpl;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlUserDefinedFunction;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.run.RowOrder;

/// Lets `<` and its kin compare UUIDs as unsigned bytes: `a < b` becomes `UUID_COMPARE(a, b) < 0`. Calcite's operators do not compare them,
/// and its simplification of conditions takes Java's signed order. Lookups and scans see through it by [#unwrapped].
final class UuidComparisons extends RelHomogeneousShuttle {
    private static final SqlOperator COMPARE =
            new SqlUserDefinedFunction(
                    new SqlIdentifier("UUID_COMPARE", SqlParserPos.ZERO),
                    SqlKind.OTHER_FUNCTION,
                    ReturnTypes.INTEGER_NULLABLE,
                    InferTypes.ANY_NULLABLE,
                    null,
                    ScalarFunctionImpl.create(Types.lookupMethod(RowOrder.class, "uuids", Object.class, Object.class)));

    private final RexBuilder rexBuilder;
    private final Expressions expressions = new Expressions();

    private UuidComparisons(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
    }

    static RelNode apply(RelNode rel) {
        return rel.accept(new UuidComparisons(rel.getCluster().getRexBuilder()));
    }

    @Override
    public RelNode visit(RelNode other) {
        RelNode node = super.visit(other);
        if (node instanceof Aggregate aggregate) {
            aggregate.getAggCallList().forEach(call -> requireOrder(call, aggregate.getInput().getRowType()));
        }
        return node.accept(expressions);
    }

    private static void requireOrder(AggregateCall call, RelDataType input) {
        if (call.getAggregation().getKind() == SqlKind.MIN || call.getAggregation().getKind() == SqlKind.MAX) {
            requireNoUuid(input.getFieldList().get(call.getArgList().getFirst()).getType());
        }
    }

    /// `a < b` of `UUID_COMPARE(a, b) < 0`; any other call as it is.
    static RexCall unwrapped(RexBuilder rexBuilder, RexCall call) {
        return isWrapped(call) && call.getOperands().getFirst() instanceof RexCall compare
                ? (RexCall) rexBuilder.makeCall(call.getOperator(), compare.getOperands())
                : call;
    }

    /// Whether it is `UUID_COMPARE(a, b) < 0`, or with another comparison.
    static boolean isWrapped(RexCall call) {
        if (!SqlKind.COMPARISON.contains(call.getKind()) || !(call.getOperands().getFirst() instanceof RexCall compare)
                || !compare.getOperator().equals(COMPARE) || !(call.getOperands().getLast() instanceof RexLiteral zero)) {
            return false;
        }
        BigDecimal value = zero.getValueAs(BigDecimal.class);
        return value != null && value.signum() == 0;
    }

    private static void requireNoUuid(RelDataType type) {
        if (type.getSqlTypeName() == SqlTypeName.UUID) {
            throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                    .with("what", "MIN, MAX or a window's ORDER BY of UUIDs")
                    .mend("CAST the UUID to VARCHAR(36), which has the same order.");
        }
    }

    private final class Expressions extends RexShuttle {
        @Override
        public RexNode visitSubQuery(RexSubQuery subQuery) {
            RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subQuery);
            return visited.clone(visited.rel.accept(UuidComparisons.this));
        }

        @Override
        public RexNode visitOver(RexOver over) {
            over.getWindow().orderKeys.forEach(key -> requireNoUuid(key.left.getType()));
            return super.visitOver(over);
        }

        @Override
        public RexNode visitCall(RexCall call) {
            if (call.getOperands().stream().noneMatch(operand -> operand.getType().getSqlTypeName() == SqlTypeName.UUID)) {
                return super.visitCall(call);
            }
            if (call.isA(SqlKind.SEARCH)) {
                return RexUtil.expandSearch(rexBuilder, null, call).accept(this);
            }
            return switch (call.getKind()) {
                case LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> {
                    RexNode order = rexBuilder.makeCall(COMPARE, visitList(call.getOperands()));
                    yield rexBuilder.makeCall(call.getOperator(), List.of(order, rexBuilder.makeExactLiteral(BigDecimal.ZERO)));
                }
                default -> super.visitCall(call);
            };
        }
    }
}
