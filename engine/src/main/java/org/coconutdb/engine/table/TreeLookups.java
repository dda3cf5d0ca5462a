package org.coconutdb.engine.table;

import org.coconutdb.engine.version.RecordHeap;

/// Lookups of several keys in a sorted table, all of them a step before any goes on to the next. Their far memory accesses do not wait for one
/// another, so the processor has many on their way at once, where a lookup alone has one (Psaropoulos et al., Interleaving with
/// Coroutines, 2017, compare ways to do that; this is what they call group prefetching, after Chen, Ailamaki, Gibbons, Mowry, 2004).
///
/// It goes down as [SortedTable#find] does, and by the same argument. Whatever it meets that is not as usual, a page that changes, or keys
/// of which the first eight bytes are those of another, it leaves to that.
final class TreeLookups {
    private static final int SHORT_KEY_BYTES = 8;
    // In place of a record: to be looked for alone.
    private static final long ALONE = -1;

    private final SortedTable table;
    private final TreePages pages;
    private final RecordHeap heap;
    private final byte[][] keys;
    private final int count;
    private final long[] heads;
    // Of the page that a key has come to; 0: to be looked for alone.
    private final long[] page;
    private final long[] version;
    private final long[] child;

    TreeLookups(SortedTable table, TreePages pages, RecordHeap heap, byte[][] keys, int count) {
        this.table = table;
        this.pages = pages;
        this.heap = heap;
        this.keys = keys;
        this.count = count;
        this.heads = new long[count];
        this.page = new long[count];
        this.version = new long[count];
        this.child = new long[count];
    }

    /// Puts what [SortedTable#find] answers of each key into the array.
    void find(long[] records) {
        long root = table.root();
        long rootVersion = pages.stableVersion(root);
        boolean isRoot = table.root() == root;
        int level = pages.level(root);
        for (int i = 0; i < count; i++) {
            heads[i] = RecordHeap.keyHead(keys[i]);
            page[i] = isRoot ? root : 0;
            version[i] = rootVersion;
        }
        for (; level > 0; level--) {
            descend(level);
        }
        findInLeaves();
        look(records);
    }

    private void descend(int level) {
        for (int i = 0; i < count; i++) {
            if (page[i] != 0) {
                long next = pages.child(page[i], table.childSlot(page[i], heads[i], keys[i]));
                if (pages.isUnchanged(page[i], version[i])) {
                    child[i] = next;
                } else {
                    page[i] = 0;
                }
            }
        }
        // What stands first in a page, its version, comes side by side.
        long seen = 0;
        for (int i = 0; i < count; i++) {
            seen += page[i] == 0 ? 0 : pages.level(child[i]);
        }
        RecordHeap.want(seen);
        for (int i = 0; i < count; i++) {
            if (page[i] == 0) {
                continue;
            }
            long childVersion = pages.stableVersion(child[i]);
            // Only now: see SortedTable.
            if (pages.isUnchanged(page[i], version[i]) && pages.level(child[i]) == level - 1) {
                page[i] = child[i];
                version[i] = childVersion;
            } else {
                page[i] = 0;
            }
        }
    }

    /// Binary search in all leaves, a step of each by turns. `child` is then the record of the entry at or behind the key, where it may be the
    /// key's own; 0 where none is, [#ALONE] where that cannot be told.
    private void findInLeaves() {
        int[] low = new int[count];
        int[] high = new int[count];
        for (int i = 0; i < count; i++) {
            high[i] = page[i] == 0 ? 0 : pages.entryCount(page[i], true);
        }
        boolean searching = true;
        while (searching) {
            searching = false;
            for (int i = 0; i < count; i++) {
                if (low[i] < high[i]) {
                    searching = true;
                    step(i, low, high);
                }
            }
        }
        for (int i = 0; i < count; i++) {
            boolean mayBe = page[i] != 0 && low[i] < pages.entryCount(page[i], true) && pages.head(page[i], low[i]) == heads[i];
            child[i] = page[i] == 0 ? ALONE : mayBe ? pages.record(page[i], low[i]) : 0;
        }
    }

    private void step(int i, int[] low, int[] high) {
        int middle = (low[i] + high[i]) >>> 1;
        int order = Long.compareUnsigned(pages.head(page[i], middle), heads[i]);
        if (order == 0 && keys[i].length > SHORT_KEY_BYTES) {
            // Of many with that head, it may be. A shorter key has its head for itself, but for one whose end are zeros.
            long record = pages.record(page[i], middle);
            order = heap.isPlausible(record) ? heap.compareKey(record, keys[i]) : 0;
        }
        if (order < 0) {
            low[i] = middle + 1;
        } else {
            high[i] = middle;
        }
    }

    private void look(long[] records) {
        long seen = 0;
        for (int i = 0; i < count; i++) {
            if (child[i] > 0 && heap.isPlausible(child[i])) {
                seen += heap.glance(child[i], keys[i].length);
            }
        }
        RecordHeap.want(seen);
        for (int i = 0; i < count; i++) {
            byte[] key = keys[i];
            long record = child[i];
            boolean isKnown = record != ALONE && (record == 0 || (heap.isPlausible(record) && heap.compareKey(record, key) == 0));
            records[i] = isKnown && pages.isUnchanged(page[i], version[i]) ? record : table.find(key);
        }
    }
}
