package org.coconutdb.sql.catalog;

import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.Statistic;
import org.apache.calcite.schema.Statistics;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

/// A [QueryTable] as Calcite sees it; unwraps to it.
final class StoredTable extends AbstractTable {
    private final QueryTable table;

    StoredTable(QueryTable table) {
        this.table = table;
    }

    @Override
    public RelDataType getRowType(RelDataTypeFactory factory) {
        return table.rowType(factory);
    }

    @Override
    public Statistic getStatistic() {
        return Statistics.of((double) table.rows().rowCount(), List.of(ImmutableBitSet.of(table.definition().primaryKey())));
    }

    @Override
    public <C> @Nullable C unwrap(Class<C> type) {
        return type.isInstance(table) ? type.cast(table) : super.unwrap(type);
    }
}
