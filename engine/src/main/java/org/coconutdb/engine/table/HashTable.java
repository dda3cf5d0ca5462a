package org.coconutdb.engine.table;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
/// A Chronicle Map cannot grow past what it promised, so the table moves to one half as large again while it is used: another thread
/// makes that map, and then each put carries a part of the old one over. Meanwhile the writer keeps both true, and a reader looks in the
/// new map first and then in the old one.
/// ```
///  current only ──(nearly full)──► current, next being made ──(made)──► current and next ──(all carried)──► current only
///                  prepareMove                            startMove                        finishMove
/// ```
/// A small table is one map. From [Sizes#split] entries on it is [SlotMaps#PARTS] maps, each for the slots of a part, and their sizes are
/// staggered over the half that they grow by: so they outgrow their maps one after the other, evenly while the table grows, and one
/// moves at a time. What is there twice is then a sixteenth of the table, the table as a whole is always about as full as it is on
/// average, and no map is so large that making it takes long.
///
/// Beside a large map lie [SlotHints]: most lookups go to the record at once and see there that it is the key's newest. What
/// they find is what the map would have led to: the writer marks a record as replaced before the commit that replaced it can be seen.
///
/// The memory for the next move is set aside, so that a table which grows does not pass `memory.limit` by it.
///
/// Invariants
/// 1. A slot is free only where it is free in both maps of its part. A key that was put at a slot stays at it until it is removed, so
///    all slots between a key's hash and its own slot are taken: a key leaves only if the slot behind it is free, and stays as a tombstone
///    otherwise. Slots behind each other are in one part ([SlotMaps#after] goes from a part's last to its first), so a move of another part
///    changes nothing about them.
/// 2. While a part moves, a slot of `current` has the same record in `next` or none yet; a key that was put since the move began is in
///    `next`. So next-then-current finds every key.
/// 3. At most one move is under way: of one part, or of all when the table is one map.
/// 4. A map that was left is closed when no snapshot that was open at that time is open any more; until then a reader that still holds
///    the old [SlotMaps] finds in it nothing older than the end of the move, which its snapshot is entitled to see.
final class HashTable implements RecordIndex {
    private static final long FIRST_ENTRIES = 1024;
    // A move of E entries takes E / 16 puts: done before the last sixteenth is full, and a map is never emptier than 5/8.
    private static final int CARRIED_BY_PUT = 16;
    private static final double GROWTH = 1.5;
    // A map half as large again takes a little more than half as much again: it may be the first with hints, and sizes are rounded up.
    private static final double SET_ASIDE = 2.25;
    // A map takes more than it promised, slower. An eighth more before a put waits for a new one: on a busy machine the thread that makes
    // it may get its turn late.
    private static final int WAITED_BEYOND = 8;
    // Parts differ by chance; and a new map that is as full as the old one was when it was left would be none.
    private static final double PART_MARGIN = 1.05;

    /// Numbers of entries.
    ///
    /// @param hinted a map from this size on has hints: smaller ones lie in the processor's caches as a whole
    /// @param split a map that would become this large becomes parts
    record Sizes(long hinted, long split) {
        static final Sizes USUAL = new Sizes(8 << 10, SlotMaps.PARTS * (8L << 10));
    }

    /// Maps that are being made, or made.
    ///
    /// @param part that they are for; [#ALL]
    private record Prepared(int part, CompletableFuture<OffsetMap[]> maps) {
        static final int ALL = -1;
    }

    private record Left(OffsetMap map, long retireTimestamp) {}

    private final MemoryManager memory;
    private final MemoryOwner owner;
    private final RecordHeap heap;
    private final LongSupplier retireTimestamp;
    private final ToLongFunction<byte[]> hash;
    private final Sizes sizes;
    // Writer writes.
    private volatile SlotMaps maps;
    private volatile long size;
    // Writer.
    private final long[] partSizes = new long[SlotMaps.PARTS];
    private final Queue<Left> left = new ArrayDeque<>();
    private final List<CompletableFuture<Void>> closing = new ArrayList<>();
    private @Nullable Prepared prepared;
    private @Nullable OffsetMap moving;
    private final OffsetMap.Entries carrying = new OffsetMap.Entries();
    private int carried;
    private int segmentsRead;
    private long setAsideBytes;
    // What `locate` found of the key; null where something has changed since.
    private byte @Nullable [] located;
    private long locatedRecord;
    // The key's slot, or the one that it would have.
    private long locatedSlot;
    // Then the slot is the key's first choice, and perhaps another key's.
    private boolean isLocatedByHint;

    HashTable(MemoryManager memory, MemoryOwner owner, RecordHeap heap, LongSupplier retireTimestamp) {
        this(memory, owner, heap, retireTimestamp, seeded(ThreadLocalRandom.current().nextLong()), Sizes.USUAL);
    }

    private static ToLongFunction<byte[]> seeded(long seed) {
        return key -> KeyHash.of(key, seed);
    }

    /// For tests, which want keys that collide, and small tables that lie as large ones do.
    HashTable(
            MemoryManager memory,
            MemoryOwner owner,
            RecordHeap heap,
            LongSupplier retireTimestamp,
            ToLongFunction<byte[]> hash,
            Sizes sizes) {
        JvmFlags.require();
        this.memory = memory;
        this.owner = owner;
        this.heap = heap;
        this.retireTimestamp = retireTimestamp;
        this.hash = hash;
        this.sizes = sizes;
        this.maps = SlotMaps.of(map(FIRST_ENTRIES));
        setAside(nextMoveBytes());
    }

    private void setAside(long bytes) {
        memory.setAside(bytes - setAsideBytes);
        setAsideBytes = bytes;
    }

    private long nextMoveBytes() {
        long largest = maps.all().stream().mapToLong(OffsetMap::bytes).max().orElse(0);
        return (long) (SET_ASIDE * largest);
    }

    private OffsetMap map(long entries) {
        return new OffsetMap(memory, owner, entries, entries >= sizes.hinted());
    }

    @Override
    public long find(byte[] key) {
        SlotMaps now = maps;
        long first = hash.applyAsLong(key);
        long hinted = now.hint(first);
        if (hinted != 0 && heap.isNewest(hinted) && heap.compareKey(hinted, key) == 0) {
            return hinted;
        }
        for (long slot = first;; slot = SlotMaps.after(slot)) {
            long record = now.get(slot);
            if (record == 0 || heap.compareKey(record, key) == 0) {
                return record;
            }
        }
    }

    // The array itself, which the log's entry holds: equal bytes in another array are only looked for again.
    @SuppressWarnings("ReferenceEquality")
    @Override
    public long locate(byte[] key, boolean isNew) {
        if (key != located && (isNew || !locateByHint(key))) {
            locateInMaps(key);
        }
        return locatedRecord;
    }

    /// The record alone: not the slot, where the hash is another key's.
    private boolean locateByHint(byte[] key) {
        long first = hash.applyAsLong(key);
        long hinted = maps.hint(first);
        boolean isIt = hinted != 0 && heap.isNewest(hinted) && heap.compareKey(hinted, key) == 0;
        if (isIt) {
            located = key;
            locatedRecord = hinted;
            locatedSlot = first;
            isLocatedByHint = true;
        }
        return isIt;
    }

    private void locateInMaps(byte[] key) {
        SlotMaps now = maps;
        long slot = hash.applyAsLong(key);
        long record = now.get(slot);
        while (record != 0 && heap.compareKey(record, key) != 0) {
            slot = SlotMaps.after(slot);
            record = now.get(slot);
        }
        located = key;
        locatedRecord = record;
        locatedSlot = slot;
        isLocatedByHint = false;
    }

    @Override
    public long put(byte[] key, long record) {
        long old = locate(key, false);
        if (isLocatedByHint) {
            int part = SlotMaps.part(locatedSlot);
            if (maps.next(part) == null && maps.current(part).replace(locatedSlot, old, record)) {
                located = null;
                carryByPut();
                return old;
            }
            locateInMaps(key);
        }
        located = null;
        SlotMaps now = maps;
        long slot = locatedSlot;
        int part = SlotMaps.part(slot);
        OffsetMap current = now.current(part);
        OffsetMap next = now.next(part);
        if (next == null) {
            current.put(slot, record);
        } else {
            next.put(slot, record);
            // Where it is in the old map it stays true there: that map may be carried over, or read, after this.
            if (old != 0 && current.get(slot) != 0) {
                current.put(slot, record);
            }
        }
        if (old == 0) {
            addToSize(part, 1);
        }
        if (moving == null && old == 0) {
            grow(part);
        } else {
            carryByPut();
        }
        return old;
    }

    private void carryByPut() {
        if (moving != null) {
            carry(moving, CARRIED_BY_PUT);
        }
    }

    @Override
    public void expect(long keys) {
        assert size == 0 : "not empty";
        // As full as a map is half-way between two moves.
        long entries = keys + keys / 4;
        if (entries > maps.current(0).entriesPromised()) {
            List<OffsetMap> first = maps.all();
            OffsetMap[] made = entries < sizes.split() ? new OffsetMap[] {map(entries)} : parts(keys);
            maps = made.length == 1 ? SlotMaps.of(made[0]) : SlotMaps.of(made);
            first.forEach(OffsetMap::close);
            setAside(nextMoveBytes());
        }
    }

    /// A map for each part of a table that will have so many keys: the smallest nearly full then, the largest half as large again.
    private OffsetMap[] parts(long keys) {
        OffsetMap[] made = new OffsetMap[SlotMaps.PARTS];
        int count = 0;
        try {
            for (; count < made.length; count++) {
                double staggered = Math.pow(GROWTH, (count + 1.0) / SlotMaps.PARTS);
                made[count] = map((long) (PART_MARGIN * staggered * keys / SlotMaps.PARTS) + 1);
            }
            return made;
        } catch (Throwable failure) {
            for (int i = 0; i < count; i++) {
                made[i].close();
            }
            throw failure;
        }
    }

    // The writer alone writes it; volatile is for those who read it.
    private void addToSize(int part, int change) {
        partSizes[part] += change;
        long now = size;
        size = now + change;
    }

    /// After a key was added, and while nothing moves: makes a larger map, and moves to it, when it is time.
    private void grow(int part) {
        Prepared ready = prepared;
        if (ready != null) {
            startMove(ready);
        } else if (maps.isWhole()) {
            if (size > maps.current(part).entriesPromised() / 8 * 7) {
                prepareMove(Prepared.ALL);
            }
        } else if (partSizes[part] > maps.current(part).entriesPromised() / 16 * 15) {
            prepareMove(part);
        }
    }

    /// Making a large map takes milliseconds, which no put should wait for.
    private void prepareMove(int part) {
        long promised = maps.current(Math.max(part, 0)).entriesPromised();
        long larger = promised + promised / 2;
        CompletableFuture<OffsetMap[]> made = CompletableFuture
                .supplyAsync(() -> part == Prepared.ALL && larger >= sizes.split() ? parts(promised) : new OffsetMap[] {map(larger)},
                        HashTable::startThread);
        prepared = new Prepared(part, made);
    }

    private static void startThread(Runnable task) {
        Thread.ofPlatform().daemon().name("coconut-hash-table-growth").start(task);
    }

    private void startMove(Prepared ready) {
        int part = ready.part();
        OffsetMap from = maps.current(Math.max(part, 0));
        long promised = from.entriesPromised();
        long held = part == Prepared.ALL ? size : partSizes[part];
        // One map needs the last sixteenth for its move. Puts of all parts carry one part, so that it moves at once.
        boolean isTime = part != Prepared.ALL || held > promised / 16 * 15;
        if (!isTime || (!ready.maps().isDone() && held <= promised + promised / WAITED_BEYOND)) {
            return;
        }
        prepared = null;
        OffsetMap[] made = awaitMaps(ready.maps());
        maps = part == Prepared.ALL ? maps.withNext(made) : maps.withNext(part, made[0]);
        setAside(0);
        moving = from;
        segmentsRead = 0;
        carrying.count = 0;
        carried = 0;
    }

    private static OffsetMap[] awaitMaps(CompletableFuture<OffsetMap[]> made) {
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
        if (moving != null) {
            carry(moving, entries);
        }
        return moving != null;
    }

    private void carry(OffsetMap from, int entries) {
        SlotMaps now = maps;
        for (int i = 0; i < entries; i++) {
            while (carried == carrying.count) {
                if (segmentsRead == from.segments()) {
                    finishMove(from);
                    return;
                }
                from.copySegment(segmentsRead++, carrying);
                carried = 0;
            }
            long slot = carrying.slots[carried];
            // What was put since its segment was copied out is in the new map already, and newer; what was removed is 0 here.
            if (carrying.records[carried] != 0) {
                Objects.requireNonNull(now.next(SlotMaps.part(slot))).putIfAbsent(slot, carrying.records[carried]);
            }
            carried++;
        }
    }

    private void finishMove(OffsetMap from) {
        maps = maps.moved();
        moving = null;
        left.add(new Left(from, retireTimestamp.getAsLong()));
        setAside(nextMoveBytes());
    }

    @Override
    public boolean remove(byte[] key) {
        locateInMaps(key);
        located = null;
        long record = locatedRecord;
        SlotMaps now = maps;
        long slot = locatedSlot;
        if (record == 0 || now.get(SlotMaps.after(slot)) != 0) {
            return false;
        }
        int part = SlotMaps.part(slot);
        now.current(part).remove(slot, record);
        OffsetMap next = now.next(part);
        if (next != null) {
            next.remove(slot, record);
            carrying.forget(slot);
        }
        addToSize(part, -1);
        return true;
    }

    /// All records, whatever the range: hash tables keep no order. A segment at a time; the keys that are only in maps that parts move to
    /// come last.
    @Override
    public RecordCursor cursor(KeyRange range, boolean reverse) {
        return new SegmentCursor(maps);
    }

    private static final class SegmentCursor implements RecordCursor {
        private final SlotMaps visited;
        private final List<OffsetMap> toVisit;
        private final OffsetMap.Entries entries = new OffsetMap.Entries();
        private int map;
        private int segment;
        private int position;

        SegmentCursor(SlotMaps visited) {
            this.visited = visited;
            this.toVisit = visited.all();
        }

        @Override
        public int nextBatch(long[] into) {
            while (position == entries.count) {
                if (segment == toVisit.get(map).segments()) {
                    if (map + 1 == toVisit.size()) {
                        return 0;
                    }
                    map++;
                    segment = 0;
                }
                OffsetMap at = toVisit.get(map);
                at.copySegment(segment++, entries);
                position = 0;
                if (visited.isNext(at)) {
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
                long slot = entries.slots[i];
                if (visited.current(SlotMaps.part(slot)).get(slot) == 0) {
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

    /// Giving a large map's memory back takes milliseconds, which no commit should wait for either.
    @Override
    public void reclaim(long lowWater) {
        for (Left first = left.peek(); first != null && first.retireTimestamp() <= lowWater; first = left.peek()) {
            closing.removeIf(CompletableFuture::isDone);
            closing.add(CompletableFuture.runAsync(first.map()::close, HashTable::startThread));
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
        setAside(0);
        if (prepared != null) {
            OffsetMap[] unused = prepared.maps().exceptionally(_ -> new OffsetMap[0]).join();
            for (OffsetMap map : unused) {
                map.close();
            }
        }
        maps.all().forEach(OffsetMap::close);
        for (Left map = left.poll(); map != null; map = left.poll()) {
            map.map().close();
        }
        closing.forEach(closed -> closed.exceptionally(_ -> null).join());
    }
}
