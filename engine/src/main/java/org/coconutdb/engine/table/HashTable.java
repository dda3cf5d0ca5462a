package org.coconutdb.engine.table;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.memory.MemoryOwner;
import org.coconutdb.engine.row.KeyHash;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.version.RecordHeap;
import org.jspecify.annotations.Nullable;

/// Index of a hash table, on Chronicle Map.
///
/// The map leads from a *slot*, the 64-bit hash of a key, to the key's record, where the key itself stands: so entries are small and
/// of one size. Two keys with one hash are almost never met; the later one takes the next free slot (open addressing, over 2^64
/// slots). The hash has a seed of this process's own, so nobody can choose keys that collide.
///
/// A Chronicle Map cannot grow past what it promised, so the table moves to a larger map while it is used: another
/// thread makes that map, and then each put carries a part of the old one over. Meanwhile the writer keeps both true, and a reader
/// looks in the new map first and then in the old one.
/// ```
///  current only ──(7/8 full)──► current, next being made ──(made, 15/16 full)──► current and next ──(all carried)──► current only
///                 prepareMove                              startMove                                finishMove
/// ```
/// Beside a large map lie [SlotHints]: most lookups go to the record at once and see there that it is the key's newest. What
/// they find is what the map would have led to: the writer marks a record as replaced before the commit that replaced it can be seen.
///
/// Invariants
/// 1. A slot is free only where it is free in both maps. A key that was put at a slot stays at it until it is removed, so all slots
///    between a key's hash and its own slot are taken: a key leaves only if the slot behind it is free, and stays as a tombstone
///    otherwise.
/// 2. While a move is under way, a slot of `current` has the same record in `next` or none yet; a key that was put since the move
///    began is in `next`. So next-then-current finds every key.
/// 3. A map that was left is closed when no snapshot that was open at that time is open any more; until then a reader that still
///    holds the old pair finds in it nothing older than the end of the move, which its snapshot is entitled to see.
final class HashTable implements RecordIndex {
    private static final long FIRST_ENTRIES = 1024;
    // A move of E entries takes E / 16 puts: done before the last sixteenth is full, and a map is never emptier than 5/8, a large one than
    // 3/4.
    private static final int CARRIED_BY_PUT = 16;
    // From here on a table grows by a quarter: unused entries take more memory then than moves take time.
    private static final long LARGE_ENTRIES = 1 << 20;
    // Smaller maps lie in the processor's caches as a whole.
    private static final long HINTED_ENTRIES_MIN = 8 << 10;

    /// @param next the map that the table moves to; null while it does not
    private record Maps(OffsetMap current, @Nullable OffsetMap next) {
        long hint(long slot) {
            long hinted = next == null ? 0 : next.hint(slot);
            return hinted != 0 ? hinted : current.hint(slot);
        }

        long get(long slot) {
            if (next != null) {
                long record = next.get(slot);
                if (record != 0) {
                    return record;
                }
            }
            return current.get(slot);
        }
    }

    private record Left(OffsetMap map, long retireTimestamp) {}

    private final MemoryManager memory;
    private final MemoryOwner owner;
    private final RecordHeap heap;
    private final LongSupplier retireTimestamp;
    private final ToLongFunction<byte[]> hash;
    private final long hintedEntriesMin;
    // Writer writes.
    private volatile Maps maps;
    private volatile long size;
    // Writer.
    private final Queue<Left> left = new ArrayDeque<>();
    private @Nullable CompletableFuture<OffsetMap> prepared;
    private final OffsetMap.Entries carrying = new OffsetMap.Entries();
    private int carried;
    private int segmentsRead;

    HashTable(MemoryManager memory, MemoryOwner owner, RecordHeap heap, LongSupplier retireTimestamp) {
        this(memory, owner, heap, retireTimestamp, seeded(ThreadLocalRandom.current().nextLong()), HINTED_ENTRIES_MIN);
    }

    private static ToLongFunction<byte[]> seeded(long seed) {
        return key -> KeyHash.of(key, seed);
    }

    /// For tests, which want keys that collide, and hints beside small maps.
    HashTable(
            MemoryManager memory,
            MemoryOwner owner,
            RecordHeap heap,
            LongSupplier retireTimestamp,
            ToLongFunction<byte[]> hash,
            long hintedEntriesMin) {
        JvmFlags.require();
        this.memory = memory;
        this.owner = owner;
        this.heap = heap;
        this.retireTimestamp = retireTimestamp;
        this.hash = hash;
        this.hintedEntriesMin = hintedEntriesMin;
        this.maps = new Maps(map(FIRST_ENTRIES), null);
    }

    private OffsetMap map(long entries) {
        return new OffsetMap(memory, owner, entries, entries >= hintedEntriesMin);
    }

    @Override
    public long find(byte[] key) {
        Maps now = maps;
        long first = hash.applyAsLong(key);
        long hinted = now.hint(first);
        if (hinted != 0 && heap.isNewest(hinted) && heap.compareKey(hinted, key) == 0) {
            return hinted;
        }
        for (long slot = first;; slot++) {
            long record = now.get(slot);
            if (record == 0 || heap.compareKey(record, key) == 0) {
                return record;
            }
        }
    }

    @Override
    public long put(byte[] key, long record) {
        Maps now = maps;
        long slot = hash.applyAsLong(key);
        long old = now.get(slot);
        while (old != 0 && heap.compareKey(old, key) != 0) {
            slot++;
            old = now.get(slot);
        }
        OffsetMap next = now.next();
        if (next == null) {
            now.current().put(slot, record);
        } else {
            next.put(slot, record);
            // Where it is in the old map it stays true there: that map may be carried over, or read, after this.
            if (old != 0 && now.current().get(slot) != 0) {
                now.current().put(slot, record);
            }
        }
        if (old == 0) {
            addToSize(1);
        }
        if (next != null) {
            carry(now.current(), next, CARRIED_BY_PUT);
        } else if (old == 0) {
            grow(now.current().entriesPromised());
        }
        return old;
    }

    @Override
    public void expect(long keys) {
        assert size == 0 : "not empty";
        OffsetMap first = maps.current();
        // As full as a map is half-way between two moves.
        long entries = keys + keys / 4;
        if (entries > first.entriesPromised()) {
            maps = new Maps(map(entries), null);
            first.close();
        }
    }

    // The writer alone writes it; volatile is for those who read it.
    private void addToSize(int change) {
        long now = size;
        size = now + change;
    }

    /// After a key was added: makes a larger map, and moves to it, when it is time.
    private void grow(long promised) {
        if (prepared == null) {
            if (size > promised / 8 * 7) {
                prepareMove(promised + promised / (promised < LARGE_ENTRIES ? 2 : 4));
            }
        } else if (size > promised / 16 * 15 && (prepared.isDone() || size > promised)) {
            startMove(prepared);
        }
    }

    /// Making a large map takes tens of milliseconds, which no put should wait for.
    private void prepareMove(long entries) {
        CompletableFuture<OffsetMap> map = new CompletableFuture<>();
        prepared = map;
        Thread.ofPlatform().daemon().name("coconut-hash-table-growth").start(() -> {
            try {
                map.complete(map(entries));
            } catch (Throwable failure) {
                map.completeExceptionally(failure);
            }
        });
    }

    private void startMove(CompletableFuture<OffsetMap> made) {
        OffsetMap next = awaitMap(made);
        prepared = null;
        maps = new Maps(maps.current(), next);
        segmentsRead = 0;
        carrying.count = 0;
        carried = 0;
    }

    private static OffsetMap awaitMap(CompletableFuture<OffsetMap> made) {
        try {
            return made.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof CoconutException refused) {
                throw refused.copy();
            }
            throw failure;
        }
    }

    /// Goes on with a move, so that one ends though nobody puts.
    @Override
    public boolean maintain(int entries) {
        OffsetMap next = maps.next();
        if (next != null) {
            carry(maps.current(), next, entries);
        }
        return maps.next() != null;
    }

    private void carry(OffsetMap current, OffsetMap next, int entries) {
        for (int i = 0; i < entries; i++) {
            while (carried == carrying.count) {
                if (segmentsRead == current.segments()) {
                    finishMove(current, next);
                    return;
                }
                current.copySegment(segmentsRead++, carrying);
                carried = 0;
            }
            // What was put since its segment was copied out is in the new map already, and newer; what was removed is 0 here.
            if (carrying.records[carried] != 0) {
                next.putIfAbsent(carrying.slots[carried], carrying.records[carried]);
            }
            carried++;
        }
    }

    private void finishMove(OffsetMap current, OffsetMap next) {
        maps = new Maps(next, null);
        left.add(new Left(current, retireTimestamp.getAsLong()));
    }

    @Override
    public boolean remove(byte[] key) {
        Maps now = maps;
        long slot = hash.applyAsLong(key);
        long record = now.get(slot);
        while (record != 0 && heap.compareKey(record, key) != 0) {
            record = now.get(++slot);
        }
        if (record == 0) {
            return false;
        }
        if (now.get(slot + 1) != 0) {
            return false;
        }
        now.current().remove(slot, record);
        if (now.next() != null) {
            now.next().remove(slot, record);
            carrying.forget(slot);
        }
        addToSize(-1);
        return true;
    }

    /// All records, whatever the range: hash tables keep no order. A segment at a time; the keys that are only in `next` come last.
    @Override
    public RecordCursor cursor(KeyRange range, boolean reverse) {
        return new SegmentCursor(maps);
    }

    private static final class SegmentCursor implements RecordCursor {
        private final Maps visited;
        private final OffsetMap.Entries entries = new OffsetMap.Entries();
        private OffsetMap map;
        private int segment;
        private int position;

        SegmentCursor(Maps visited) {
            this.visited = visited;
            this.map = visited.current();
        }

        @Override
        public int nextBatch(long[] into) {
            while (position == entries.count) {
                if (segment == map.segments()) {
                    OffsetMap next = visited.next();
                    if (next == null || map == next) {
                        return 0;
                    }
                    map = next;
                    segment = 0;
                }
                map.copySegment(segment++, entries);
                position = 0;
                if (map != visited.current()) {
                    dropVisited();
                }
            }
            int count = Math.min(into.length, entries.count - position);
            System.arraycopy(entries.records, position, into, 0, count);
            position += count;
            return count;
        }

        private void dropVisited() {
            int kept = 0;
            for (int i = 0; i < entries.count; i++) {
                if (visited.current().get(entries.slots[i]) == 0) {
                    entries.records[kept++] = entries.records[i];
                }
            }
            entries.count = kept;
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
        if (prepared != null) {
            OffsetMap unused = prepared.exceptionally(_ -> null).join();
            if (unused != null) {
                unused.close();
            }
        }
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
