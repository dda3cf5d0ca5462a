package org.coconutdb.engine.table;

/// Records that wait for the low-water mark to reach a timestamp, first in, first out. One thread.
///
/// Timestamps rise but for those of transactions over several blocks, which may come a little late; what stands behind a later one
/// waits for it.
final class RetireQueue {
    private static final int FIRST_CAPACITY = 16;

    // Pairs: timestamp, record. A ring whose capacity is a power of two.
    private long[] ring = new long[2 * FIRST_CAPACITY];
    private int head;
    private int count;

    void add(long timestamp, long record) {
        int capacity = ring.length / 2;
        if (count == capacity) {
            long[] larger = new long[ring.length * 2];
            for (int i = 0; i < count; i++) {
                int from = 2 * ((head + i) & (capacity - 1));
                larger[2 * i] = ring[from];
                larger[2 * i + 1] = ring[from + 1];
            }
            ring = larger;
            head = 0;
            capacity *= 2;
        }
        int at = 2 * ((head + count) & (capacity - 1));
        ring[at] = timestamp;
        ring[at + 1] = record;
        count++;
    }

    boolean isDue(long lowWater) {
        return count > 0 && ring[2 * head] <= lowWater;
    }

    long remove() {
        assert count > 0 : "empty";
        long record = ring[2 * head + 1];
        head = (head + 1) & (ring.length / 2 - 1);
        count--;
        return record;
    }

    int count() {
        return count;
    }
}
