package org.coconutdb.bench.storage;

/// Counts of times, in nanoseconds, in buckets of 3 % of their height at most. One thread.
final class Times {
    // Below twice this, each time has a bucket of its own; above, each power of two has so many.
    private static final int BUCKETS_A_POWER = 32;

    private final long[] counts = new long[BUCKETS_A_POWER * Long.SIZE];
    private long count;
    private long longest;

    void add(long nanos) {
        counts[bucket(nanos)]++;
        count++;
        longest = Math.max(longest, nanos);
    }

    long count() {
        return count;
    }

    long longest() {
        return longest;
    }

    /// A time that so large a part of all does not pass, to the bucket.
    long quantile(double part) {
        long wanted = (long) Math.ceil(part * count);
        long seen = 0;
        for (int bucket = 0; bucket < counts.length; bucket++) {
            seen += counts[bucket];
            if (seen >= wanted) {
                return start(bucket);
            }
        }
        return longest;
    }

    private static int bucket(long nanos) {
        int shift = shift(nanos);
        return shift * BUCKETS_A_POWER + (int) (nanos >>> shift);
    }

    private static int shift(long nanos) {
        int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos | 1);
        return Math.max(0, power - 5);
    }

    private static long start(int bucket) {
        int shift = Math.max(0, bucket / BUCKETS_A_POWER - 1);
        return (long) (bucket - shift * BUCKETS_A_POWER) << shift;
    }
}
