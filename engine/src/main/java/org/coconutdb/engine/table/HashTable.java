package org.coconutdb.engine.table;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.LongSupplier;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.memory.MemoryOwner;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.version.RecordHeap;
import org.jspecify.annotations.Nullable;

/// Index of a hash table, on Chronicle Map.
///
/// A Chronicle Map cannot grow past what it promised, so the table moves to a map four times as large while it is used: each put
/// carries a part of the old map over. Meanwhile the writer keeps both true, and a reader looks in the new map first and then in
/// the old one.
/// ```
///  current only ──(current is three quarters full)──► current and next ──(all segments carried over)──► current only
///                          startMove                    carrySegment                  finishMove
/// ```
/// Invariants
/// 1. While a move is under way, a key that is in `current` has the same record in `next` or is not there yet; a key that was put
///    since the move began is in `next`. So next-then-current finds every key.
/// 2. A map that was left is closed when no snapshot that was open at that time is open any more; until then a reader that still
///    holds the old pair finds in it nothing older than the end of the move, which its snapshot is entitled to see.
final class HashTable implements RecordIndex {
    private static final long FIRST_ENTRIES = 1024;
    private static final double FIRST_AVERAGE_KEY_BYTES = 16;
    private static final int GROWTH = 4;
    // A move of E entries takes E / 256 segments · 16 puts = E / 16 puts: done long before the last quarter is full.
    private static final int PUTS_PER_SEGMENT = 16;

    /// @param next the map that the table moves to; null while it does not
    private record Maps(OffsetMap current, @Nullable OffsetMap next) {}

    private record Left(OffsetMap map, long retireTimestamp) {}

    private final MemoryManager memory;
    private final MemoryOwner owner;
    private final RecordHeap heap;
    private final LongSupplier retireTimestamp;
    // Writer writes.
    private volatile Maps maps;
    private volatile long size;
    // Writer.
    private final Queue<Left> left = new ArrayDeque<>();
    private final OffsetMap.Records carried = new OffsetMap.Records();
    private long keyBytes;
    private int segmentsCarried;
    private int putsUntilSegment;

    HashTable(MemoryManager memory, MemoryOwner owner, RecordHeap heap, LongSupplier retireTimestamp) {
        JvmFlags.require();
        this.memory = memory;
        this.owner = owner;
        this.heap = heap;
        this.retireTimestamp = retireTimestamp;
        this.maps = new Maps(new OffsetMap(memory, owner, FIRST_ENTRIES, FIRST_AVERAGE_KEY_BYTES), null);
    }

    @Override
    public long find(byte[] key) {
        Maps now = maps;
        OffsetMap next = now.next();
        if (next != null) {
            long record = next.get(key);
            if (record != 0) {
                return record;
            }
        }
        return now.current().get(key);
    }

    @Override
    public long put(byte[] key, long record) {
        Maps now = maps;
        OffsetMap next = now.next();
        long old = now.current().get(key);
        if (next == null) {
            now.current().put(key, record);
        } else {
            if (old != 0) {
                next.put(key, record);
                now.current().put(key, record);
            } else {
                old = next.get(key);
                next.put(key, record);
            }
        }
        if (old == 0) {
            addToSize(1);
            keyBytes += key.length;
        }
        if (next == null) {
            if (old == 0 && now.current().isFilling(size, keyBytes)) {
                startMove();
            }
        } else if (--putsUntilSegment <= 0) {
            carrySegment();
        }
        return old;
    }

    // The writer alone writes it; volatile is for those who read it.
    private void addToSize(int change) {
        long now = size;
        size = now + change;
    }

    private void startMove() {
        OffsetMap current = maps.current();
        double averageKeyBytes = Math.max(1, (double) keyBytes / size);
        // By size, not by the promise: keys that are longer than was thought fill a map early.
        long entries = Math.max(size * GROWTH, current.entriesPromised());
        maps = new Maps(current, new OffsetMap(memory, owner, entries, averageKeyBytes));
        segmentsCarried = 0;
        putsUntilSegment = PUTS_PER_SEGMENT;
    }

    private void carrySegment() {
        OffsetMap current = maps.current();
        OffsetMap next = maps.next();
        if (next == null) {
            return;
        }
        int count = current.copySegment(segmentsCarried, carried);
        for (int i = 0; i < count; i++) {
            // The same record or, where the key was put meanwhile, the same newer one: see invariant 1.
            long record = carried.offsets[i];
            next.put(heap.key(record), record);
        }
        segmentsCarried++;
        putsUntilSegment = PUTS_PER_SEGMENT;
        if (segmentsCarried == current.segments()) {
            maps = new Maps(next, null);
            left.add(new Left(current, retireTimestamp.getAsLong()));
        }
    }

    @Override
    public long remove(byte[] key) {
        Maps now = maps;
        long old = find(key);
        if (old == 0) {
            return 0;
        }
        now.current().remove(key);
        OffsetMap next = now.next();
        if (next != null) {
            next.remove(key);
        }
        addToSize(-1);
        keyBytes -= key.length;
        return old;
    }

    /// All records, whatever the range: hash tables keep no order. A segment at a time; the keys that are only in `next` come last.
    @Override
    public RecordCursor cursor(KeyRange range, boolean reverse) {
        return new SegmentCursor(maps);
    }

    private final class SegmentCursor implements RecordCursor {
        private final Maps visited;
        private final OffsetMap.Records records = new OffsetMap.Records();
        private OffsetMap map;
        private int segment;
        private int position;

        SegmentCursor(Maps visited) {
            this.visited = visited;
            this.map = visited.current();
        }

        @Override
        public int nextBatch(long[] into) {
            while (position == records.count) {
                if (segment == map.segments()) {
                    OffsetMap next = visited.next();
                    if (next == null || map == next) {
                        return 0;
                    }
                    map = next;
                    segment = 0;
                }
                map.copySegment(segment++, records);
                position = 0;
                if (map != visited.current()) {
                    dropVisited();
                }
            }
            int count = Math.min(into.length, records.count - position);
            System.arraycopy(records.offsets, position, into, 0, count);
            position += count;
            return count;
        }

        private void dropVisited() {
            int kept = 0;
            for (int i = 0; i < records.count; i++) {
                if (visited.current().get(heap.key(records.offsets[i])) == 0) {
                    records.offsets[kept++] = records.offsets[i];
                }
            }
            records.count = kept;
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void reclaim(long lowWater) {
        for (Left first = left.peek(); first != null && first.retireTimestamp() <= lowWater; first = left.peek()) {
            first.map().close();
            left.remove();
        }
    }

    @Override
    public void verify() {
        RecordCursor cursor = cursor(KeyRange.ALL, false);
        long[] batch = new long[256];
        long found = 0;
        for (int count = cursor.nextBatch(batch); count > 0; count = cursor.nextBatch(batch)) {
            for (int i = 0; i < count; i++) {
                if (find(heap.key(batch[i])) != batch[i]) {
                    throw CoconutException.of(ErrorCode.BROKEN_INVARIANT)
                            .with("structure", "hash table")
                            .with("record", batch[i])
                            .with("what", "a key leads to another record than its own");
                }
                found++;
            }
        }
        if (found != size) {
            throw CoconutException.of(ErrorCode.BROKEN_INVARIANT)
                    .with("structure", "hash table")
                    .with("size", size)
                    .with("found", found);
        }
    }

    @Override
    public void close() {
        maps.current().close();
        OffsetMap next = maps.next();
        if (next != null) {
            next.close();
        }
        for (Left map = left.poll(); map != null; map = left.poll()) {
            map.map().close();
        }
    }
}
