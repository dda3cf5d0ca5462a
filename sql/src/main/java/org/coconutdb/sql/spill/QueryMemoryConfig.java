package org.coconutdb.sql.spill;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How much the statements of a database may hold.
///
/// @param memoryBytes `query.memory`: heap for rows that operators of all statements hold together, as [RowSize] estimates them; default: a quarter
///        of the heap, as much as transactions have, so that half of it is left for what is under way
/// @param spillBytesMax `query.spill.max`: bytes of files of all statements together; 0: operators that would need one refuse. Default: 100 GiB, or
///        what the disk has room for
/// @param directory where the files lie; null: a temporary directory, for a database in memory
public record QueryMemoryConfig(long memoryBytes, long spillBytesMax, @Nullable Path directory) {
    /// With so little, rows of some kilobytes are refused; a row of the largest size needs a hundred times as much.
    public static final long MEMORY_BYTES_MIN = 32L << 10;
    public static final long SPILL_BYTES_MAX = 100L << 30;

    public QueryMemoryConfig {
        if (memoryBytes < MEMORY_BYTES_MIN || spillBytesMax < 0) {
            throw new IllegalArgumentException("query.memory must be " + MEMORY_BYTES_MIN + " at least, and query.spill.max 0, were "
                    + memoryBytes + " and " + spillBytesMax);
        }
    }

    /// @param directory null: a temporary one
    public static QueryMemoryConfig defaults(@Nullable Path directory) {
        return new QueryMemoryConfig(Math.max(MEMORY_BYTES_MIN, Runtime.getRuntime().maxMemory() / 4), SPILL_BYTES_MAX, directory);
    }

    public QueryMemoryConfig withMemoryBytes(long bytes) {
        return new QueryMemoryConfig(bytes, spillBytesMax, directory);
    }

    public QueryMemoryConfig withSpillBytesMax(long bytes) {
        return new QueryMemoryConfig(memoryBytes, bytes, directory);
    }
}
