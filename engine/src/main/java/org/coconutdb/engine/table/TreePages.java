package org.coconutdb.engine.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.coconutdb.engine.memory.Region;

/// Pages of a sorted table: their layout, allocation and versions.
/// ```
///  0         8       12      16            32                32 + 8·254               32 + 16·254
///  | version | count | level | not used    | key heads …     | record offsets …       |            leaf, 254 entries
///
///  0         8       12      16            32                32 + 8·169    32 + 16·169      32 + 24·169
///  | version | count | level | not used    | key heads …     | separators … | children …     |     inner page, 169 entries
/// ```
/// A page has 4,096 bytes. Numbers have the machine's byte order and never leave its memory. A key head is the first eight bytes of
/// the key as an unsigned big-endian number; a leaf's second array holds offsets of records, an inner page's those of separator
/// keys (kept in the same heap) and its third the offsets of child pages. An inner page's entry 0 has no separator: everything
/// below its entry 1 goes there.
///
/// The version is odd while the writer changes the page. A reader takes an even version, reads, and checks that the version is still
/// the same; if not, what it read is thrown away (a seqlock; with the coupling that [SortedTable] describes this is optimistic lock
/// coupling, Leis et al. 2016).
final class TreePages implements AutoCloseable {
    static final int PAGE_BYTES = 4096;
    static final int LEAF_ENTRIES_MAX = 254;
    static final int INNER_ENTRIES_MAX = 169;

    private static final int COUNT = 8;
    private static final int LEVEL = 12;
    private static final int HEADS = 32;
    private static final int LEAF_RECORDS = HEADS + 8 * LEAF_ENTRIES_MAX;
    private static final int INNER_SEPARATORS = HEADS + 8 * INNER_ENTRIES_MAX;
    private static final int CHILDREN = HEADS + 16 * INNER_ENTRIES_MAX;
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private final Region region;
    private final MemorySegment memory;
    // Writer. The first page of the region is not used, so that 0 means "none".
    private long top = PAGE_BYTES;
    private long[] free = new long[16];
    private int freeCount;

    TreePages(Region region) {
        this.region = region;
        this.memory = region.segment();
    }

    /// Waits until the page is not being written, which takes no longer than one change of it, and answers its version.
    long stableVersion(long page) {
        long version = (long) LONG.getAcquire(memory, page);
        while ((version & 1) != 0) {
            Thread.onSpinWait();
            version = (long) LONG.getAcquire(memory, page);
        }
        return version;
    }

    /// Whether nothing was changed since that version was taken.
    boolean isUnchanged(long page, long version) {
        VarHandle.loadLoadFence();
        return (long) LONG.getOpaque(memory, page) == version;
    }

    /// Writer: begins to change a page.
    void beginWrite(long page) {
        long version = (long) LONG.getOpaque(memory, page);
        assert (version & 1) == 0 : "page is being written";
        LONG.setOpaque(memory, page, version + 1);
        VarHandle.storeStoreFence();
    }

    /// Writer: the change is whole.
    void endWrite(long page) {
        long version = (long) LONG.getOpaque(memory, page);
        assert (version & 1) == 1 : "page is not being written";
        LONG.setRelease(memory, page, version + 1);
    }

    /// Writer: a page that is being written, empty.
    long allocate(int level) {
        long page;
        if (freeCount > 0) {
            page = free[--freeCount];
        } else {
            page = top;
            region.commit(page + PAGE_BYTES);
            top = page + PAGE_BYTES;
        }
        beginWrite(page);
        memory.set(ValueLayout.JAVA_INT, page + LEVEL, level);
        memory.set(ValueLayout.JAVA_INT, page + COUNT, 0);
        reportSpare();
        return page;
    }

    /// Writer: gives a page back. Readers that are still on it find its version changed.
    void free(long page) {
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, 2 * freeCount);
        }
        free[freeCount++] = page;
        reportSpare();
    }

    private void reportSpare() {
        region.spare(region.committedBytes() - top + (long) freeCount * PAGE_BYTES);
    }

    /// Pages in use.
    long count() {
        return top / PAGE_BYTES - 1 - freeCount;
    }

    int level(long page) {
        return memory.get(ValueLayout.JAVA_INT, page + LEVEL);
    }

    /// Entries of a page, never more than a page can hold, whatever a torn read shows.
    int entryCount(long page, boolean leaf) {
        int count = memory.get(ValueLayout.JAVA_INT, page + COUNT);
        return Math.clamp(count, 0, leaf ? LEAF_ENTRIES_MAX : INNER_ENTRIES_MAX);
    }

    void setCount(long page, int count) {
        memory.set(ValueLayout.JAVA_INT, page + COUNT, count);
    }

    long head(long page, int slot) {
        return memory.get(ValueLayout.JAVA_LONG, page + HEADS + 8L * slot);
    }

    long record(long leaf, int slot) {
        return (long) LONG.getAcquire(memory, leaf + LEAF_RECORDS + 8L * slot);
    }

    /// Writer: leads the key to another record. One aligned store, so that readers see the one or the other and the version stays.
    void replaceRecord(long leaf, int slot, long record) {
        LONG.setRelease(memory, leaf + LEAF_RECORDS + 8L * slot, record);
    }

    long separator(long inner, int slot) {
        return memory.get(ValueLayout.JAVA_LONG, inner + INNER_SEPARATORS + 8L * slot);
    }

    long child(long inner, int slot) {
        return memory.get(ValueLayout.JAVA_LONG, inner + CHILDREN + 8L * slot);
    }

    /// Whether an offset read without protection could be a page at all.
    boolean isPlausible(long page) {
        return page >= PAGE_BYTES && (page & (PAGE_BYTES - 1)) == 0 && page + PAGE_BYTES <= region.committedBytes();
    }

    /// Copies the records of slots [from, to) out.
    void copyRecords(long leaf, int from, int to, long[] into) {
        MemorySegment.copy(memory, ValueLayout.JAVA_LONG, leaf + LEAF_RECORDS + 8L * from, into, 0, to - from);
    }

    void appendToLeaf(long leaf, long head, long record) {
        int count = entryCount(leaf, true);
        assert count < LEAF_ENTRIES_MAX : "leaf is full";
        memory.set(ValueLayout.JAVA_LONG, leaf + HEADS + 8L * count, head);
        memory.set(ValueLayout.JAVA_LONG, leaf + LEAF_RECORDS + 8L * count, record);
        setCount(leaf, count + 1);
    }

    void insertInLeaf(long leaf, int slot, long head, long record) {
        int count = entryCount(leaf, true);
        assert count < LEAF_ENTRIES_MAX : "leaf is full";
        shift(leaf + HEADS, slot, count);
        shift(leaf + LEAF_RECORDS, slot, count);
        memory.set(ValueLayout.JAVA_LONG, leaf + HEADS + 8L * slot, head);
        memory.set(ValueLayout.JAVA_LONG, leaf + LEAF_RECORDS + 8L * slot, record);
        setCount(leaf, count + 1);
    }

    void insertInInner(long inner, int slot, long head, long separator, long child) {
        int count = entryCount(inner, false);
        assert count < INNER_ENTRIES_MAX : "inner page is full";
        shift(inner + HEADS, slot, count);
        shift(inner + INNER_SEPARATORS, slot, count);
        shift(inner + CHILDREN, slot, count);
        memory.set(ValueLayout.JAVA_LONG, inner + HEADS + 8L * slot, head);
        memory.set(ValueLayout.JAVA_LONG, inner + INNER_SEPARATORS + 8L * slot, separator);
        memory.set(ValueLayout.JAVA_LONG, inner + CHILDREN + 8L * slot, child);
        setCount(inner, count + 1);
    }

    private void shift(long array, int slot, int count) {
        MemorySegment.copy(memory, array + 8L * slot, memory, array + 8L * (slot + 1), 8L * (count - slot));
    }

    void removeFromLeaf(long leaf, int slot) {
        int count = entryCount(leaf, true);
        closeGap(leaf + HEADS, slot, count);
        closeGap(leaf + LEAF_RECORDS, slot, count);
        setCount(leaf, count - 1);
    }

    void removeFromInner(long inner, int slot) {
        int count = entryCount(inner, false);
        closeGap(inner + HEADS, slot, count);
        closeGap(inner + INNER_SEPARATORS, slot, count);
        closeGap(inner + CHILDREN, slot, count);
        setCount(inner, count - 1);
    }

    private void closeGap(long array, int slot, int count) {
        MemorySegment.copy(memory, array + 8L * (slot + 1), memory, array + 8L * slot, 8L * (count - slot - 1));
    }

    /// Appends entries [from, count) of one page to another of the same level, and takes them from the first.
    void moveTail(long source, int from, long target, boolean leaf) {
        int sourceCount = entryCount(source, leaf);
        int targetCount = entryCount(target, leaf);
        int moved = sourceCount - from;
        append(source + HEADS, from, target + HEADS, targetCount, moved);
        if (leaf) {
            append(source + LEAF_RECORDS, from, target + LEAF_RECORDS, targetCount, moved);
        } else {
            append(source + INNER_SEPARATORS, from, target + INNER_SEPARATORS, targetCount, moved);
            append(source + CHILDREN, from, target + CHILDREN, targetCount, moved);
        }
        setCount(target, targetCount + moved);
        setCount(source, from);
    }

    private void append(long source, int from, long target, int at, int count) {
        MemorySegment.copy(memory, source + 8L * from, memory, target + 8L * at, 8L * count);
    }

    /// Gives an inner page's entry another separator; 0 for the entry that has none.
    void setSeparator(long inner, int slot, long head, long separator) {
        memory.set(ValueLayout.JAVA_LONG, inner + HEADS + 8L * slot, head);
        memory.set(ValueLayout.JAVA_LONG, inner + INNER_SEPARATORS + 8L * slot, separator);
    }

    @Override
    public void close() {
        region.close();
    }
}
