package org.coconutdb.sql.plan;

import java.util.Arrays;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.QueryTable;
import org.coconutdb.sql.run.ColumnDomain;
import org.coconutdb.sql.run.EntryRead;
import org.coconutdb.sql.run.RowCondition;
import org.jspecify.annotations.Nullable;

/// Finds out whether an index's entries have all that is wanted of the rows behind them, so that these need not be read.
final class Covering {
    private Covering() {}

    /// Whether the index has each of these columns.
    static boolean covers(QueryTable table, CatalogIndex index, Iterable<Integer> columns) {
        for (int column : columns) {
            if (!(table instanceof CatalogTable stored) || !EntryRead.has(stored, index, column)) {
                return false;
            }
        }
        return true;
    }

    /// How entries are read; null where rows have to be.
    ///
    /// @param columns wanted, by position in the table
    /// @param conjuncts over the table's columns, that rows have to meet
    static @Nullable EntryRead of(
            QueryTable table,
            RelDataType tableType,
            CatalogIndex index,
            int[] columns,
            List<RexNode> conjuncts,
            RexBuilder rexBuilder) {
        List<Integer> tested = RelOptUtil.InputFinder.bits(conjuncts, null).asList();
        if (!(table instanceof CatalogTable stored) || !covers(table, index, Arrays.stream(columns).boxed().toList())
                || !covers(table, index, tested)) {
            return null;
        }
        if (conjuncts.isEmpty()) {
            return new EntryRead(stored, index, columns, null, tested);
        }
        List<Integer> counted = EntryRead.isInRow(index, tested) ? index.definition().included() : tested;
        RowCondition condition = conditions(table, tableType, counted, rexBuilder)
                .compile(RexUtil.composeConjunction(rexBuilder, conjuncts).accept(new RexShuttle() {
                    @Override
                    public RexNode visitInputRef(RexInputRef ref) {
                        return new RexInputRef(counted.indexOf(ref.getIndex()), ref.getType());
                    }
                }));
        return condition == null ? null : new EntryRead(stored, index, columns, condition, tested);
    }

    private static RowConditions conditions(QueryTable table, RelDataType tableType, List<Integer> columns, RexBuilder rexBuilder) {
        ColumnDomain[] domains = TableDomains.of(table);
        RelDataTypeFactory.Builder type = rexBuilder.getTypeFactory().builder();
        columns.forEach(column -> type.add(tableType.getFieldList().get(column)));
        return new RowConditions(columns.stream().map(column -> domains[column]).toArray(ColumnDomain[]::new), type.build(),
                new Terms(rexBuilder), rexBuilder);
    }
}
