package org.coconutdb.hibernate;

import org.hibernate.dialect.Dialect;
import org.hibernate.mapping.Table;
import org.hibernate.tool.schema.internal.StandardTableExporter;

/// Hibernate makes tables without a primary key, for collections that may have the same element twice. CoconutDB has no such tables: an
/// identity column is the key of these. Hibernate names its columns in all statements, so that nothing else sees it.
final class KeyedTableExporter extends StandardTableExporter {
    static final String KEY_COLUMN = "coconut_row_id";

    KeyedTableExporter(Dialect dialect) {
        super(dialect);
    }

    @Override
    protected void applyTableCheck(Table table, StringBuilder statement) {
        if (!table.hasPrimaryKey()) {
            statement.append(", ").append(KEY_COLUMN).append(" bigint generated always as identity primary key");
        }
        super.applyTableCheck(table, statement);
    }
}
