package org.coconutdb.sql.plan;

import java.util.List;
import java.util.Map;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptCost;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlKind;
import org.coconutdb.sql.run.RowSource;
import org.jspecify.annotations.Nullable;

/// `COUNT(*)` of what a [TableAccess] reads.
final class CountAccess extends AbstractRelNode implements BlockRel {
    private final TableAccess counted;

    private CountAccess(RelOptCluster cluster, RelTraitSet traits, TableAccess counted, RelDataType rowType) {
        super(cluster, traits);
        this.counted = counted;
        this.rowType = rowType;
    }

    /// Null where the aggregate is more than one count of all rows.
    static @Nullable CountAccess of(Aggregate aggregate, TableAccess counted) {
        boolean isCount = aggregate.getGroupCount() == 0 && aggregate.getGroupType() == Aggregate.Group.SIMPLE
                && aggregate.getAggCallList().size() == 1
                && aggregate.getAggCallList().getFirst().getAggregation().getKind() == SqlKind.COUNT
                && aggregate.getAggCallList().getFirst().getArgList().isEmpty() && !aggregate.getAggCallList().getFirst().hasFilter();
        return isCount
                ? new CountAccess(aggregate.getCluster(), aggregate.getCluster().traitSetOf(CoconutConvention.INSTANCE), counted,
                        aggregate.getRowType())
                : null;
    }

    /// The read whose rows are counted.
    TableAccess counted() {
        return counted;
    }

    /// The same rows counted block by block by several threads, where they are many; of a whole table the engine mostly knows the number.
    CountAccess inParallel(Parallelism parallelism) {
        return counted.isFiltered() ? new CountAccess(getCluster(), traitSet, counted.countedInParallel(parallelism), getRowType()) : this;
    }

    /// What EXPLAIN shows, by name and in this order.
    Map<String, String> facts() {
        Map<String, String> facts = counted.facts();
        facts.remove("columns");
        facts.remove("order");
        return facts;
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new CountAccess(getCluster(), traits, counted, getRowType());
    }

    @Override
    public double estimateRowCount(RelMetadataQuery metadata) {
        return 1;
    }

    @Override
    public RelOptCost computeSelfCost(RelOptPlanner planner, RelMetadataQuery metadata) {
        return counted.computeSelfCost(planner, metadata);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        // Also the digest by which the planner tells nodes apart.
        return super.explainTerms(writer).item("count", counted.getDigest());
    }

    @Override
    public RowSource source() {
        return counted.count();
    }
}
