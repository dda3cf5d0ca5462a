package org.coconutdb.engine.commit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.coconutdb.engine.Durability;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.disk.DiskFile;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Appends entries to the log's newest segment. One thread at a time, and beside it, any that calls [#sync].
///
/// Invariants
/// 1. When [#append] returns, all its entries are in the file, in order, and durable where [Durability#SYNC] is asked for and not all of
///    them prepare transactions: nobody is told of a transaction before its decision is durable, and that stands behind them here.
/// 2. Space is taken (zeros, fsync with metadata) before entries are written into it: a full disk is found before anything of a
///    batch is on it.
/// 3. After a write or an fsync of entries failed, nothing more is written or synced: what the kernel then holds is not known (fsync(2)
///    reports an error once and may forget the pages).
/// 4. `durableIndex <= writtenIndex`. A record's `durableUpTo` is at or below the `durableIndex` of the moment, which moves only when a
///    sync that began behind the entry's write has succeeded: what a record vouches for is on disk.
/// 5. A segment is left, and its file grows, only when all entries in it are durable.
final class LogWriter implements AutoCloseable {
    static final long SEGMENT_BYTES = 64L << 20;
    private static final int ALLOCATE_BYTES = 4 << 20;
    // Kept free behind everything else for the decisions of prepared transactions: on a full disk they can still be finished.
    private static final int DECISION_BYTES = 256 << 10;
    // Behind the last decision: the mark of an orderly close, and the tail.
    private static final int END_BYTES = Segment.RECORD_HEADER_BYTES + Segment.TAIL_BYTES;
    private static final int FRESH_BYTES = Segment.HEADER_BYTES + Segment.TAIL_BYTES;
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    private final Disk disk;
    private final Path directory;
    private final UUID database;
    private final Durability durability;
    // Held while entries are synced, and while a file takes the place of another: nobody syncs one that is closed.
    private final ReentrantLock syncing = new ReentrantLock();
    // Replaced under `syncing`.
    private DiskFile file;
    private Path path;
    private long position;
    private long allocated;
    // Written by the appending thread.
    private volatile long writtenIndex;
    // Written under `syncing`.
    private volatile long durableIndex;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    private volatile boolean failed;
    // Since the log was opened.
    private long appendedBytes;

    /// Goes on at a position of an existing segment: behind it all is zeros up to `allocated`.
    ///
    /// @param durableIndex the last entry; all of them are durable
    LogWriter(Disk disk, Path directory, UUID database, Path path, DiskFile file, long position, long allocated, long durableIndex,
            Durability durability) {
        this.durability = durability;
        this.writtenIndex = durableIndex;
        this.disk = disk;
        this.directory = directory;
        this.database = database;
        this.path = path;
        this.file = file;
        this.position = position;
        this.allocated = allocated;
        this.durableIndex = durableIndex;
    }

    /// A new segment and a writer at its start.
    static LogWriter create(Disk disk, Path directory, UUID database, long firstIndex, Durability durability) throws IOException {
        Path path = Segment.file(directory, firstIndex);
        DiskFile file = createSegment(disk, directory, database, path, firstIndex);
        return new LogWriter(disk, directory, database, path, file, Segment.HEADER_BYTES, FRESH_BYTES, firstIndex - 1, durability);
    }

    private static DiskFile createSegment(Disk disk, Path directory, UUID database, Path path, long firstIndex) throws IOException {
        // It gets its name when its header is durable: a segment without a whole header is damage, wherever it stands.
        Path written = Segment.beingWritten(path);
        Files.deleteIfExists(written);
        DiskFile file = disk.open(written, true);
        try {
            ByteBuffer fresh = ByteBuffer.allocate(FRESH_BYTES);
            fresh.put(Segment.header(database, firstIndex)).clear();
            file.write(fresh, 0);
            file.force(true);
            disk.rename(written, path);
            disk.forceDirectory(directory);
            return file;
        } catch (IOException failure) {
            try {
                file.close();
                disk.delete(Files.exists(path) ? path : written);
            } catch (IOException another) {
                failure.addSuppressed(another);
            }
            throw failure;
        }
    }

    /// Appends, and makes durable where that is asked for. IO_FAILED, DISK_FULL: nothing was written. OUTCOME_UNKNOWN: something may be.
    void append(List<LogEntry> entries) {
        requireSound();
        encode(entries);
        if (!areDecisions(entries) || position + buffer.remaining() + END_BYTES > allocated) {
            reserve(buffer.remaining(), entries.getFirst().index());
        }
        try {
            int bytes = buffer.remaining();
            file.write(buffer, position);
            position += bytes;
            appendedBytes += bytes;
            writtenIndex = entries.getLast().index();
        } catch (IOException failure) {
            throw outcomeUnknown(fail(failure));
        }
        if (durability == Durability.SYNC && !arePrepares(entries)) {
            try {
                force();
            } catch (IOException failure) {
                throw outcomeUnknown(failure);
            }
        } else if (failed) {
            // A sync beside this write: it may not have been for this entry, but nobody can tell.
            throw outcomeUnknown(null);
        }
    }

    /// Makes everything that is written now durable; beside the appending thread, which does not wait. Without effect where it is.
    ///
    /// IO_FAILED where it cannot be, now or since an earlier failure: entries that were acknowledged may be lost by a power cut, and
    /// nothing more is written.
    void sync() {
        if (isSynced()) {
            return;
        }
        requireSound();
        try {
            force();
        } catch (IOException failure) {
            throw CoconutException.of(ErrorCode.IO_FAILED, failure)
                    .with("directory", directory)
                    .with("durableUpTo", durableIndex)
                    .with("writtenUpTo", writtenIndex)
                    .mend("The log could not be synced: a power cut may lose the newest changes. Mend the disk and open the database "
                            + "again to write.");
        }
    }

    /// Whether everything written is durable.
    boolean isSynced() {
        return durableIndex == writtenIndex;
    }

    /// The last entry that is in the file.
    long writtenIndex() {
        return writtenIndex;
    }

    private void force() throws IOException {
        syncing.lock();
        try {
            if (failed) {
                throw new IOException("an earlier write or sync of the log failed");
            }
            // Before the sync begins. A file takes this one's place only when nobody syncs, and all in those before it is durable.
            long written = writtenIndex;
            if (durableIndex < written) {
                file.force(false);
                durableIndex = written;
            }
        } catch (IOException failure) {
            throw fail(failure);
        } finally {
            syncing.unlock();
        }
    }

    private IOException fail(IOException failure) {
        if (!failed) {
            failed = true;
            LOG.atError()
                    .addKeyValue("directory", directory)
                    .addKeyValue("durableUpTo", durableIndex)
                    .addKeyValue("writtenUpTo", writtenIndex)
                    .setCause(failure)
                    .log("the log cannot be written");
        }
        return failure;
    }

    private void requireSound() {
        if (failed) {
            throw CoconutException.of(ErrorCode.IO_FAILED)
                    .with("file", path)
                    .mend("An earlier write failed. Everything stays readable; mend the disk and open the database again to write.");
        }
    }

    private CoconutException outcomeUnknown(@Nullable IOException failure) {
        CoconutException unknown = failure == null
                ? CoconutException.of(ErrorCode.OUTCOME_UNKNOWN)
                : CoconutException.of(ErrorCode.OUTCOME_UNKNOWN, failure);
        return unknown.with("file", path)
                .mend("The disk failed while the change was written. Open the database again and read whether it is there.");
    }

    /// The segment that is written now; all older ones are complete.
    Path path() {
        return path;
    }

    long appendedBytes() {
        return appendedBytes;
    }

    boolean isFailed() {
        return failed;
    }

    private static boolean areDecisions(List<LogEntry> entries) {
        return entries.stream()
                .allMatch(entry -> entry.command() instanceof BlockCommand.Decide || entry.command() instanceof BlockCommand.Forget);
    }

    private static boolean arePrepares(List<LogEntry> entries) {
        for (LogEntry entry : entries) {
            if (!(entry.command() instanceof BlockCommand.Prepare)) {
                return false;
            }
        }
        return true;
    }

    private void encode(List<LogEntry> entries) {
        long bytes = 0;
        for (LogEntry entry : entries) {
            bytes += Segment.recordBytes(CommandCodec.size(entry.command()));
        }
        if (bytes > buffer.capacity()) {
            buffer = ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
        }
        buffer.clear();
        for (LogEntry entry : entries) {
            int start = begin(entry.index(), entry.block(), Segment.KIND_COMMAND, entry.stamp().commitTimestamp(),
                    entry.stamp().wallMicros());
            CommandCodec.encode(entry.command(), buffer);
            end(start);
        }
        buffer.flip();
    }

    private int begin(long index, int block, int kind, long timestamp, long wallMicros) {
        int start = buffer.position();
        buffer.putInt(0).putInt(0).putLong(index).putLong(durableIndex).putInt(block).putInt(kind).putLong(timestamp).putLong(wallMicros);
        return start;
    }

    private void end(int start) {
        int length = buffer.position() - start - Segment.PREFIX_BYTES;
        buffer.putInt(start, length);
        buffer.putInt(start + 4, Segment.crc(buffer.duplicate().limit(buffer.position()).position(start + Segment.PREFIX_BYTES)));
        while ((buffer.position() & 7) != 0) {
            buffer.put((byte) 0);
        }
    }

    /// Makes sure that the bytes fit into space that is on disk already.
    private void reserve(int bytes, long firstIndex) {
        boolean isFull = position + bytes > SEGMENT_BYTES && position > Segment.HEADER_BYTES;
        if (isFull || position + bytes + DECISION_BYTES > allocated) {
            // First, and as a sync of entries, which is never tried again. What follows writes headers and zeros alone and may be.
            sync();
        }
        try {
            if (isFull) {
                Path next = Segment.file(directory, firstIndex);
                replaceFile(createSegment(disk, directory, database, next, firstIndex), next);
            }
            if (position + bytes + DECISION_BYTES > allocated) {
                long target = position + bytes + ALLOCATE_BYTES;
                ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 18);
                for (long at = allocated; at < target; at += zeros.capacity()) {
                    file.write(zeros.clear().limit((int) Math.min(zeros.capacity(), target - at)), at);
                }
                file.force(true);
                allocated = target;
            }
        } catch (IOException failure) {
            throw CoconutException.of(Disk.isFull(failure) ? ErrorCode.DISK_FULL : ErrorCode.IO_FAILED, failure)
                    .with("directory", directory)
                    .with("neededBytes", bytes)
                    .mend("Free space on the disk and try again; nothing was changed, and everything stays readable.");
        }
    }

    private void replaceFile(DiskFile opened, Path next) throws IOException {
        syncing.lock();
        try {
            DiskFile full = file;
            file = opened;
            path = next;
            position = Segment.HEADER_BYTES;
            allocated = FRESH_BYTES;
            full.close();
        } finally {
            syncing.unlock();
        }
    }

    /// Makes everything durable and marks the log as closed in order, so that the next start can tell damage at its very end. IO_FAILED
    /// where what was acknowledged could not be synced, now or before.
    @Override
    public void close() throws IOException {
        syncing.lock();
        try (DiskFile closing = file) {
            // With SYNC nothing that was acknowledged can be lost here, but a prepare may wait for its decision.
            if (durability != Durability.SYNC || !failed) {
                sync();
            }
            if (!failed && position > Segment.HEADER_BYTES && position + END_BYTES <= allocated) {
                buffer.clear();
                end(begin(durableIndex, 0, Segment.KIND_CLOSED, 0, 0));
                closing.write(buffer.flip(), position);
                closing.force(false);
            }
        } finally {
            syncing.unlock();
        }
    }
}
