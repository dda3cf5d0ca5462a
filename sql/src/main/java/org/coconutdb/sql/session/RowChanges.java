package org.coconutdb.sql.session;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.jspecify.annotations.Nullable;

/// What one run of a statement writes: the rows of a table and, in the same transaction, their entries in its indexes.
///
/// Invariant: behind [#finish] each index that is ready has exactly one entry for each row of the table that the transaction sees.
///
/// Rows and entries that leave their places do so at once; those that take a place which another one may still have to leave come in
/// [#finish]: `SET id = id + 1` gives each row the key of the next.
final class RowChanges {
    private record Moved(byte[] key, byte[] row, int ttlSeconds) {}

    private record Entry(CatalogIndex index, byte[] key, byte[] row, int ttlSeconds) {}

    private record Place(CatalogIndex index, ByteBuffer primaryKey) {}

    private final TableWriter writer;
    private final TableDescriptor table;
    private final List<CatalogIndex> indexes;
    private final Transaction transaction;
    private final RecordView view = new RecordView();
    private final List<Moved> moved = new ArrayList<>();
    // Only where there are indexes; so is the next.
    private final Map<Place, Entry> entries;
    // Keys of rows that an UPSERT has put, whose entries have left and are to come.
    private final Set<ByteBuffer> put;

    RowChanges(TableWriter writer, Transaction transaction) {
        this.writer = writer;
        this.table = writer.table().descriptor();
        this.indexes = writer.table().indexes();
        this.transaction = transaction;
        this.entries = indexes.isEmpty() ? Map.of() : new LinkedHashMap<>();
        this.put = indexes.isEmpty() ? Set.of() : new HashSet<>();
    }

    /// Adds a row that is not there. DUPLICATE_KEY, of the table or of a unique index, now or when the transaction commits.
    void insert(byte[] key, @Nullable Object[] row, int ttlSeconds) {
        transaction.insert(table, key, writer.row(row), ttlSeconds);
        for (CatalogIndex index : indexes) {
            add(new Entry(index, writer.entryKey(index, row, key), index.entryRow(row, key), ttlSeconds));
        }
    }

    /// Adds or replaces a row.
    void put(byte[] key, @Nullable Object[] row, int ttlSeconds) {
        if (!indexes.isEmpty()) {
            if (put.add(ByteBuffer.wrap(key)) && transaction.get(table, key, view)) {
                @Nullable Object[] before = writer.table().rowLayout().decode(view.rowBytes());
                indexes.forEach(index -> remove(index, before, key));
            }
            indexes.forEach(index -> addLater(index, row, key, ttlSeconds));
        }
        transaction.put(table, key, writer.row(row), ttlSeconds);
    }

    /// Changes a row that the statement has read.
    ///
    /// @param ttlSeconds [TimeToLive#KEEP_SECONDS]: the row's own
    void update(byte[] oldKey, @Nullable Object[] before, byte[] key, @Nullable Object[] row, int ttlSeconds) {
        boolean moves = !Arrays.equals(oldKey, key);
        int lives = ttlSeconds == TimeToLive.KEEP_SECONDS && (moves || !indexes.isEmpty()) ? ttlOf(oldKey) : ttlSeconds;
        if (moves) {
            transaction.delete(table, oldKey);
            moved.add(new Moved(key, writer.row(row), lives));
        } else {
            transaction.update(table, key, writer.row(row), ttlSeconds);
        }
        for (CatalogIndex index : indexes) {
            boolean stays = Arrays.equals(writer.entryKey(index, before, oldKey), writer.entryKey(index, row, key));
            // The time of one that lives for a time begins again with its row's.
            if (moves || lives != 0 || ttlSeconds != TimeToLive.KEEP_SECONDS || !stays) {
                remove(index, before, oldKey);
                addLater(index, row, key, lives);
            }
        }
    }

    /// Deletes a row that the statement has read.
    ///
    /// @param before at least the indexed columns of it
    void delete(byte[] key, @Nullable Object[] before) {
        transaction.delete(table, key);
        for (CatalogIndex index : indexes) {
            remove(index, before, key);
        }
    }

    /// To be called behind the last row.
    void finish() {
        moved.forEach(row -> transaction.insert(table, row.key(), row.row(), row.ttlSeconds()));
        if (!entries.isEmpty()) {
            entries.values().forEach(this::add);
        }
    }

    private void addLater(CatalogIndex index, @Nullable Object[] row, byte[] key, int ttlSeconds) {
        entries.put(new Place(index, ByteBuffer.wrap(key)),
                new Entry(index, writer.entryKey(index, row, key), index.entryRow(row, key), ttlSeconds));
    }

    private void add(Entry entry) {
        if (entry.index().definition().unique()) {
            transaction.insert(entry.index().descriptor(), entry.key(), entry.row(), entry.ttlSeconds());
        } else {
            transaction.put(entry.index().descriptor(), entry.key(), entry.row(), entry.ttlSeconds());
        }
    }

    private void remove(CatalogIndex index, @Nullable Object[] before, byte[] primaryKey) {
        byte[] entryKey = writer.entryKey(index, before, primaryKey);
        // While an index is built, a row that has no entry yet may find another's in its place.
        if (index.isExclusive(before) && !index.definition().ready() && transaction.get(index.descriptor(), entryKey, view)
                && !Arrays.equals(index.primaryKey(view), primaryKey)) {
            return;
        }
        transaction.delete(index.descriptor(), entryKey);
    }

    /// A row that moves to another key takes its time to live with it.
    private int ttlOf(byte[] key) {
        return transaction.inspect(table, key, view) ? view.ttlSeconds() : 0;
    }
}
