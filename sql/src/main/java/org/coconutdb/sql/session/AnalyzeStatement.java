package org.coconutdb.sql.session;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.StatisticsScan;
import org.coconutdb.sql.parser.SqlAnalyze;

/// Compiles ANALYZE: each table is looked at beside its writers, and what was found is kept; statements are planned by it from then on.
final class AnalyzeStatement {
    private AnalyzeStatement() {}

    static CompiledStatement of(SqlAnalyze analyze, CatalogSnapshot catalog, String schema) {
        SqlIdentifier name = analyze.table();
        List<CatalogTable> tables = name == null ? List.copyOf(catalog.tables()) : List.of(WriteCompiler.target(name, catalog, schema));
        return (CompiledStatement.Definition) (database, signal) -> {
            for (CatalogTable table : tables) {
                database.catalog().keep(table, StatisticsScan.run(database.engine(), table, signal.cancelled()));
            }
        };
    }
}
