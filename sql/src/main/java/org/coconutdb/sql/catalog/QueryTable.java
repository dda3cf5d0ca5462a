package org.coconutdb.sql.catalog;

import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.coconutdb.engine.row.Column;

/// What a query reads by lookups and scans: the rows of a table, or what their records' headers say. Immutable; any thread.
public sealed interface QueryTable permits CatalogTable, MetaTable {
    /// Name, kind, columns and key as a query sees them.
    TableDefinition definition();

    /// The table whose records are read.
    CatalogTable rows();

    /// How the columns are stored, in declared order.
    List<Column> columns();

    /// Position of a column in the row of [#rows]; -1 for one that is read from the record's header.
    int rowColumn(int column);

    /// What a column with no position in the row shows.
    HeaderColumn headerColumn(int column);

    default RelDataType rowType(RelDataTypeFactory factory) {
        return Types.rowType(factory, definition().columns());
    }
}
