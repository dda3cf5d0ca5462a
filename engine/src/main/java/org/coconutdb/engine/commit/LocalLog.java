package org.coconutdb.engine.commit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.coconutdb.engine.Durability;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.CommandResult;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.tier.ColdDirectory;
import org.coconutdb.engine.version.Marks;
import org.coconutdb.engine.version.Snapshots;
import org.coconutdb.engine.version.Stamp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log of an embedded database: one for all of its blocks, in files or nowhere.
///
/// Group commit without a thread of its own: a proposer puts its ticket into the queue and tries to become the writer; the writer
/// takes all tickets there are, writes their entries, calls fsync once (where [Durability] asks for it), applies them to their blocks in
/// order, publishes the newest timestamp and wakes the others. So a lone client pays no hand-over between threads, and many share one fsync. (The "leader and
/// followers" scheme of LevelDB's write queue.)
///
/// Invariants
/// 1. Entries are applied in log order, by the one thread that holds `writing`: blocks have a single writer.
/// 2. An entry is applied only when it is durable, or in the file where [Durability] asks for no more or it prepares a transaction, whose
///    decision is durable only with it; published only when all entries up
///    to it are applied, and acknowledged only when it is published: what was acknowledged before a snapshot opens is in it, and no snapshot sees half of a group.
/// 3. Timestamps rise with the log index, across restarts too.
public final class LocalLog implements CommandLog {
    // A batch is written from one buffer; proposals beyond wait for the next.
    private static final int BATCH_TICKETS_MAX = 1024;
    private static final long BATCH_BYTES_MAX = 8L << 20;
    // Some microseconds: where no disk is waited for, most entries are applied by then, and to sleep and be woken takes longer.
    private static final int LOOKS_MAX = 200;
    private static final Logger LOG = LoggerFactory.getLogger(LocalLog.class);

    private final List<Block> blocks;
    private final Snapshots snapshots;
    private final @Nullable LogWriter writer;
    private final @Nullable LogSyncer syncer;
    private final AtomicLong lastTimestamp;
    private final LogClock clock;
    private final Queue<Ticket> queue = new ConcurrentLinkedQueue<>();
    private final ReentrantLock writing = new ReentrantLock();
    private final Recovered recovered;
    // How often a proposer looks whether its entry is written before it sleeps.
    private final int looksMax;

    // Called by the writer after each batch.
    private volatile Runnable written = () -> {};
    // Bytes of entries behind the checkpoint; written by the writer.
    private volatile long replayBytes;

    // Held by the thread that holds `writing`.
    private final List<Ticket> batch = new ArrayList<>();
    private long lastIndex;
    private boolean broken;
    private boolean closed;

    private LocalLog(
            List<Block> blocks,
            Snapshots snapshots,
            AtomicLong lastTimestamp,
            LogClock clock,
            Recovered recovered,
            boolean waitsForDisk) {
        this.blocks = blocks;
        this.snapshots = snapshots;
        this.lastTimestamp = lastTimestamp;
        this.clock = clock;
        clock.atLeast(recovered.wallMicros);
        this.recovered = recovered;
        this.looksMax = waitsForDisk || Runtime.getRuntime().availableProcessors() == 1 ? 0 : LOOKS_MAX;
        this.writer = recovered.writer;
        this.syncer = recovered.syncInterval == null || writer == null ? null : LogSyncer.start(writer, recovered.syncInterval);
        this.replayBytes = recovered.replayBytes;
        this.lastIndex = recovered.index;
    }

    /// A log that keeps nothing.
    ///
    /// @param blocks by block id
    /// @param lastTimestamp the newest timestamp given out; the log raises it
    /// @param clock what entries are stamped by
    public static LocalLog inMemory(List<Block> blocks, Snapshots snapshots, AtomicLong lastTimestamp, LogClock clock) {
        return new LocalLog(blocks, snapshots, lastTimestamp, clock, new Recovered(), false);
    }

    /// The log of a directory: loads the newest checkpoint into the blocks, applies everything behind it, then goes on there.
    public static LocalLog recover(
            DatabaseDirectory directory,
            List<Block> blocks,
            Snapshots snapshots,
            AtomicLong lastTimestamp,
            LogClock clock) {
        return recover(Disk.REAL, directory, blocks, snapshots, lastTimestamp, clock, null, () -> {}, OpeningMeter.NONE, Durability.SYNC,
                Duration.ZERO);
    }

    static LocalLog recover(
            Disk disk,
            DatabaseDirectory directory,
            List<Block> blocks,
            Snapshots snapshots,
            AtomicLong lastTimestamp,
            LogClock clock) {
        return recover(disk, directory, blocks, snapshots, lastTimestamp, clock, null, () -> {}, OpeningMeter.NONE, Durability.SYNC,
                Duration.ZERO);
    }

    /// The same of a database with a cold tier.
    ///
    /// @param replayed called after each entry: what came into memory may have to leave it
    /// @param meter counts what is read
    /// @param durability when what is proposed from now on is acknowledged
    /// @param syncInterval after which entries are synced, where that is [Durability#INTERVAL]
    public static LocalLog recover(
            DatabaseDirectory directory,
            List<Block> blocks,
            Snapshots snapshots,
            AtomicLong lastTimestamp,
            LogClock clock,
            ColdDirectory cold,
            Runnable replayed,
            OpeningMeter meter,
            Durability durability,
            Duration syncInterval) {
        return recover(Disk.REAL, directory, blocks, snapshots, lastTimestamp, clock, cold, replayed, meter, durability, syncInterval);
    }

    static LocalLog recover(
            Disk disk,
            DatabaseDirectory directory,
            List<Block> blocks,
            Snapshots snapshots,
            AtomicLong lastTimestamp,
            LogClock clock,
            @Nullable ColdDirectory cold,
            Runnable replayed,
            OpeningMeter meter,
            Durability durability,
            Duration syncInterval) {
        Recovered recovered = new Recovered();
        recovered.syncInterval = durability == Durability.INTERVAL ? syncInterval : null;
        try {
            Checkpoints checkpoints = new Checkpoints(disk, directory);
            CheckpointFile.Header checkpoint = checkpoints.newest(blocks.size());
            LogReader reader = new LogReader(disk, directory.log(), directory.database(), checkpoint == null ? 0 : checkpoint.index(),
                    meter, durability);
            if (meter.isOn()) {
                meter.begin(checkpoint == null ? 0 : checkpoints.bytes(checkpoint, blocks.size()), reader.bytes());
            }
            if (checkpoint != null) {
                lastTimestamp.set(checkpoint.timestamp());
                recovered.index = checkpoint.index();
                recovered.wallMicros = checkpoint.wallMicros();
                recovered.checkpointIndex = checkpoint.index();
                recovered.checkpointBytes = checkpoints.load(checkpoint, blocks, meter);
                snapshots.publish(checkpoint.timestamp());
            }
            if (cold != null) {
                cold.deleteUnused();
            }
            recovered.writer = reader.recover(entry -> {
                if (entry.block() < 0 || entry.block() >= blocks.size()) {
                    throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                            .with("directory", directory.path())
                            .with("index", entry.index())
                            .with("block", entry.block())
                            .with("blocks", blocks.size())
                            .mend("The log does not fit the database's manifest: restore both from one backup.");
                }
                Block block = blocks.get(entry.block());
                block.apply(entry.index(), entry.stamp(), entry.command());
                recovered.index = entry.index();
                recovered.wallMicros = entry.stamp().wallMicros();
                lastTimestamp.set(entry.stamp().commitTimestamp());
                snapshots.publish(entry.stamp().commitTimestamp());
                block.collectReplayed(snapshots.marks());
                replayed.run();
            });
            meter.end();
            recovered.firstSegment = reader.firstNeeded();
            recovered.replayBytes = reader.replayedBytes();
        } catch (IOException failure) {
            throw CoconutException.of(ErrorCode.IO_FAILED, failure)
                    .with("directory", directory.path())
                    .with("cause", String.valueOf(failure.getMessage()))
                    .mend("The log or a checkpoint cannot be read or written: mend the disk or its rights and open the database again.");
        }
        if (blocks.stream().anyMatch(Block::holdsTtl)) {
            clock.setExpiring();
        }
        return new LocalLog(blocks, snapshots, lastTimestamp, clock, recovered, durability == Durability.SYNC);
    }

    @Override
    public long lastTimestamp() {
        return lastTimestamp.get();
    }

    @Override
    public List<CommandResult> propose(List<Proposal> proposals) {
        Ticket ticket = new Ticket(proposals);
        if (writing.tryLock()) {
            // It was free: no need to queue for it.
            writeBatch(ticket);
            return ticket.results();
        }
        queue.add(ticket);
        for (int looks = 0; !ticket.done; looks++) {
            if (writing.tryLock()) {
                writeBatch(null);
            } else if (looks < looksMax) {
                Thread.onSpinWait();
            } else if (looks == looksMax) {
                // Whoever writes may have looked just before: look once more.
                ticket.parks = true;
            } else {
                LockSupport.park(this);
            }
        }
        return ticket.results();
    }

    /// Writes what has gathered and unlocks.
    ///
    /// @param first of the batch, that is not in the queue; null: none
    private void writeBatch(@Nullable Ticket first) {
        try {
            List<Ticket> tickets = batch;
            long bytes = 0;
            for (Ticket ticket = first != null ? first : queue.poll(); ticket != null; ticket = queue.poll()) {
                tickets.add(ticket);
                bytes += writer == null ? 0 : ticket.bytes();
                if (tickets.size() >= BATCH_TICKETS_MAX || bytes >= BATCH_BYTES_MAX) {
                    break;
                }
            }
            if (!tickets.isEmpty()) {
                writeTickets(tickets);
            }
        } finally {
            List<Ticket> asleep = asleep(batch);
            batch.clear();
            unlock();
            // Behind the lock: to wake one takes as long as to apply several, and they would only find the lock taken and sleep again.
            for (Ticket ticket : asleep) {
                ticket.wake();
            }
        }
    }

    private static List<Ticket> asleep(List<Ticket> tickets) {
        List<Ticket> asleep = List.of();
        for (Ticket ticket : tickets) {
            if (ticket.parks) {
                asleep = asleep.isEmpty() ? new ArrayList<>() : asleep;
                asleep.add(ticket);
            }
        }
        return asleep;
    }

    private void unlock() {
        writing.unlock();
        // Whoever came while this thread was writing found the lock taken and may sleep: one of them goes on.
        Ticket next = queue.peek();
        if (next != null) {
            next.wake();
        }
    }

    private void writeTickets(List<Ticket> tickets) {
        try {
            requireOpen();
            try {
                stamp(tickets);
            } catch (CoconutException failure) {
                if (failure.code() == ErrorCode.DISK_FULL && tickets.size() > 1) {
                    // Nothing was written. One by one, the small ones and the decisions still find room.
                    for (Ticket ticket : tickets) {
                        writeTickets(List.of(ticket));
                    }
                    return;
                }
                throw failure;
            }
            try {
                apply(tickets);
            } catch (RuntimeException | Error failure) {
                // Some of the batch is applied and some is not; what is in the log is right and is applied whole at the next start.
                broken = true;
                LOG.atError().addKeyValue("lastIndex", lastIndex).setCause(failure).log("an entry of the log could not be applied");
                throw failure;
            }
        } catch (RuntimeException | Error failure) {
            for (Ticket ticket : tickets) {
                ticket.failure = failure;
            }
        } finally {
            for (Ticket ticket : tickets) {
                ticket.done = true;
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw CoconutException.of(ErrorCode.CONNECTION_CLOSED).with("object", "database").mend("Open the database again.");
        }
        if (broken) {
            throw CoconutException.of(ErrorCode.BROKEN_INVARIANT)
                    .mend("An earlier change could not be applied. Reads go on; open the database again to write.");
        }
    }

    /// Gives index and time to all commands of the batch and writes them.
    private void stamp(List<Ticket> tickets) {
        long index = lastIndex;
        long timestamp = lastTimestamp.get();
        // Never before an earlier stamp, nor before what a reader took for the time: else a row could come back that it saw expired.
        long wallMicros = clock.nowMicros();
        for (Ticket ticket : tickets) {
            // One timestamp for a group: a transaction's decision is of one time in all of its blocks.
            timestamp++;
            Stamp stamp = new Stamp(timestamp, wallMicros);
            for (int i = 0; i < ticket.entries.length; i++) {
                Proposal proposal = ticket.proposals.get(i);
                index++;
                BlockCommand command = proposal.command() instanceof BlockCommand.Decide(long transaction, boolean commit, long decided)
                        && commit
                        && decided == 0 ? new BlockCommand.Decide(transaction, true, timestamp) : proposal.command();
                ticket.entries[i] = new LogEntry(index, proposal.block(), stamp, command);
            }
        }
        if (writer != null) {
            append(writer, tickets);
        }
        lastIndex = index;
        lastTimestamp.set(timestamp);
    }

    private void append(LogWriter file, List<Ticket> tickets) {
        List<LogEntry> entries = new ArrayList<>(tickets.size());
        for (Ticket ticket : tickets) {
            Collections.addAll(entries, ticket.entries);
        }
        long before = file.appendedBytes();
        file.append(entries);
        if (syncer != null) {
            syncer.written();
        }
        addReplayBytes(file.appendedBytes() - before);
    }

    private void apply(List<Ticket> tickets) {
        for (Ticket ticket : tickets) {
            for (int i = 0; i < ticket.entries.length; i++) {
                LogEntry entry = ticket.entries[i];
                Block block = blocks.get(entry.block());
                ticket.results[i] = block.apply(entry.index(), entry.stamp(), entry.command());
                if (block.holdsTtl() && !clock.isExpiring()) {
                    // Before anyone can see the row: who opens a snapshot that has it takes the time, too.
                    clock.setExpiring();
                }
            }
        }
        snapshots.publish(lastTimestamp.get());
        // All snapshots have to be looked at for them: only where something waits to be freed, which most inserts leave nothing of.
        Marks marks = null;
        for (Ticket ticket : tickets) {
            for (LogEntry entry : ticket.entries) {
                Block block = blocks.get(entry.block());
                // Once in each block, for all of its entries.
                if (block.appliedIndex() == entry.index() && block.beginCollection()) {
                    marks = marks == null ? snapshots.marks() : marks;
                    block.collect(marks);
                }
            }
        }
        written.run();
    }

    // The writer alone writes it; volatile is for those who read it.
    private void addReplayBytes(long change) {
        long now = replayBytes;
        replayBytes = now + change;
    }

    /// Where a checkpoint is taken.
    ///
    /// @param wallMicros the log's time, not before the stamp of an entry up to the index
    /// @param segment the segment that is written to: every entry in an older one is at or below the index
    /// @param replayBytes bytes of log between the checkpoint before and this one
    record Position(long index, long timestamp, long wallMicros, Path segment, long replayBytes) {}

    /// Writer: where the log stands; all of it is applied and written.
    Position position() {
        requireOpen();
        if (writer == null || writer.isFailed()) {
            throw CoconutException.of(ErrorCode.IO_FAILED)
                    .mend("An earlier write of the log failed. Mend the disk and open the database again.");
        }
        return new Position(lastIndex, lastTimestamp.get(), clock.nowMicros(), writer.path(), replayBytes);
    }

    /// Makes all entries up to now durable, beside the writer. IO_FAILED where they cannot be.
    void sync() {
        if (writer != null) {
            writer.sync();
        }
    }

    /// A checkpoint at the position is durable.
    void checkpointed(Position position) {
        asWriter(() -> addReplayBytes(-position.replayBytes()));
    }

    /// Bytes of log that would have to be replayed if the database were opened now.
    long replayBytes() {
        return replayBytes;
    }

    /// Calls the listener after each batch, on the thread that wrote it, which many may be waiting for: it must not wait.
    void whenWritten(Runnable listener) {
        written = listener;
    }

    /// What the log began with.
    Recovered recovered() {
        return recovered;
    }

    /// The last entry's index.
    long lastIndex() {
        AtomicLong index = new AtomicLong();
        asWriter(() -> index.set(lastIndex));
        return index.get();
    }

    /// By a timestamp at which nothing is committed. Not in the log: entries behind it have later ones all the same.
    @Override
    public void advance() {
        asWriter(() -> {
            if (!closed && !broken) {
                snapshots.publish(lastTimestamp.incrementAndGet());
            }
        });
    }

    @Override
    public Marks marks(int block) {
        return snapshots.marks();
    }

    @Override
    public boolean isOneLog() {
        return true;
    }

    @Override
    public boolean leads(int block) {
        return true;
    }

    @Override
    public void asWriter(Runnable task) {
        writing.lock();
        try {
            task.run();
        } finally {
            unlock();
        }
    }

    /// Waits for what is being written, makes all of it durable and closes the files; later proposals are refused. IO_FAILED where what was
    /// acknowledged could not be made durable, or the log not be marked as closed.
    @Override
    public void close() {
        if (syncer != null) {
            syncer.close();
        }
        asWriter(() -> {
            if (!closed) {
                closed = true;
                if (writer != null) {
                    try {
                        writer.close();
                    } catch (IOException failure) {
                        throw CoconutException.of(ErrorCode.IO_FAILED, failure)
                                .mend("Everything acknowledged is durable; the log could only not be marked as closed in order.");
                    }
                }
            }
        });
    }

    /// What was found when the log was opened.
    static final class Recovered {
        private @Nullable LogWriter writer;
        private @Nullable Duration syncInterval;
        private long index;
        private long wallMicros;
        private long checkpointIndex;
        private long checkpointBytes;
        private long replayBytes;
        private @Nullable Path firstSegment;

        /// The last entry that came from the checkpoint; 0 where there was none.
        long checkpointIndex() {
            return checkpointIndex;
        }

        long checkpointBytes() {
            return checkpointBytes;
        }

        /// The oldest segment that is still needed.
        @Nullable
        Path firstSegment() {
            return firstSegment;
        }
    }

    private static final class Ticket {
        private final List<Proposal> proposals;
        private final Thread proposer = Thread.currentThread();
        // Of the proposals, in their order.
        private final LogEntry[] entries;
        private final CommandResult[] results;
        private @Nullable Throwable failure;
        // Written last by the writer, read first by the proposer.
        private volatile boolean done;
        // Set by the proposer before it looks for the last time and sleeps.
        private volatile boolean parks;

        Ticket(List<Proposal> proposals) {
            this.proposals = proposals;
            this.entries = new LogEntry[proposals.size()];
            this.results = new CommandResult[proposals.size()];
        }

        void wake() {
            if (parks) {
                LockSupport.unpark(proposer);
            }
        }

        long bytes() {
            long bytes = 0;
            for (Proposal proposal : proposals) {
                bytes += CommandCodec.size(proposal.command());
            }
            return bytes;
        }

        List<CommandResult> results() {
            if (failure == null) {
                return Arrays.asList(results);
            }
            if (failure instanceof CoconutException shared) {
                // The same failure may belong to many proposers: each gets its own exception.
                throw shared.copy();
            }
            throw CoconutException.of(ErrorCode.BROKEN_INVARIANT, failure)
                    .mend("Open the database again and read whether the change is there; please report this.");
        }
    }
}
