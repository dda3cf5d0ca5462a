package org.coconutdb.engine.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.disk.DiskFile;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// What an image of a replica says beside its block. Big-endian: `| "COCOREP1" 8 | lowWater 8 | reserved 8 | wallMicros 8 | crc 4 |`, the last CRC-32C of all before.
final class ReplicaFile {
    private static final String NAME = "replica.state";
    private static final long MAGIC = 0x434F434F52455031L; // "COCOREP1"
    private static final int CRC_AT = 4 * Long.BYTES;
    private static final int BYTES = CRC_AT + Integer.BYTES;

    /// @param lowWater of the block's log
    /// @param reserved timestamps up to it are some primary's; of the directory alone
    /// @param wallMicros the time by then
    record State(long lowWater, long reserved, long wallMicros) {}

    private ReplicaFile() {}

    static void write(Path directory, State state) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.putLong(MAGIC).putLong(state.lowWater()).putLong(state.reserved()).putLong(state.wallMicros());
        bytes.putInt(crc(bytes)).flip();
        try (DiskFile file = Disk.REAL.open(directory.resolve(NAME), true)) {
            file.write(bytes, 0);
            file.force(true);
        }
    }

    /// DATA_CORRUPTED where it is damaged.
    static State read(Path directory) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        try (DiskFile file = Disk.REAL.open(directory.resolve(NAME), false)) {
            file.read(bytes, 0);
        }
        if (bytes.position() != BYTES || bytes.getLong(0) != MAGIC || bytes.getInt(CRC_AT) != crc(bytes)) {
            throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                    .with("file", directory.resolve(NAME))
                    .mend("Delete the replica's directory, so that it is made anew from another host.");
        }
        return new State(bytes.getLong(Long.BYTES), bytes.getLong(2 * Long.BYTES), bytes.getLong(3 * Long.BYTES));
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().clear().limit(CRC_AT));
        return (int) crc.getValue();
    }
}
