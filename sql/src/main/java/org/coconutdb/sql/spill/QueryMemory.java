package org.coconutdb.sql.spill;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// The heap and the disk that operators of all statements of a database may use. Any thread.
///
/// Invariants
/// 1. 0 <= reserved <= `memoryBytes`, and 0 <= spilled <= `spillBytesMax`.
/// 2. Both are the sums of what open statements have; without one they are 0.
public final class QueryMemory implements AutoCloseable {
    private final QueryMemoryConfig config;
    private final SpillFolder folder;
    private final AtomicLong reserved = new AtomicLong();
    private final AtomicLong spilled = new AtomicLong();
    private final AtomicLong spilledEver = new AtomicLong();
    private final AtomicInteger statements = new AtomicInteger();

    public QueryMemory(QueryMemoryConfig config) {
        this(config, Disk.REAL);
    }

    /// @param disk where files are opened: tests give one that is full
    public QueryMemory(QueryMemoryConfig config, Disk disk) {
        this.config = config;
        this.folder = new SpillFolder(config.directory(), disk);
    }

    /// The same, with an empty directory. IO_FAILED where it cannot be emptied.
    public static QueryMemory open(QueryMemoryConfig config) {
        QueryMemory opened = new QueryMemory(config);
        try {
            opened.folder.empty();
        } catch (IOException failure) {
            throw CoconutException.of(ErrorCode.IO_FAILED, failure)
                    .with("directory", String.valueOf(config.directory()))
                    .mend("It holds files that running statements have had: give the user the right to delete them.");
        }
        return opened;
    }

    public QueryMemoryConfig config() {
        return config;
    }

    /// The share of a statement that begins.
    ///
    /// @param cancelled ends it, also while it writes and reads files
    public StatementMemory open(AtomicBoolean cancelled) {
        return new StatementMemory(this, cancelled);
    }

    /// Bytes of heap that statements have reserved.
    public long reservedBytes() {
        return reserved.get();
    }

    /// Bytes that their files have at the moment.
    public long spilledBytes() {
        return spilled.get();
    }

    /// Bytes that were ever written to such files.
    public long spilledBytesEver() {
        return spilledEver.get();
    }

    /// Statements whose operators hold something, or did.
    public int statements() {
        return statements.get();
    }

    boolean tryReserve(long bytes) {
        return add(reserved, bytes, config.memoryBytes());
    }

    void release(long bytes) {
        long left = reserved.addAndGet(-bytes);
        assert left >= 0 : "released more than was reserved: " + left;
    }

    /// Room for bytes of files; SPILL_LIMIT_REACHED where there is none.
    void reserveFile(long bytes) {
        if (!add(spilled, bytes, config.spillBytesMax())) {
            throw CoconutException.of(ErrorCode.SPILL_LIMIT_REACHED)
                    .with("query.spill.max", config.spillBytesMax())
                    .with("query.memory", config.memoryBytes())
                    .mend("Raise one of them, read fewer rows or columns, or run fewer such statements at once.");
        }
        spilledEver.addAndGet(bytes);
    }

    void releaseFile(long bytes) {
        long left = spilled.addAndGet(-bytes);
        assert left >= 0 : "released more of files than was reserved: " + left;
    }

    private static boolean add(AtomicLong sum, long bytes, long max) {
        while (true) {
            long now = sum.get();
            if (now + bytes > max) {
                return false;
            }
            if (sum.compareAndSet(now, now + bytes)) {
                return true;
            }
        }
    }

    SpillFolder folder() {
        return folder;
    }

    void began() {
        statements.incrementAndGet();
    }

    void ended() {
        statements.decrementAndGet();
    }

    /// Deletes the directory where it was a temporary one. Statements are closed before.
    @Override
    public void close() {
        folder.close();
    }
}
