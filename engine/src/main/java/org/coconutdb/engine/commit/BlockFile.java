package org.coconutdb.engine.commit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.BlockImage;
import org.coconutdb.engine.disk.Disk;

/// One block's image as a file of its own, for replicas; it is laid out as in a checkpoint ([CheckpointFile]).
public final class BlockFile {
    // Replicas of a block have one identity, whichever host wrote the file.
    private static final UUID REPLICA = new UUID(0, 0);

    private BlockFile() {}

    /// Writes an image with its rows at the timestamp into a directory that exists, durably.
    public static void write(Path directory, long index, long timestamp, long wallMicros, BlockImage image) throws IOException {
        CheckpointFile.Header header = new CheckpointFile.Header(REPLICA, index, timestamp, wallMicros);
        CheckpointWriter.write(Disk.REAL, CheckpointFile.file(directory, image.block()), header, image);
        Disk.REAL.forceDirectory(directory);
    }

    /// Loads a block, which is empty. DATA_CORRUPTED, FOREIGN_FILE; then it is to be thrown away.
    ///
    /// @return the timestamp that rows were written at
    public static long load(Path directory, Block block) throws IOException {
        Path file = CheckpointFile.file(directory, block.id());
        CheckpointFile.Header header = CheckpointReader.header(Disk.REAL, file, block.id());
        CheckpointReader.load(Disk.REAL, file, header, block, OpeningMeter.NONE);
        return header.timestamp();
    }
}
