package org.coconutdb.engine;

/// Where a table is stored, how much of it may be in memory, and for how long.
///
/// @param hotBytesMax bytes of memory in rows, their versions and metadata, over all blocks; 0: no budget of its own
/// @param coldAfterSeconds a row that was not read or written for so long leaves the memory; 0: never for its age
/// @param space the number of the block space that it lies in, for ever; 0: the default one
public record StorageOptions(long hotBytesMax, int coldAfterSeconds, int space) {
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
        if (space < 0) {
            throw new IllegalArgumentException("a space has a number from 0 on, was " + space);
        }
    }

    /// In the default space.
    public StorageOptions(long hotBytesMax, int coldAfterSeconds) {
        this(hotBytesMax, coldAfterSeconds, 0);
    }

    /// The same in another space.
    public StorageOptions inSpace(int number) {
        return new StorageOptions(hotBytesMax, coldAfterSeconds, number);
    }
}
