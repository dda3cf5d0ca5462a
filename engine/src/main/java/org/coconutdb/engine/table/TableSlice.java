package org.coconutdb.engine.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.memory.MemoryOwner;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.version.ColdRef;
import org.coconutdb.engine.version.ColdRows;
import org.coconutdb.engine.version.Marks;
import org.coconutdb.engine.version.ReadPoint;
import org.coconutdb.engine.version.RecordHeap;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.engine.version.Stamp;
import org.jspecify.annotations.Nullable;

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
/// 2. A row that goes cold or hot changes its record and nothing that a reader is told: commit, previous version, times and row are the
///    same. The record that it leaves is freed when every reader that was active then has ended, as in 3.
/// 3. A tombstone leaves the index only when the mark has reached its commit, and is freed only when every reader that was active at
///    the unlinking has ended: it waits for the mark to pass the newest timestamp given out until then.
/// 4. Before the number of rows changes, or of those that have a time to live, the commit that changes it is noted. So who reads the numbers, and
///    then finds the note at or below its snapshot, has those of its snapshot: what was committed at or below it had been applied before it was
///    given out, and nothing later is in them.
public final class TableSlice implements AutoCloseable {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    /// In place of a time to live: as the row has it.
    public static final int KEEP_TTL = -1;
    // Address space for one slice's records: 128 GiB costs nothing until it is used.
    private static final long RESERVED_BYTES = 128L << 30;

    private final TableKind kind;
    // Writer.
    private int generation;
    private final RecordIndex index;
    private final RecordHeap heap;
    private final LongSupplier retireTimestamp;
    private final int table;
    private final @Nullable ColdRows coldRows;
    // Writer.
    private final RetireQueue superseded = new RetireQueue();
    private final RetireQueue tombstones = new RetireQueue();
    private final RetireQueue unlinked = new RetireQueue();
    private boolean indexWaits;
    // Only while the slice is loaded.
    private @Nullable IndexLoader loader;
    // Written by the writer.
    private final WriterCount rowCount = new WriterCount();
    // See invariant 4.
    private volatile long rowCountChangedAt;
    private final WriterCount ttlRowCount = new WriterCount();
    private final WriterCount coldRowCount = new WriterCount();
    private final WriterCount coldRecordBytes = new WriterCount();
    private final WriterCount unlinkedBytes = new WriterCount();
    private final WriterCount retiredRecords = new WriterCount();
    private final WriterCount demotions = new WriterCount();
    private final WriterCount promotions = new WriterCount();
    // Not above the first expiry of a row; lowered by the writer, raised by whoever has looked at all rows.
    private final AtomicLong earliestExpiryMicros = new AtomicLong(Long.MAX_VALUE);

    private TableSlice(
            TableKind kind,
            RecordIndex index,
            RecordHeap heap,
            LongSupplier retireTimestamp,
            int table,
            @Nullable ColdRows coldRows) {
        this.table = table;
        this.coldRows = coldRows;
        this.kind = kind;
        this.index = index;
        this.heap = heap;
        this.retireTimestamp = retireTimestamp;
    }

    /// An empty slice.
    ///
    /// @param retireTimestamp a timestamp above every one given out so far: no snapshot that is open now reads at it
    /// @param coldRows the block's cold tier; null where it has none
    public static TableSlice create(
            TableKind kind,
            MemoryManager memory,
            MemoryOwner owner,
            LongSupplier retireTimestamp,
            @Nullable ColdRows coldRows) {
        RecordHeap heap = new RecordHeap(memory.reserve(owner, "records", RESERVED_BYTES));
        try {
            RecordIndex index = switch (kind) {
                case HASH -> new HashTable(memory, owner, heap, retireTimestamp);
                case SORTED -> new SortedTable(memory, owner, heap);
            };
            return new TableSlice(kind, index, heap, retireTimestamp, owner.table(), coldRows);
        } catch (Throwable failure) {
            heap.close();
            throw failure;
        }
    }

    public TableKind kind() {
        return kind;
    }

    /// Writer: of the table's definition, that rows are written for.
    public int generation() {
        return generation;
    }

    /// Writer.
    public void setGeneration(int number) {
        generation = number;
    }

    /// Points the view at the version of the row that the reader sees; false where it sees none.
    public boolean get(byte[] key, ReadPoint point, RecordView into) {
        long newest = index.find(key);
        if (newest == 0) {
            return false;
        }
        heap.fetchRow(newest, key.length);
        long record = visible(newest, point);
        if (record == 0) {
            return false;
        }
        show(record, into);
        return true;
    }

    /// Puts into each place the record that [#get] would show for the key there; 0 where there is none.
    public void findAll(byte[][] keys, int count, ReadPoint point, long[] records) {
        index.findAll(keys, count, records);
        resolve(records, 0, count, point);
    }

    /// Points the view at a record that was found.
    public void show(long record, RecordView into) {
        into.at(heap.segment(), record, coldRows);
    }

    /// A lookup found the cold row that the view shows: it should come back into memory.
    public void wanted(RecordView row) {
        if (coldRows != null) {
            coldRows.wanted(table, row);
        }
    }

    /// Rows of a range at a snapshot: in key order, descending when `reverse`, for a sorted table; in any order for a hash table.
    public SliceScan scan(KeyRange range, boolean reverse, ReadPoint point) {
        return new SliceScan(this, index.cursor(range, reverse), point);
    }

    /// Every key's newest version at a timestamp, tombstones included: what a checkpoint keeps. A sorted table's come in key order; a
    /// hash table that grows meanwhile may show a key twice, with the same version.
    public VersionScan scanVersions(long timestamp) {
        return scanVersions(timestamp, Collections.emptyNavigableMap());
    }

    /// The same, but of some keys at other timestamps.
    public VersionScan scanVersions(long timestamp, NavigableMap<byte[], Long> at) {
        return new VersionScan(this, index.cursor(KeyRange.ALL, false), timestamp, at);
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
        loaded(key, heap.allocate(key, row, stamp, 0, createdAtMicros, ttlSeconds, flags), stamp, ttlSeconds);
    }

    /// Writer: the same of a row in the cold tier. DATA_CORRUPTED where it cannot be there.
    public void loadCold(byte[] key, int rowBytes, ColdRef ref, Stamp stamp, long createdAtMicros, int ttlSeconds, byte flags) {
        Objects.requireNonNull(coldRows, "no cold tier").retain(table, ref, key.length, rowBytes);
        long record = heap.allocateCold(key, rowBytes, ref, stamp, createdAtMicros, ttlSeconds, flags);
        coldRecordBytes.add(heap.sizeOf(record));
        loaded(key, record, stamp, ttlSeconds);
    }

    private void loaded(byte[] key, long record, Stamp stamp, int ttlSeconds) {
        IndexLoader into = loader;
        if (into == null) {
            into = index.loader();
            loader = into;
        }
        long known = into.put(key, record);
        if (known != 0) {
            // Shown twice. The first one stays: it may stand in `tombstones`.
            index.put(key, known);
            free(record);
        } else if (isTombstone(record)) {
            tombstones.add(stamp.commitTimestamp(), record);
        } else {
            noteCountChange(stamp);
            rowCount.add(1);
            if (heap.isCold(record)) {
                coldRowCount.add(1);
            }
            if (ttlSeconds != 0) {
                ttlRowCount.add(1);
                lowerEarliestExpiry(stamp.wallMicros() + ttlSeconds * 1_000_000L);
            }
        }
    }

    /// Writer: all is loaded; the slice may be read and written from now on.
    public void endLoad() {
        loader = null;
    }

    /// Writer: frees a record, and lets go of its row in the cold tier.
    private void free(long record) {
        long coldBytes = 0;
        if (coldRows != null && heap.isCold(record)) {
            coldBytes = heap.sizeOf(record);
            coldRows.release(table, heap.coldRef(record), heap.keyLength(record), heap.rowLength(record));
        }
        heap.free(record);
        coldRecordBytes.add(-coldBytes);
    }

    /// All rows that are hot, for a reader that holds a snapshot. A sorted table's in key order, those behind a key where one is given.
    public HotRows hotRows(byte @Nullable [] after) {
        KeyRange range = after == null || kind == TableKind.HASH ? KeyRange.ALL : new KeyRange(KeyRange.after(after), null);
        return new HotRows(this, index.cursor(range, false));
    }

    /// Writer: the row that `record` holds, or refers to, is in the cold tier from now on. Without effect, and false, where the record is
    /// no longer the key's newest. What was in memory comes back when every reader that may look at it has ended.
    public boolean moveToCold(byte[] key, long record, ColdRef ref) {
        if (index.locate(key) != record) {
            return false;
        }
        boolean wasCold = heap.isCold(record);
        // Before the copy is there: see hotBytes.
        coldRecordBytes.add(RecordHeap.coldSizeFor(key.length));
        long moved = heap.copyCold(record, ref);
        Objects.requireNonNull(coldRows, "no cold tier").retain(table, ref, key.length, heap.rowLength(record));
        index.put(key, moved);
        unlink(record);
        if (!wasCold) {
            coldRowCount.add(1);
            demotions.add(1);
        }
        return true;
    }

    /// Writer: the record of the key's newest version, where that is a cold row of this commit; 0 where it is not.
    public long coldRecord(byte[] key, long commitTimestamp) {
        long newest = index.find(key);
        boolean isIt = newest != 0 && heap.isCold(newest)
                && heap.segment().get(LONG, newest + RecordView.COMMIT_TIMESTAMP) == commitTimestamp;
        return isIt ? newest : 0;
    }

    /// Writer: the record of the key's newest version, where its row is at this place of the cold tier; 0 where it is not.
    public long coldRecord(byte[] key, ColdRef ref) {
        long newest = index.find(key);
        return newest != 0 && heap.isCold(newest) && heap.coldRef(newest).equals(ref) ? newest : 0;
    }

    /// Writer: brings a cold row back into memory. Without effect, and false, where the newest version of the key is not a cold row of
    /// this commit.
    public boolean moveToMemory(byte[] key, long commitTimestamp, byte[] row) {
        long cold = coldRecord(key, commitTimestamp);
        if (cold == 0) {
            return false;
        }
        index.put(key, heap.copyHot(cold, row));
        unlink(cold);
        coldRowCount.add(-1);
        promotions.add(1);
        return true;
    }

    private void unlink(long record) {
        unlinkedBytes.add(heap.isCold(record) ? 0 : heap.sizeOf(record));
        retiredRecords.add(1);
        unlinked.add(retireTimestamp.getAsLong(), record);
    }

    private void freeUnlinked(long lowWater, int limit) {
        for (int i = 0; i < limit && unlinked.isDue(lowWater); i++) {
            long record = unlinked.remove();
            retiredRecords.add(-1);
            long bytes = heap.isCold(record) ? 0 : heap.sizeOf(record);
            free(record);
            unlinkedBytes.add(-bytes);
        }
    }

    /// Records that only wait for readers to end.
    public long retiredRecords() {
        return retiredRecords.get();
    }

    /// Bytes of memory in rows that only wait for readers to end.
    public long unlinkedBytes() {
        return unlinkedBytes.get();
    }

    /// Rows of the newest state that are in the cold tier.
    public long coldRowCount() {
        return coldRowCount.get();
    }

    /// Bytes of memory in records whose rows are in memory, older versions included, but for those that only wait for readers to end.
    public long hotBytes() {
        // The writer counts what is not hot before it takes memory for it, and until it has given that back. With a look at both sides of
        // the sum, a record on its way is in neither: nobody waits for room that is there.
        long cold = coldRecordBytes.get();
        long unlinkedNow = unlinkedBytes.get();
        long inUse = heap.bytesInUse();
        long notHot = Math.max(cold, coldRecordBytes.get()) + Math.max(unlinkedNow, unlinkedBytes.get());
        return Math.max(0, inUse - notHot);
    }

    /// Rows that went to the cold tier since the database was opened.
    public long demotions() {
        return demotions.get();
    }

    /// Rows that came back from it.
    public long promotions() {
        return promotions.get();
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
                return (flags(record) & (RecordView.TOMBSTONE | RecordView.HAS_TTL)) == 0 || isThere(record, point.nowMicros()) ? record
                        : 0;
            }
        }
        return 0;
    }

    /// Puts into each place the version that the reader sees of the newest one that is there; 0 where it sees none.
    void resolve(long[] records, int from, int to, ReadPoint point) {
        for (int i = from; i < to; i++) {
            records[i] = visible(records[i], point);
        }
        for (int i = from; i < to; i++) {
            if (records[i] != 0) {
                heap.fetchRow(records[i], heap.keyLength(records[i]));
            }
        }
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
        long newest = index.locate(key);
        return newest != 0 && isThere(newest, nowMicros);
    }

    /// Writer: whether the newest version of the key is a row that has.
    public boolean isExpired(byte[] key, long nowMicros) {
        long newest = index.locate(key);
        return newest != 0 && !isTombstone(newest) && !isThere(newest, nowMicros);
    }

    /// Writer: commit timestamp of the key's newest version, tombstones included; 0 where none is known, which means that it was not
    /// changed since any open snapshot.
    public long newestTimestamp(byte[] key) {
        long newest = index.locate(key);
        return newest == 0 ? 0 : heap.segment().get(LONG, newest + RecordView.COMMIT_TIMESTAMP);
    }

    /// Writer: commit timestamp of the last change of what readers see of the key: as [#newestTimestamp], but that the removal of a row
    /// that had expired is none.
    public long newestChange(byte[] key) {
        long newest = index.find(key);
        return newest == 0 ? 0 : changedAt(newest);
    }

    private long changedAt(long record) {
        boolean removesExpired = (flags(record) & RecordView.EXPIRED) != 0;
        return heap.segment().get(LONG, record + (removesExpired ? RecordView.CREATED_AT : RecordView.COMMIT_TIMESTAMP));
    }

    /// Writer: whether a key of the range was changed above a timestamp, as far as an open snapshot can tell ([#newestChange]). Looks at
    /// every key of the range; of a hash table at all.
    public boolean isChanged(KeyRange range, long timestamp) {
        RecordCursor cursor = index.cursor(range, false);
        long[] batch = new long[SliceScan.BATCH];
        for (int count = cursor.nextBatch(batch); count > 0; count = cursor.nextBatch(batch)) {
            for (int i = 0; i < count; i++) {
                if (changedAt(batch[i]) > timestamp) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Writer: makes this the newest version of the row. Over an expired one it is a new row.
    ///
    /// @param ttlSeconds from the stamp on; 0 for ever, [#KEEP_TTL] as many as the row had
    public void put(byte[] key, byte[] row, int ttlSeconds, Stamp stamp) {
        long old = index.locate(key);
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
        int ttlRows = (ttl == 0 ? 0 : 1) - (isCounted && ttlSeconds(old) != 0 ? 1 : 0);
        if (!isCounted || ttlRows != 0) {
            noteCountChange(stamp);
        }
        if (!isCounted) {
            rowCount.add(1);
        } else if (heap.isCold(old)) {
            coldRowCount.add(-1);
        }
        ttlRowCount.add(ttlRows);
        if (ttl != 0) {
            // Behind the index, so that whoever raises it and then looks at all rows finds this one.
            lowerEarliestExpiry(stamp.wallMicros() + ttl * 1_000_000L);
        }
    }

    /// Writer: deletes the row; without effect where there is none.
    public void remove(byte[] key, Stamp stamp) {
        remove(key, stamp, false);
    }

    /// Writer: the same of a row that has expired.
    public void removeExpired(byte[] key, Stamp stamp) {
        remove(key, stamp, true);
    }

    private void remove(byte[] key, Stamp stamp, boolean hasExpired) {
        long old = index.locate(key);
        if (old == 0 || isTombstone(old)) {
            return;
        }
        long created = heap.segment().get(LONG, old + (hasExpired ? RecordView.COMMIT_TIMESTAMP : RecordView.CREATED_AT));
        byte flags = hasExpired ? RecordView.TOMBSTONE | RecordView.EXPIRED : RecordView.TOMBSTONE;
        long record = heap.allocate(key, new byte[0], stamp, old, created, 0, flags);
        index.put(key, record);
        supersede(old, stamp);
        tombstones.add(stamp.commitTimestamp(), record);
        noteCountChange(stamp);
        rowCount.add(-1);
        if (heap.isCold(old)) {
            coldRowCount.add(-1);
        }
        ttlRowCount.add(ttlSeconds(old) == 0 ? 0 : -1);
    }

    private void noteCountChange(Stamp stamp) {
        rowCountChangedAt = Math.max(rowCountChangedAt, stamp.commitTimestamp());
    }

    private void supersede(long old, Stamp stamp) {
        if (old != 0) {
            retiredRecords.add(1);
            superseded.add(stamp.commitTimestamp(), old);
        }
    }

    /// Writer: frees what no snapshot needs any more, at most `limit` records of each kind, so that a commit never waits long; answers
    /// whether more could be freed now.
    public boolean collect(Marks marks, int limit) {
        long lowWater = marks.lowWater();
        // Tombstones first: one whose key was written again is still readable here, since its own freeing stands in `superseded`
        // under the later commit.
        for (int i = 0; i < limit && tombstones.isDue(lowWater); i++) {
            long record = tombstones.remove();
            byte[] key = heap.key(record);
            if (index.locate(key) == record) {
                index.remove(key);
                unlink(record);
            }
        }
        if (!tombstones.isDue(lowWater)) {
            for (int i = 0; i < limit && superseded.isDue(lowWater); i++) {
                retiredRecords.add(-1);
                free(superseded.remove());
            }
        }
        // Only readers hold what is reached by no index and no chain any more.
        freeUnlinked(marks.readers(), limit);
        indexWaits = index.reclaim(marks.readers());
        return tombstones.isDue(lowWater) || superseded.isDue(lowWater) || unlinked.isDue(marks.readers());
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
                retiredRecords.add(-1);
                free(record);
            }
        }
        freeUnlinked(lowWater, limit);
        indexWaits = index.reclaim(lowWater);
    }

    /// Writer, behind [#collect]: whether anything waits to be freed until the marks have risen.
    public boolean awaitsCollection() {
        return indexWaits || superseded.count() > 0 || tombstones.count() > 0 || unlinked.count() > 0;
    }

    /// Rows of the newest state that have a time to live.
    public long ttlRowCount() {
        return ttlRowCount.get();
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
        return rowCount.get();
    }

    /// Rows of a snapshot; empty where only a scan can tell, since rows came or went after it, or may expire.
    public OptionalLong rowCountAt(long snapshot) {
        // In this order: see invariant 4.
        long rows = rowCount.get();
        boolean isTimeless = ttlRowCount.get() == 0;
        return isTimeless && rowCountChangedAt <= snapshot ? OptionalLong.of(rows) : OptionalLong.empty();
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
