package org.coconutdb.engine.cluster;

import java.util.Arrays;

/// Timestamps of what is in flight of one key or one table, each as often as it was added. They mostly come in their order and go in it, and there may be very many: a host that was just started
/// has all of its log in flight. Any thread.
final class MarkedTimestamps {
    private static final int CAPACITY_MIN = 2;

    // Guarded by this: in rising order, from `first` on.
    private long[] held = new long[CAPACITY_MIN];
    private int first;
    private int count;
    private boolean isOver;
    private volatile long least = Long.MAX_VALUE;

    /// The lowest; Long.MAX_VALUE where there is none.
    long least() {
        return least;
    }

    /// False where the last one was taken away, so that others are kept elsewhere.
    synchronized boolean add(long timestamp) {
        if (isOver) {
            return false;
        }
        if (first + count == held.length) {
            makeRoom();
        }
        int end = first + count;
        int at = count == 0 || held[end - 1] <= timestamp ? end : place(timestamp);
        System.arraycopy(held, at, held, at + 1, end - at);
        held[at] = timestamp;
        count++;
        least = held[first];
        return true;
    }

    private void makeRoom() {
        // They are moved only where half is free or added, so that about one is moved for each that comes.
        long[] to = count > held.length / 2 ? new long[2 * held.length] : held;
        System.arraycopy(held, first, to, 0, count);
        held = to;
        first = 0;
    }

    /// Behind all lower ones.
    private int place(long timestamp) {
        int found = Arrays.binarySearch(held, first, first + count, timestamp);
        return found < 0 ? -found - 1 : found;
    }

    /// Takes it away once, where it is there. True where that was the last one: nothing is added any more.
    synchronized boolean remove(long timestamp) {
        int end = first + count;
        int at = Arrays.binarySearch(held, first, end, timestamp);
        if (at < 0) {
            return false;
        }
        // What is older than it is what waits for a decision: that is little.
        if (at - first < end - at) {
            System.arraycopy(held, first, held, first + 1, at - first);
            first++;
        } else {
            System.arraycopy(held, at + 1, held, at, end - at - 1);
        }
        count--;
        isOver = count == 0;
        least = isOver ? Long.MAX_VALUE : held[first];
        return isOver;
    }
}
