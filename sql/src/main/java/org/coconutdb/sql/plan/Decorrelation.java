package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.plan.Contexts;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.hint.RelHint;
import org.apache.calcite.rel.logical.LogicalCorrelate;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql2rel.RelDecorrelator;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.util.ImmutableBitSet;

/// Makes joins of correlations, by Calcite's decorrelator.
///
/// That fails on a correlation whose list of columns names more than its right side reads, and makes such lists itself: where it computes on
/// the left what the right side computes of columns, it lists those too that the right side reads as they are, a second time; and where it
/// simplifies a condition, it leaves the list as it was. So conditions are simplified before, and the correlations that it builds are told
/// what is read.
final class Decorrelation {
    private Decorrelation() {}

    static RelNode apply(RelNode rel, RelBuilder.Config config) {
        Builder builder = new Builder(rel.getCluster(), config);
        RelNode simple = rel.accept(new RelHomogeneousShuttle() {
            @Override
            public RelNode visit(RelNode other) {
                RelNode node = super.visit(other);
                return node instanceof LogicalFilter filter && RexUtil.containsCorrelation(filter.getCondition())
                        ? builder.push(filter.getInput()).filter(filter.getVariablesSet(), filter.getCondition()).build()
                        : node;
            }
        });
        return ConstantGroups.show(RelDecorrelator.decorrelateQuery(ConstantGroups.hide(Correlations.fit(simple)), builder));
    }

    /// A factory too: the decorrelator hands its builder to others as the one thing that says how nodes are made.
    private static final class Builder extends RelBuilder implements RelFactories.CorrelateFactory {
        Builder(RelOptCluster cluster, Config config) {
            super(Contexts.of(config), cluster, null);
        }

        @Override
        public RelNode createCorrelate(
                RelNode left,
                RelNode right,
                List<RelHint> hints,
                CorrelationId variable,
                ImmutableBitSet columns,
                JoinRelType type) {
            return LogicalCorrelate.create(left, right, hints, variable, RelOptUtil.correlationColumns(variable, right), type);
        }
    }
}
