package org.coconutdb.engine;

import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.commit.CommandLog;
import org.coconutdb.engine.tier.BlockWriter;
import org.jspecify.annotations.Nullable;

/// The tier's way to blocks: as the writer of the log, and until the log has been replayed, as the thread that replays it.
final class LogBlockWriter implements BlockWriter {
    // Set once, by the thread that replayed.
    private volatile @Nullable CommandLog log;

    /// The log has been replayed and is written to from now on.
    void use(CommandLog opened) {
        log = opened;
    }

    @Override
    public void run(Runnable task) {
        CommandLog opened = log;
        if (opened == null) {
            task.run();
        } else {
            opened.asWriter(task);
        }
    }

    @Override
    public void collect(Block block, int table, int limit) {
        CommandLog opened = log;
        // A replay collects by itself, and keeps the tombstones that this would not.
        if (opened != null) {
            opened.asWriter(() -> block.collect(table, opened.marks(block.id()), limit));
        }
    }

    @Override
    public void advance() {
        CommandLog opened = log;
        // A replay's entries have times of their own, and the next one comes.
        if (opened != null) {
            opened.advance();
        }
    }
}
