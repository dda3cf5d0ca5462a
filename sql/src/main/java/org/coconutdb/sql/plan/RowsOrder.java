package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.calcite.rel.RelFieldCollation;
import org.coconutdb.engine.TableKind;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.catalog.IndexDefinition;
import org.coconutdb.sql.catalog.QueryTable;
import org.coconutdb.sql.run.KeyInterval;

/// A column by which rows come in order, behind those before it.
///
/// @param column by its position in the table
/// @param hasNulls whether there may be NULLs, which stand behind all values, and before them when the rows come backwards
record RowsOrder(int column, boolean descending, boolean hasNulls) {
    /// The order in which a way gives a table's rows, as far as it has one: the last column tells any two rows apart, where there is any.
    static List<RowsOrder> of(QueryTable table, AccessPath path) {
        List<RowsOrder> order = new ArrayList<>();
        if (path instanceof AccessPath.Index(CatalogIndex index, List<KeyInterval> intervals, _, _, _, _)) {
            List<IndexDefinition.Part> parts = index.definition().columns();
            // An end, and an equality more so, leaves no NULL.
            int withoutNulls = intervals.stream()
                    .mapToInt(KeyInterval::columnsWithoutNulls)
                    .min()
                    .orElse(0);
            IntStream.range(0, parts.size()).forEach(i -> {
                IndexDefinition.Part part = parts.get(i);
                boolean hasNulls = i >= withoutNulls && table.columns().get(part.column()).nullable();
                order.add(new RowsOrder(part.column(), part.descending(), hasNulls));
            });
        }
        boolean isByKey = table.definition().kind() == TableKind.SORTED || path instanceof AccessPath.Index;
        if (isByKey) {
            // Entries with the same values, of an index, come by the primary key.
            table.definition().primaryKey().forEach(column -> order.add(new RowsOrder(column, false, false)));
        }
        return order;
    }

    /// @param field the column's place in the answer
    RelFieldCollation collation(int field, boolean reverse) {
        boolean down = descending != reverse;
        RelFieldCollation.Direction direction = down ? RelFieldCollation.Direction.DESCENDING : RelFieldCollation.Direction.ASCENDING;
        return hasNulls
                ? new RelFieldCollation(field, direction, reverse ? RelFieldCollation.NullDirection.FIRST
                        : RelFieldCollation.NullDirection.LAST)
                : new RelFieldCollation(field, direction);
    }

    /// Whether rows have this order: forwards FALSE, backwards TRUE in `reverse`.
    boolean fits(RelFieldCollation wanted, boolean reverse) {
        boolean down = wanted.getDirection().isDescending();
        boolean nullsFirst = switch (wanted.nullDirection) {
            case FIRST -> true;
            case LAST -> false;
            // NULL counts as the greatest.
            case UNSPECIFIED -> down;
        };
        return down == (descending != reverse) && (!hasNulls || nullsFirst == reverse);
    }
}
