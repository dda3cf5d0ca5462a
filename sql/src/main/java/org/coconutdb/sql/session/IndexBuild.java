package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.Catalog;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.IndexDefinition;
import org.coconutdb.sql.catalog.TableDefinition;
import org.jspecify.annotations.Nullable;

/// Fills an index while others write to its table: an entry for each row that has none, in pieces, each a transaction that conflicts with who
/// changes its rows. It is the second step of three ([TableBuild]).
final class IndexBuild {
    private static final int PIECE_ROWS = 256;
    // A fact of errors that tell of two rows that were both read.
    private static final String VALUES = "values";
    private static final long MICROS_IN_SECOND = 1_000_000L;
    private static final long PARK_NANOS_MAX = 1_000_000L;

    private final Database database;
    private final CoconutEngine engine;
    private final String schema;
    private final String name;
    private final ExecutionSignal signal;

    private IndexBuild(Database database, String schema, String name, ExecutionSignal signal) {
        this.database = database;
        this.engine = database.engine();
        this.schema = schema;
        this.name = name;
        this.signal = signal;
    }

    /// Fills an index that every write keeps by now. DUPLICATE_KEY where rows have the same values of a unique one; UNDEFINED_INDEX where it is
    /// dropped meanwhile.
    static void run(Database database, CatalogTable table, IndexDefinition index, ExecutionSignal signal) {
        try {
            new IndexBuild(database, table.definition().schema(), index.name(), signal).fill();
        } catch (CoconutException failure) {
            throw isDuplicate(failure) ? told(failure, table, index) : failure;
        }
    }

    /// The index is gone when the error is told, so the values are read here.
    private static CoconutException told(CoconutException failure, CatalogTable table, IndexDefinition index) {
        return CoconutException.of(ErrorCode.DUPLICATE_KEY, failure)
                .with("table", table)
                .with("index", index.name())
                .with(VALUES, String.valueOf(failure.facts().get(VALUES)))
                .mend("Two rows have these values: change one of them, or make an index that is not unique.");
    }

    /// The table as it is now.
    private CatalogTable table(CatalogSnapshot catalog) {
        return catalog.tableOfIndex(schema, name).orElseThrow(() -> CoconutException.of(ErrorCode.UNDEFINED_INDEX)
                .with("index", name)
                .mend("It was dropped while it was built."));
    }

    private void fill() {
        CatalogTable table = table(database.catalog().snapshot());
        if (table.definition().kind() == TableKind.SORTED) {
            byte[] from = new byte[0];
            while (from != null) {
                List<byte[]> keys = new ArrayList<>();
                // Each piece at its own snapshot: no old versions of rows are kept for a long build.
                try (Transaction transaction = engine.beginReadOnly()) {
                    take(transaction.scan(table.descriptor(), new KeyRange(from, null), false), keys);
                }
                add(keys);
                from = keys.size() < PIECE_ROWS ? null : Arrays.copyOf(keys.getLast(), keys.getLast().length + 1);
            }
            return;
        }
        // A hash table's rows have no order to begin again in.
        try (Transaction transaction = engine.beginReadOnly()) {
            Scan scan = transaction.scan(table.descriptor(), KeyRange.ALL, false);
            List<byte[]> keys = new ArrayList<>();
            do {
                keys.clear();
                take(scan, keys);
                add(keys);
            } while (keys.size() == PIECE_ROWS);
        }
    }

    private static void take(Scan scan, List<byte[]> keys) {
        RecordView row = new RecordView();
        while (keys.size() < PIECE_ROWS && scan.next(row)) {
            keys.add(row.keyBytes());
        }
    }

    /// Adds the entries of these rows: where somebody changes one of them meanwhile, in smaller and smaller pieces.
    private void add(List<byte[]> keys) {
        int rows = keys.size();
        int done = 0;
        while (done < keys.size()) {
            int end = Math.min(keys.size(), done + rows);
            try {
                tryAdd(keys.subList(done, end));
                done = end;
            } catch (CoconutException failure) {
                boolean isMet = failure.code() == ErrorCode.SERIALIZATION_CONFLICT || failure.code() == ErrorCode.TABLE_CHANGED
                        || (failure.code() == ErrorCode.DUPLICATE_KEY && !isDuplicate(failure));
                if (!isMet) {
                    throw failure;
                }
                rows = Math.max(1, rows / 2);
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(PARK_NANOS_MAX));
            }
        }
    }

    /// Rather than an entry that somebody has just made, which may be the same row's.
    private static boolean isDuplicate(CoconutException failure) {
        return failure.code() == ErrorCode.DUPLICATE_KEY && failure.facts().containsKey(VALUES);
    }

    private void tryAdd(List<byte[]> keys) {
        if (signal.cancelled().get()) {
            throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED).mend("Nothing was changed.");
        }
        try (Transaction transaction = engine.begin()) {
            CatalogSnapshot catalog = database.catalog().snapshot();
            CatalogTable table = table(catalog);
            CatalogIndex index = table.indexes().stream().filter(one -> one.definition().name().equals(name)).findFirst().orElseThrow();
            TableWriter writer = new TableWriter(table, null, null);
            RecordView row = new RecordView();
            RecordView entry = new RecordView();
            for (byte[] key : keys) {
                if (transaction.get(table.descriptor(), key, row)) {
                    add(transaction, writer, index, key, row, entry);
                }
            }
            if (catalog.version() != engine.catalogVersion()) {
                throw CoconutException.of(ErrorCode.TABLE_CHANGED);
            }
            transaction.commit();
        }
    }

    private static void add(Transaction transaction, TableWriter writer, CatalogIndex index, byte[] key, RecordView row, RecordView entry) {
        @Nullable Object[] values = writer.table().rowVersions().decode(row.rowBytes());
        byte[] entryKey = writer.entryKey(index, values, key);
        if (!transaction.get(index.descriptor(), entryKey, entry)) {
            try {
                transaction.insert(index.descriptor(), entryKey, index.entryRow(values, key), secondsLeft(row));
            } catch (CoconutException failure) {
                throw failure.code() == ErrorCode.DUPLICATE_KEY ? duplicate(writer, index, values, entryKey) : failure;
            }
        } else if (!Arrays.equals(index.primaryKey(entry), key)) {
            throw duplicate(writer, index, values, entryKey);
        }
    }

    private static CoconutException duplicate(TableWriter writer, CatalogIndex index, @Nullable Object[] values, byte[] entryKey) {
        return CoconutException.of(ErrorCode.DUPLICATE_KEY)
                .with("table", index.descriptor().name())
                .with("key", HexFormat.of().formatHex(entryKey))
                .with(VALUES, SqlErrors.valuesOf(writer.table(), index.definition().positions(), values));
    }

    /// An entry may outlive its row by a part of a second, and is no row's then; it never goes before it.
    private static int secondsLeft(RecordView row) {
        if (row.ttlSeconds() == 0) {
            return 0;
        }
        long passed = System.currentTimeMillis() * 1_000L - row.updatedAtMicros();
        return Math.clamp(row.ttlSeconds() - passed / MICROS_IN_SECOND, 1, row.ttlSeconds());
    }
}
