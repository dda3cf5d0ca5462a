package org.coconutdb.engine.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.commit.LogClock;
import org.coconutdb.engine.version.Marks;
import org.coconutdb.engine.version.Snapshots;

/// A host's replicas, and what they share: one writer at a time, one clock, one set of snapshots. Any thread.
///
/// Invariant: [Snapshots#visible] is a timestamp V such that everything at or below it is applied here, in every block, and nothing that is applied from now on is at
/// or below it. So what a reader's slot holds is never freed under it, whatever order entries of different blocks come in.
final class Replicas {
    private record Replaced(long timestamp, Block block) {}

    private final List<Block> blocks;
    private final Snapshots snapshots;
    private final LogClock clock;
    private final IntFunction<Block> empty;
    private final ReentrantLock writing = new ReentrantLock();
    // Guarded by `writing`.
    private final List<Replaced> replaced = new ArrayList<>();
    private boolean isClosed;

    /// @param empty makes a block without anything, by its id
    Replicas(int count, Snapshots snapshots, LogClock clock, IntFunction<Block> empty) {
        this.snapshots = snapshots;
        this.clock = clock;
        this.empty = empty;
        List<Block> made = new ArrayList<>();
        for (int id = 0; id < count; id++) {
            made.add(empty.apply(id));
        }
        this.blocks = new CopyOnWriteArrayList<>(made);
    }

    /// By id. Places change their block when a replica is restored from an image.
    List<Block> blocks() {
        return blocks;
    }

    Snapshots snapshots() {
        return snapshots;
    }

    LogClock clock() {
        return clock;
    }

    Block empty(int id) {
        return empty.apply(id);
    }

    /// Runs something while nothing is applied.
    void asWriter(Runnable task) {
        writing.lock();
        try {
            task.run();
        } finally {
            writing.unlock();
        }
    }

    /// Logs take locks of their own before the writer's: the writer asks none of them.
    boolean isWriter() {
        return writing.isHeldByCurrentThread();
    }

    /// Writer: whether [#close] was called, so that nothing may be applied any more.
    boolean isClosed() {
        return isClosed;
    }

    /// Writer: puts a restored block in the place of the one before, which is closed when nobody reads it.
    void replace(int id, Block restored) {
        Block before = blocks.set(id, restored);
        replaced.add(new Replaced(snapshots.visible() + 1, before));
    }

    /// Writer: up to where the past is over for readers here, and for those who judge everywhere.
    ///
    /// @param lowWater of the block, by its log
    Marks marks(long lowWater) {
        Marks here = snapshots.marks();
        return new Marks(Math.min(here.lowWater(), lowWater), here.readers());
    }

    /// Everything at or below the timestamp is applied here.
    void publish(long timestamp) {
        asWriter(() -> {
            if (timestamp > snapshots.visible()) {
                snapshots.publish(timestamp);
            }
            long readers = snapshots.marks().readers();
            replaced.removeIf(each -> {
                boolean isDue = each.timestamp() <= readers;
                if (isDue) {
                    each.block().close();
                }
                return isDue;
            });
        });
    }

    /// Frees all memory. The owner has made sure that no reader is left.
    void close() {
        asWriter(() -> {
            isClosed = true;
            blocks.forEach(Block::close);
            replaced.forEach(each -> each.block().close());
            replaced.clear();
        });
    }
}
