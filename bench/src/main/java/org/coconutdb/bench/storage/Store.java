package org.coconutdb.bench.storage;

import org.openjdk.jmh.infra.Blackhole;

/// A table of bytes in one of the stores that are compared. Keys have 16 bytes, rows [Rows#ROW_BYTES].
interface Store extends AutoCloseable {
    /// Adds rows that are not there yet, a commit in all.
    void insert(byte[][] keys, byte[][] rows);

    /// A reader for one thread.
    Reader reader();

    /// Memory that the rows take, keys and rows included, as the store itself counts it; on-heap stores after a collection.
    long bytes();

    @Override
    void close();

    /// One thread's way to read.
    interface Reader {
        /// Copies the row out, as an application would that keeps it; answers its length, -1 where it is not there. Each call sees all
        /// that was committed before it.
        int get(byte[] key, byte[] into);

        /// Reads up to `count` rows from a key on, in order, and gives the sink something of each.
        int range(byte[] from, int count, Blackhole sink);
    }

    static Store open(String name, long rows) {
        return switch (name) {
            case "coconut-hash" -> new CoconutStore(org.coconutdb.engine.TableKind.HASH);
            case "coconut-sorted" -> new CoconutStore(org.coconutdb.engine.TableKind.SORTED);
            case "chronicle" -> new ChronicleStore(rows);
            case "mvstore" -> new MvStore();
            case "lmdb" -> new LmdbStore(rows);
            default -> throw new IllegalArgumentException("no store " + name);
        };
    }
}
