package org.coconutdb.engine.block;

import java.util.Arrays;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.coconutdb.engine.row.KeyRange;

/// The keys that were written last in a block, so that a range which a transaction has read is judged by what came since its snapshot
/// and not by all rows of the range.
///
/// It only says sooner what the rows' own timestamps say: its bounds, and what a restart leaves of it, change no answer.
///
/// Threads: the block's writer alone.
final class RecentWrites {
    static final int COUNT_MAX = 1 << 14;
    private static final int COUNT_FIRST = 1 << 6;

    private long[] timestamps = new long[COUNT_FIRST];
    // The highest timestamp up to each, since those of transactions over several blocks need not rise from one to the next.
    private long[] highest = new long[COUNT_FIRST];
    private int[] tables = new int[COUNT_FIRST];
    private byte[][] keys = new byte[COUNT_FIRST][];
    // Counts all there ever were; the last `keys.length` of them at most are here.
    private long count;
    private long highestSoFar;
    // Every write above this timestamp is here.
    private long completeAbove;

    /// Forgets everything: writes up to the timestamp are not known.
    void restart(long timestamp) {
        count = 0;
        highestSoFar = timestamp;
        completeAbove = timestamp;
    }

    void add(int table, byte[] key, long timestamp) {
        if (count == keys.length && keys.length < COUNT_MAX) {
            int larger = 4 * keys.length;
            timestamps = Arrays.copyOf(timestamps, larger);
            highest = Arrays.copyOf(highest, larger);
            tables = Arrays.copyOf(tables, larger);
            keys = Arrays.copyOf(keys, larger);
        }
        int place = place(count);
        if (count >= keys.length) {
            completeAbove = Math.max(completeAbove, timestamps[place]);
        }
        highestSoFar = Math.max(highestSoFar, timestamp);
        timestamps[place] = timestamp;
        highest[place] = highestSoFar;
        tables[place] = table;
        keys[place] = key;
        count++;
    }

    private int place(long number) {
        return (int) number & (keys.length - 1);
    }

    /// Whether all writes above the timestamp are known.
    boolean isCompleteAbove(long timestamp) {
        return timestamp >= completeAbove;
    }

    /// The keys of a table that were written above the timestamp, for who has many ranges to judge; only where [#isCompleteAbove].
    NavigableSet<byte[]> keysAbove(int table, long timestamp) {
        NavigableSet<byte[]> found = new TreeSet<>(Arrays::compareUnsigned);
        long oldest = Math.max(0, count - keys.length);
        for (long number = count - 1; number >= oldest && highest[place(number)] > timestamp; number--) {
            int place = place(number);
            if (timestamps[place] > timestamp && tables[place] == table) {
                found.add(keys[place]);
            }
        }
        return found;
    }

    /// Whether a key of the range was written above the timestamp; only where [#isCompleteAbove].
    boolean touches(int table, KeyRange range, long timestamp) {
        long oldest = Math.max(0, count - keys.length);
        for (long number = count - 1; number >= oldest; number--) {
            int place = place(number);
            if (highest[place] <= timestamp) {
                return false;
            }
            if (timestamps[place] > timestamp && tables[place] == table && range.contains(keys[place])) {
                return true;
            }
        }
        return false;
    }
}
