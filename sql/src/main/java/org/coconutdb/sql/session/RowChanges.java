package org.coconutdb.sql.session;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.CatalogForeignKey;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.jspecify.annotations.Nullable;

/// What one run of a statement writes: the rows of a table and, in the same transaction, their entries in its indexes.
///
/// Invariants
/// 1. Behind [#finish] each index that is ready has exactly one entry for each row of the table that the transaction sees.
/// 2. What a row that comes refers to, and what could be referred to in a row that leaves, is noted for the commit ([ForeignKeyCheck]).
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
    private final @Nullable TableReferences references;
    // Null where nothing refers to the table.
    private final @Nullable ReferentialActions actions;
    // Of rows that an UPSERT has put, as they were before. Null until others refer to one.
    private @Nullable Map<ByteBuffer, @Nullable Object[]> replaced;

    RowChanges(TableWriter writer, Execution execution) {
        this(writer, execution, isReferenced(writer) ? new ReferentialActions(execution) : null);
    }

    /// @param actions of the statement, which gather what these changes leave
    RowChanges(TableWriter writer, Execution execution, @Nullable ReferentialActions actions) {
        this.writer = writer;
        this.table = writer.table().descriptor();
        this.indexes = writer.table().indexes();
        this.transaction = execution.transaction();
        this.references = writer.references();
        this.actions = actions;
        this.entries = indexes.isEmpty() ? Map.of() : new LinkedHashMap<>();
        this.put = indexes.isEmpty() ? Set.of() : new HashSet<>();
    }

    private static boolean isReferenced(TableWriter writer) {
        return writer.references() != null && !writer.references().incoming().isEmpty();
    }

    /// Of a row that comes: what it refers to. A row that others may refer to must not expire.
    ///
    /// @param before the row that it takes the place of; null where it is new, or may be
    private void noteComing(@Nullable Object @Nullable [] before, @Nullable Object[] row, byte[] key, int ttlSeconds) {
        TableReferences known = references;
        if (known == null) {
            return;
        }
        if (ttlSeconds > 0 && !known.incoming().isEmpty()) {
            throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                    .with("what", "a time to live in a referenced table")
                    .with("table", writer.table())
                    .with("constraint", known.incoming().getFirst())
                    .mend("Rows that refer to it would be left when it expires: leave WITH (ttl = …) out, and DELETE it in time.");
        }
        for (CatalogForeignKey foreignKey : known.own()) {
            @Nullable Object[] values = foreignKey.childValues(row);
            byte[] parentKey = values == null ? null : foreignKey.parentKey(values);
            @Nullable Object[] valuesBefore = before == null ? null : foreignKey.childValues(before);
            boolean isNew = before == null
                    || !Arrays.equals(parentKey, valuesBefore == null ? null : foreignKey.parentKey(valuesBefore));
            if (parentKey != null && isNew) {
                ForeignKeyCheck.note(transaction, foreignKey, parentKey, ForeignKeyCheck.Touch.REFERRED);
            }
            if (before != null && isNew && actions != null) {
                actions.changed(foreignKey, key);
            }
        }
    }

    private void noteReplaced(ByteBuffer key, @Nullable Object[] before) {
        if (references != null && !references.incoming().isEmpty()) {
            Map<ByteBuffer, @Nullable Object[]> rows = replaced;
            if (rows == null) {
                rows = new HashMap<>();
                replaced = rows;
            }
            rows.put(key, before);
        }
    }

    private void noteLeaving(@Nullable Object[] before, @Nullable Object @Nullable [] after) {
        if (references != null && actions != null && !references.incoming().isEmpty()) {
            actions.left(references, before, after);
        }
    }

    /// Adds a row that is not there. DUPLICATE_KEY, of the table or of a unique index, now or when the transaction commits.
    void insert(byte[] key, @Nullable Object[] row, int ttlSeconds) {
        noteComing(null, row, key, ttlSeconds);
        transaction.insert(table, key, writer.row(row), ttlSeconds);
        for (CatalogIndex index : indexes) {
            add(new Entry(index, writer.entryKey(index, row, key), index.entryRow(row, key), ttlSeconds));
        }
    }

    /// Adds or replaces a row.
    void put(byte[] key, @Nullable Object[] row, int ttlSeconds) {
        // What was found may be another row by then: to the foreign keys it is a new one.
        noteComing(null, row, key, ttlSeconds);
        if (!indexes.isEmpty()) {
            ByteBuffer place = ByteBuffer.wrap(key);
            if (put.add(place) && transaction.get(table, key, view)) {
                @Nullable Object[] before = writer.table().rowVersions().decode(view.rowBytes());
                indexes.forEach(index -> remove(index, before, key));
                noteReplaced(place, before);
            }
            @Nullable Object[] before = replaced == null ? null : replaced.get(place);
            if (before != null) {
                noteLeaving(before, row);
            }
            indexes.forEach(index -> addLater(index, row, key, ttlSeconds));
            // Entries were taken away for what was found there: it has to be there still, at every isolation level.
            transaction.update(table, key, writer.row(row), ttlSeconds);
        } else {
            transaction.put(table, key, writer.row(row), ttlSeconds);
        }
    }

    /// Changes a row that the statement has read.
    ///
    /// @param ttlSeconds [TimeToLive#KEEP_SECONDS]: the row's own
    void update(byte[] oldKey, @Nullable Object[] before, byte[] key, @Nullable Object[] row, int ttlSeconds) {
        noteComing(before, row, key, ttlSeconds);
        noteLeaving(before, row);
        boolean moves = !Arrays.equals(oldKey, key);
        int lives = ttlSeconds == TimeToLive.KEEP_SECONDS && (moves || !indexes.isEmpty()) ? ttlOf(oldKey) : ttlSeconds;
        if (moves) {
            transaction.delete(table, oldKey);
            moved.add(new Moved(key, writer.row(row), lives));
        } else {
            transaction.update(table, key, writer.row(row), ttlSeconds);
        }
        for (CatalogIndex index : indexes) {
            boolean stays = Arrays.equals(writer.entryKey(index, before, oldKey), writer.entryKey(index, row, key))
                    && Arrays.equals(index.entryRow(before, oldKey), index.entryRow(row, key));
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
        noteLeaving(before, null);
        transaction.delete(table, key);
        for (CatalogIndex index : indexes) {
            remove(index, before, key);
        }
    }

    /// To be called behind the last row: what has to wait is put into its place, and what refers to rows that left is deleted or changed.
    void finish() {
        finishRows();
        if (actions != null) {
            actions.run();
        }
    }

    /// The same for who has actions of its own to follow.
    void finishRows() {
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
