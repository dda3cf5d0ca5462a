package org.coconutdb.engine.table;

import java.util.Arrays;
import org.coconutdb.engine.version.RecordHeap;
import org.jspecify.annotations.Nullable;

/// Builds a sorted table's tree from below: a key above all others is appended to the last leaf, a leaf that has its share to the last inner
/// page, and so on upwards, without a search. Any other key is put as always.
///
/// Invariants
/// 1. The tree is whole after each key: what follows may be loaded, put or removed.
/// 2. `edge` is the way from the root to the last leaf, from below, and `last` the tree's last key; or `levels` is 0 and they are not
///    known.
///
/// Pages are filled to fifteen of sixteen parts: a full leaf would split with the first key that comes between its own, and a table that
/// is written to at random after it was loaded would soon take twice the pages.
final class TreeLoader implements IndexLoader {
    static final int LEAF_ENTRIES = TreePages.LEAF_ENTRIES_MAX * 15 / 16;
    static final int INNER_ENTRIES = TreePages.INNER_ENTRIES_MAX * 15 / 16;

    private final SortedTable table;
    private final TreePages pages;
    private final RecordHeap heap;
    private final long[] edge = new long[SortedTable.LEVELS_MAX];
    private int levels;
    // Null where the tree is empty.
    private byte @Nullable [] last;

    TreeLoader(SortedTable table, TreePages pages, RecordHeap heap) {
        this.table = table;
        this.pages = pages;
        this.heap = heap;
    }

    @Override
    public long put(byte[] key, long record) {
        if (levels == 0) {
            findEdge();
        }
        byte[] before = last;
        if (before != null && Arrays.compareUnsigned(before, key) >= 0) {
            levels = 0;
            return table.put(key, record);
        }
        long leaf = edge[0];
        if (before == null || pages.entryCount(leaf, true) < LEAF_ENTRIES) {
            pages.appendToLeaf(leaf, RecordHeap.keyHead(key), record);
        } else {
            long right = pages.allocate(0);
            pages.appendToLeaf(right, RecordHeap.keyHead(key), record);
            pages.endWrite(right);
            edge[0] = right;
            byte[] separator = SortedTable.shortestBetween(before, key);
            addChild(1, leaf, RecordHeap.keyHead(separator), table.separatorRecord(separator), right);
        }
        last = key;
        table.addToSize(1);
        return 0;
    }

    private void findEdge() {
        long page = table.root();
        int level = pages.level(page);
        levels = level + 1;
        while (level > 0) {
            edge[level] = page;
            page = pages.child(page, pages.entryCount(page, false) - 1);
            level = pages.level(page);
        }
        edge[0] = page;
        int count = pages.entryCount(page, true);
        assert count > 0 || levels == 1 : "an empty leaf below others";
        last = count == 0 ? null : heap.key(pages.record(page, count - 1));
    }

    /// Enters a page behind all others of its level into the last inner page above it, or into a new one.
    private void addChild(int level, long left, long head, long separator, long child) {
        if (level == levels) {
            long top = pages.allocate(level);
            pages.insertInInner(top, 0, 0, 0, left);
            pages.insertInInner(top, 1, head, separator, child);
            pages.endWrite(top);
            edge[level] = top;
            levels++;
            table.setRoot(top);
            return;
        }
        long inner = edge[level];
        int count = pages.entryCount(inner, false);
        if (count < INNER_ENTRIES) {
            pages.insertInInner(inner, count, head, separator, child);
            return;
        }
        long right = pages.allocate(level);
        pages.insertInInner(right, 0, 0, 0, child);
        pages.endWrite(right);
        edge[level] = right;
        addChild(level + 1, inner, head, separator, right);
    }
}
