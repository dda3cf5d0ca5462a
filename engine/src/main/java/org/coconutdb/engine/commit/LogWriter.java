package org.coconutdb.engine.commit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.disk.DiskFile;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Appends entries to the log's newest segment. One thread at a time.
///
/// Invariants
/// 1. When [#append] returns, all its entries are durable.
/// 2. Space is taken (zeros, fsync with metadata) before entries are written into it: a full disk is found before anything of a
///    batch is on it.
/// 3. After a write or an fsync failed, nothing more is written: what the kernel then holds is not known (fsync(2) reports an error
///    once and may forget the pages).
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
    private DiskFile file;
    private Path path;
    private long position;
    private long allocated;
    private long durableIndex;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    private boolean failed;
    // Since the log was opened.
    private long appendedBytes;

    /// Goes on at a position of an existing segment: behind it all is zeros up to `allocated`.
    LogWriter(Disk disk, Path directory, UUID database, Path path, DiskFile file, long position, long allocated, long durableIndex) {
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
    static LogWriter create(Disk disk, Path directory, UUID database, long firstIndex) throws IOException {
        Path path = Segment.file(directory, firstIndex);
        DiskFile file = createSegment(disk, directory, database, path, firstIndex);
        return new LogWriter(disk, directory, database, path, file, Segment.HEADER_BYTES, FRESH_BYTES, firstIndex - 1);
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

    /// Appends and makes durable.
    void append(List<LogEntry> entries) {
        if (failed) {
            throw CoconutException.of(ErrorCode.IO_FAILED)
                    .with("file", path)
                    .mend("An earlier write failed. Everything stays readable; mend the disk and open the database again to write.");
        }
        encode(entries);
        if (!areDecisions(entries) || position + buffer.remaining() + END_BYTES > allocated) {
            reserve(buffer.remaining(), entries.getFirst().index());
        }
        try {
            int bytes = buffer.remaining();
            file.write(buffer, position);
            file.force(false);
            position += bytes;
            appendedBytes += bytes;
            durableIndex = entries.getLast().index();
        } catch (IOException failure) {
            failed = true;
            LOG.atError().addKeyValue("file", path).addKeyValue("position", position).setCause(failure).log("the log cannot be written");
            throw CoconutException.of(ErrorCode.OUTCOME_UNKNOWN, failure)
                    .with("file", path)
                    .mend("The disk failed while the change was written. Open the database again and read whether it is there.");
        }
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
        try {
            if (position + bytes > SEGMENT_BYTES && position > Segment.HEADER_BYTES) {
                Path next = Segment.file(directory, firstIndex);
                DiskFile opened = createSegment(disk, directory, database, next, firstIndex);
                file.close();
                file = opened;
                path = next;
                position = Segment.HEADER_BYTES;
                allocated = FRESH_BYTES;
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

    /// Marks the log as closed in order, so that the next start can tell damage at its very end.
    @Override
    public void close() throws IOException {
        try (DiskFile closing = file) {
            if (!failed && position > Segment.HEADER_BYTES && position + END_BYTES <= allocated) {
                buffer.clear();
                end(begin(durableIndex, 0, Segment.KIND_CLOSED, 0, 0));
                closing.write(buffer.flip(), position);
                closing.force(false);
            }
        }
    }
}
