package org.coconutdb.engine.tier;

import org.coconutdb.engine.version.RecordHeap;
import org.coconutdb.engine.version.RecordView;

/// How many bytes of a slice's hot rows were last used how long ago: exact to the second for the last hour, then to a sixteenth.
final class Ages {
    private static final int EXACT = 4096;
    private static final int STEPS = 16;
    private static final int BUCKETS = EXACT + STEPS * (32 - 12);

    private final int nowSeconds;
    private final long[] bytes = new long[BUCKETS];

    Ages(int nowSeconds) {
        this.nowSeconds = nowSeconds;
    }

    /// When a row was last read or written, in seconds since 1970.
    static int lastUsedSeconds(RecordView row) {
        return (int) Math.max(row.readAtSeconds(), row.updatedAtMicros() / 1_000_000L);
    }

    /// Memory that comes back when the row goes cold; 0 where that is not worth it.
    static int gain(RecordView row) {
        int gain = RecordHeap.sizeFor(row.keyLength(), row.rowLength()) - RecordHeap.coldSizeFor(row.keyLength());
        return gain < 32 ? 0 : gain;
    }

    void add(RecordView row) {
        bytes[bucket(Math.max(0, nowSeconds - lastUsedSeconds(row)))] += gain(row);
    }

    private static int bucket(int age) {
        if (age < EXACT) {
            return age;
        }
        int power = 31 - Integer.numberOfLeadingZeros(age);
        return EXACT + (power - 12) * STEPS + ((age >>> (power - 4)) & (STEPS - 1));
    }

    /// The youngest age in a bucket.
    private static int age(int bucket) {
        if (bucket < EXACT) {
            return bucket;
        }
        int power = 12 + (bucket - EXACT) / STEPS;
        return (1 << power) + (((bucket - EXACT) % STEPS) << (power - 4));
    }

    /// The latest last use, in seconds since 1970, of the rows that must go so that this many bytes come back: the coldest.
    int coldest(long wanted) {
        long found = 0;
        for (int bucket = BUCKETS - 1; bucket > 0; bucket--) {
            found += bytes[bucket];
            if (found >= wanted) {
                return nowSeconds - age(bucket);
            }
        }
        return nowSeconds;
    }

    /// Bytes that would come back if all went.
    long total() {
        long total = 0;
        for (long some : bytes) {
            total += some;
        }
        return total;
    }
}
