package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.plan.Strong;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;

/// Asks operands instead of expressions whether they are NULL, where one NULL makes the whole so: `a + b IS NOT NULL` becomes `a IS NOT
/// NULL AND b IS NOT NULL`.
///
/// Calcite does so too, but only after rules that make an outer join an inner one have told its columns, and not the expressions over them,
/// that they cannot be NULL; then it fails on the difference.
final class NullTests extends RelHomogeneousShuttle {
    private final RexBuilder rexBuilder;
    private final Expressions expressions = new Expressions();

    private NullTests(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
    }

    static RelNode ofOperands(RelNode rel) {
        return rel.accept(new NullTests(rel.getCluster().getRexBuilder()));
    }

    @Override
    public RelNode visit(RelNode other) {
        return super.visit(other).accept(expressions);
    }

    private final class Expressions extends RexShuttle {
        @Override
        public RexNode visitSubQuery(RexSubQuery subQuery) {
            RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subQuery);
            return visited.clone(visited.rel.accept(NullTests.this));
        }

        @Override
        public RexNode visitCall(RexCall original) {
            // A filter takes no OR in an OR.
            RexNode visited = RexUtil.flatten(rexBuilder, super.visitCall(original));
            return visited instanceof RexCall call && (call.isA(SqlKind.IS_NULL) || call.isA(SqlKind.IS_NOT_NULL))
                    ? test(call, call.getOperands().getFirst())
                    : visited;
        }

        private RexNode test(RexCall test, RexNode of) {
            if (!(of instanceof RexCall call) || call instanceof RexSubQuery || call.getOperands().isEmpty()
                    || Strong.policy(call) != Strong.Policy.ANY) {
                return rexBuilder.makeCall(test.getOperator(), of);
            }
            List<RexNode> tests = call.getOperands().stream().map(operand -> test(test, operand)).toList();
            return test.isA(SqlKind.IS_NULL) ? RexUtil.composeDisjunction(rexBuilder, tests)
                    : RexUtil.composeConjunction(rexBuilder, tests);
        }
    }
}
