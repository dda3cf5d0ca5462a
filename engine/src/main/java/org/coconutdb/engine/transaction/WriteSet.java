package org.coconutdb.engine.transaction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.block.Write;
import org.coconutdb.engine.version.LooseRecords;
import org.coconutdb.engine.version.RecordHeap;
import org.jspecify.annotations.Nullable;

/// What a transaction will write, by table and key, with the earlier versions that a statement, a savepoint or an open scan may still ask
/// for. One thread.
///
/// Every write carries the number of its statement. Who reads as of a statement sees of each key the newest write of an earlier one; so
/// a statement does not see what it writes, a scan sees nothing that was written after it was opened, and to go back to a savepoint is to
/// drop what is newer.
final class WriteSet {
    /// What the log writes beside key and row, at most.
    static final int WRITE_BYTES = 32;
    /// Of the heap for a write beside key and row: two arrays' headers, [Write], [Version], the tree's entry.
    static final int HEAP_BYTES = 192;
    /// Of the heap for an entry that undoes a write.
    static final int UNDO_HEAP_BYTES = 40;

    /// A key's write by one statement.
    static final class Version {
        final Write write;
        final int statement;
        /// Whether the key was looked up, and absent, when the row was inserted.
        final boolean sawAbsence;
        @Nullable Version older;
        /// Where the row lies for readers; made when it is first read.
        LooseRecords.@Nullable Place place;

        Version(Write write, int statement, boolean sawAbsence, @Nullable Version older) {
            this.write = write;
            this.statement = statement;
            this.sawAbsence = sawAbsence;
            this.older = older;
        }
    }

    /// The writes of one table in key order.
    static final class Table {
        final TableDescriptor descriptor;
        final NavigableMap<byte[], Version> byKey = new TreeMap<>(Arrays::compareUnsigned);

        Table(TableDescriptor descriptor) {
            this.descriptor = descriptor;
        }

        /// What a reader as of a statement sees of the key; null where only what was there before.
        @Nullable
        Version visible(byte[] key, int statement) {
            return WriteSet.visible(byKey.get(key), statement);
        }
    }

    private record Undo(Table table, byte[] key, int statement) {}

    private final Map<Integer, Table> tables = new HashMap<>();
    private final List<Undo> undo = new ArrayList<>();
    private long bytes;
    private long heapBytes;
    private long neededMemoryBytes;
    // The newest statement that a savepoint goes back to, or that a scan reads as of: what they see is kept.
    private int keptFor;

    static @Nullable Version visible(@Nullable Version newest, int statement) {
        Version version = newest;
        while (version != null && version.statement >= statement) {
            version = version.older;
        }
        return version;
    }

    boolean isEmpty() {
        return tables.isEmpty();
    }

    /// Writes of a table; null where there are none.
    @Nullable
    Table table(int id) {
        return tables.get(id);
    }

    Iterable<Table> tables() {
        return tables.values();
    }

    /// The newest write of a key, that of the statement at hand included.
    @Nullable
    Version newest(int table, byte[] key) {
        Table written = tables.get(table);
        return written == null ? null : written.byKey.get(key);
    }

    void put(TableDescriptor descriptor, Write write, int statement, boolean sawAbsence) {
        Table table = tables.computeIfAbsent(descriptor.id(), _ -> new Table(descriptor));
        Version older = table.byKey.get(write.key());
        // A statement that writes a key again is undone once.
        boolean isAgain = older != null && older.statement == statement;
        if (older != null && older.statement == statement) {
            // Nobody sees it any more.
            count(older, -1);
            older = older.older;
        } else if (older != null && older.older != null && older.older.statement >= keptFor) {
            Version unseen = older.older;
            count(unseen, -1);
            older.older = unseen.older;
        }
        Version version = new Version(write, statement, sawAbsence, older);
        table.byKey.put(write.key(), version);
        count(version, 1);
        if (!isAgain) {
            undo.add(new Undo(table, write.key(), statement));
            heapBytes += UNDO_HEAP_BYTES;
        }
    }

    private void count(Version version, int sign) {
        byte[] key = version.write.key();
        byte[] row = version.write.row();
        long valueBytes = key.length + (row == null ? 0L : row.length);
        bytes += sign * (WRITE_BYTES + valueBytes);
        heapBytes += sign * (HEAP_BYTES + valueBytes);
        // The row, its index entry and the slack of both kinds of index. A deletion needs little, for a while, and gives back more: in a
        // database that is full it is the mend.
        neededMemoryBytes += sign * (row == null ? 0L : RecordHeap.sizeFor(key.length, row.length) + 2L * key.length + 64);
    }

    /// Keeps what a reader as of the statement sees, from now on.
    void keepFor(int statement) {
        keptFor = Math.max(keptFor, statement);
    }

    /// Drops what was written by the statement and later ones.
    void rollbackTo(int statement) {
        while (!undo.isEmpty() && undo.getLast().statement() >= statement) {
            Undo written = undo.removeLast();
            heapBytes -= UNDO_HEAP_BYTES;
            NavigableMap<byte[], Version> byKey = written.table().byKey;
            Version version = byKey.get(written.key());
            while (version != null && version.statement >= statement) {
                count(version, -1);
                version = version.older;
            }
            if (version == null) {
                byKey.remove(written.key());
            } else {
                byKey.put(written.key(), version);
            }
        }
        tables.values().removeIf(table -> table.byKey.isEmpty());
    }

    /// Keys and rows of all versions held, and [#WRITE_BYTES] for each.
    long bytes() {
        return bytes;
    }

    /// What it takes of the heap, about.
    long heapBytes() {
        return heapBytes;
    }

    /// What storing them takes at most.
    long neededMemoryBytes() {
        return neededMemoryBytes;
    }
}
