package org.coconutdb.engine.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.memory.MemoryOwner;
import org.coconutdb.engine.memory.Region;

/// Where the records of a map's slots probably are: four bytes for each, in an array in which some share a place by chance, and the one
/// that was put last has it: about three of ten are without. A right hint saves the way through the map, which is two far memory accesses of three; a wrong one costs one.
///
/// A hint is never believed: who follows it looks whether the record there is the newest of the key that it wants.
///
/// Threads: the writer sets, any thread gets.
final class SlotHints implements AutoCloseable {
    /// A slot's highest bits, which all slots of a map may have in common.
    static final int PART_BITS = 4;

    // A record's offset is a multiple of 16: 64 GiB of records can be told in 32 bits. What lies beyond has no hint.
    private static final int OFFSET_SHIFT = 4;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private static final long PLACES_MAX = Integer.MAX_VALUE;

    private final Region region;
    private final MemorySegment places;
    private final long count;

    SlotHints(MemoryManager memory, MemoryOwner owner, long slots) {
        this.count = Math.min(slots, PLACES_MAX);
        this.region = memory.reserve(owner, "index hints", count * Integer.BYTES);
        try {
            region.commit(count * Integer.BYTES);
        } catch (Throwable failure) {
            region.close();
            throw failure;
        }
        this.places = region.segment();
    }

    private long place(long slot) {
        // Multiplication instead of division (Lemire, "A fast alternative to the modulo reduction", 2016); of the upper half, since
        // neighbours in the lower bits are slots of one hash, but for the bits that tell the part.
        return (((slot << PART_BITS >>> 32) * count) >>> 32) * Integer.BYTES;
    }

    long bytes() {
        return count * Integer.BYTES;
    }

    /// Offset of the record that was put last at a slot with this place, 0 where none was.
    long get(long slot) {
        return (places.get(INT, place(slot)) & 0xFFFF_FFFFL) << OFFSET_SHIFT;
    }

    void set(long slot, long record) {
        long told = record >>> OFFSET_SHIFT;
        places.set(INT, place(slot), told <= 0xFFFF_FFFFL ? (int) told : 0);
    }

    /// Forgets a record that leaves the map.
    void forget(long slot, long record) {
        if (get(slot) == record) {
            set(slot, 0);
        }
    }

    @Override
    public void close() {
        region.close();
    }
}
