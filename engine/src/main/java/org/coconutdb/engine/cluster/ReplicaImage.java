package org.coconutdb.engine.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.coconutdb.engine.block.BlockImage;
import org.coconutdb.engine.commit.BlockFile;
import org.coconutdb.engine.replication.ReplicatedState;
import org.coconutdb.engine.version.Snapshots;

/// A replica as it was behind one entry. What it shows is kept until it is closed.
final class ReplicaImage implements ReplicatedState.Image {
    private final Snapshots snapshots;
    private final int slot;
    private final BlockImage block;
    private final long index;
    private final long timestamp;
    private final ReplicaFile.State state;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    /// Writer.
    ///
    /// @param timestamp not below that of any version in it
    ReplicaImage(Snapshots snapshots, BlockImage block, long index, long timestamp, ReplicaFile.State state) {
        this.snapshots = snapshots;
        this.slot = snapshots.hold();
        this.block = block;
        this.index = index;
        this.timestamp = timestamp;
        this.state = state;
    }

    @Override
    public void write(Path directory) throws IOException {
        ReplicaFile.write(directory, state);
        BlockFile.write(directory, index, timestamp, state.wallMicros(), block);
    }

    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            snapshots.close(slot);
        }
    }
}
