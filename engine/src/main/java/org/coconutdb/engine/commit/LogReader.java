package org.coconutdb.engine.commit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.coconutdb.engine.Durability;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.disk.DiskFile;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.version.Stamp;
import org.jspecify.annotations.Nullable;

/// Reads a log from the first entry that a checkpoint does not hold to its last, and leaves a writer that goes on behind it.
///
/// It begins in the last segment that begins at or below that entry; segments before are left over from before the checkpoint.
///
/// The log ends at the first record that is not whole. That is a *torn tail*, which was never acknowledged and is cut off, unless
/// something behind it claims that it was durable: a later record's `durableUpTo`, or a later segment. Then it is damage, and the
/// file and offset are named. (A batch is acknowledged after its fsync, and the next batch says so; the very last one is vouched for
/// by the mark that an orderly close writes. Where entries are acknowledged before they are synced, several batches may be lost like that,
/// and parts of them, in any order, may be found behind the first that is missing: none of them vouches for what was not synced.)
///
/// What was read is synced before the writer goes on behind it: it may be there only because the kernel still remembers what a killed
/// process had written.
final class LogReader {
    private static final int CHUNK_BYTES = 1 << 20;

    private final Disk disk;
    private final Path directory;
    private final UUID database;
    // Entries up to here are in the checkpoint; 0 where there is none.
    private final long checkpointIndex;
    private final OpeningMeter meter;
    private final Durability durability;
    private long lastIndex;
    private long replayedBytes;
    private @Nullable Path firstNeeded;

    LogReader(Disk disk, Path directory, UUID database, long checkpointIndex, OpeningMeter meter, Durability durability) {
        this.durability = durability;
        this.disk = disk;
        this.directory = directory;
        this.database = database;
        this.checkpointIndex = checkpointIndex;
        this.meter = meter;
    }

    /// Bytes of the files that will be read.
    long bytes() throws IOException {
        List<Path> segments = segments(directory);
        long bytes = 0;
        for (Path segment : segments.subList(firstNeededOf(segments), segments.size())) {
            bytes += Files.size(segment);
        }
        return bytes;
    }

    /// The oldest segment that was read; null where there was none.
    @Nullable
    Path firstNeeded() {
        return firstNeeded;
    }

    /// Bytes of the entries that were given to the consumer.
    long replayedBytes() {
        return replayedBytes;
    }

    /// Gives every entry behind the checkpoint to the consumer, in order, and answers the writer.
    LogWriter recover(Consumer<LogEntry> apply) throws IOException {
        sweep();
        List<Path> all = segments(directory);
        if (all.isEmpty()) {
            if (checkpointIndex > 0) {
                throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                        .with("missingFile", Segment.file(directory, checkpointIndex + 1))
                        .with("checkpointIndex", checkpointIndex)
                        .mend("There is a checkpoint and no log behind it: restore the directory from a backup.");
            }
            return LogWriter.create(disk, directory, database, 1, durability);
        }
        List<Path> segments = all.subList(firstNeededOf(all), all.size());
        firstNeeded = segments.getFirst();
        // What a segment's name says is compared with its header; entries before it are the checkpoint's.
        lastIndex = Math.min(Segment.firstIndex(segments.getFirst()) - 1, checkpointIndex);
        Path damagedIfGap = segments.getFirst();
        long damagedAt = 0;
        for (int i = 0; i < segments.size(); i++) {
            Path path = segments.get(i);
            boolean isLast = i == segments.size() - 1;
            if (Segment.firstIndex(path) != lastIndex + 1) {
                // A segment follows another only when all of that was durable: what is missing is missing there.
                throw damaged(damagedIfGap, damagedAt).with("expectedIndex", lastIndex + 1).with("nextSegment", path);
            }
            DiskFile file = disk.open(path, false);
            boolean keep = false;
            try {
                checkHeader(file, path);
                long end = read(file, path, apply);
                meter.replayed(file.size() - end);
                damagedIfGap = path;
                damagedAt = end;
                if (isLast) {
                    if (lastIndex < checkpointIndex) {
                        // A checkpoint is made of entries that are durable.
                        throw damaged(path, end).with("expectedIndex", lastIndex + 1).with("checkpointIndex", checkpointIndex);
                    }
                    checkLength(file, path, end);
                    clear(file, end, checkTail(file, path, end));
                    file.force(true);
                    keep = true;
                    return new LogWriter(disk, directory, database, path, file, end, Math.max(file.size(), end), lastIndex, durability);
                }
            } finally {
                if (!keep) {
                    file.close();
                }
            }
        }
        throw new AssertionError("the last segment returns");
    }

    /// Position of the segment that holds the first entry behind the checkpoint, or will.
    private int firstNeededOf(List<Path> segments) {
        int first = 0;
        while (first + 1 < segments.size() && Segment.firstIndex(segments.get(first + 1)) <= checkpointIndex + 1) {
            first++;
        }
        return first;
    }

    /// Deletes the segments whose entries are all in a checkpoint that is durable.
    static void deleteBefore(Disk disk, Path directory, Path firstNeeded) throws IOException {
        boolean deleted = false;
        for (Path segment : segments(directory)) {
            if (segment.compareTo(firstNeeded) < 0) {
                disk.delete(segment);
                deleted = true;
            }
        }
        if (deleted) {
            disk.forceDirectory(directory);
        }
    }

    /// Removes what a crash left of a segment that was being made, and refuses what is no segment.
    private void sweep() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (Segment.NAME_BEING_WRITTEN.matcher(name).matches()) {
                    disk.delete(file);
                } else if (!isSegment(file) && !name.startsWith(".")) {
                    throw CoconutException.of(ErrorCode.FOREIGN_FILE)
                            .with("file", file)
                            .mend("Move it out of the database's directory and open the database again.");
                }
            }
        }
    }

    private static List<Path> segments(Path directory) throws IOException {
        List<Path> segments = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, LogReader::isSegment)) {
            files.forEach(segments::add);
        }
        segments.sort(null);
        return segments;
    }

    private static boolean isSegment(Path file) {
        return Segment.NAME.matcher(file.getFileName().toString()).matches() && Files.isRegularFile(file);
    }

    private void checkHeader(DiskFile file, Path path) throws IOException {
        ByteBuffer header = buffer(Segment.HEADER_BYTES);
        file.read(header, 0);
        header.clear();
        if (file.size() < Segment.HEADER_BYTES) {
            throw damaged(path, file.size());
        }
        if (header.getLong(0) != Segment.MAGIC) {
            throw CoconutException.of(ErrorCode.FOREIGN_FILE)
                    .with("file", path)
                    .mend("It is not a CoconutDB log: restore the right file from a backup, or move the directory away.");
        }
        if (header.getInt(8) != Segment.VERSION) {
            throw CoconutException.of(ErrorCode.FOREIGN_FILE)
                    .with("file", path)
                    .with("formatVersion", header.getInt(8))
                    .with("knownVersion", Segment.VERSION)
                    .mend("It was written by another version of CoconutDB: open it with that one.");
        }
        int crc = Segment.crc(header.duplicate().limit(40));
        if (header.getInt(40) != crc) {
            throw damaged(path, 0);
        }
        UUID uuid = new UUID(header.getLong(16), header.getLong(24));
        if (!uuid.equals(database) || header.getLong(32) != Segment.firstIndex(path)) {
            throw CoconutException.of(ErrorCode.FOREIGN_FILE)
                    .with("file", path)
                    .with("databaseInFile", uuid)
                    .with("database", database)
                    .mend("The file belongs to another database or has been renamed: restore the right one.");
        }
    }

    /// Reads records from the header's end; answers where the first one that is not whole begins.
    private long read(DiskFile file, Path path, Consumer<LogEntry> apply) throws IOException {
        long position = Segment.HEADER_BYTES;
        long metered = 0;
        ByteBuffer buffer = buffer(CHUNK_BYTES).limit(0);
        int at = 0;
        while (true) {
            int needed = neededBytes(buffer, at);
            if (buffer.limit() - at < needed) {
                meter.replayed(position - metered);
                metered = position;
                long left = file.size() - position;
                buffer = fill(file, position, CHUNK_BYTES, buffer);
                at = 0;
                needed = neededBytes(buffer, 0);
                // A length that was damaged may say gigabytes: what the file does not hold is not asked for.
                if (needed > left) {
                    return position;
                }
                if (buffer.limit() < needed) {
                    buffer = fill(file, position, needed, buffer);
                }
            }
            if (!isWhole(buffer, at)) {
                meter.replayed(position - metered);
                return position;
            }
            long index = buffer.getLong(at + 8);
            int kind = buffer.getInt(at + 28);
            if (kind == Segment.KIND_COMMAND) {
                if (index != lastIndex + 1) {
                    throw damaged(path, position).with("index", index).with("expectedIndex", lastIndex + 1);
                }
                ByteBuffer command = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
                command.limit(at + Segment.PREFIX_BYTES + buffer.getInt(at)).position(at + Segment.RECORD_HEADER_BYTES);
                if (index > checkpointIndex) {
                    Stamp stamp = new Stamp(buffer.getLong(at + 32), buffer.getLong(at + 40));
                    apply.accept(new LogEntry(index, buffer.getInt(at + 24), stamp, decode(command, path, position)));
                    replayedBytes += needed;
                }
                lastIndex = index;
            } else if (kind != Segment.KIND_CLOSED || index != lastIndex) {
                throw damaged(path, position).with("recordKind", kind);
            }
            position += needed;
            at += needed;
        }
    }

    private static ByteBuffer fill(DiskFile file, long position, int bytes, ByteBuffer reuse) throws IOException {
        ByteBuffer buffer = reuse.capacity() >= bytes ? reuse.clear() : buffer(bytes);
        file.read(buffer, position);
        return buffer.flip();
    }

    private static BlockCommand decode(ByteBuffer command, Path path, long position) {
        try {
            return CommandCodec.decode(command);
        } catch (CoconutException failure) {
            throw failure.with("file", path).with("offset", position);
        }
    }

    /// Bytes that the record at a place of the buffer says to have, prefix and padding included; a header's at least.
    private static int neededBytes(ByteBuffer buffer, int at) {
        if (buffer.limit() - at < Segment.RECORD_HEADER_BYTES) {
            return Segment.RECORD_HEADER_BYTES;
        }
        int bytes = buffer.getInt(at);
        if (bytes < Segment.RECORD_HEADER_BYTES - Segment.PREFIX_BYTES || bytes > Integer.MAX_VALUE - 64) {
            return Segment.RECORD_HEADER_BYTES;
        }
        return Segment.recordBytes(bytes + Segment.PREFIX_BYTES - Segment.RECORD_HEADER_BYTES);
    }

    private static boolean isWhole(ByteBuffer buffer, int at) {
        int bytes = buffer.getInt(at);
        if (bytes < Segment.RECORD_HEADER_BYTES - Segment.PREFIX_BYTES || bytes > buffer.limit() - at - Segment.PREFIX_BYTES) {
            return false;
        }
        int from = at + Segment.PREFIX_BYTES;
        return Segment.crc(buffer.duplicate().limit(from + bytes).position(from)) == buffer.getInt(at + 4);
    }

    /// A crash leaves a record torn in a file that reaches beyond it; where the file ends before, it was cut, and what was acknowledged
    /// may be missing.
    private static void checkLength(DiskFile file, Path path, long end) throws IOException {
        ByteBuffer next = buffer(Segment.RECORD_HEADER_BYTES);
        file.read(next, end);
        next.flip();
        long reaches = end + Segment.TAIL_BYTES;
        if (next.remaining() >= Integer.BYTES && next.getInt(0) != 0) {
            reaches += neededBytes(next, 0);
        }
        if (file.size() < reaches) {
            throw damaged(path, end).with("bytes", file.size()).with("bytesExpected", reaches);
        }
    }

    /// Looks behind the end for anything that vouches for what is missing there; answers how many bytes of a torn tail there are, up
    /// to the last that is not zero.
    private int checkTail(DiskFile file, Path path, long end) throws IOException {
        long size = file.size();
        ByteBuffer tail = buffer(Math.clamp(size - end, 0, Integer.MAX_VALUE - 8));
        file.read(tail, end);
        tail.flip();
        for (int at = 0; at + Segment.RECORD_HEADER_BYTES <= tail.limit(); at += 8) {
            if (tail.getInt(at) != 0 && tail.getLong(at + 16) > lastIndex && tail.getLong(at + 8) >= tail.getLong(at + 16)
                    && isWhole(tail, at)) {
                throw damaged(path, end).with("vouchedForAtOffset", end + at);
            }
        }
        int torn = tail.limit();
        while (torn > 0 && tail.get(torn - 1) == 0) {
            torn--;
        }
        return torn;
    }

    /// Overwrites a torn tail with zeros, so that it never comes back behind a new record; durable with the next sync.
    private static void clear(DiskFile file, long end, int tornBytes) throws IOException {
        if (tornBytes > 0) {
            file.write(buffer(tornBytes), end);
        }
    }

    private static CoconutException damaged(Path path, long offset) {
        return CoconutException.of(ErrorCode.DATA_CORRUPTED)
                .with("file", path)
                .with("offset", offset)
                .mend("Nothing was read past it. Restore the directory from a backup.");
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
