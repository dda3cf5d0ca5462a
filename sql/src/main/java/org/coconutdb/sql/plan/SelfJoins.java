package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.util.ImmutableBitSet;

/// Finds joins that Calcite's ordering of joins takes for a join of each row with itself, and answers the columns of one side in place of the other's.
///
/// It takes two sides of one table for that where the columns that a condition sets equal are the same on both and unique. Where no columns are set equal, those
/// are none, and *no columns* are unique where a side has one row at most: `x JOIN y ON x.e <> y.d AND x.id = 2`.
final class SelfJoins {
    private SelfJoins() {}

    /// Whether joins in there must stay in the order in which they are written.
    static boolean areMistaken(RelNode rel) {
        List<RelNode> nodes = new ArrayList<>();
        gather(rel, nodes);
        Map<List<String>, Integer> scans = new HashMap<>();
        for (RelNode node : nodes) {
            if (node instanceof TableScan scan) {
                scans.merge(scan.getTable().getQualifiedName(), 1, Integer::sum);
            }
        }
        if (scans.values().stream().allMatch(count -> count == 1)) {
            return false;
        }
        RelMetadataQuery metadata = rel.getCluster().getMetadataQuery();
        return nodes.stream().anyMatch(node -> {
            RelOptTable origin = metadata.getTableOrigin(node);
            return origin != null && scans.getOrDefault(origin.getQualifiedName(), 0) > 1 && Boolean.TRUE.equals(metadata.areColumnsUnique(
                    node, ImmutableBitSet.of()));
        });
    }

    private static void gather(RelNode rel, List<RelNode> into) {
        into.add(rel);
        rel.getInputs().forEach(input -> gather(input, into));
    }
}
