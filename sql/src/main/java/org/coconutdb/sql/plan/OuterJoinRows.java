package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinInfo;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;

/// Gives the right rows of a RIGHT or FULL join a second column where they have one and the join is run by nested loops.
///
/// Calcite's nested loops keep the right rows that have not met a left one in a set by identity. A row of several columns is an array of its
/// own; a row of one is the value, and equal ones are one object (small numbers, TRUE, NULL), so that all but one of them were lost.
final class OuterJoinRows extends RelHomogeneousShuttle {
    private OuterJoinRows() {}

    static RelNode keepApart(RelNode rel) {
        return rel.accept(new OuterJoinRows());
    }

    @Override
    public RelNode visit(RelNode other) {
        RelNode node = super.visit(other);
        return node instanceof Join join && (join.getJoinType() == JoinRelType.RIGHT || join.getJoinType() == JoinRelType.FULL)
                && join.getRight().getRowType().getFieldCount() == 1 && isByNestedLoops(join.analyzeCondition()) ? widened(join) : node;
    }

    private static boolean isByNestedLoops(JoinInfo condition) {
        return condition.leftKeys.isEmpty() || !condition.isEqui();
    }

    private static RelNode widened(Join join) {
        RexBuilder rexBuilder = join.getCluster().getRexBuilder();
        RelNode right = join.getRight();
        RelNode wide = LogicalProject.create(
                right,
                List.of(),
                List.of(RexInputRef.of(0, right.getRowType()), rexBuilder.makeLiteral(true)),
                List.of(right.getRowType().getFieldNames().getFirst(), "$apart"),
                Set.of());
        Join joined = join.copy(join.getTraitSet(), join.getCondition(), join.getLeft(), wide, join.getJoinType(), join.isSemiJoinDone());
        List<RexNode> columns = new ArrayList<>();
        for (int i = 0; i < join.getRowType().getFieldCount(); i++) {
            columns.add(RexInputRef.of(i, joined.getRowType()));
        }
        return LogicalProject.create(joined, List.of(), columns, join.getRowType(), Set.of());
    }
}
