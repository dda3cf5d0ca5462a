package org.coconutdb.engine.commit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/// How the log's files are laid out. Numbers are little-endian, records start on multiples of 8.
/// ```
///  header   0         8           12     16         32           40     44
///           | "COCOLOG1" | version 4 | 0 4 | uuid 16  | firstIndex 8 | crc 4 | zeros to 64
///
///  record   0         4     8          16            24       28     32         40           48
///           | bytes 4 | crc | index 8  | durableUpTo | block 4 | kind | timestamp | wallMicros | command … | zeros to 8
/// ```
/// `bytes` counts from `index` to the command's end, `crc` is CRC-32C of those bytes. A record whose `bytes` is 0 is the end: the
/// rest of the file is zeros, written ahead so that a commit's fsync needs no metadata. `durableUpTo` is the last index that was
/// known to be durable when the record was written: it tells a tail that was never acknowledged from damage to what was.
///
/// A record is written only into a file that reaches [#TAIL_BYTES] beyond it already: a file that ends earlier was cut.
final class Segment {
    static final int HEADER_BYTES = 64;
    static final int RECORD_HEADER_BYTES = 48;
    static final int PREFIX_BYTES = 8;
    static final int TAIL_BYTES = 64;
    static final int VERSION = 2;
    static final long MAGIC = 0x31474F4C4F434F43L; // "COCOLOG1"
    static final Pattern NAME = Pattern.compile("[0-9a-f]{16}\\.log");
    static final Pattern NAME_BEING_WRITTEN = Pattern.compile("[0-9a-f]{16}\\.log\\.new");

    static final int KIND_COMMAND = 1;
    /// Written when the database is closed: says that everything before it is durable.
    static final int KIND_CLOSED = 2;

    private Segment() {}

    static Path file(Path directory, long firstIndex) {
        return directory.resolve(String.format("%016x.log", firstIndex));
    }

    /// The name that a segment has until its header is durable.
    static Path beingWritten(Path file) {
        return file.resolveSibling(file.getFileName() + ".new");
    }

    static long firstIndex(Path file) {
        return Long.parseUnsignedLong(file.getFileName().toString().substring(0, 16), 16);
    }

    static ByteBuffer header(UUID database, long firstIndex) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(MAGIC).putInt(VERSION).putInt(0);
        header.putLong(database.getMostSignificantBits()).putLong(database.getLeastSignificantBits()).putLong(firstIndex);
        header.putInt(crc(header.duplicate().flip()));
        return header.clear();
    }

    static int recordBytes(int commandBytes) {
        return (RECORD_HEADER_BYTES + commandBytes + 7) & ~7;
    }

    static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
