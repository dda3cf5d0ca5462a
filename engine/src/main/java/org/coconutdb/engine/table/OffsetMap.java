package org.coconutdb.engine.table;

import java.util.Arrays;
import net.openhft.chronicle.hash.impl.VanillaChronicleHash;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.MapSegmentContext;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.memory.MemoryOwner;
import org.jspecify.annotations.Nullable;

/// One Chronicle Map from slots (hashes of keys) to record offsets, of a fixed size. [HashTable] moves to a larger one before it is full.
///
/// Both are numbers of eight bytes: an entry takes 27 bytes of the map, whatever the keys, and the promised number of entries is
/// exact.
final class OffsetMap implements AutoCloseable {
    // A scan holds a segment's lock, which the writer may want, for some tens of microseconds. A segment's table of hashes has 8,192 places,
    // of which two thirds may be taken: with so many entries it is well used, 23.7 bytes an entry instead of 25.3 with 4,096.
    private static final int ENTRIES_PER_SEGMENT = 5_000;
    // The map can take this many times what it promises before it refuses, slower the further it goes. Growth begins before.
    private static final double BLOAT_MAX = 10;

    private final ChronicleMap<Long, Long> map;
    private final AutoCloseable memory;
    private final long entriesPromised;
    private final @Nullable SlotHints hints;

    /// @param hinted whether hints lie beside it
    OffsetMap(MemoryManager memory, MemoryOwner owner, long entries, boolean hinted) {
        this.entriesPromised = entries;
        this.map = ChronicleMapBuilder.of(Long.class, Long.class)
                .entries(entries)
                .actualSegments((int) Math.max(1, entries / ENTRIES_PER_SEGMENT))
                .maxBloatFactor(BLOAT_MAX)
                .putReturnsNull(true)
                .removeReturnsNull(true)
                .checksumEntries(false)
                .create();
        VanillaChronicleHash<?, ?, ?, ?> hash = (VanillaChronicleHash<?, ?, ?, ?>) map;
        try {
            this.memory = memory.adopt(owner, "index", hash.bsAddress(), map.offHeapMemoryUsed());
            this.hints = hinted ? new SlotHints(memory, owner, entries) : null;
        } catch (Throwable failure) {
            map.close();
            throw failure;
        }
    }

    /// Offset of the record that is probably the slot's, 0 where nothing is known.
    long hint(long slot) {
        return hints == null ? 0 : hints.get(slot);
    }

    /// Offset of the slot's record, 0 where it has none.
    long get(long slot) {
        Long record = map.get(slot);
        return record == null ? 0 : record;
    }

    void put(long slot, long record) {
        map.put(slot, record);
        if (hints != null) {
            hints.set(slot, record);
        }
    }

    /// Puts a record in another's place; false, and nothing, where the slot has not that one.
    boolean replace(long slot, long old, long record) {
        boolean isReplaced = map.replace(slot, old, record);
        if (isReplaced && hints != null) {
            hints.set(slot, record);
        }
        return isReplaced;
    }

    /// Where there is a newer record already, the hint that this leaves behind leads to one with the mark that it was replaced.
    void putIfAbsent(long slot, long record) {
        map.putIfAbsent(slot, record);
        if (hints != null) {
            hints.set(slot, record);
        }
    }

    void remove(long slot, long record) {
        map.remove(slot);
        if (hints != null) {
            hints.forget(slot, record);
        }
    }

    /// Bytes that it takes when it is full, its hints included.
    long bytes() {
        return map.offHeapMemoryUsed() + (hints == null ? 0 : hints.bytes());
    }

    int segments() {
        return map.segments();
    }

    long entriesPromised() {
        return entriesPromised;
    }

    /// Copies the entries of one segment out, under its lock.
    void copySegment(int segment, Entries into) {
        into.count = 0;
        try (MapSegmentContext<Long, Long, ?> context = map.segmentContext(segment)) {
            context.forEachSegmentEntry(entry -> into.add(entry.key().get(), entry.value().get()));
        }
    }

    /// A growing list of slots with their records.
    static final class Entries {
        // Small until there is a segment to copy: a table that does not grow needs none.
        long[] slots = new long[16];
        long[] records = new long[slots.length];
        int count;

        void add(@Nullable Long slot, @Nullable Long record) {
            if (slot == null || record == null) {
                throw new IllegalStateException("half of an entry");
            }
            if (count == slots.length) {
                slots = Arrays.copyOf(slots, 2 * count);
                records = Arrays.copyOf(records, 2 * count);
            }
            slots[count] = slot;
            records[count++] = record;
        }

        /// Gives the slot's entry, if it is here, record 0.
        void forget(long slot) {
            for (int i = 0; i < count; i++) {
                if (slots[i] == slot) {
                    records[i] = 0;
                }
            }
        }
    }

    @Override
    public void close() {
        if (hints != null) {
            hints.close();
        }
        try {
            memory.close();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        } finally {
            map.close();
        }
    }
}
