package org.coconutdb.engine.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.memory.MemoryOwner;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.version.ReadPoint;
import org.coconutdb.engine.version.RecordHeap;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.engine.version.Stamp;

/// A table's slice in one block: versions of its rows over an index of their keys.
///
/// The index leads to the newest version of a key, each version to the one before it. A reader at snapshot S takes the first that
/// was committed at or below S; a tombstone there, a version that has expired by the reader's time, or the chain's end mean that there is
/// no row. An expired row stays the newest version until it is replaced or removed, and counts as a row until then.
///
/// Threads: one writer at a time (the block's); any number of readers, each holding a snapshot while it uses what it read.
///
/// Invariants
/// 1. A version superseded by a commit T is freed only when the low-water mark has reached T: from then on every reader finds the
///    newer one before it.
/// 2. A tombstone leaves the index only when the mark has reached its commit, and is freed only when every reader that was active at
///    the unlinking has ended: it waits for the mark to pass the newest timestamp given out until then.
public final class TableSlice implements AutoCloseable {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    /// In place of a time to live: as the row has it.
    public static final int KEEP_TTL = -1;
    // Address space for one slice's records: 128 GiB costs nothing until it is used.
    private static final long RESERVED_BYTES = 128L << 30;

    private final TableKind kind;
    private final RecordIndex index;
    private final RecordHeap heap;
    private final LongSupplier retireTimestamp;
    // Writer.
    private final RetireQueue superseded = new RetireQueue();
    private final RetireQueue tombstones = new RetireQueue();
    private final RetireQueue unlinked = new RetireQueue();
    // Written by the writer.
    private volatile long rowCount;
    private volatile long ttlRowCount;
    // Not above the first expiry of a row; lowered by the writer, raised by whoever has looked at all rows.
    private final AtomicLong earliestExpiryMicros = new AtomicLong(Long.MAX_VALUE);

    private TableSlice(TableKind kind, RecordIndex index, RecordHeap heap, LongSupplier retireTimestamp) {
        this.kind = kind;
        this.index = index;
        this.heap = heap;
        this.retireTimestamp = retireTimestamp;
    }

    /// An empty slice.
    ///
    /// @param retireTimestamp a timestamp above every one given out so far: no snapshot that is open now reads at it
    public static TableSlice create(TableKind kind, MemoryManager memory, MemoryOwner owner, LongSupplier retireTimestamp) {
        RecordHeap heap = new RecordHeap(memory.reserve(owner, "records", RESERVED_BYTES));
        try {
            RecordIndex index = switch (kind) {
                case HASH -> new HashTable(memory, owner, heap, retireTimestamp);
                case SORTED -> new SortedTable(memory, owner, heap);
            };
            return new TableSlice(kind, index, heap, retireTimestamp);
        } catch (Throwable failure) {
            heap.close();
            throw failure;
        }
    }

    public TableKind kind() {
        return kind;
    }

    /// Points the view at the version of the row that the reader sees; false where it sees none.
    public boolean get(byte[] key, ReadPoint point, RecordView into) {
        long record = visible(index.find(key), point);
        if (record == 0) {
            return false;
        }
        into.at(heap.segment(), record);
        return true;
    }

    /// Rows of a range at a snapshot: in key order, descending when `reverse`, for a sorted table; in any order for a hash table.
    public SliceScan scan(KeyRange range, boolean reverse, ReadPoint point) {
        return new SliceScan(this, index.cursor(range, reverse), point);
    }

    /// Every key's newest version at a timestamp, tombstones included: what a checkpoint keeps. A sorted table's come in key order; a
    /// hash table that grows meanwhile may show a key twice, with the same version.
    public VersionScan scanVersions(long timestamp) {
        return new VersionScan(this, index.cursor(KeyRange.ALL, false), timestamp);
    }

    /// Keys held now, those of deleted rows among them that are not forgotten yet.
    public long keyCount() {
        return index.size();
    }

    /// Writer, before anything is loaded: makes room for about so many keys.
    public void expect(long keys) {
        index.expect(keys);
    }

    /// Writer: restores what [#scanVersions] showed, into a slice that nobody reads yet.
    ///
    /// @param stamp the version's commit timestamp and its time of update
    public void load(byte[] key, byte[] row, Stamp stamp, long createdAtMicros, int ttlSeconds, byte flags) {
        long record = heap.allocate(key, row, stamp, 0, createdAtMicros, ttlSeconds, flags);
        long known = index.put(key, record);
        if (known != 0) {
            // Shown twice. The first one stays: it may stand in `tombstones`.
            index.put(key, known);
            heap.free(record);
        } else if (isTombstone(record)) {
            tombstones.add(stamp.commitTimestamp(), record);
        } else {
            addToRowCount(1);
            if (ttlSeconds != 0) {
                addToTtlRowCount(1);
                lowerEarliestExpiry(stamp.wallMicros() + ttlSeconds * 1_000_000L);
            }
        }
    }

    MemorySegment segment() {
        return heap.segment();
    }

    /// Rows that have expired by a time, for a reader that holds a snapshot.
    public ExpiryScan expired(long nowMicros) {
        return new ExpiryScan(this, index.cursor(KeyRange.ALL, false), nowMicros);
    }

    /// The newest version at or below a timestamp, be it a row or a tombstone; 0 where there is none.
    long versionAt(long newest, long timestamp) {
        MemorySegment memory = heap.segment();
        long record = newest;
        while (record != 0 && memory.get(LONG, record + RecordView.COMMIT_TIMESTAMP) > timestamp) {
            record = memory.get(LONG, record + RecordView.PREVIOUS);
        }
        return record;
    }

    /// Follows the chain from a version to the one that the reader sees; 0 where it sees none.
    long visible(long newest, ReadPoint point) {
        MemorySegment memory = heap.segment();
        long snapshot = point.snapshot();
        for (long record = newest; record != 0; record = memory.get(LONG, record + RecordView.PREVIOUS)) {
            if (memory.get(LONG, record + RecordView.COMMIT_TIMESTAMP) <= snapshot) {
                return flags(record) == 0 || isThere(record, point.nowMicros()) ? record : 0;
            }
        }
        return 0;
    }

    private byte flags(long record) {
        return heap.segment().get(ValueLayout.JAVA_BYTE, record + RecordView.FLAGS);
    }

    /// Whether the version is a row that has not expired.
    private boolean isThere(long record, long nowMicros) {
        byte flags = flags(record);
        if ((flags & RecordView.TOMBSTONE) != 0) {
            return false;
        }
        return (flags & RecordView.HAS_TTL) == 0 || expiresAtMicros(record) > nowMicros;
    }

    private int ttlSeconds(long record) {
        return heap.segment().get(INT, record + RecordView.TTL_SECONDS);
    }

    private long expiresAtMicros(long record) {
        return heap.segment().get(LONG, record + RecordView.UPDATED_AT) + ttlSeconds(record) * 1_000_000L;
    }

    private boolean isTombstone(long record) {
        return (flags(record) & RecordView.TOMBSTONE) != 0;
    }

    /// Writer: whether the newest version of the key is a row that has not expired by a time.
    public boolean exists(byte[] key, long nowMicros) {
        long newest = index.find(key);
        return newest != 0 && isThere(newest, nowMicros);
    }

    /// Writer: whether the newest version of the key is a row that has.
    public boolean isExpired(byte[] key, long nowMicros) {
        long newest = index.find(key);
        return newest != 0 && !isTombstone(newest) && !isThere(newest, nowMicros);
    }

    /// Writer: commit timestamp of the key's newest version, tombstones included; 0 where none is known, which means that it was not
    /// changed since any open snapshot.
    public long newestTimestamp(byte[] key) {
        long newest = index.find(key);
        return newest == 0 ? 0 : heap.segment().get(LONG, newest + RecordView.COMMIT_TIMESTAMP);
    }

    /// Writer: makes this the newest version of the row. Over an expired one it is a new row.
    ///
    /// @param ttlSeconds from the stamp on; 0 for ever, [#KEEP_TTL] as many as the row had
    public void put(byte[] key, byte[] row, int ttlSeconds, Stamp stamp) {
        long old = index.find(key);
        boolean isCounted = old != 0 && !isTombstone(old);
        boolean isNew = old == 0 || !isThere(old, stamp.wallMicros());
        int ttl = ttlSeconds != KEEP_TTL ? ttlSeconds : isCounted ? ttlSeconds(old) : 0;
        long created = isNew ? stamp.wallMicros() : heap.segment().get(LONG, old + RecordView.CREATED_AT);
        long record = heap.allocate(key, row, stamp, old, created, ttl, ttl == 0 ? 0 : RecordView.HAS_TTL);
        if (!isNew) {
            heap.copyReadAt(old, record);
        }
        index.put(key, record);
        supersede(old, stamp);
        if (!isCounted) {
            addToRowCount(1);
        }
        addToTtlRowCount((ttl == 0 ? 0 : 1) - (isCounted && ttlSeconds(old) != 0 ? 1 : 0));
        if (ttl != 0) {
            // Behind the index, so that whoever raises it and then looks at all rows finds this one.
            lowerEarliestExpiry(stamp.wallMicros() + ttl * 1_000_000L);
        }
    }

    /// Writer: deletes the row; without effect where there is none.
    public void remove(byte[] key, Stamp stamp) {
        long old = index.find(key);
        if (old == 0 || isTombstone(old)) {
            return;
        }
        long created = heap.segment().get(LONG, old + RecordView.CREATED_AT);
        long record = heap.allocate(key, new byte[0], stamp, old, created, 0, RecordView.TOMBSTONE);
        index.put(key, record);
        supersede(old, stamp);
        tombstones.add(stamp.commitTimestamp(), record);
        addToRowCount(-1);
        addToTtlRowCount(ttlSeconds(old) == 0 ? 0 : -1);
    }

    // The writer alone writes it; volatile is for those who read it.
    private void addToRowCount(int change) {
        long now = rowCount;
        rowCount = now + change;
    }

    private void addToTtlRowCount(int change) {
        if (change != 0) {
            long now = ttlRowCount;
            ttlRowCount = now + change;
        }
    }

    private void supersede(long old, Stamp stamp) {
        if (old != 0) {
            superseded.add(stamp.commitTimestamp(), old);
        }
    }

    /// Writer: frees what no snapshot needs any more, at most `limit` records of each kind, so that a commit never waits long.
    public void collect(long lowWater, int limit) {
        // Tombstones first: one whose key was written again is still readable here, since its own freeing stands in `superseded`
        // under the later commit.
        for (int i = 0; i < limit && tombstones.isDue(lowWater); i++) {
            long record = tombstones.remove();
            byte[] key = heap.key(record);
            if (index.find(key) == record && index.remove(key)) {
                unlinked.add(retireTimestamp.getAsLong(), record);
            }
        }
        if (!tombstones.isDue(lowWater)) {
            for (int i = 0; i < limit && superseded.isDue(lowWater); i++) {
                heap.free(superseded.remove());
            }
        }
        for (int i = 0; i < limit && unlinked.isDue(lowWater); i++) {
            heap.free(unlinked.remove());
        }
        index.reclaim(lowWater);
    }

    /// Writer, while a log is replayed: frees superseded rows as [#collect] does and keeps all tombstones. Nobody reads meanwhile, but
    /// an entry still to come may have been judged at a snapshot that was older than a deletion, and has to be judged so again.
    public void collectReplayed(long lowWater, int limit) {
        for (int i = 0; i < limit && superseded.isDue(lowWater); i++) {
            long record = superseded.remove();
            if (isTombstone(record)) {
                // It stands in `tombstones` too, which must not come to lead into freed memory: it waits until those are collected.
                superseded.add(lowWater, record);
            } else {
                heap.free(record);
            }
        }
        index.reclaim(lowWater);
    }

    /// Rows of the newest state that have a time to live.
    public long ttlRowCount() {
        return ttlRowCount;
    }

    /// A time before which no row expires.
    public long earliestExpiryMicros() {
        return earliestExpiryMicros.get();
    }

    /// For whoever will look at all rows now, and tell by [#lowerEarliestExpiry] which of them expires first.
    public void raiseEarliestExpiry() {
        earliestExpiryMicros.set(Long.MAX_VALUE);
    }

    /// Tells of a row that expires at the time.
    public void lowerEarliestExpiry(long micros) {
        earliestExpiryMicros.accumulateAndGet(micros, Math::min);
    }

    /// Rows of the newest state, those that have expired and are not removed yet among them.
    public long rowCount() {
        return rowCount;
    }

    /// Bytes in records, older versions included.
    public long recordBytes() {
        return heap.bytesInUse();
    }

    /// Checks the index's structure; BROKEN_INVARIANT with the place where it does not hold.
    public void verify() {
        index.verify();
    }

    /// Frees the memory. The owner has made sure that no reader is left.
    @Override
    public void close() {
        try {
            index.close();
        } finally {
            heap.close();
        }
    }
}
