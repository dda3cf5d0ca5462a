package org.coconutdb.engine.block;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.coconutdb.engine.row.KeyRange;

/// The ranges that one prepared transaction has read, joined where they meet, so that a key is looked for in one of them alone.
///
/// Invariant: of a table, no two ranges have a key in common.
///
/// Threads: the block's writer alone.
final class HeldRanges {
    private static final byte[] FIRST_KEY = {};

    // By table and first key.
    private final Map<Integer, NavigableMap<byte[], KeyRange>> ranges = new HashMap<>();

    void add(int table, KeyRange range) {
        if (range.isEmpty()) {
            return;
        }
        NavigableMap<byte[], KeyRange> ofTable = ranges.computeIfAbsent(table, _ -> new TreeMap<>(Arrays::compareUnsigned));
        KeyRange joined = range;
        Map.Entry<byte[], KeyRange> before = ofTable.floorEntry(from(range));
        if (before != null && reaches(before.getValue(), range)) {
            joined = join(before.getValue(), range);
        }
        Map.Entry<byte[], KeyRange> next = ofTable.ceilingEntry(from(joined));
        while (next != null && reaches(joined, next.getValue())) {
            joined = join(joined, next.getValue());
            ofTable.remove(next.getKey());
            next = ofTable.ceilingEntry(from(joined));
        }
        ofTable.put(from(joined), joined);
    }

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    boolean contains(int table, byte[] key) {
        NavigableMap<byte[], KeyRange> ofTable = ranges.get(table);
        Map.Entry<byte[], KeyRange> below = ofTable == null ? null : ofTable.floorEntry(key);
        return below != null && below.getValue().contains(key);
    }

    private static byte[] from(KeyRange range) {
        byte[] from = range.from();
        return from == null ? FIRST_KEY : from;
    }

    /// Whether a range that begins first goes on to where the other one begins.
    private static boolean reaches(KeyRange first, KeyRange second) {
        byte[] to = first.to();
        return to == null || Arrays.compareUnsigned(to, from(second)) >= 0;
    }

    private static KeyRange join(KeyRange first, KeyRange second) {
        byte[] end = first.to();
        byte[] otherEnd = second.to();
        boolean firstIsLonger = end == null || (otherEnd != null && Arrays.compareUnsigned(end, otherEnd) >= 0);
        return new KeyRange(first.from(), firstIsLonger ? end : otherEnd);
    }
}
