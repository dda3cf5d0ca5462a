package org.coconutdb.sql.plan;

import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.logical.LogicalCorrelate;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.util.ImmutableBitSet;

/// Lets plans say of rows that correlated subqueries ask for what holds after subqueries were simplified and conditions moved.
///
/// - A projection that sets a variable which none of its expressions reads sets none: Calcite has no operator for one that does.
/// - A correlation reads those columns of its left side that its right side names: where Calcite's list lacks one, it cuts the column off, and
///   fails.
final class Correlations extends RelHomogeneousShuttle {
    private Correlations() {}

    static RelNode fit(RelNode rel) {
        return rel.accept(new Correlations());
    }

    @Override
    public RelNode visit(RelNode other) {
        return switch (super.visit(other)) {
            case LogicalProject project when !project.getVariablesSet().isEmpty() -> fit(project);
            case LogicalCorrelate correlate -> fit(correlate);
            case RelNode node -> node;
        };
    }

    private static RelNode fit(LogicalProject project) {
        RelOptUtil.VariableUsedVisitor used = new RelOptUtil.VariableUsedVisitor(null);
        used.visitEach(project.getProjects());
        List<CorrelationId> set = project.getVariablesSet().stream().filter(used.variables::contains).toList();
        return set.size() == project.getVariablesSet().size() ? project
                : LogicalProject.create(project.getInput(), project.getHints(), project.getProjects(), project.getRowType().getFieldNames(),
                        Set
                                .copyOf(set));
    }

    private static RelNode fit(LogicalCorrelate correlate) {
        ImmutableBitSet read = RelOptUtil.correlationColumns(correlate.getCorrelationId(), correlate.getRight());
        return read.equals(correlate.getRequiredColumns()) ? correlate
                : correlate.copy(correlate.getTraitSet(), correlate.getLeft(), correlate.getRight(), correlate.getCorrelationId(), read,
                        correlate
                                .getJoinType());
    }
}
