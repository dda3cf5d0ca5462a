package org.coconutdb.sql.plan;

import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.RelTraitDef;
import org.apache.calcite.rel.RelNode;
import org.jspecify.annotations.Nullable;

/// The kind of trait that says where rows are. The cost-based search does not look at it, since no choice of its depends on it: [BlockFragments] derives it
/// for the plan that was found.
final class BlockDistributionDef extends RelTraitDef<BlockDistribution> {
    static final BlockDistributionDef INSTANCE = new BlockDistributionDef();

    private BlockDistributionDef() {}

    @Override
    public Class<BlockDistribution> getTraitClass() {
        return BlockDistribution.class;
    }

    @Override
    public String getSimpleName() {
        return "blocks";
    }

    @Override
    @Nullable
    public RelNode convert(RelOptPlanner planner, RelNode rel, BlockDistribution wanted, boolean allowInfiniteCostConverters) {
        return null;
    }

    @Override
    public boolean canConvert(RelOptPlanner planner, BlockDistribution from, BlockDistribution to) {
        return from.satisfies(to);
    }

    @Override
    public BlockDistribution getDefault() {
        return BlockDistribution.TOGETHER;
    }

    /// Where an operator's rows are.
    static BlockDistribution of(RelNode rel) {
        BlockDistribution said = rel.getTraitSet().getTrait(INSTANCE);
        return said == null ? BlockDistribution.TOGETHER : said;
    }

    /// A copy of an operator with its rows there.
    static RelNode with(RelNode rel, BlockDistribution distribution) {
        return rel.copy(rel.getTraitSet().plus(distribution), rel.getInputs());
    }
}
