package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.adapter.enumerable.EnumerableCalc;
import org.apache.calcite.adapter.enumerable.EnumerableFilter;
import org.apache.calcite.adapter.enumerable.EnumerableProject;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexProgram;
import org.apache.calcite.rex.RexProgramBuilder;

/// Makes programs of projections and conditions: what code is generated from, and what windows are cut out of.
///
/// Calcite has rules for that, which take a program for finished after one round. A round simplifies each expression when its operands have
/// been, and now and then the outcome is one that the next round makes simpler still, as when branches of CASE with the same value become
/// one; then they fail. Ours go on until nothing changes.
final class Calcs {
    /// Each makes something simpler, so that they end by themselves.
    private static final int ROUNDS_MAX = 100;

    private Calcs() {}

    /// Programs in the place of enumerable projections and conditions, one of those that lie above each other.
    static RelNode of(RelNode rel) {
        return rel.accept(new RelHomogeneousShuttle() {
            @Override
            public RelNode visit(RelNode other) {
                RelNode node = super.visit(other);
                return switch (node) {
                    case EnumerableProject project -> calc(project.getInput(), program(project));
                    case EnumerableFilter filter -> calc(filter.getInput(), condition(filter));
                    default -> node;
                };
            }
        });
    }

    /// Projections with windows as Calcite's rule, which cuts these out, makes finished programs of.
    static RelNode settleWindows(RelNode rel) {
        return rel.accept(new RelHomogeneousShuttle() {
            @Override
            public RelNode visit(RelNode other) {
                RelNode node = super.visit(other);
                return node instanceof LogicalProject project && project.containsOver() ? settled(project) : node;
            }
        });
    }

    private static Project settled(LogicalProject project) {
        RexProgram program = settled(program(project), rexBuilder(project));
        List<RexNode> projects = program.getProjectList().stream().map(program::expandLocalRef).toList();
        return project.copy(project.getTraitSet(), project.getInput(), projects, project.getRowType());
    }

    private static RexProgram program(Project project) {
        return RexProgram.create(project.getInput().getRowType(), project.getProjects(), null, project.getRowType(), rexBuilder(project));
    }

    private static RexProgram condition(EnumerableFilter filter) {
        RexProgramBuilder builder = new RexProgramBuilder(filter.getInput().getRowType(), rexBuilder(filter));
        builder.addIdentity();
        builder.addCondition(filter.getCondition());
        return builder.getProgram();
    }

    private static RelNode calc(RelNode input, RexProgram program) {
        RexBuilder rexBuilder = rexBuilder(input);
        // What a window computes depends on the rows that there are: it is not moved below a condition.
        return input instanceof EnumerableCalc below && !RexOver.containsOver(program)
                ? calc(below.getInput(), RexProgramBuilder.mergePrograms(program, below.getProgram(), rexBuilder))
                : EnumerableCalc.create(input, settled(program, rexBuilder));
    }

    private static RexProgram settled(RexProgram program, RexBuilder rexBuilder) {
        RexProgram settled = program;
        for (int round = 0; round < ROUNDS_MAX; round++) {
            RexProgram next = settled.normalize(rexBuilder, null);
            if (next.toString().equals(settled.toString())) {
                return settled;
            }
            settled = next;
        }
        return settled;
    }

    private static RexBuilder rexBuilder(RelNode rel) {
        return rel.getCluster().getRexBuilder();
    }
}
