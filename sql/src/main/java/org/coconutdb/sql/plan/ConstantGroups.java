package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;

/// Hides constants that rows are grouped by from the decorrelator, which leaves them out, and with them the difference between
/// `GROUP BY TRUE` (no rows give no group) and no GROUP BY (no rows give one group). EXISTS without correlation is written the first way.
final class ConstantGroups {
    private static final SqlFunction HIDDEN = new SqlFunction(
            "HIDDEN", SqlKind.OTHER_FUNCTION, ReturnTypes.ARG0, null, OperandTypes.ANY, SqlFunctionCategory.SYSTEM);

    private ConstantGroups() {}

    static RelNode hide(RelNode rel) {
        return rel.accept(new RelHomogeneousShuttle() {
            @Override
            public RelNode visit(RelNode other) {
                RelNode node = super.visit(other);
                return node instanceof LogicalAggregate aggregate && aggregate.getInput() instanceof LogicalProject project
                        ? hidden(aggregate, project)
                        : node;
            }
        });
    }

    private static RelNode hidden(LogicalAggregate aggregate, LogicalProject project) {
        RexBuilder rexBuilder = aggregate.getCluster().getRexBuilder();
        List<RexNode> expressions = new ArrayList<>(project.getProjects());
        for (int key : aggregate.getGroupSet()) {
            if (expressions.get(key) instanceof RexLiteral literal) {
                expressions.set(key, rexBuilder.makeCall(literal.getType(), HIDDEN, List.of(literal)));
            }
        }
        RelNode input = project.copy(project.getTraitSet(), project.getInput(), expressions, project.getRowType());
        return aggregate.copy(aggregate.getTraitSet(), List.of(input));
    }

    /// Undoes [#hide].
    static RelNode show(RelNode rel) {
        RexShuttle shown = new RexShuttle() {
            @Override
            public RexNode visitCall(RexCall call) {
                RexNode visited = super.visitCall(call);
                return visited instanceof RexCall hidden && hidden.getOperator().equals(HIDDEN) ? hidden.getOperands().getFirst() : visited;
            }
        };
        return rel.accept(new RelHomogeneousShuttle() {
            @Override
            public RelNode visit(RelNode other) {
                return super.visit(other).accept(shown);
            }
        });
    }
}
