package org.coconutdb.sql.plan;

import java.math.BigDecimal;
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
import org.apache.calcite.rex.RexNode;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.run.KeyInterval;
import org.jspecify.annotations.Nullable;

/// Takes a sort away where the rows come in its order anyway, or would if the scan went backwards, or, where only the first of all rows are
/// wanted or an index has all that is wanted of the rows, if they were read by that index. A limit stays, and then ends the scan early. Rows keep their order through filters and projections, so
/// these may stand between.
final class OrderFromKey {
    // Whether the first rows are wanted, and no others.
    private final boolean onlyFirst;
    // Whether those are left out that are NULL in the first column of the order.
    private final boolean withoutNulls;

    private OrderFromKey(boolean onlyFirst, boolean withoutNulls) {
        this.onlyFirst = onlyFirst;
        this.withoutNulls = withoutNulls;
    }

    /// The sort itself where it is needed.
    static RelNode apply(Sort sort) {
        if (sort.getCollation().getFieldCollations().isEmpty()) {
            return sort;
        }
        RelNode ordered = new OrderFromKey(sort.fetch != null, false).ordered(sort.getInput(), sort.getCollation().getFieldCollations());
        if (ordered == null) {
            return sort;
        }
        if (sort.offset == null && sort.fetch == null) {
            return ordered;
        }
        return LogicalSort.create(ordered, RelCollations.EMPTY, sort.offset, sort.fetch);
    }

    /// The row with the least or the greatest value of a field, NULL being none; null where that needs more than a look at one end of a key.
    static @Nullable RelNode first(RelNode rel, int field, boolean greatest) {
        RelFieldCollation wanted =
                new RelFieldCollation(field, greatest ? RelFieldCollation.Direction.DESCENDING : RelFieldCollation.Direction.ASCENDING,
                        RelFieldCollation.NullDirection.LAST);
        RelNode ordered = new OrderFromKey(true, true).ordered(rel, List.of(wanted));
        RexNode one = rel.getCluster().getRexBuilder().makeExactLiteral(BigDecimal.ONE);
        return ordered == null ? null : LogicalSort.create(ordered, RelCollations.EMPTY, null, one);
    }

    /// The input with its rows in this order; null where that needs a sort.
    private @Nullable RelNode ordered(RelNode rel, List<RelFieldCollation> wanted) {
        return switch (rel) {
            case Filter filter -> {
                // Of many rows few may be left: then a sort of them is less than an index's way through all.
                RelNode input = new OrderFromKey(false, withoutNulls).ordered(filter.getInput(), wanted);
                yield input == null ? null : filter.copy(filter.getTraitSet(), List.of(input));
            }
            case Project project -> {
                List<RelFieldCollation> below = below(project, wanted);
                RelNode input = below == null ? null : ordered(project.getInput(), below);
                yield input == null ? null : project.copy(project.getTraitSet(), List.of(input));
            }
            case TableAccess access -> {
                TableAccess looked = withoutNulls ? access.withoutNulls(access.column(wanted.getFirst().getFieldIndex())) : access;
                RelNode ordered = byItself(looked, wanted);
                yield ordered == null ? byIndex(access, wanted) : ordered;
            }
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

    private @Nullable RelNode byIndex(TableAccess access, List<RelFieldCollation> wanted) {
        if (!(access.path() instanceof AccessPath.Full) || !(access.queryTable() instanceof CatalogTable table)) {
            return null;
        }
        for (CatalogIndex index : table.indexes()) {
            if (index.definition().ready()) {
                List<KeyInterval> all = List.of(new KeyInterval(List.of(), null, null, withoutNulls));
                TableAccess byEntries = access.by(new AccessPath.Index(index, all, "", Set.of(), false, 1));
                // A row behind each entry is more than a sort, but where the first are enough.
                boolean isWorth = byEntries.isOfEntries() || (onlyFirst && !access.isFiltered());
                RelNode ordered = isWorth ? byItself(byEntries, wanted) : null;
                if (ordered != null) {
                    return ordered;
                }
            }
        }
        return null;
    }

    private static @Nullable RelNode byItself(TableAccess access, List<RelFieldCollation> wanted) {
        if (access.isOneRow()) {
            return access;
        }
        List<RowsOrder> order = RowsOrder.of(access.queryTable(), access.path());
        if (order.isEmpty()) {
            return null;
        }
        for (boolean reverse : new boolean[] {access.reverse(), !access.reverse()}) {
            if (fits(access, order, wanted, reverse)) {
                return reverse == access.reverse() ? access : access.reversed();
            }
        }
        return null;
    }

    private static boolean fits(TableAccess access, List<RowsOrder> order, List<RelFieldCollation> wanted, boolean reverse) {
        Set<Integer> known = new HashSet<>(access.path().fixedColumns());
        int position = 0;
        for (RelFieldCollation field : wanted) {
            while (position < order.size() && known.contains(order.get(position).column())) {
                position++;
            }
            if (position == order.size()) {
                // The key is whole: no two rows are left to be told apart.
                break;
            }
            int column = access.column(field.getFieldIndex());
            if (known.contains(column)) {
                continue;
            }
            if (column != order.get(position).column() || !order.get(position).fits(field, reverse)) {
                return false;
            }
            known.add(column);
        }
        return true;
    }
}
