package org.coconutdb.sql.catalog;

import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.row.Column;
import org.coconutdb.engine.row.KeyCodec;
import org.coconutdb.engine.row.KeyCodec.KeyColumn;
import org.coconutdb.engine.row.RowLayout;

/// A table that exists: its definition, the engine's descriptor, and the codecs of its rows and keys. Immutable; any thread.
public final class CatalogTable {
    private final CoconutEngine engine;
    private final TableDescriptor descriptor;
    private final TableDefinition definition;
    private final List<Column> columns;
    private final RowLayout rowLayout;
    private final KeyCodec keyCodec;

    CatalogTable(CoconutEngine engine, TableDescriptor descriptor) {
        this.engine = engine;
        this.descriptor = descriptor;
        this.definition = TableDefinition.fromBytes(descriptor.definition());
        this.columns = definition.columns().stream().map(Types::column).toList();
        this.rowLayout = new RowLayout(columns);
        this.keyCodec = new KeyCodec(definition.primaryKey().stream().map(column -> new KeyColumn(columns.get(column), false)).toList());
    }

    public int id() {
        return descriptor.id();
    }

    public TableDescriptor descriptor() {
        return descriptor;
    }

    public TableDefinition definition() {
        return definition;
    }

    /// How the columns are stored, in declared order.
    public List<Column> columns() {
        return columns;
    }

    public RowLayout rowLayout() {
        return rowLayout;
    }

    public KeyCodec keyCodec() {
        return keyCodec;
    }

    /// Rows of the newest state; 0 where the table was dropped meanwhile.
    public long rowCount() {
        return engine.rowCount(descriptor);
    }

    public RelDataType rowType(RelDataTypeFactory factory) {
        RelDataTypeFactory.Builder builder = factory.builder();
        for (ColumnDefinition column : definition.columns()) {
            builder.add(column.name(), Types.relType(factory, column));
        }
        return builder.build();
    }

    @Override
    public String toString() {
        return definition.qualifiedName();
    }
}
