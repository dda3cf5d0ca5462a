package org.coconutdb.bench.storage;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/// The data that all stores hold: row `i` has a 16-byte key, big-endian `spread(i)` and `i`, and 95 bytes of row.
final class Rows {
    static final int KEY_BYTES = 16;
    static final int ROW_BYTES = 95;

    private Rows() {}

    /// Key of a row: in ascending order of `i` when ordered, else all over the range.
    static byte[] key(long i, boolean ordered) {
        return ByteBuffer.allocate(KEY_BYTES).putLong(ordered ? i : mix(i)).putLong(i).array();
    }

    static byte[] row(long i) {
        ByteBuffer row = ByteBuffer.allocate(ROW_BYTES);
        SplittableRandom random = new SplittableRandom(i);
        while (row.remaining() >= Long.BYTES) {
            row.putLong(random.nextLong());
        }
        return row.array();
    }

    // SplitMix64: one to one, so that keys stay distinct.
    private static long mix(long i) {
        long z = (i + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /// Fills a store with rows [from, to), a thousand at a time.
    static void fill(Store store, long from, long to, boolean ordered) {
        int batch = 1000;
        for (long i = from; i < to; i += batch) {
            int count = (int) Math.min(batch, to - i);
            byte[][] keys = new byte[count][];
            byte[][] rows = new byte[count][];
            for (int j = 0; j < count; j++) {
                keys[j] = key(i + j, ordered);
                rows[j] = row(i + j);
            }
            store.insert(keys, rows);
        }
    }
}
