package org.coconutdb.sql.session;

import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.IndexDefinition;
import org.coconutdb.sql.catalog.TableAlteration;
import org.coconutdb.sql.catalog.TableDefinitions;
import org.coconutdb.sql.parser.SqlCreateIndex;
import org.coconutdb.sql.parser.SqlDropIndex;

/// Compiles CREATE INDEX and DROP INDEX.
final class IndexStatements {
    private IndexStatements() {}

    static CompiledStatement create(SqlCreateIndex create, CatalogSnapshot catalog, String schema) {
        CatalogTable table = WriteCompiler.target(create.table(), catalog, schema);
        String tableSchema = table.definition().schema();
        String[] name = TableDefinitions.resolve(create.index(), tableSchema);
        if (!name[0].equals(tableSchema)) {
            throw CoconutException.of(ErrorCode.INVALID_STATEMENT)
                    .with("index", create.index())
                    .with("table", table)
                    .mend("An index lies in its table's schema: leave the schema out.");
        }
        IndexDefinition definition = TableDefinitions.index(create, name[1], table.definition());
        boolean ifNotExists = create.ifNotExists();
        return (CompiledStatement.Definition) (database, signal) -> {
            if (!ifNotExists || database.catalog().snapshot().tableOfIndex(tableSchema, name[1]).isEmpty()) {
                TableBuild.run(database, table, TableAlteration.ofIndex(definition), List.of(), false, signal);
            }
        };
    }

    static CompiledStatement drop(SqlDropIndex drop, String schema) {
        String[] name = TableDefinitions.resolve(drop.index(), schema);
        boolean ifExists = drop.ifExists();
        return (CompiledStatement.Definition) (database, _) -> {
            try {
                database.catalog().dropIndex(name[0], name[1]);
            } catch (CoconutException failure) {
                if (!ifExists || failure.code() != ErrorCode.UNDEFINED_INDEX) {
                    throw failure;
                }
            }
        };
    }
}
