package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlKind;

/// Lets the branches of CASE know that their values can be NULL.
///
/// Calcite makes `CASE WHEN a IS NOT NULL THEN CAST(a AS … NOT NULL) ELSE b END` of `COALESCE(a, b)`. Where that stands in a condition, its simplifications
/// take the comparison out of the CASE, and the test for NULL away, since a comparison with NULL is not true; but this one is with what cannot be
/// NULL, and finds rows by whatever stands for it: `e <> COALESCE(a, e)` those where `a` is NULL.
final class NullableCasts extends RelHomogeneousShuttle {
    private NullableCasts() {}

    static RelNode apply(RelNode rel) {
        return rel.accept(new NullableCasts());
    }

    @Override
    public RelNode visit(RelNode other) {
        RelNode node = super.visit(other);
        return node.accept(new Expressions(node.getCluster().getRexBuilder()));
    }

    private final class Expressions extends RexShuttle {
        private final RexBuilder rexBuilder;
        private int cases;

        private Expressions(RexBuilder rexBuilder) {
            this.rexBuilder = rexBuilder;
        }

        @Override
        public RexNode visitSubQuery(RexSubQuery subQuery) {
            RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subQuery);
            return visited.clone(visited.rel.accept(NullableCasts.this));
        }

        @Override
        public RexNode visitCall(RexCall call) {
            if (call.isA(SqlKind.CASE)) {
                // Has the type that it had, whatever those of its branches are.
                cases++;
                RexNode visited = super.visitCall(call);
                cases--;
                return visited;
            }
            RexCall visited = (RexCall) super.visitCall(call);
            boolean takesNull = visited.getOperands().stream().anyMatch(operand -> operand.getType().isNullable());
            if (cases == 0 || !takesNull || visited.getType().isNullable()) {
                return visited;
            }
            if (visited.isA(SqlKind.CAST)) {
                RexNode operand = visited.getOperands().getFirst();
                RelDataType type = nullable(visited.getType());
                return type.equals(operand.getType()) ? operand : rexBuilder.makeAbstractCast(type, operand, false);
            }
            return visited.equals(call) ? call : retyped(visited);
        }

        /// With the type that follows from its operands.
        private RexNode retyped(RexCall call) {
            List<RexNode> operands = call.getOperands();
            return rexBuilder.deriveReturnType(call.getOperator(), operands).isNullable() ? call.clone(nullable(call.getType()), operands)
                    : call;
        }

        private RelDataType nullable(RelDataType type) {
            RelDataTypeFactory types = rexBuilder.getTypeFactory();
            return types.createTypeWithNullability(type, true);
        }
    }
}
