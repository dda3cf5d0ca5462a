package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.QueryTable;
import org.coconutdb.sql.run.ColumnDomain;

/// What the columns of a table can hold.
final class TableDomains {
    private TableDomains() {}

    /// By position in the table.
    static ColumnDomain[] of(QueryTable table) {
        List<ColumnDefinition> columns = table.definition().columns();
        ColumnDomain[] domains = new ColumnDomain[columns.size()];
        for (int i = 0; i < domains.length; i++) {
            ColumnDefinition column = columns.get(i);
            int charLength = column.type() == SqlTypeName.CHAR ? Math.max(1, column.precision()) : -1;
            domains[i] = new ColumnDomain(table.columns().get(i), charLength);
        }
        return domains;
    }
}
