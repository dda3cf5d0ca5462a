package org.coconutdb.engine.table;

import java.util.Arrays;
import net.openhft.chronicle.hash.impl.VanillaChronicleHash;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.MapSegmentContext;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.memory.MemoryOwner;
import org.jspecify.annotations.Nullable;

/// One Chronicle Map from keys to record offsets, of a fixed size. [HashTable] moves to a larger one before it is full.
final class OffsetMap implements AutoCloseable {
    // Short visits: a scan holds a segment's lock, which the writer may want, for some tens of microseconds.
    private static final int ENTRIES_PER_SEGMENT = 256;
    // The map can take this many times what it promises before it refuses, slower the further it goes. Growth begins long before.
    private static final double BLOAT_MAX = 10;

    private final ChronicleMap<byte[], Long> map;
    private final AutoCloseable memory;
    private final long entriesPromised;
    private final long keyBytesPromised;

    OffsetMap(MemoryManager memory, MemoryOwner owner, long entries, double averageKeyBytes) {
        this.entriesPromised = entries;
        this.keyBytesPromised = (long) (entries * averageKeyBytes);
        this.map = ChronicleMapBuilder.of(byte[].class, Long.class)
                .entries(entries)
                .averageKeySize(averageKeyBytes)
                .actualSegments((int) Math.max(1, entries / ENTRIES_PER_SEGMENT))
                .maxBloatFactor(BLOAT_MAX)
                .putReturnsNull(true)
                .removeReturnsNull(true)
                .checksumEntries(false)
                .create();
        VanillaChronicleHash<?, ?, ?, ?> hash = (VanillaChronicleHash<?, ?, ?, ?>) map;
        try {
            this.memory = memory.adopt(owner, "index", hash.bsAddress(), map.offHeapMemoryUsed());
        } catch (Throwable failure) {
            map.close();
            throw failure;
        }
    }

    long get(byte[] key) {
        Long record = map.get(key);
        return record == null ? 0 : record;
    }

    void put(byte[] key, long record) {
        map.put(key, record);
    }

    void remove(byte[] key) {
        map.remove(key);
    }

    int segments() {
        return map.segments();
    }

    /// Whether a move to a larger map should begin: a quarter of what was promised is left for the time that the move takes.
    boolean isFilling(long entries, long keyBytes) {
        return entries > entriesPromised / 4 * 3 || keyBytes > keyBytesPromised / 4 * 3;
    }

    long entriesPromised() {
        return entriesPromised;
    }

    /// Copies the records of one segment out, under its lock, and answers how many; the array grows as needed.
    int copySegment(int segment, Records into) {
        into.count = 0;
        try (MapSegmentContext<byte[], Long, ?> context = map.segmentContext(segment)) {
            context.forEachSegmentEntry(entry -> into.add(entry.value().get()));
        }
        return into.count;
    }

    /// A growing array of record offsets.
    static final class Records {
        long[] offsets = new long[ENTRIES_PER_SEGMENT * 2];
        int count;

        void add(@Nullable Long record) {
            if (record == null) {
                throw new IllegalStateException("an entry without a value");
            }
            if (count == offsets.length) {
                offsets = Arrays.copyOf(offsets, 2 * count);
            }
            offsets[count++] = record;
        }
    }

    @Override
    public void close() {
        try {
            memory.close();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        } finally {
            map.close();
        }
    }
}
