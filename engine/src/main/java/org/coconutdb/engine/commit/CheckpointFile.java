package org.coconutdb.engine.commit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.coconutdb.engine.version.ColdRef;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// How a block's file of a checkpoint is laid out. Numbers are little-endian.
/// ```
///  header   0         8           12      16        32      40          48           56      60   64
///           | "COCOCKP1" | version 4 | block 4 | uuid 16 | index 8 | timestamp 8 | wallMicros 8 | 0 4 | crc 4 |
///
///  chunk    | bytes 4 (1 to 256 KiB) | crc 4 | bytes of the stream |
///
///  footer   | 0 4 | crc 4 | tables 8 | records 8 |                                    the file ends here
/// ```
/// The chunks' bytes, one after the other, are the stream; a chunk may end anywhere in an item of it.
/// ```
///  state    1 | appliedIndex 8 | commitTimestamp 8 | createdAt 8 | updatedAt 8 |      the block's; first, once
///  command  2 | bytes 4 | Prepare in doubt, or Decide remembered, as in the log |
///  table    3 | table 4 | kind 1 | generation 4 | about 8 |        its records follow, about so many; ids rise
///  record   4 | flags 1 | keyBytes 2 | rowBytes 4 | ttlSeconds 4 | commitTimestamp 8 | createdAt 8 | updatedAt 8 | key | row |
/// ```
/// In place of a cold row stands its reference ([ColdRef], 16 bytes); `rowBytes` is the row's own length all the same.
///
/// Each checksum is CRC-32C of the checksum before it (the first chunk's: the header's), the length, and the bytes. So a chunk counts only
/// in its file and its place, and the footer vouches for all.
final class CheckpointFile {
    static final int HEADER_BYTES = 64;
    static final int CHUNK_HEADER_BYTES = 8;
    static final int CHUNK_BYTES_MAX = 256 << 10;
    static final int FOOTER_BYTES = 24;
    static final int STATE_BYTES = 33;
    static final int TABLE_BYTES = 18;
    static final int RECORD_HEADER_BYTES = 36;

    static final byte STATE = 1;
    static final byte COMMAND = 2;
    static final byte TABLE = 3;
    static final byte RECORD = 4;

    private static final long MAGIC = 0x31504B434F434F43L; // "COCOCKP1"
    private static final int VERSION = 4;
    private static final int CRC_AT = 60;
    static final Pattern NAME = Pattern.compile("block-\\d{1,4}\\.checkpoint");

    private CheckpointFile() {}

    /// What a checkpoint is of.
    ///
    /// @param index the last entry of the log that is in it
    /// @param timestamp that entry's
    /// @param wallMicros the log's time then
    record Header(UUID database, long index, long timestamp, long wallMicros) {}

    static Path file(Path directory, int block) {
        return directory.resolve("block-" + block + ".checkpoint");
    }

    static int block(Path file) {
        String name = file.getFileName().toString();
        return Integer.parseInt(name.substring("block-".length(), name.length() - ".checkpoint".length()));
    }

    static ByteBuffer encode(Header header, int block) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(MAGIC).putInt(VERSION).putInt(block);
        bytes.putLong(header.database().getMostSignificantBits()).putLong(header.database().getLeastSignificantBits());
        bytes.putLong(header.index()).putLong(header.timestamp()).putLong(header.wallMicros()).putInt(0);
        bytes.putInt(Segment.crc(bytes.duplicate().flip()));
        return bytes.flip();
    }

    static int crc(ByteBuffer header) {
        return header.getInt(CRC_AT);
    }

    /// Reads a header that must be of this block.
    static Header decode(ByteBuffer header, Path path, int block) {
        if (header.limit() < HEADER_BYTES) {
            throw damaged(path, header.limit());
        }
        if (header.getLong(0) != MAGIC) {
            throw CoconutException.of(ErrorCode.FOREIGN_FILE)
                    .with("file", path)
                    .with("offset", 0)
                    .mend("It is not a CoconutDB checkpoint: restore the right file from a backup.");
        }
        if (header.getInt(8) != VERSION) {
            throw CoconutException.of(ErrorCode.FOREIGN_FILE)
                    .with("file", path)
                    .with("formatVersion", header.getInt(8))
                    .with("knownVersion", VERSION)
                    .mend("It was written by another version of CoconutDB: open it with that one.");
        }
        if (crc(header) != Segment.crc(header.duplicate().limit(CRC_AT))) {
            throw damaged(path, 0);
        }
        if (header.getInt(12) != block) {
            throw damaged(path, 0).with("blockInFile", header.getInt(12)).with("block", block);
        }
        return new Header(new UUID(header.getLong(16), header.getLong(24)), header.getLong(32), header.getLong(40), header.getLong(48));
    }

    static int crc(int before, int length, ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(before).putInt(length).flip());
        crc.update(bytes);
        return (int) crc.getValue();
    }

    static CoconutException damaged(Path path, long offset) {
        return CoconutException.of(ErrorCode.DATA_CORRUPTED)
                .with("file", path)
                .with("offset", offset)
                .mend("Nothing was read past it. Restore the directory from a backup.");
    }
}
