package org.coconutdb.sql.catalog;

import java.util.List;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.Schema;
import org.apache.calcite.schema.TranslatableTable;
import org.apache.calcite.schema.impl.AbstractTable;
import org.jspecify.annotations.Nullable;

/// A view as Calcite sees it: its query takes its place where it is read.
public final class StoredView extends AbstractTable implements TranslatableTable {
    private final ViewDefinition view;
    private final @Nullable String owner;

    /// @param owner whose rights count for what the view reads; null: it may read everything
    StoredView(ViewDefinition view, @Nullable String owner) {
        this.view = view;
        this.owner = owner;
    }

    /// Whose rights count for what the view reads; null: it may read everything.
    public @Nullable String owner() {
        return owner;
    }

    @Override
    public RelDataType getRowType(RelDataTypeFactory factory) {
        return Types.rowType(factory, view.columns());
    }

    @Override
    public Schema.TableType getJdbcTableType() {
        return Schema.TableType.VIEW;
    }

    @Override
    public RelNode toRel(RelOptTable.ToRelContext context, RelOptTable table) {
        List<String> schema = List.of(view.schema());
        RelNode query = context.expandView(table.getRowType(), view.query(), schema, List.of(view.schema(), view.name())).project();
        return RelOptUtil.createCastRel(query, table.getRowType(), true);
    }
}
