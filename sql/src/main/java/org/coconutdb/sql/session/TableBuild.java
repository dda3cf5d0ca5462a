package org.coconutdb.sql.session;

import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.Catalog;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.CheckDefinition;
import org.coconutdb.sql.catalog.IndexDefinition;
import org.coconutdb.sql.catalog.TableAlteration;
import org.coconutdb.sql.catalog.TableDefinition;
import org.coconutdb.sql.catalog.TableName;
import org.jspecify.annotations.Nullable;

/// Carries out a [TableAlteration] while others read and write the table.
///
/// ```
///  1 begin   from here on every write keeps what came: those compiled before are refused and compiled again
///  2 look    at the rows that are there: fill indexes ([IndexBuild]), check conditions
///  3 finish  what came is ready: statements read the index, ON CONFLICT looks at it; what is to go is gone
/// ```
/// Invariants
/// 1. A row that was committed before step 1 is right when step 2 has passed it; any other is from its commit on.
/// 2. Where step 2 fails, what came in step 1 goes again. What a crash leaves of indexes and checks goes when the database is opened ([#sweep]).
///
/// An alteration that need not look at the rows is step 1 alone, and so done or not, whatever happens.
final class TableBuild {
    // Tries of a change that wants an empty table and meets rows that come.
    private static final int ATTEMPTS_MAX = 50;

    private TableBuild() {}

    /// TABLE_CHANGED where the table is another than the alteration was made for; TABLE_NOT_EMPTY; DUPLICATE_INDEX; DUPLICATE_KEY and
    /// CHECK_VIOLATION for rows that are there.
    ///
    /// @param missing a value for each column that comes, which it has in rows that are there
    /// @param whileEmpty whether it happens only where there are no rows
    static void run(
            Database database,
            CatalogTable table,
            TableAlteration alteration,
            List<@Nullable Object> missing,
            boolean whileEmpty,
            ExecutionSignal signal) {
        Catalog catalog = database.catalog();
        begin(catalog, table, alteration.begun(table.definition(), missing), whileEmpty, alteration.cascades());
        if (!alteration.needsBuild()) {
            return;
        }
        TableName name = new TableName(table.definition().schema(), table.definition().name());
        try {
            for (IndexDefinition index : alteration.indexes()) {
                IndexBuild.run(database, table, index, signal);
            }
            if (alteration.checks().stream().anyMatch(check -> !check.ready())) {
                checkRows(database, name, signal);
            }
            catalog.alter(name, alteration::finished, alteration.cascades());
            // At once: snapshots from now on may read the indexes.
            catalog.snapshot();
        } catch (RuntimeException | Error failure) {
            try {
                catalog.alter(name, alteration::undone, true);
            } catch (RuntimeException second) {
                // The table is gone, or the database is closed: then the next start drops what is half built.
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    private static void begin(Catalog catalog, CatalogTable table, TableDefinition begun, boolean whileEmpty, boolean cascades) {
        for (int attempt = 1;; attempt++) {
            try {
                catalog.alter(table, begun, whileEmpty, cascades);
                return;
            } catch (CoconutException failure) {
                if (!whileEmpty || failure.code() != ErrorCode.SERIALIZATION_CONFLICT || attempt == ATTEMPTS_MAX) {
                    throw failure;
                }
                StatementRuns.park(attempt);
            }
        }
    }

    /// Looks at all rows. A row that is changed meanwhile was checked by who changed it.
    private static void checkRows(Database database, TableName name, ExecutionSignal signal) {
        // The snapshot first: it has no row that was written for a later definition than the one that is read then.
        try (Transaction transaction = database.engine().beginReadOnly()) {
            CatalogSnapshot catalog = database.catalog().snapshot();
            CatalogTable table = catalog.table(name.schema(), name.name())
                    .orElseThrow(() -> CoconutException.of(ErrorCode.UNDEFINED_TABLE)
                            .with("table", name.name())
                            .mend("It was dropped meanwhile."));
            RowChecks checks = TableRules.of(table, database.compiler(catalog, name.schema())).checks();
            if (checks == null) {
                return;
            }
            Execution execution = new Execution(transaction, name.schema(), NoSequences.INSTANCE, signal);
            RecordView row = new RecordView();
            Scan scan = transaction.scan(table.descriptor(), KeyRange.ALL, false);
            while (scan.next(row)) {
                execution.checkCancelled();
                checks.require(table, execution, table.rowVersions().decode(row.rowBytes()));
            }
        }
    }

    /// Drops what a crash has left half built. Before anybody else uses the database.
    static void sweep(Catalog catalog) {
        for (CatalogTable table : catalog.snapshot().tables()) {
            TableDefinition swept = TableAlteration.swept(table.definition());
            if (!swept.equals(table.definition())) {
                catalog.alter(table, swept, false);
            }
        }
    }
}
