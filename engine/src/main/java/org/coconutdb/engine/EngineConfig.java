package org.coconutdb.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.coconutdb.engine.memory.LockPolicy;
import org.jspecify.annotations.Nullable;

/// How a database is opened. Defaults come from [#inMemory] and [#inDirectory].
///
/// @param directory where the log lies; null: nothing outlives the process
/// @param blockCount blocks for tables, fixed when the database is created; default: the machine's cores, at least 2
/// @param memoryLimitBytes `memory.limit`: off-heap bytes of the whole database, rows and indexes; default: half of the machine's
/// @param lock `memory.lock`
/// @param checkpointLogBytes `checkpoint.log.bytes`: log between two checkpoints, at least; and at least as much as the checkpoint has
///        bytes. Default: 64 MiB, which is replayed in about a second
/// @param hotBytesMax `memory.hot`: bytes of memory in rows of all tables, an equal share for each block; 0, the default: no such budget,
///        so that `memory.limit` alone decides
/// @param snapshotAgeMax `snapshot.age.max`: a transaction or a result set that is older fails with SNAPSHOT_TOO_OLD, so that the versions
///        of rows that it held can be freed; zero: never. Default: an hour, longer than almost any report and shorter than a leak
/// @param transactionBytesMax `transaction.bytes.max`: keys and rows that a transaction writes, and 32 bytes for each, as its entry of the log
///        has them. Default: 64 MiB, as much as a segment of the log
/// @param durability `durability`: when a commit is acknowledged; without effect in memory. Default: when it is synced
/// @param syncInterval `durability.interval`: after which commits are synced where that is [Durability#INTERVAL]; 1 ms to an hour. Default:
///        100 ms
public record EngineConfig(
        @Nullable Path directory,
        int blockCount,
        long memoryLimitBytes,
        LockPolicy lock,
        long checkpointLogBytes,
        long hotBytesMax,
        Duration snapshotAgeMax,
        long transactionBytesMax,
        Durability durability,
        Duration syncInterval) {
    public static final int BLOCK_COUNT_MAX = 256;
    /// Below this a database cannot hold its own directory.
    public static final long MEMORY_LIMIT_BYTES_MIN = 4L << 20;

    public static final long CHECKPOINT_LOG_BYTES = 64L << 20;
    public static final Duration SNAPSHOT_AGE_MAX = Duration.ofHours(1);
    /// A century: nanoseconds fit in a number.
    public static final Duration SNAPSHOT_AGE_LONGEST = Duration.ofDays(36_500);

    public static final long TRANSACTION_BYTES_MAX = 64L << 20;
    /// A row of the largest size fits.
    public static final long TRANSACTION_BYTES_SMALLEST = 2L << 20;
    /// An entry of the log, and what is written with it at once, is counted in 31 bits.
    public static final long TRANSACTION_BYTES_LARGEST = 1L << 30;

    public static final Duration SYNC_INTERVAL = Duration.ofMillis(100);
    public static final Duration SYNC_INTERVAL_MIN = Duration.ofMillis(1);
    public static final Duration SYNC_INTERVAL_MAX = Duration.ofHours(1);

    public EngineConfig {
        Objects.requireNonNull(lock);
        Objects.requireNonNull(durability);
        if (syncInterval.compareTo(SYNC_INTERVAL_MIN) < 0 || syncInterval.compareTo(SYNC_INTERVAL_MAX) > 0) {
            throw new IllegalArgumentException("durability.interval must be " + SYNC_INTERVAL_MIN + " to " + SYNC_INTERVAL_MAX + ", was "
                    + syncInterval);
        }
        if (checkpointLogBytes < 1) {
            throw new IllegalArgumentException("checkpoint.log.bytes must be above 0, was " + checkpointLogBytes);
        }
        if (hotBytesMax != 0 && hotBytesMax < StorageOptions.HOT_BYTES_MIN) {
            throw new IllegalArgumentException("memory.hot must be " + StorageOptions.HOT_BYTES_MIN + " bytes at least, was "
                    + hotBytesMax);
        }
        if (transactionBytesMax < TRANSACTION_BYTES_SMALLEST || transactionBytesMax > TRANSACTION_BYTES_LARGEST) {
            throw new IllegalArgumentException("transaction.bytes.max must be " + TRANSACTION_BYTES_SMALLEST + " to "
                    + TRANSACTION_BYTES_LARGEST + " bytes, was " + transactionBytesMax);
        }
        if (snapshotAgeMax.isNegative() || snapshotAgeMax.compareTo(SNAPSHOT_AGE_LONGEST) > 0) {
            throw new IllegalArgumentException("snapshot.age.max must be 0 to " + SNAPSHOT_AGE_LONGEST + ", was " + snapshotAgeMax);
        }
        if (blockCount < 1 || blockCount > BLOCK_COUNT_MAX) {
            throw new IllegalArgumentException("blocks must be 1 to " + BLOCK_COUNT_MAX + ", was " + blockCount);
        }
    }

    public EngineConfig(@Nullable Path directory, int blockCount, long memoryLimitBytes, LockPolicy lock) {
        this(directory, blockCount, memoryLimitBytes, lock, CHECKPOINT_LOG_BYTES, 0, SNAPSHOT_AGE_MAX, TRANSACTION_BYTES_MAX,
                Durability.SYNC, SYNC_INTERVAL);
    }

    public EngineConfig withBlockCount(int blocks) {
        return new EngineConfig(directory, blocks, memoryLimitBytes, lock, checkpointLogBytes, hotBytesMax, snapshotAgeMax,
                transactionBytesMax, durability,
                syncInterval);
    }

    public EngineConfig withMemoryLimitBytes(long bytes) {
        return new EngineConfig(directory, blockCount, bytes, lock, checkpointLogBytes, hotBytesMax, snapshotAgeMax, transactionBytesMax,
                durability,
                syncInterval);
    }

    public EngineConfig withLock(LockPolicy policy) {
        return new EngineConfig(directory, blockCount, memoryLimitBytes, policy, checkpointLogBytes, hotBytesMax, snapshotAgeMax,
                transactionBytesMax,
                durability,
                syncInterval);
    }

    public EngineConfig withCheckpointLogBytes(long bytes) {
        return new EngineConfig(directory, blockCount, memoryLimitBytes, lock, bytes, hotBytesMax, snapshotAgeMax, transactionBytesMax,
                durability,
                syncInterval);
    }

    public EngineConfig withHotBytesMax(long bytes) {
        return new EngineConfig(directory, blockCount, memoryLimitBytes, lock, checkpointLogBytes, bytes, snapshotAgeMax,
                transactionBytesMax, durability,
                syncInterval);
    }

    public EngineConfig withSnapshotAgeMax(Duration age) {
        return new EngineConfig(directory, blockCount, memoryLimitBytes, lock, checkpointLogBytes, hotBytesMax, age, transactionBytesMax,
                durability,
                syncInterval);
    }

    public EngineConfig withTransactionBytesMax(long bytes) {
        return new EngineConfig(directory, blockCount, memoryLimitBytes, lock, checkpointLogBytes, hotBytesMax, snapshotAgeMax, bytes,
                durability, syncInterval);
    }

    public EngineConfig withDurability(Durability mode) {
        return new EngineConfig(directory, blockCount, memoryLimitBytes, lock, checkpointLogBytes, hotBytesMax, snapshotAgeMax,
                transactionBytesMax, mode,
                syncInterval);
    }

    public EngineConfig withSyncInterval(Duration interval) {
        return new EngineConfig(directory, blockCount, memoryLimitBytes, lock, checkpointLogBytes, hotBytesMax, snapshotAgeMax,
                transactionBytesMax, durability,
                interval);
    }

    public static EngineConfig inMemory() {
        return new EngineConfig(null, defaultBlockCount(), defaultMemoryLimitBytes(), LockPolicy.PREFERRED);
    }

    public static EngineConfig inDirectory(Path directory) {
        return new EngineConfig(directory, defaultBlockCount(), defaultMemoryLimitBytes(), LockPolicy.PREFERRED);
    }

    private static int defaultBlockCount() {
        return Math.clamp(Runtime.getRuntime().availableProcessors(), 2, BLOCK_COUNT_MAX);
    }

    private static long defaultMemoryLimitBytes() {
        var system = (com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory.getOperatingSystemMXBean();
        return Math.max(MEMORY_LIMIT_BYTES_MIN, system.getTotalMemorySize() / 2);
    }
}
