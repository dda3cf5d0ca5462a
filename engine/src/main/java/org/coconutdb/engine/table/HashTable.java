package org.coconutdb.engine.table;

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

/// Index of a hash table: extendible hashing (Fagin, Nievergelt, Pippenger, Strong 1979) over off-heap pages. [HashPages] draws them.
///
/// The first bits of a key's *tag*, which is the first 31 bits of its hash, lead through the directory to a page; in the page its entry
/// lies at the place that the tag begins at or behind it (linear probing). A page that is full becomes two, which share its tags by their
/// next bit, and only where the directory knows no more bits than the page, it becomes twice as long. So the table grows a page at a
/// time, and what a put has to carry is one page, or the directory, which has eight bytes for some hundred keys. A lookup takes two far
/// memory accesses, the entry and the record: directories lie in the processor's caches. The hash has a seed of this process's own, so
/// nobody can choose keys that collide.
///
/// One writer; readers take no lock, never wait and never begin again, because nothing is moved before their eyes: what splits, merges or
/// is rid of deleted places is copied into new pages, and words of the directory then lead there. Pages and directories that were left
/// are used again when every reader that was active then has ended.
///
/// Invariants
/// 1. A word of depth d stands in the directory 2^(directory's depth - d) times, for all tags that begin with the same d bits, and all
///    entries of such tags are in its page and the pages chained behind it.
/// 2. A page that was left is never written again until it is free. It is free when no snapshot that was open at that time is open any more.
/// 3. **A reader at snapshot S finds every key that was put by a commit at or below S and not removed.** It takes the directory, the word and the
///    page after S was opened, so what commits up to S have put was there already: in that page, or in one that was left later, and then
///    carried all of its entries as they were. In a page it misses nothing: an entry keeps its place (4 of [HashPages]), and no place before
///    it, back to its home, becomes empty while it is there. Of a page that was left meanwhile the reader may learn less than what is
///    true now; but then what it does not learn was put by commits above S.
/// 4. **What a reader is told, it may read.** A page that was left keeps leading to records which were the newest then: one that is replaced
///    later is superseded by a commit above S, or unlinked at a time at which the reader was active. Neither is freed before it ends.
/// 5. A cursor goes through the tags from the lowest to the highest: it has shown all below its bound, and of the page that the bound lies
///    in it shows those from the bound on. So it shows each key once, though pages split and merge while it walks.
///
/// Keys whose tags have very many bits in common cannot be parted by splits. A page is split only until it is a little deeper than a
/// table of this size needs ([#deepest]), and goes on in another one then. With a hash that spreads this never happens.
///
/// The memory that the next put may take is set aside, so that a table which grows does not pass `memory.limit` by it. A directory does not
/// become shorter, and pages that were used go back to the table, not to the system.
final class HashTable implements RecordIndex {
    // Address space: 32 GiB of pages index about 1.7 thousand million records.
    private static final long RESERVED_BYTES = 32L << 30;
    // Pages of one table fill alike, by chance some more: a page of this many on average is hardly ever full.
    private static final int EXPECTED_IN_PAGE = 330;
    // With no more live entries than that in each, full pages are rid of deleted places rather than split.
    private static final int COPIED_UP_TO = HashPages.USED_MAX * 3 / 4;
    private static final int MERGED_UP_TO = HashPages.USED_MAX / 2;
    // A page asks for its neighbour once in so many removals.
    private static final int MERGE_STEP = 16;
    // A page deeper than that holds fewer than an eighth of what is usual: the others have tags of one beginning.
    private static final int DEEPER_THAN_USUAL = 3;

    private final MemoryManager memory;
    private final HashPages pages;
    private final RecordHeap heap;
    private final LongSupplier retireTimestamp;
    private final ToLongFunction<byte[]> hash;
    // Writer writes. Offset and depth, as one word, so that a reader has both of one directory.
    private volatile long directory;
    private final WriterCount size = new WriterCount();
    // Writer: offset of pages and how many, as one number.
    private final RetireQueue left = new RetireQueue();
    private long setAsideBytes;
    // Writer: what `locate` found of the key; null where something has changed since.
    private byte @Nullable [] located;
    private int locatedTag;
    // Of the key's entry; where it has none, of a place for it, 0 where there is none in its page.
    private long locatedAt;
    private long locatedRecord;

    HashTable(MemoryManager memory, MemoryOwner owner, RecordHeap heap, LongSupplier retireTimestamp) {
        this(memory, owner, heap, retireTimestamp, seeded(ThreadLocalRandom.current().nextLong()));
    }

    private static ToLongFunction<byte[]> seeded(long seed) {
        return key -> KeyHash.of(key, seed);
    }

    /// For tests, which want keys that collide.
    HashTable(MemoryManager memory, MemoryOwner owner, RecordHeap heap, LongSupplier retireTimestamp, ToLongFunction<byte[]> hash) {
        this.memory = memory;
        this.heap = heap;
        this.retireTimestamp = retireTimestamp;
        this.hash = hash;
        this.pages = new HashPages(memory.reserve(owner, "index", RESERVED_BYTES));
        try {
            setDirectory(pages.allocate(), 0);
            pages.setWord(HashPages.pageOf(directory), 0, HashPages.word(pages.allocate(), 0, false));
        } catch (Throwable failure) {
            close();
            throw failure;
        }
    }

    private void setDirectory(long offset, int depth) {
        directory = HashPages.word(offset, depth, false);
        // The next directory, and the two pages of a split.
        setAside((HashPages.directoryPages(depth + 1) + 2L) * HashPages.PAGE_BYTES);
    }

    private void setAside(long bytes) {
        memory.setAside(bytes - setAsideBytes);
        setAsideBytes = bytes;
    }

    /// The word for a tag.
    private long word(int tag) {
        long now = directory;
        return pages.wordAt(HashPages.pageOf(now), tag >>> (HashPages.TAG_BITS - HashPages.depthOf(now)));
    }

    @Override
    public long find(byte[] key) {
        int tag = HashPages.tag(hash.applyAsLong(key));
        long word = word(tag);
        long page = HashPages.pageOf(word);
        while (true) {
            long at = HashPages.homeAt(page, tag);
            for (long entry = pages.entryAt(at); !HashPages.isEmpty(entry); entry = pages.entryAt(at)) {
                if (HashPages.tagOf(entry) == tag && HashPages.isRecord(entry)) {
                    long record = HashPages.recordOf(entry);
                    if (heap.compareKey(record, key) == 0) {
                        return record;
                    }
                }
                at = HashPages.behind(at);
            }
            if (!HashPages.isChained(word)) {
                return 0;
            }
            page = pages.next(page);
            if (page == 0) {
                return 0;
            }
        }
    }

    @Override
    public void findAll(byte[][] keys, int count, long[] records) {
        int[] tags = new int[count];
        long[] words = new long[count];
        for (int i = 0; i < count; i++) {
            tags[i] = HashPages.tag(hash.applyAsLong(keys[i]));
            words[i] = word(tags[i]);
        }
        // One access after another that none of the keys waits for: the entries, then the records.
        long seen = 0;
        for (int i = 0; i < count; i++) {
            seen += pages.entryAt(HashPages.homeAt(HashPages.pageOf(words[i]), tags[i]));
        }
        for (int i = 0; i < count; i++) {
            records[i] = firstOf(words[i], tags[i]);
        }
        for (int i = 0; i < count; i++) {
            if (records[i] != 0) {
                seen += heap.glance(records[i], keys[i].length);
            }
        }
        RecordHeap.want(seen);
        for (int i = 0; i < count; i++) {
            if (records[i] == 0 ? HashPages.isChained(words[i]) : heap.compareKey(records[i], keys[i]) != 0) {
                // Of two keys with one tag, the other; or in a page behind this one.
                records[i] = find(keys[i]);
            }
        }
    }

    /// The first record in the word's own page that may be of a key with that tag; 0 where none is.
    private long firstOf(long word, int tag) {
        long at = HashPages.homeAt(HashPages.pageOf(word), tag);
        for (long entry = pages.entryAt(at); !HashPages.isEmpty(entry); entry = pages.entryAt(at)) {
            if (HashPages.tagOf(entry) == tag && HashPages.isRecord(entry)) {
                return HashPages.recordOf(entry);
            }
            at = HashPages.behind(at);
        }
        return 0;
    }

    // The array itself, which the log's entry holds: equal bytes in another array are only looked for again.
    @SuppressWarnings("ReferenceEquality")
    @Override
    public long locate(byte[] key) {
        if (key != located) {
            locatedTag = HashPages.tag(hash.applyAsLong(key));
            locatedRecord = search(locatedTag, key);
            located = key;
        }
        return locatedRecord;
    }

    /// The key's record, and `locatedAt`; without a key, which none is equal to, `locatedAt` alone.
    private long search(int tag, byte @Nullable [] key) {
        locatedAt = 0;
        for (long page = HashPages.pageOf(word(tag)); page != 0; page = pages.next(page)) {
            long place = 0;
            long at = HashPages.homeAt(page, tag);
            for (long entry = pages.entryAt(at); !HashPages.isEmpty(entry); entry = pages.entryAt(at)) {
                if (HashPages.isDeleted(entry)) {
                    place = place == 0 ? at : place;
                } else if (key != null && HashPages.tagOf(entry) == tag) {
                    long record = HashPages.recordOf(entry);
                    if (heap.compareKey(record, key) == 0) {
                        locatedAt = at;
                        return record;
                    }
                }
                at = HashPages.behind(at);
            }
            if (locatedAt == 0) {
                locatedAt = place != 0 ? place : pages.used(page) < HashPages.USED_MAX ? at : 0;
            }
        }
        return 0;
    }

    @Override
    public long put(byte[] key, long record) {
        long old = locate(key);
        located = null;
        int tag = locatedTag;
        if (old != 0) {
            pages.replace(locatedAt, HashPages.entry(tag, record));
            return old;
        }
        while (locatedAt == 0) {
            makeRoom(tag);
            search(tag, null);
        }
        pages.add(locatedAt, HashPages.entry(tag, record));
        size.add(1);
        return 0;
    }

    /// Makes places in the page of a tag, or fewer entries, or a page behind it.
    private void makeRoom(int tag) {
        long word = word(tag);
        int depth = HashPages.depthOf(word);
        int live = 0;
        int count = 0;
        long last = 0;
        for (long page = HashPages.pageOf(word); page != 0; page = pages.next(page)) {
            live += pages.live(page);
            count++;
            last = page;
        }
        if (live <= count * COPIED_UP_TO) {
            long to = pages.allocate();
            copy(HashPages.pageOf(word), to, to, 0);
            setWords(tag, depth, to);
            leave(word);
        } else if (depth < deepest()) {
            split(tag, word);
        } else {
            pages.extend(last);
            if (!HashPages.isChained(word)) {
                setWords(tag, depth, HashPages.pageOf(word));
            }
        }
    }

    private int deepest() {
        int usual = Long.SIZE - Long.numberOfLeadingZeros(size.get() / HashPages.USED_MAX);
        return Math.min(usual + DEEPER_THAN_USUAL, HashPages.DEPTH_MAX);
    }

    private void split(int tag, long word) {
        int depth = HashPages.depthOf(word);
        if (depth == HashPages.depthOf(directory)) {
            lengthenDirectory();
        }
        long low = pages.allocate();
        long high = pages.allocate();
        int bit = 1 << (HashPages.TAG_BITS - 1 - depth);
        copy(HashPages.pageOf(word), low, high, bit);
        setWords(tag & ~bit, depth + 1, low);
        setWords(tag | bit, depth + 1, high);
        leave(word);
    }

    private void lengthenDirectory() {
        long now = directory;
        long from = HashPages.pageOf(now);
        int depth = HashPages.depthOf(now);
        long to = pages.allocate(HashPages.directoryPages(depth + 1));
        for (int i = 0; i < 1 << depth; i++) {
            long word = pages.wordAt(from, i);
            pages.setWord(to, 2 * i, word);
            pages.setWord(to, 2 * i + 1, word);
        }
        setDirectory(to, depth + 1);
        leave(from, HashPages.directoryPages(depth));
    }

    /// Copies all entries of a page, and those chained to it, to two new ones: to the second where their tag has the bit.
    private void copy(long from, long low, long high, int bit) {
        for (long page = from; page != 0; page = pages.next(page)) {
            for (int place = 0; place < HashPages.ENTRIES; place++) {
                long entry = pages.entryAt(HashPages.at(page, place));
                if (HashPages.isRecord(entry)) {
                    pages.append((HashPages.tagOf(entry) & bit) == 0 ? low : high, entry);
                }
            }
        }
    }

    /// Has all words of tags that begin as this one does lead to a page.
    private void setWords(int tag, int depth, long page) {
        long now = directory;
        int more = HashPages.depthOf(now) - depth;
        int first = (tag >>> (HashPages.TAG_BITS - depth)) << more;
        long word = HashPages.word(page, depth, pages.next(page) != 0);
        for (int i = first; i < first + (1 << more); i++) {
            pages.setWord(HashPages.pageOf(now), i, word);
        }
    }

    /// Nothing leads to the word's pages any more.
    private void leave(long word) {
        for (long page = HashPages.pageOf(word); page != 0; page = pages.next(page)) {
            leave(page, 1);
        }
    }

    private void leave(long first, int count) {
        // Directories have powers of two, and fewer pages than a page has bytes.
        left.add(retireTimestamp.getAsLong(), first | Integer.numberOfTrailingZeros(count));
    }

    @Override
    public boolean reclaim(long lowWater) {
        while (left.isDue(lowWater)) {
            long pagesLeft = left.remove();
            pages.free(HashPages.page(pagesLeft), 1 << (pagesLeft - HashPages.page(pagesLeft)));
        }
        return left.count() > 0;
    }

    @Override
    public void expect(long keys) {
        assert size.get() == 0 : "not empty";
        int depth = 0;
        while (depth < HashPages.DEPTH_MAX && (long) EXPECTED_IN_PAGE << depth < keys) {
            depth++;
        }
        if (depth > HashPages.depthOf(directory)) {
            located = null;
            long now = directory;
            long first = pages.wordAt(HashPages.pageOf(now), 0);
            assert HashPages.depthOf(now) == 0 : "was not empty before";
            long longer = pages.allocate(HashPages.directoryPages(depth));
            for (int i = 0; i < 1 << depth; i++) {
                pages.setWord(longer, i, HashPages.word(pages.allocate(), depth, false));
            }
            setDirectory(longer, depth);
            leave(HashPages.pageOf(now), 1);
            leave(first);
        }
    }

    @Override
    public boolean remove(byte[] key) {
        long record = locate(key);
        located = null;
        if (record == 0) {
            return false;
        }
        long page = HashPages.page(locatedAt);
        pages.remove(locatedAt);
        size.add(-1);
        int live = pages.live(page);
        if (live <= MERGED_UP_TO && live % MERGE_STEP == 0) {
            merge(locatedTag);
        }
        return true;
    }

    /// Makes one page of a tag's page and the one that it was split from, where both are as deep and hold little.
    private void merge(int tag) {
        long word = word(tag);
        int depth = HashPages.depthOf(word);
        if (depth == 0) {
            return;
        }
        long other = word(tag ^ (1 << (HashPages.TAG_BITS - depth)));
        if (HashPages.depthOf(other) != depth || HashPages.isChained(word) || HashPages.isChained(other)) {
            return;
        }
        if (pages.live(HashPages.pageOf(word)) + pages.live(HashPages.pageOf(other)) <= MERGED_UP_TO) {
            long to = pages.allocate();
            copy(HashPages.pageOf(word), to, to, 0);
            copy(HashPages.pageOf(other), to, to, 0);
            setWords(tag, depth - 1, to);
            leave(word);
            leave(other);
        }
    }

    /// All records, whatever the range: hash tables keep no order. Those of the lowest tags first.
    @Override
    public RecordCursor cursor(KeyRange range, boolean reverse) {
        return new TagCursor();
    }

    private final class TagCursor implements RecordCursor {
        private static final long END = 1L << HashPages.TAG_BITS;

        // All tags below are shown, or are in the page that is being shown.
        private long bound;
        // Of the page that is being shown: where it was reached from. A page that was merged meanwhile has some that were shown.
        private long shownFrom;
        private long page;
        private boolean isChained;
        private int place;

        @Override
        public int nextBatch(long[] into) {
            int count = 0;
            while (count < into.length) {
                if (page == 0) {
                    if (bound == END) {
                        break;
                    }
                    nextPage();
                }
                for (; place < HashPages.ENTRIES && count < into.length; place++) {
                    long entry = pages.entryAt(HashPages.at(page, place));
                    if (HashPages.isRecord(entry) && HashPages.tagOf(entry) >= shownFrom) {
                        into[count++] = HashPages.recordOf(entry);
                    }
                }
                if (place == HashPages.ENTRIES) {
                    page = isChained ? pages.next(page) : 0;
                    place = 0;
                }
            }
            return count;
        }

        private void nextPage() {
            long word = word((int) bound);
            int shared = HashPages.TAG_BITS - HashPages.depthOf(word);
            page = HashPages.pageOf(word);
            isChained = HashPages.isChained(word);
            shownFrom = bound;
            bound = ((bound >>> shared) + 1) << shared;
        }
    }

    @Override
    public long size() {
        return size.get();
    }

    @Override
    public void verify() {
        long now = directory;
        int words = 1 << HashPages.depthOf(now);
        long found = 0;
        int index = 0;
        while (index < words) {
            long word = pages.wordAt(HashPages.pageOf(now), index);
            int more = HashPages.depthOf(now) - HashPages.depthOf(word);
            require(more >= 0, word, "a page is deeper than its directory");
            require((index & ((1 << more) - 1)) == 0, word, "a page begins in another one's tags");
            for (int i = 1; i < 1 << more; i++) {
                require(pages.wordAt(HashPages.pageOf(now), index + i) == word, word, "not all words lead to the page");
            }
            require(HashPages.isChained(word) == (pages.next(HashPages.pageOf(word)) != 0), word, "chained");
            for (long page = HashPages.pageOf(word); page != 0; page = pages.next(page)) {
                found += verify(page, word, index >>> more);
            }
            index += 1 << more;
        }
        require(found == size.get(), now, "size");
    }

    private long verify(long page, long word, int beginning) {
        int live = 0;
        int used = 0;
        for (int place = 0; place < HashPages.ENTRIES; place++) {
            long entry = pages.entryAt(HashPages.at(page, place));
            used += HashPages.isEmpty(entry) ? 0 : 1;
            if (HashPages.isRecord(entry)) {
                live++;
                require(HashPages.tagOf(entry) >>> (HashPages.TAG_BITS - HashPages.depthOf(word)) == beginning, page,
                        "another page's entry");
                long record = HashPages.recordOf(entry);
                require(find(heap.key(record)) == record, page, "a key leads to another record than its own");
            }
        }
        require(live == pages.live(page), page, "live");
        require(used == pages.used(page), page, "used");
        require(used <= HashPages.USED_MAX, page, "too full");
        return live;
    }

    private static void require(boolean holds, long page, String what) {
        if (!holds) {
            throw CoconutException.of(ErrorCode.BROKEN_INVARIANT).with("structure", "hash table").with("page", page).with("what", what);
        }
    }

    @Override
    public void close() {
        setAside(0);
        pages.close();
    }
}
