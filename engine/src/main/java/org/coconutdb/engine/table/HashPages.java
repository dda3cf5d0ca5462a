package org.coconutdb.engine.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.coconutdb.engine.memory.Region;

/// Pages of a hash table's index, and its directories: their layout and allocation. [HashTable] says what they mean together.
/// ```
///  0      8      12     16            64                          64 + 8·504
///  | next | live | used | not used    | entries, 504 of 8 bytes … |            page
///
///  63            33 32                 0
///  | tag, 31 bits  | record's offset ÷ 16 |                                    entry; 0: empty, 1: deleted
///
///  0                                   8·2^depth
///  | words, one for each `depth`-bit beginning of a tag |                      directory
///
///  63                    12 11     7   6       5      0
///  | page's offset ÷ 4096 | unused | chained | depth |                         word
/// ```
/// Numbers have the machine's byte order and never leave its memory. A page has 4,096 bytes. A *tag* is the highest 31 bits of a key's
/// hash: it says which page an entry belongs to, where in a page its probing begins, and nearly always whether it is the entry of a key.
/// `live` counts entries, `used` also places that are marked as deleted; `next` is the page that the same tags go on in, 0 for none.
///
/// Invariants
/// 1. A page has an empty place: `used` is never above [#USED_MAX]. So whoever probes from a tag's [#home] on comes to an end.
/// 2. No empty place lies between an entry and its home.
/// 3. Entries and words are written and read whole, by one aligned store or load; what an entry leads to is written before it.
/// 4. An entry keeps its place for as long as it is in its page. A place only ever goes from empty to an entry, from an entry to another of
///    the same key or to deleted, from deleted to an entry, and, where the place behind it is empty, to empty.
final class HashPages implements AutoCloseable {
    static final int PAGE_BYTES = 4096;
    static final int ENTRIES = 504;
    /// Above four fifths, probing for a key that is not there would take too long: 13 places there, on average 5.
    static final int USED_MAX = ENTRIES * 4 / 5;
    static final int TAG_BITS = 31;
    /// More would leave too few bits of a tag to spread the entries of a page.
    static final int DEPTH_MAX = 22;

    private static final int NEXT = 0;
    private static final int LIVE = 8;
    private static final int USED = 12;
    private static final int PLACES = 64;

    private static final int TAG_SHIFT = 33;
    private static final long RECORD_MASK = (1L << TAG_SHIFT) - 1;
    // Records lie on multiples of 16.
    private static final int RECORD_SHIFT = 4;
    private static final long EMPTY = 0;
    private static final long DELETED = 1;

    private static final int CHAINED = 1 << 6;
    private static final int DEPTH_MASK = CHAINED - 1;
    // The golden ratio's digits, for Fibonacci hashing (Knuth): all bits of a tag below those that its page has in common say where it begins.
    private static final int SPREAD = 0x9E3779B9;
    private static final int SPREAD_BITS = 16;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    private final Region region;
    private final MemorySegment memory;
    // Writer. The first page of the region is not used, so that 0 means "none".
    private long top = PAGE_BYTES;
    private long[] free = new long[16];
    private int freeCount;

    HashPages(Region region) {
        this.region = region;
        this.memory = region.segment();
    }

    static int tag(long hash) {
        return (int) (hash >>> TAG_SHIFT);
    }

    /// The place of a page at which a tag's probing begins.
    private static int home(int tag) {
        return (((tag * SPREAD) >>> SPREAD_BITS) * ENTRIES) >>> SPREAD_BITS;
    }

    /// Offset of the place at which a tag's probing begins.
    static long homeAt(long page, int tag) {
        return at(page, home(tag));
    }

    static long at(long page, int place) {
        return page + PLACES + 8L * place;
    }

    /// The place behind another one, behind the last the first.
    static long behind(long at) {
        return ((at + 8) & (PAGE_BYTES - 1)) != 0 ? at + 8 : at + 8 - 8L * ENTRIES;
    }

    /// The place before another one.
    static long before(long at) {
        return (at & (PAGE_BYTES - 1)) != PLACES ? at - 8 : at - 8 + 8L * ENTRIES;
    }

    static long page(long at) {
        return at & -PAGE_BYTES;
    }

    static long entry(int tag, long record) {
        assert (record & ((1 << RECORD_SHIFT) - 1)) == 0 : "a record that lies on no multiple of 16";
        assert record >>> RECORD_SHIFT > DELETED && record >>> RECORD_SHIFT <= RECORD_MASK : "a record out of reach";
        return ((long) tag << TAG_SHIFT) | (record >>> RECORD_SHIFT);
    }

    static boolean isEmpty(long entry) {
        return entry == EMPTY;
    }

    static boolean isDeleted(long entry) {
        return entry == DELETED;
    }

    static boolean isRecord(long entry) {
        return (entry & RECORD_MASK) > DELETED;
    }

    static int tagOf(long entry) {
        return (int) (entry >>> TAG_SHIFT);
    }

    static long recordOf(long entry) {
        return (entry & RECORD_MASK) << RECORD_SHIFT;
    }

    long entryAt(long at) {
        return (long) LONG.getAcquire(memory, at);
    }

    /// Writer: a place of a page that nobody reads yet, or that stays as full as it was.
    private void set(long at, long entry) {
        LONG.setRelease(memory, at, entry);
    }

    /// Writer: leads an entry's key to another record.
    void replace(long at, long entry) {
        assert isRecord(entryAt(at)) : "no entry";
        assert tagOf(entryAt(at)) == tagOf(entry) : "another key's entry";
        set(at, entry);
    }

    /// Writer: fills a place that is empty or deleted.
    void add(long at, long entry) {
        long page = page(at);
        if (isEmpty(entryAt(at))) {
            setUsed(page, used(page) + 1);
        }
        setLive(page, live(page) + 1);
        set(at, entry);
    }

    /// Writer: takes an entry out. What was deleted before it becomes empty too, where nothing lies behind.
    void remove(long at) {
        assert isRecord(entryAt(at)) : "no entry";
        long page = page(at);
        setLive(page, live(page) - 1);
        if (!isEmpty(entryAt(behind(at)))) {
            set(at, DELETED);
            return;
        }
        int used = used(page);
        long place = at;
        do {
            set(place, EMPTY);
            used--;
            place = before(place);
        } while (isDeleted(entryAt(place)));
        setUsed(page, used);
    }

    /// Writer: adds an entry to pages that nobody reads yet.
    void append(long firstPage, long entry) {
        long page = firstPage;
        while (used(page) >= USED_MAX) {
            page = next(page) != 0 ? next(page) : extend(page);
        }
        long at = homeAt(page, tagOf(entry));
        while (!isEmpty(entryAt(at))) {
            at = behind(at);
        }
        add(at, entry);
    }

    /// Writer: a new page behind the last one for the same tags.
    long extend(long page) {
        assert next(page) == 0 : "not the last page";
        long added = allocate();
        LONG.setRelease(memory, page + NEXT, added);
        return added;
    }

    long next(long page) {
        return (long) LONG.getAcquire(memory, page + NEXT);
    }

    int live(long page) {
        return (int) INT.get(memory, page + LIVE);
    }

    int used(long page) {
        return (int) INT.get(memory, page + USED);
    }

    private void setLive(long page, int count) {
        assert count >= 0 : "fewer than no entries";
        INT.set(memory, page + LIVE, count);
    }

    private void setUsed(long page, int count) {
        assert count >= 0 : "fewer than no places";
        assert count <= USED_MAX : "too full to end a search";
        INT.set(memory, page + USED, count);
    }

    /// A directory's word.
    static long word(long page, int depth, boolean isChained) {
        return page | depth | (isChained ? CHAINED : 0);
    }

    static long pageOf(long word) {
        return word & -PAGE_BYTES;
    }

    /// How many bits the tags of a page have in common; of a [HashTable]'s own word, how many a directory knows.
    static int depthOf(long word) {
        return (int) word & DEPTH_MASK;
    }

    /// Whether the page has a `next` one.
    static boolean isChained(long word) {
        return (word & CHAINED) != 0;
    }

    long wordAt(long directory, int index) {
        return (long) LONG.getAcquire(memory, directory + 8L * index);
    }

    /// Writer.
    void setWord(long directory, int index, long word) {
        LONG.setRelease(memory, directory + 8L * index, word);
    }

    static int directoryPages(int depth) {
        return Math.max(1, (8 << depth) / PAGE_BYTES);
    }

    /// Writer: a page without entries.
    long allocate() {
        return allocate(1);
    }

    /// Writer: pages that lie one behind the other, filled with zeros.
    long allocate(int count) {
        long first;
        if (count == 1 && freeCount > 0) {
            first = free[--freeCount];
            memory.asSlice(first, PAGE_BYTES).fill((byte) 0);
        } else {
            first = top;
            long end = top + (long) count * PAGE_BYTES;
            region.commit(end);
            top = end;
        }
        reportSpare();
        return first;
    }

    /// Writer: gives pages back that lie one behind the other, and that no reader can hold.
    void free(long first, int count) {
        for (int i = 0; i < count; i++) {
            if (freeCount == free.length) {
                free = Arrays.copyOf(free, 2 * freeCount);
            }
            free[freeCount++] = first + (long) i * PAGE_BYTES;
        }
        reportSpare();
    }

    private void reportSpare() {
        region.spare(region.committedBytes() - top + (long) freeCount * PAGE_BYTES);
    }

    @Override
    public void close() {
        region.close();
    }
}
