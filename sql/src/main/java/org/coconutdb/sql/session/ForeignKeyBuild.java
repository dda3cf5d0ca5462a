package org.coconutdb.sql.session;

import java.util.List;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.Catalog;
import org.coconutdb.sql.catalog.CatalogForeignKey;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ForeignKeyDefinition;
import org.coconutdb.sql.catalog.ForeignKeys;
import org.coconutdb.sql.catalog.IndexDefinition;
import org.coconutdb.sql.catalog.TableAlteration;
import org.coconutdb.sql.catalog.TableName;
import org.jspecify.annotations.Nullable;

/// Adds a foreign key to a table that exists, while others write to it and to its parent.
///
/// ```
///  1 index     the table gets the index that finds its rows by the values, where it has none
///  2 add       from here on every write to either table keeps the foreign key: those compiled before are refused and compiled again
///  3 validate  all values that rows refer to are looked for among the parent's, in pieces, each at its own snapshot
///  4 finish    from here on it is known that all rows fulfil it
/// ```
/// Invariant: for values that step 3 has passed, the rule of [ForeignKeyCheck] holds from their snapshot on, since each commit behind step 2
/// that touches them makes it hold.
///
/// Where it fails, foreign key and index are dropped. One that a crash interrupted is dropped when the database is opened ([TableBuild#sweep]); an index
/// that was finished for it and that it was not yet added to stays, as any other.
final class ForeignKeyBuild {
    private static final int PIECE_VALUES = 256;

    private final Database database;
    private final CoconutEngine engine;
    private final TableName table;
    private final String name;
    private final ExecutionSignal signal;

    private ForeignKeyBuild(Database database, TableName table, String name, ExecutionSignal signal) {
        this.database = database;
        this.engine = database.engine();
        this.table = table;
        this.name = name;
        this.signal = signal;
    }

    /// Adds the foreign key. FOREIGN_KEY_VIOLATION where a row refers to what is not there; TABLE_CHANGED where one of the tables is another than
    /// it was declared for.
    ///
    /// @param on the table as the declaration found it
    static void run(Database database, CatalogTable on, ForeignKeys.Declared declared, ExecutionSignal signal) {
        Catalog catalog = database.catalog();
        TableName table = new TableName(on.definition().schema(), on.definition().name());
        IndexDefinition made = declared.index();
        if (made != null) {
            TableBuild.run(database, on, TableAlteration.ofIndex(made.unbuilt()), List.of(), false, signal);
        }
        ForeignKeyDefinition foreignKey = declared.definition();
        boolean isAdded = false;
        try {
            catalog.addForeignKey(made == null ? on : indexed(catalog.snapshot(), table, on), foreignKey);
            isAdded = true;
            new ForeignKeyBuild(database, table, foreignKey.name(), signal).validate();
            catalog.finishForeignKey(table, foreignKey.name());
        } catch (RuntimeException | Error failure) {
            try {
                if (isAdded) {
                    catalog.dropForeignKey(table, foreignKey.name());
                } else if (made != null) {
                    catalog.dropIndex(table.schema(), made.name());
                }
            } catch (RuntimeException second) {
                // Dropped by somebody else, or the database is closed: then the next start drops it.
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    /// The table as the build of its index has left it. TABLE_CHANGED where it is another one.
    private static CatalogTable indexed(CatalogSnapshot catalog, TableName table, CatalogTable before) {
        return catalog.table(table.schema(), table.name())
                .filter(now -> now.id() == before.id())
                .orElseThrow(() -> CoconutException.of(ErrorCode.TABLE_CHANGED)
                        .with("table", table.qualified())
                        .mend("Nothing was changed: run it again."));
    }

    private void validate() {
        byte[] from = new byte[0];
        for (int attempt = 1; from != null;) {
            try {
                from = validate(from);
                attempt = 1;
            } catch (CoconutException failure) {
                // A table that was truncated meanwhile is looked up anew.
                if (failure.code() != ErrorCode.TABLE_CHANGED || attempt == StatementRuns.ATTEMPTS_MAX) {
                    throw failure;
                }
                StatementRuns.park(attempt);
                attempt++;
            }
        }
    }

    /// Looks at the values from a key of the child's on; answers where to go on, null at the end.
    private byte @Nullable [] validate(byte[] from) {
        if (signal.cancelled().get()) {
            throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED).mend("Nothing was changed.");
        }
        byte[] next = from;
        try (Transaction transaction = engine.beginReadOnly()) {
            CatalogForeignKey foreignKey = foreignKey();
            RecordView view = new RecordView();
            for (int i = 0; i < PIECE_VALUES && next != null; i++) {
                if (!transaction.look(foreignKey.childTable(), new KeyRange(next, null)).next(view)) {
                    return null;
                }
                byte[] key = view.keyBytes();
                KeyRange same = KeyRange.prefix(foreignKey.childPrefix(key));
                @Nullable Object[] values = foreignKey.referredBy(key);
                if (values != null) {
                    boolean isThere = transaction.get(foreignKey.parentTable(), foreignKey.parentKey(values), view);
                    if ((!isThere || view.ttlSeconds() != 0) && ForeignKeyCheck.hasRow(transaction, foreignKey, same, new RecordView())) {
                        throw isThere ? ForeignKeyCheck.expires(foreignKey, values) : ForeignKeyCheck.noParent(foreignKey, values);
                    }
                }
                next = same.to();
            }
        }
        return next;
    }

    private CatalogForeignKey foreignKey() {
        CatalogSnapshot catalog = database.catalog().snapshot();
        return catalog.table(table.schema(), table.name())
                .flatMap(child -> catalog.foreignKeys(child).stream().filter(each -> each.definition().name().equals(name)).findFirst())
                .orElseThrow(() -> CoconutException.of(ErrorCode.UNDEFINED_CONSTRAINT)
                        .with("constraint", name)
                        .mend("It was dropped while it was added."));
    }
}
