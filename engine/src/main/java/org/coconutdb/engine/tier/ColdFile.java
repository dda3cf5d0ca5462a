package org.coconutdb.engine.tier;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.disk.DiskFile;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// A file of cold rows of one block: written once, from its beginning to its end, and deleted when nobody needs a row of it. Numbers are
/// little-endian.
/// ```
///  header   0         8           12      16        32       36          60     64
///           | "COCOCLD1" | version 4 | block 4 | uuid 16 | number 4 | 0 …    | crc 4 |
///
///  frame    | bytes 4 | crc 4 | rawBytes 4 | table 4 | the rows, compressed by Zstandard |
///
///  rows     | keyBytes 2 | rowBytes 4 | key | row |   one after the other; a reference leads to the row's first byte
/// ```
/// `bytes` are the frame's, its 16 of header included. Its checksum is CRC-32C of the header's checksum, the frame's offset, the two
/// numbers behind, and the compressed bytes: a frame counts only in its file and its place.
///
/// A file of an earlier run is never written to: what a crash left behind its last frame is not looked at.
///
/// Threads: one writes; any number read what was written before they came to know of it.
final class ColdFile implements AutoCloseable {
    static final int HEADER_BYTES = 64;
    static final int FRAME_HEADER_BYTES = 16;
    static final int ROW_HEADER_BYTES = 6;

    private static final long MAGIC = 0x31444C434F434F43L; // "COCOCLD1"
    private static final int VERSION = 1;
    private static final int CRC_AT = 60;

    private final Path path;
    private final DiskFile file;
    private final int number;
    private final int headerCrc;
    // Written by the writer.
    private volatile int bytes;
    private volatile long rawBytes;
    private volatile boolean sealed;
    private int syncedBytes;
    // Guarded by this: bytes of rows that records refer to, by table.
    private final Map<Integer, Long> liveBytes = new HashMap<>();
    private long allLiveBytes;

    private ColdFile(Path path, DiskFile file, int number, int headerCrc, int bytes, boolean sealed) {
        this.path = path;
        this.file = file;
        this.number = number;
        this.headerCrc = headerCrc;
        this.bytes = bytes;
        this.sealed = sealed;
    }

    /// Makes a file that frames can be added to.
    static ColdFile create(Disk disk, Path path, UUID database, int block, int number) throws IOException {
        ByteBuffer header = buffer(HEADER_BYTES);
        header.putLong(MAGIC).putInt(VERSION).putInt(block);
        header.putLong(database.getMostSignificantBits()).putLong(database.getLeastSignificantBits()).putInt(number);
        header.position(CRC_AT);
        int crc = crc(header.duplicate().flip());
        header.putInt(crc).flip();
        DiskFile file = disk.open(path, true);
        try {
            file.write(header, 0);
            return new ColdFile(path, file, number, crc, HEADER_BYTES, false);
        } catch (Throwable failure) {
            file.close();
            throw failure;
        }
    }

    /// Opens a file of an earlier run, which takes no more frames; null where it has no whole header: then it was never synced, or is
    /// damaged.
    static @Nullable ColdFile open(Disk disk, Path path, UUID database, int block, int number) throws IOException {
        DiskFile file = disk.open(path, false);
        try {
            ByteBuffer header = buffer(HEADER_BYTES);
            if (file.read(header, 0) < HEADER_BYTES || header.getInt(CRC_AT) != crc(header.duplicate().flip().limit(CRC_AT))) {
                file.close();
                return null;
            }
            if (header.getLong(0) != MAGIC || header.getInt(8) != VERSION) {
                throw CoconutException.of(ErrorCode.FOREIGN_FILE)
                        .with("file", path)
                        .with("formatVersion", header.getInt(8))
                        .with("knownVersion", VERSION)
                        .mend("It is not a file of cold rows that this version of CoconutDB knows: restore the right one from a backup.");
            }
            if (!new UUID(header.getLong(16), header.getLong(24)).equals(database) || header.getInt(12) != block
                    || header.getInt(32) != number) {
                throw CoconutException.of(ErrorCode.FOREIGN_FILE)
                        .with("file", path)
                        .mend("The file belongs to another database or another place in it: restore the right one.");
            }
            return new ColdFile(path, file, number, header.getInt(CRC_AT), (int) Math.min(file.size(), Integer.MAX_VALUE), true);
        } catch (Throwable failure) {
            file.close();
            throw failure;
        }
    }

    /// Writer: adds a frame; answers its offset.
    ///
    /// @param frame from position [#FRAME_HEADER_BYTES] to its limit the compressed rows; the header is put in front of them here
    int append(ByteBuffer frame, int rowsBytes, int table) throws IOException {
        int at = bytes;
        int length = frame.limit();
        frame.putInt(0, length).putInt(8, rowsBytes).putInt(12, table);
        frame.putInt(4, frameCrc(at, frame.duplicate().position(8)));
        file.write(frame.position(0), at);
        bytes = at + length;
        addRawBytes(rowsBytes);
        return at;
    }

    private void addRawBytes(int more) {
        long now = rawBytes;
        rawBytes = now + more;
    }

    /// Reads a frame whole into a buffer that has room for it; answers the length of its rows when they are decompressed. They are
    /// compressed behind [#FRAME_HEADER_BYTES].
    int read(int at, int length, ByteBuffer into) throws IOException {
        if (length <= FRAME_HEADER_BYTES || file.read(into.clear().limit(length), at) < length) {
            throw damaged(path, at);
        }
        into.flip();
        int rowsBytes = into.getInt(8);
        if (into.getInt(0) != length || rowsBytes < 0 || into.getInt(4) != frameCrc(at, into.duplicate().position(8))) {
            throw damaged(path, at);
        }
        return rowsBytes;
    }

    /// Length of the frame at an offset.
    int frameBytes(int at) throws IOException {
        ByteBuffer length = buffer(4);
        if (file.read(length, at) < 4) {
            throw damaged(path, at);
        }
        return length.getInt(0);
    }

    private int frameCrc(int at, ByteBuffer content) {
        CRC32C crc = new CRC32C();
        crc.update(buffer(8).putInt(headerCrc).putInt(at).flip());
        crc.update(content);
        return (int) crc.getValue();
    }

    private static int crc(ByteBuffer content) {
        CRC32C crc = new CRC32C();
        crc.update(content);
        return (int) crc.getValue();
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static CoconutException damaged(Path path, long offset) {
        return CoconutException.of(ErrorCode.DATA_CORRUPTED)
                .with("file", path)
                .with("offset", offset)
                .mend("Cold rows there cannot be read; all others can. Restore the directory from a backup.");
    }

    /// Makes durable what was added.
    void force() throws IOException {
        int written = bytes;
        synchronized (file) {
            if (syncedBytes < written) {
                file.force(true);
                syncedBytes = written;
            }
        }
    }

    void seal() {
        sealed = true;
    }

    boolean isSealed() {
        return sealed;
    }

    int number() {
        return number;
    }

    Path path() {
        return path;
    }

    int bytes() {
        return bytes;
    }

    synchronized void addLive(int table, long change) {
        liveBytes.merge(table, change, Long::sum);
        allLiveBytes += change;
    }

    synchronized void dropLive(int table) {
        Long dropped = liveBytes.remove(table);
        allLiveBytes -= dropped == null ? 0 : dropped;
    }

    /// Bytes of rows that are referred to, before compression.
    synchronized long liveBytes() {
        return allLiveBytes;
    }

    /// A table's share of the file, as far as its rows are referred to.
    synchronized long bytesOf(int table) {
        Long live = liveBytes.get(table);
        return live == null ? 0 : (long) (live * compression());
    }

    /// Bytes on disk to bytes of rows; 1 where that is not known.
    private double compression() {
        long rows = rawBytes;
        return rows == 0 ? 1 : (double) bytes / rows;
    }

    /// Bytes of rows in the file, before compression; 0 where it is of an earlier run and was not measured.
    long rawBytes() {
        return rawBytes;
    }

    /// Finds out what an earlier run wrote: up to the first thing that is no frame.
    void measure() throws IOException {
        long rows = 0;
        ByteBuffer header = buffer(FRAME_HEADER_BYTES);
        for (int at = HEADER_BYTES; file.read(header.clear(), at) == FRAME_HEADER_BYTES; at += header.getInt(0)) {
            if (header.getInt(0) <= FRAME_HEADER_BYTES || header.getInt(0) > bytes - at || header.getInt(8) <= 0) {
                break;
            }
            rows += header.getInt(8);
        }
        rawBytes = rows;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
