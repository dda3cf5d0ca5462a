package org.coconutdb.engine.commit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.BlockImage;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.tier.ColdDirectory;
import org.coconutdb.engine.version.Snapshots;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes checkpoints of a database while it is used: on a thread of its own when the log has grown, when it is asked, and when the
/// database is closed. docs/decisions/0004-checkpoints.md argues why no crash loses anything.
///
/// ```
///  as the writer       hold the low-water mark, note the log's index and time, take an image of each block
///  beside the writer   write a file for each block at that time, make them durable, give them their name
///                      delete the older checkpoint, and the log's segments whose entries are all in this one
/// ```
/// A failure leaves the checkpoint before and all of the log, and is tried again.
public final class Checkpointer implements AutoCloseable {
    // Less is replayed in about the time that writing a checkpoint takes.
    private static final long CLOSE_REPLAY_BYTES_MAX = 16L << 20;
    private static final Duration RETRY_AFTER = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);

    private final Disk disk;
    private final DatabaseDirectory directory;
    private final List<Block> blocks;
    private final Snapshots snapshots;
    private final LocalLog log;
    private final long logBytesMin;
    private final @Nullable ColdDirectory cold;
    private final Checkpoints checkpoints;
    private final ReentrantLock running = new ReentrantLock();
    private @Nullable Thread thread;

    // Held by the thread that holds `running`.
    private long lastIndex;
    private boolean failureLogged;
    private boolean closed;
    // Written by the thread that holds `running`.
    private volatile long lastBytes;
    private volatile boolean stopping;

    Checkpointer(
            Disk disk,
            DatabaseDirectory directory,
            List<Block> blocks,
            Snapshots snapshots,
            LocalLog log,
            long logBytesMin,
            @Nullable ColdDirectory cold) {
        this.cold = cold;
        this.disk = disk;
        this.directory = directory;
        this.blocks = List.copyOf(blocks);
        this.snapshots = snapshots;
        this.log = log;
        this.logBytesMin = logBytesMin;
        this.checkpoints = new Checkpoints(disk, directory);
        this.lastIndex = log.recovered().checkpointIndex();
        this.lastBytes = log.recovered().checkpointBytes();
    }

    /// Begins to watch the log of a directory.
    ///
    /// @param logBytesMin a checkpoint is written when the log has grown by this and by as much as the last checkpoint has bytes, so that
    ///        no more is written for checkpoints than for the log
    public static Checkpointer start(
            DatabaseDirectory directory,
            List<Block> blocks,
            Snapshots snapshots,
            LocalLog log,
            long logBytesMin,
            @Nullable ColdDirectory cold) {
        Checkpointer checkpointer = new Checkpointer(Disk.REAL, directory, blocks, snapshots, log, logBytesMin, cold);
        Path firstSegment = log.recovered().firstSegment();
        if (firstSegment != null) {
            // What a crash left between a checkpoint's name and the end of its cleaning.
            checkpointer.clean(checkpointer.lastIndex, firstSegment, null);
        }
        Thread thread = Thread.ofPlatform().daemon().name("coconut-checkpoint").unstarted(checkpointer::watch);
        checkpointer.thread = thread;
        log.whenWritten(() -> {
            if (checkpointer.isDue()) {
                LockSupport.unpark(thread);
            }
        });
        thread.start();
        return checkpointer;
    }

    private boolean isDue() {
        return log.replayBytes() > Math.max(logBytesMin, lastBytes) || hasMuchColdGarbage();
    }

    /// Cold files without a row that is needed go with the next checkpoint.
    private boolean hasMuchColdGarbage() {
        return cold != null && cold.isWorthCleaning();
    }

    /// Looks whether a checkpoint is due for another reason than the log.
    public void wake() {
        Thread watching = thread;
        if (watching != null && isDue()) {
            LockSupport.unpark(watching);
        }
    }

    private void watch() {
        long notBefore = System.nanoTime();
        while (!stopping) {
            long wait = notBefore - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(this, wait);
            } else if (!isDue()) {
                LockSupport.park(this);
            } else if (!tryRun()) {
                notBefore = System.nanoTime() + RETRY_AFTER.toNanos();
            }
        }
    }

    /// Whether it went well; a warning is logged for the first of failures in a row.
    private boolean tryRun() {
        running.lock();
        try {
            run();
            failureLogged = false;
            return true;
        } catch (RuntimeException failure) {
            if (!failureLogged) {
                failureLogged = true;
                LOG.atWarn()
                        .addKeyValue("directory", directory.checkpoint())
                        .addKeyValue("replayBytes", log.replayBytes())
                        .setCause(failure)
                        .log("no checkpoint could be written: the log grows until one can; free space or mend the disk");
            }
            return false;
        } finally {
            running.unlock();
        }
    }

    /// Writes a checkpoint now and waits for it; without effect where nothing was written since the last. DISK_FULL, IO_FAILED where it
    /// cannot be written; the database goes on.
    public void run() {
        running.lock();
        try {
            if (closed) {
                throw CoconutException.of(ErrorCode.CONNECTION_CLOSED).with("object", "database").mend("Open the database again.");
            }
            checkpoint();
        } finally {
            running.unlock();
        }
    }

    private void checkpoint() {
        long begun = System.nanoTime();
        if (hasMuchColdGarbage() && log.lastIndex() == lastIndex) {
            // A checkpoint is named by its index, and there is one of this.
            log.propose(List.of(new CommandLog.Proposal(blocks.getFirst().id(), new BlockCommand.Forget(0))));
        }
        Start start = begin();
        LocalLog.Position position = start.position;
        try {
            if (position.index() == lastIndex) {
                return;
            }
            // A log never ends before its checkpoint: the reader takes that for damage, and an index is never given out again.
            log.sync();
            CheckpointFile.Header header =
                    new CheckpointFile.Header(directory.database(), position.index(), position.timestamp(), position.wallMicros());
            long bytes = checkpoints.write(header, start.images, cold);
            lastIndex = position.index();
            lastBytes = bytes;
            log.checkpointed(position);
            LOG.atInfo()
                    .addKeyValue("index", position.index())
                    .addKeyValue("bytes", bytes)
                    .addKeyValue("millis", (System.nanoTime() - begun) / 1_000_000)
                    .log("wrote a checkpoint");
        } catch (IOException failure) {
            throw CoconutException.of(Disk.isFull(failure) ? ErrorCode.DISK_FULL : ErrorCode.IO_FAILED, failure)
                    .with("directory", directory.checkpoint())
                    .with("cause", String.valueOf(failure.getMessage()))
                    .mend("Free space or mend the disk; nothing was changed, and the log keeps everything.");
        } finally {
            snapshots.close(start.slot);
        }
        clean(position.index(), position.segment(), start.garbage);
    }

    private record Start(
            int slot, LocalLog.Position position, List<BlockImage> images, ColdDirectory.@Nullable Garbage garbage) {}

    /// Everything that must be of one moment.
    private Start begin() {
        List<Start> started = new ArrayList<>();
        log.asWriter(() -> {
            LocalLog.Position position = log.position();
            List<BlockImage> images = blocks.stream().map(Block::image).toList();
            ColdDirectory.Garbage garbage = cold == null ? null : cold.beginCheckpoint();
            // Last: it has to be given back. The mark, not the position's own time: tombstones above the mark decide about transactions
            // whose entries are still to come, and must be there when the files come to them.
            started.add(new Start(snapshots.hold(), position, images, garbage));
        });
        return started.getFirst();
    }

    private void clean(long index, Path firstSegment, ColdDirectory.@Nullable Garbage garbage) {
        try {
            checkpoints.deleteBefore(index);
            LogReader.deleteBefore(disk, directory.log(), firstSegment);
            if (garbage != null) {
                garbage.delete();
            }
        } catch (IOException | CoconutException failure) {
            LOG.atWarn()
                    .addKeyValue("directory", directory.path())
                    .setCause(failure)
                    .log("files that a checkpoint made superfluous could not be deleted; tried again with the next");
        }
    }

    /// Waits for a checkpoint under way, and writes one where much would have to be replayed otherwise. Called before the log is closed.
    @Override
    public void close() {
        stopping = true;
        Thread watching = thread;
        if (watching != null) {
            LockSupport.unpark(watching);
            boolean interrupted = false;
            while (watching.isAlive()) {
                try {
                    watching.join();
                } catch (InterruptedException again) {
                    // The blocks are closed next: nobody may be reading them.
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        running.lock();
        try {
            if (!closed && log.replayBytes() > CLOSE_REPLAY_BYTES_MAX) {
                tryRun();
            }
            closed = true;
        } finally {
            running.unlock();
        }
    }
}
