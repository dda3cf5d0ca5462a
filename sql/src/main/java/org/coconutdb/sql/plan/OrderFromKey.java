package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.logical.LogicalSort;
import org.apache.calcite.rex.RexInputRef;
import org.coconutdb.engine.TableKind;
import org.jspecify.annotations.Nullable;

/// Takes a sort away where the rows come in its order anyway, or would if the scan went backwards. A limit stays, and then ends
/// the scan early. Rows keep their order through filters and projections, so these may stand between.
final class OrderFromKey {
    private OrderFromKey() {}

    /// The sort itself where it is needed.
    static RelNode apply(Sort sort) {
        if (sort.getCollation().getFieldCollations().isEmpty()) {
            return sort;
        }
        RelNode ordered = ordered(sort.getInput(), sort.getCollation().getFieldCollations());
        if (ordered == null) {
            return sort;
        }
        if (sort.offset == null && sort.fetch == null) {
            return ordered;
        }
        return LogicalSort.create(ordered, RelCollations.EMPTY, sort.offset, sort.fetch);
    }

    /// The input with its rows in this order; null where that needs a sort.
    private static @Nullable RelNode ordered(RelNode rel, List<RelFieldCollation> wanted) {
        return switch (rel) {
            case Filter filter -> {
                RelNode input = ordered(filter.getInput(), wanted);
                yield input == null ? null : filter.copy(filter.getTraitSet(), List.of(input));
            }
            case Project project -> {
                List<RelFieldCollation> below = below(project, wanted);
                RelNode input = below == null ? null : ordered(project.getInput(), below);
                yield input == null ? null : project.copy(project.getTraitSet(), List.of(input));
            }
            case TableAccess access -> ordered(access, wanted);
            default -> null;
        };
    }

    private static @Nullable List<RelFieldCollation> below(Project project, List<RelFieldCollation> wanted) {
        List<RelFieldCollation> below = new ArrayList<>(wanted.size());
        for (RelFieldCollation field : wanted) {
            if (!(project.getProjects().get(field.getFieldIndex()) instanceof RexInputRef ref)) {
                return null;
            }
            below.add(field.withFieldIndex(ref.getIndex()));
        }
        return below;
    }

    private static @Nullable RelNode ordered(TableAccess access, List<RelFieldCollation> wanted) {
        if (access.path() instanceof AccessPath.Point) {
            return access;
        }
        if (access.queryTable().definition().kind() != TableKind.SORTED) {
            return null;
        }
        List<Integer> key = access.queryTable().definition().primaryKey();
        Set<Integer> known = new HashSet<>(access.path().fixedColumns());
        Boolean descending = null;
        int position = 0;
        for (RelFieldCollation field : wanted) {
            while (position < key.size() && known.contains(key.get(position))) {
                position++;
            }
            if (position == key.size()) {
                // The key is whole: no two rows are left to be told apart.
                break;
            }
            int column = access.column(field.getFieldIndex());
            if (known.contains(column)) {
                continue;
            }
            boolean down = field.getDirection().isDescending();
            if (column != key.get(position) || (descending != null && descending != down)) {
                return null;
            }
            descending = down;
            known.add(column);
        }
        return descending != null && descending != access.reverse() ? access.reversed() : access;
    }
}
