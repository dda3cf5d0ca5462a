package org.coconutdb.engine;

/// How much of a table may be in memory, and for how long.
///
/// @param hotBytesMax bytes of memory in rows, their versions and metadata, over all blocks; 0: no budget of its own
/// @param coldAfterSeconds a row that was not read or written for so long leaves the memory; 0: never for its age
public record StorageOptions(long hotBytesMax, int coldAfterSeconds) {
    public static final StorageOptions DEFAULT = new StorageOptions(0, 0);

    /// A smaller budget would be passed by a single large row.
    public static final long HOT_BYTES_MIN = 1L << 20;

    public StorageOptions {
        if (hotBytesMax != 0 && hotBytesMax < HOT_BYTES_MIN) {
            throw new IllegalArgumentException("a budget must be " + HOT_BYTES_MIN + " bytes at least, was " + hotBytesMax);
        }
        if (coldAfterSeconds < 0) {
            throw new IllegalArgumentException("cold after " + coldAfterSeconds + " seconds");
        }
    }
}
