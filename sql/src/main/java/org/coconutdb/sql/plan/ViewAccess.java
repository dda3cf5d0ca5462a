package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptCost;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.schema.ScannableTable;
import org.coconutdb.sql.run.RowSource;
import org.coconutdb.sql.run.ViewScan;
import org.jspecify.annotations.Nullable;

/// Reads all rows of a system view.
final class ViewAccess extends AbstractRelNode implements BlockRel {
    private final String name;
    private final ScannableTable view;

    private ViewAccess(RelOptCluster cluster, RelTraitSet traits, String name, ScannableTable view, RelDataType rowType) {
        super(cluster, traits);
        this.name = name;
        this.view = view;
        this.rowType = rowType;
    }

    /// Null where the scan is of something that is no view of the system.
    static @Nullable ViewAccess of(TableScan scan) {
        ScannableTable view = scan.getTable().unwrap(ScannableTable.class);
        if (view == null) {
            return null;
        }
        String name = String.join(".", scan.getTable().getQualifiedName());
        return new ViewAccess(scan.getCluster(), scan.getCluster().traitSetOf(CoconutConvention.INSTANCE), name, view, scan.getRowType());
    }

    String name() {
        return name;
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new ViewAccess(getCluster(), traits, name, view, getRowType());
    }

    @Override
    public RelOptCost computeSelfCost(RelOptPlanner planner, RelMetadataQuery metadata) {
        return planner.getCostFactory().makeCost(100, 100, 0);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("view", name);
    }

    @Override
    public RowSource source() {
        return new ViewScan(view);
    }
}
