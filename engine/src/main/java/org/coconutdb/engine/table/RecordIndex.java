package org.coconutdb.engine.table;

import org.coconutdb.engine.row.KeyRange;

/// Key → newest record of one table in one block. The index holds 8-byte record offsets into the slice's
/// [org.coconutdb.engine.version.RecordHeap]; keys stand in the records.
///
/// Threads: one writer at a time calls [#put], [#remove], [#close]; any number of readers call the rest, each of them holding a
/// snapshot. Readers take no lock and never block the writer.
///
/// Invariants
/// 1. A reader that holds a snapshot sees every key that was put before its snapshot was taken and not removed since: growth,
///    splits and merges never hide a key.
/// 2. An offset that a reader gets stays readable until its snapshot is closed: the slice frees records, and the index frees its
///    own pages, only behind the low-water mark (`retire` with the timestamp of the unlinking, free when the mark has passed it).
interface RecordIndex extends AutoCloseable {
    /// Offset of the newest record of the key, 0 where there is none. Allocates nothing.
    long find(byte[] key);

    /// As [#find] of each of the first keys, answered in the array at the same places; records of keys that are there, and what leads to
    /// them, come from memory side by side.
    void findAll(byte[][] keys, int count, long[] records);

    /// Writer: as [#find], and remembers the place. The next call, where that is a [#put] or [#locate] of the same array, need not look for
    /// it again; keys do not change.
    long locate(byte[] key);

    /// Writer: makes `record` the newest of its key, replacing what was there. Answers the offset replaced, 0 if none.
    long put(byte[] key, long record);

    /// Writer: forgets the key. False where it was not there.
    boolean remove(byte[] key);

    /// Walks the records of a range. A sorted table answers in key order, descending when `reverse`; a hash table in any order,
    /// and only for ranges that its slice filters by itself.
    RecordCursor cursor(KeyRange range, boolean reverse);

    /// Writer, before the first key and before anybody reads: makes room for about so many keys, so that it need not grow on the way.
    default void expect(long keys) {}

    /// Writer, before anybody reads: puts many keys, fastest where they ascend.
    default IndexLoader loader() {
        return this::put;
    }

    /// Keys held, tombstones included.
    long size();

    /// Writer: frees what was unlinked by commits at or below the low-water mark. Answers whether more waits for a later one.
    boolean reclaim(long lowWater);

    /// Checks the structure; throws BROKEN_INVARIANT with the place.
    void verify();

    @Override
    void close();
}
