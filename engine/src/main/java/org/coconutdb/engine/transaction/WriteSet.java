package org.coconutdb.engine.transaction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
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
    /// Of the heap for a note beside its bytes: an array's header, the note, its place in a set, and what the commit makes of it.
    static final int NOTE_HEAP_BYTES = 256;

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

    /// The writes of one table. Most transactions write one row of a table, for which there is no tree.
    static final class Table {
        final TableDescriptor descriptor;
        private @Nullable Version single;
        private @Nullable NavigableMap<byte[], Version> byKey;

        Table(TableDescriptor descriptor) {
            this.descriptor = descriptor;
        }

        /// What a reader as of a statement sees of the key; null where only what was there before.
        @Nullable
        Version visible(byte[] key, int statement) {
            return WriteSet.visible(newest(key), statement);
        }

        @Nullable
        Version newest(byte[] key) {
            NavigableMap<byte[], Version> tree = byKey;
            if (tree != null) {
                return tree.get(key);
            }
            Version one = single;
            return one != null && Arrays.equals(one.write.key(), key) ? one : null;
        }

        void put(Version version) {
            Version one = single;
            if (byKey == null && (one == null || Arrays.equals(one.write.key(), version.write.key()))) {
                single = version;
            } else {
                inOrder().put(version.write.key(), version);
            }
        }

        void remove(byte[] key) {
            inOrder().remove(key);
        }

        boolean isEmpty() {
            return single == null && (byKey == null || byKey.isEmpty());
        }

        /// The newest write of each key, in key order.
        NavigableMap<byte[], Version> inOrder() {
            NavigableMap<byte[], Version> tree = byKey;
            if (tree == null) {
                tree = new TreeMap<>(Arrays::compareUnsigned);
                byKey = tree;
                Version one = single;
                if (one != null) {
                    tree.put(one.write.key(), one);
                    single = null;
                }
            }
            return tree;
        }

        /// The same without a tree where there is one.
        void forEach(Consumer<Version> action) {
            Version one = single;
            if (one != null) {
                action.accept(one);
            } else if (byKey != null) {
                byKey.values().forEach(action);
            }
        }
    }

    private record Undo(Table table, byte[] key, int statement) {}

    // Few: looked through from the first.
    private final List<Table> tables = new ArrayList<>(1);
    private final List<Undo> undo = new ArrayList<>(1);
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
        for (int i = 0; i < tables.size(); i++) {
            Table table = tables.get(i);
            if (table.descriptor.id() == id) {
                return table;
            }
        }
        return null;
    }

    Iterable<Table> tables() {
        return tables;
    }

    /// The newest write of a key, that of the statement at hand included.
    @Nullable
    Version newest(int table, byte[] key) {
        Table written = table(table);
        return written == null ? null : written.newest(key);
    }

    void put(TableDescriptor descriptor, Write write, int statement, boolean sawAbsence) {
        Table table = table(descriptor.id());
        if (table == null) {
            table = new Table(descriptor);
            tables.add(table);
        }
        Version older = table.newest(write.key());
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
        table.put(version);
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

    /// Counts what the layer above has noted of its writes, until the transaction ends.
    void addNote(long noteBytes) {
        bytes += noteBytes;
        heapBytes += NOTE_HEAP_BYTES + noteBytes;
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
            Table table = written.table();
            Version version = table.newest(written.key());
            while (version != null && version.statement >= statement) {
                count(version, -1);
                version = version.older;
            }
            if (version == null) {
                table.remove(written.key());
            } else {
                table.put(version);
            }
        }
        tables.removeIf(Table::isEmpty);
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
