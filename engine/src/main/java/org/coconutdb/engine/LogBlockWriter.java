package org.coconutdb.engine;

import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.commit.LocalLog;
import org.coconutdb.engine.tier.BlockWriter;
import org.coconutdb.engine.version.Snapshots;
import org.jspecify.annotations.Nullable;

/// The tier's way to blocks: as the writer of the log, and until the log has been replayed, as the thread that replays it.
final class LogBlockWriter implements BlockWriter {
    private final Snapshots snapshots;
    // Set once, by the thread that replayed.
    private volatile @Nullable LocalLog log;

    LogBlockWriter(Snapshots snapshots) {
        this.snapshots = snapshots;
    }

    /// The log has been replayed and is written to from now on.
    void use(LocalLog opened) {
        log = opened;
    }

    @Override
    public void run(Runnable task) {
        LocalLog opened = log;
        if (opened == null) {
            task.run();
        } else {
            opened.asWriter(task);
        }
    }

    @Override
    public void collect(Block block, int table, int limit) {
        LocalLog opened = log;
        // A replay collects by itself, and keeps the tombstones that this would not.
        if (opened != null) {
            opened.asWriter(() -> block.collect(table, snapshots.marks(), limit));
        }
    }

    @Override
    public void advance() {
        LocalLog opened = log;
        // A replay's entries have times of their own, and the next one comes.
        if (opened != null) {
            opened.advance();
        }
    }
}
