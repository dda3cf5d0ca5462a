package org.coconutdb.engine.table;

import java.util.Arrays;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.memory.MemoryOwner;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.version.RecordHeap;
import org.coconutdb.engine.version.Stamp;
import org.jspecify.annotations.Nullable;

/// Index of a sorted table: an off-heap B+tree over the keys of a heap's records. [TreePages] draws the pages.
///
/// One writer changes it in place; readers take no lock. A reader goes down by taking a child's version *before* it checks that the
/// parent is unchanged, so the child was the right one when its version was taken; whatever happens to the child later shows in
/// that version, and the reader begins again at the root. Hence pages and separators can be used again at once.
///
/// Invariants
/// 1. Keys of the child in slot i of an inner page are at or above separator i (slot 0: without bound) and below separator i + 1.
/// 2. While entries move between pages, the parent of those pages is being written, from before the first byte moves until after the
///    last: no reader comes to a page by a parent that does not know the move.
/// 3. A separator is the shortest key that parts its two neighbours, and belongs to its inner page alone.
///
/// Leaves are merged when two neighbours fill three quarters of one; there is no other balancing, since a page's cost is its
/// visit, not its filling.
final class SortedTable implements RecordIndex {
    // Address space: 32 GiB of pages index about 1.4 thousand million records.
    private static final long RESERVED_BYTES = 32L << 30;
    // 85 children at least in all but the edges: eight levels hold more than the reservation.
    static final int LEVELS_MAX = 16;
    private static final int LEAF_MERGE_MAX = TreePages.LEAF_ENTRIES_MAX * 3 / 4;
    private static final int INNER_MERGE_MAX = TreePages.INNER_ENTRIES_MAX * 3 / 4;
    private static final int LEAF_MERGE_BELOW = TreePages.LEAF_ENTRIES_MAX / 4;
    private static final int INNER_MERGE_BELOW = TreePages.INNER_ENTRIES_MAX / 4;
    private static final Stamp NO_STAMP = new Stamp(0, 0);

    private final TreePages pages;
    private final RecordHeap heap;
    // Writer writes.
    private volatile long root;
    private final WriterCount size = new WriterCount();
    // Writer: the way from the root to the leaf of the key at hand.
    private final long[] path = new long[LEVELS_MAX];
    private final int[] slots = new int[LEVELS_MAX];
    private int depth;
    // Writer: the key that `path` leads to, and its place or where it would be; null where something has changed since.
    private byte @Nullable [] located;
    private long locatedLeaf;
    private int locatedSlot;
    private long locatedRecord;

    SortedTable(MemoryManager memory, MemoryOwner owner, RecordHeap heap) {
        this.pages = new TreePages(memory.reserve(owner, "index", RESERVED_BYTES));
        this.heap = heap;
        long leaf = pages.allocate(0);
        pages.endWrite(leaf);
        this.root = leaf;
    }

    @Override
    public long find(byte[] key) {
        long head = RecordHeap.keyHead(key);
        while (true) {
            long page = root;
            long version = pages.stableVersion(page);
            if (root != page) {
                continue;
            }
            int level = pages.level(page);
            while (level > 0) {
                long child = pages.child(page, childSlot(page, head, key));
                if (!pages.isUnchanged(page, version)) {
                    break;
                }
                long childVersion = pages.stableVersion(child);
                if (!pages.isUnchanged(page, version)) {
                    break;
                }
                page = child;
                version = childVersion;
                level = pages.level(page);
            }
            if (level != 0) {
                continue;
            }
            int slot = lowerBound(page, head, key);
            long record = slot < pages.entryCount(page, true) && isKey(page, slot, head, key) ? pages.record(page, slot) : 0;
            if (pages.isUnchanged(page, version)) {
                return record;
            }
        }
    }

    @Override
    public void findAll(byte[][] keys, int count, long[] records) {
        new TreeLookups(this, pages, heap, keys, count).find(records);
    }

    private boolean isKey(long leaf, int slot, long head, byte[] key) {
        if (pages.head(leaf, slot) != head) {
            return false;
        }
        long record = pages.record(leaf, slot);
        return heap.isPlausible(record) && heap.compareKey(record, key) == 0;
    }

    /// First slot of a leaf whose key is at or above the key.
    private int lowerBound(long leaf, long head, byte[] key) {
        int low = 0;
        int high = pages.entryCount(leaf, true);
        while (low < high) {
            int middle = (low + high) >>> 1;
            int order = Long.compareUnsigned(pages.head(leaf, middle), head);
            if (order == 0) {
                long record = pages.record(leaf, middle);
                order = heap.isPlausible(record) ? heap.compareKey(record, key) : 0;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Slot of the child that the key belongs to: the last whose separator is at or below it.
    int childSlot(long inner, long head, byte[] key) {
        int low = 1;
        int high = pages.entryCount(inner, false);
        while (low < high) {
            int middle = (low + high) >>> 1;
            int order = Long.compareUnsigned(pages.head(inner, middle), head);
            if (order == 0) {
                long separator = pages.separator(inner, middle);
                order = heap.isPlausible(separator) ? heap.compareKey(separator, key) : 0;
            }
            if (order <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    // The array itself, which the log's entry holds: equal bytes in another array are only looked for again.
    @SuppressWarnings("ReferenceEquality")
    @Override
    public long locate(byte[] key) {
        if (key != located) {
            long head = RecordHeap.keyHead(key);
            long leaf = descend(head, key);
            int slot = lowerBound(leaf, head, key);
            locatedRecord = slot < pages.entryCount(leaf, true) && isKey(leaf, slot, head, key) ? pages.record(leaf, slot) : 0;
            locatedLeaf = leaf;
            locatedSlot = slot;
            located = key;
        }
        return locatedRecord;
    }

    @Override
    public long put(byte[] key, long record) {
        long old = locate(key);
        located = null;
        long leaf = locatedLeaf;
        int slot = locatedSlot;
        if (old != 0) {
            pages.replaceRecord(leaf, slot, record);
            return old;
        }
        long head = RecordHeap.keyHead(key);
        if (pages.entryCount(leaf, true) < TreePages.LEAF_ENTRIES_MAX) {
            pages.beginWrite(leaf);
            pages.insertInLeaf(leaf, slot, head, record);
            pages.endWrite(leaf);
        } else {
            splitAndInsert(leaf, slot, head, record);
        }
        addToSize(1);
        return 0;
    }

    @Override
    public IndexLoader loader() {
        located = null;
        return new TreeLoader(this, pages, heap);
    }

    // For the loader.

    void addToSize(int change) {
        size.add(change);
    }

    long root() {
        return root;
    }

    void setRoot(long page) {
        root = page;
    }

    /// Writer: fills `path` and `slots` and answers the leaf.
    private long descend(long head, byte[] key) {
        long page = root;
        located = null;
        depth = 0;
        while (pages.level(page) > 0) {
            int slot = childSlot(page, head, key);
            path[depth] = page;
            slots[depth] = slot;
            depth++;
            page = pages.child(page, slot);
        }
        return page;
    }

    private void splitAndInsert(long leaf, int slot, long head, long record) {
        int firstWritten = beginSplit();
        pages.beginWrite(leaf);
        long right = pages.allocate(0);
        int count = pages.entryCount(leaf, true);
        // Ascending inserts leave full pages behind them instead of half-empty ones.
        if (slot == count && isRightEdge()) {
            pages.insertInLeaf(right, 0, head, record);
        } else {
            int middle = count / 2;
            pages.moveTail(leaf, middle, right, true);
            if (slot <= middle) {
                pages.insertInLeaf(leaf, slot, head, record);
            } else {
                pages.insertInLeaf(right, slot - middle, head, record);
            }
        }
        byte[] separator = shortestBetween(
                heap.key(pages.record(leaf, pages.entryCount(leaf, true) - 1)), heap.key(pages.record(right, 0)));
        insertChild(depth - 1, leaf, separatorRecord(separator), right);
        pages.endWrite(right);
        pages.endWrite(leaf);
        endWrites(firstWritten);
    }

    private boolean isRightEdge() {
        for (int i = 0; i < depth; i++) {
            if (slots[i] != pages.entryCount(path[i], false) - 1) {
                return false;
            }
        }
        return true;
    }

    /// Begins to write every inner page that a split of the leaf will change, from the top down; answers the first one's place in
    /// the path.
    private int beginSplit() {
        int first = depth;
        while (first > 0) {
            first--;
            if (pages.entryCount(path[first], false) < TreePages.INNER_ENTRIES_MAX) {
                break;
            }
        }
        for (int i = first; i < depth; i++) {
            pages.beginWrite(path[i]);
        }
        return first;
    }

    private void endWrites(int first) {
        for (int i = depth - 1; i >= first; i--) {
            pages.endWrite(path[i]);
        }
    }

    long separatorRecord(byte[] separator) {
        return heap.allocate(separator, new byte[0], NO_STAMP, 0, 0, 0, (byte) 0);
    }

    /// Enters `right` behind `left` into the inner page at this place of the path, which may split it in turn.
    private void insertChild(int at, long left, long separator, long right) {
        if (at < 0) {
            long top = pages.allocate(pages.level(left) + 1);
            pages.insertInInner(top, 0, 0, 0, left);
            pages.insertInInner(top, 1, heap.keyHead(separator), separator, right);
            pages.endWrite(top);
            // Before `left` can be read again, so that no reader takes it for the root.
            root = top;
            return;
        }
        long inner = path[at];
        int slot = slots[at] + 1;
        if (pages.entryCount(inner, false) < TreePages.INNER_ENTRIES_MAX) {
            pages.insertInInner(inner, slot, heap.keyHead(separator), separator, right);
            return;
        }
        int middle = slot == TreePages.INNER_ENTRIES_MAX ? TreePages.INNER_ENTRIES_MAX - 1 : TreePages.INNER_ENTRIES_MAX / 2;
        long sibling = pages.allocate(pages.level(inner));
        long up = pages.separator(inner, middle);
        pages.moveTail(inner, middle, sibling, false);
        pages.setSeparator(sibling, 0, 0, 0);
        if (slot <= middle) {
            pages.insertInInner(inner, slot, heap.keyHead(separator), separator, right);
        } else {
            pages.insertInInner(sibling, slot - middle, heap.keyHead(separator), separator, right);
        }
        insertChild(at - 1, inner, up, sibling);
        pages.endWrite(sibling);
    }

    /// The shortest key above `low` and at or below `high`.
    static byte[] shortestBetween(byte[] low, byte[] high) {
        int common = Arrays.mismatch(low, high);
        assert common >= 0 : "equal keys";
        return Arrays.copyOf(high, common + 1);
    }

    @Override
    public boolean remove(byte[] key) {
        long head = RecordHeap.keyHead(key);
        long leaf = descend(head, key);
        int slot = lowerBound(leaf, head, key);
        if (slot >= pages.entryCount(leaf, true) || !isKey(leaf, slot, head, key)) {
            return false;
        }
        pages.beginWrite(leaf);
        pages.removeFromLeaf(leaf, slot);
        pages.endWrite(leaf);
        addToSize(-1);
        if (pages.entryCount(leaf, true) < LEAF_MERGE_BELOW) {
            merge(depth - 1, leaf);
        }
        return true;
    }

    /// Joins a page that became small with a neighbour below the same parent, where one page holds both with room to spare.
    private void merge(int at, long page) {
        if (at < 0) {
            lowerRoot(page);
            return;
        }
        long parent = path[at];
        boolean leaf = pages.level(page) == 0;
        int slot = slots[at];
        int count = pages.entryCount(parent, false);
        int leftSlot = slot + 1 < count && fits(page, pages.child(parent, slot + 1), leaf) ? slot : slot - 1;
        if (leftSlot < 0 || !fits(pages.child(parent, leftSlot), pages.child(parent, leftSlot + 1), leaf)) {
            return;
        }
        long left = pages.child(parent, leftSlot);
        long right = pages.child(parent, leftSlot + 1);
        long separator = pages.separator(parent, leftSlot + 1);
        pages.beginWrite(parent);
        pages.beginWrite(left);
        pages.beginWrite(right);
        if (!leaf) {
            // The parent's separator becomes that of the right page's first child.
            pages.setSeparator(right, 0, pages.head(parent, leftSlot + 1), separator);
        }
        pages.moveTail(right, 0, left, leaf);
        pages.removeFromInner(parent, leftSlot + 1);
        pages.endWrite(right);
        pages.endWrite(left);
        pages.endWrite(parent);
        pages.free(right);
        if (leaf) {
            heap.free(separator);
        }
        if (pages.entryCount(parent, false) < INNER_MERGE_BELOW) {
            merge(at - 1, parent);
        }
    }

    private boolean fits(long left, long right, boolean leaf) {
        return pages.entryCount(left, leaf) + pages.entryCount(right, leaf) <= (leaf ? LEAF_MERGE_MAX : INNER_MERGE_MAX);
    }

    private void lowerRoot(long page) {
        if (pages.level(page) > 0 && pages.entryCount(page, false) == 1) {
            long child = pages.child(page, 0);
            pages.beginWrite(page);
            root = child;
            pages.endWrite(page);
            pages.free(page);
        }
    }

    @Override
    public RecordCursor cursor(KeyRange range, boolean reverse) {
        return reverse ? new BackwardCursor(range) : new ForwardCursor(range);
    }

    @Override
    public long size() {
        return size.get();
    }

    /// Nothing waits here: a reader finds by its versions that a page or separator was used again.
    @Override
    public boolean reclaim(long lowWater) {
        return false;
    }

    @Override
    public void close() {
        pages.close();
    }

    /// One leaf at a time. `[from, to)` shrinks to what is still to be read; where a leaf ends is told by the separators around it, so
    /// the cursor keeps no page.
    private abstract class LeafCursor implements RecordCursor {
        byte @Nullable [] from;
        byte @Nullable [] to;
        boolean finished;

        LeafCursor(KeyRange range) {
            this.from = range.from();
            this.to = range.to();
            this.finished = range.isEmpty();
        }

        /// Copies the records of the leaf that holds `key` (`before`: that holds what comes before it), and goes on from there. -1 where
        /// the reader must try again.
        final int readLeaf(byte @Nullable [] key, boolean before, long[] into) {
            long page = root;
            long version = pages.stableVersion(page);
            if (root != page) {
                return -1;
            }
            byte[] lowFence = null;
            byte[] highFence = null;
            long head = key == null ? 0 : RecordHeap.keyHead(key);
            for (int level = pages.level(page); level > 0; level = pages.level(page)) {
                int count = pages.entryCount(page, false);
                int slot = key == null ? (before ? Math.max(0, count - 1) : 0) : childSlotFor(page, head, key, before);
                long child = pages.child(page, slot);
                long low = slot > 0 ? pages.separator(page, slot) : 0;
                long high = slot + 1 < count ? pages.separator(page, slot + 1) : 0;
                byte[] lowKey = low == 0 ? lowFence : separatorKey(low);
                byte[] highKey = high == 0 ? highFence : separatorKey(high);
                if (!pages.isUnchanged(page, version)) {
                    return -1;
                }
                long childVersion = pages.stableVersion(child);
                if (!pages.isUnchanged(page, version)) {
                    return -1;
                }
                lowFence = lowKey;
                highFence = highKey;
                page = child;
                version = childVersion;
            }
            byte[] lower = from;
            byte[] upper = to;
            int first = lower == null ? 0 : lowerBound(page, RecordHeap.keyHead(lower), lower);
            int last = upper == null ? pages.entryCount(page, true) : lowerBound(page, RecordHeap.keyHead(upper), upper);
            int found = Math.max(0, last - first);
            if (found > 0) {
                pages.copyRecords(page, first, last, into);
            }
            if (!pages.isUnchanged(page, version)) {
                return -1;
            }
            advance(lowFence, highFence);
            return found;
        }

        private byte[] separatorKey(long separator) {
            return heap.isPlausible(separator) ? heap.key(separator) : new byte[0];
        }

        /// What remains after a leaf with these bounds.
        abstract void advance(byte @Nullable [] lowFence, byte @Nullable [] highFence);
    }

    /// The child for a key, or, `before`, the child that holds what is next below it.
    private int childSlotFor(long inner, long head, byte[] key, boolean before) {
        int slot = childSlot(inner, head, key);
        if (before && slot > 0 && pages.head(inner, slot) == head) {
            long separator = pages.separator(inner, slot);
            if (heap.isPlausible(separator) && heap.compareKey(separator, key) == 0) {
                return slot - 1;
            }
        }
        return slot;
    }

    private final class ForwardCursor extends LeafCursor {
        ForwardCursor(KeyRange range) {
            super(range);
        }

        @Override
        public int nextBatch(long[] into) {
            while (!finished) {
                int found = readLeaf(from, false, into);
                if (found > 0) {
                    return found;
                }
            }
            return 0;
        }

        @Override
        void advance(byte @Nullable [] lowFence, byte @Nullable [] highFence) {
            finished = highFence == null || (to != null && Arrays.compareUnsigned(highFence, to) >= 0);
            from = highFence;
        }
    }

    private final class BackwardCursor extends LeafCursor {
        BackwardCursor(KeyRange range) {
            super(range);
        }

        @Override
        public int nextBatch(long[] into) {
            while (!finished) {
                int found = readLeaf(to, true, into);
                if (found > 0) {
                    for (int i = 0, j = found - 1; i < j; i++, j--) {
                        long record = into[i];
                        into[i] = into[j];
                        into[j] = record;
                    }
                    return found;
                }
            }
            return 0;
        }

        @Override
        void advance(byte @Nullable [] lowFence, byte @Nullable [] highFence) {
            finished = lowFence == null || (from != null && Arrays.compareUnsigned(lowFence, from) <= 0);
            to = lowFence;
        }
    }

    @Override
    public void verify() {
        long counted = verify(root, pages.level(root), null, null, new long[1]);
        require(counted == size.get(), root, "size");
    }

    private long verify(long page, int level, byte @Nullable [] low, byte @Nullable [] high, long[] visited) {
        visited[0]++;
        require(visited[0] <= pages.count(), page, "a page is reached twice");
        require(pages.level(page) == level, page, "level");
        require((pages.stableVersion(page) & 1) == 0, page, "version");
        boolean leaf = level == 0;
        int count = pages.entryCount(page, leaf);
        long entries = 0;
        byte[] previous = null;
        for (int slot = 0; slot < count; slot++) {
            byte[] key = leaf ? heap.key(pages.record(page, slot)) : slot == 0 ? null : heap.key(pages.separator(page, slot));
            if (key != null) {
                require(pages.head(page, slot) == RecordHeap.keyHead(key), page, "key head");
                require(low == null || Arrays.compareUnsigned(low, key) <= 0, page, "key below its page's bound");
                require(high == null || Arrays.compareUnsigned(key, high) < 0, page, "key above its page's bound");
                require(previous == null || Arrays.compareUnsigned(previous, key) < 0, page, "order");
            }
            if (!leaf) {
                byte[] childHigh = slot + 1 < count ? heap.key(pages.separator(page, slot + 1)) : high;
                entries += verify(pages.child(page, slot), level - 1, key == null ? low : key, childHigh, visited);
            }
            previous = key;
        }
        require(leaf || count > 0, page, "an inner page without children");
        return leaf ? count : entries;
    }

    private static void require(boolean holds, long page, String what) {
        if (!holds) {
            throw CoconutException.of(ErrorCode.BROKEN_INVARIANT).with("structure", "sorted table").with("page", page).with("what", what);
        }
    }
}
