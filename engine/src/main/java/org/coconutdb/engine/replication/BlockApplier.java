package org.coconutdb.engine.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Applies a block's entries, one after the other, on one thread at a time of those that it is given. Any thread asks for it.
final class BlockApplier {
    private static final Logger LOG = LoggerFactory.getLogger(BlockApplier.class);

    /// Where entries come from, and who is told.
    interface Entries {
        /// The entry, where it is committed; else null.
        LogTail.@Nullable Unapplied committed(long index);

        /// @param commands the entry's; null where it has none
        void onApplied(LogTail.Unapplied entry, BlockEntry.@Nullable Commands commands, List<byte[]> results);

        /// This replica's state is not known any more.
        void onBroken();
    }

    /// Is told of each entry that was applied, by the thread that applies.
    interface SnapshotTrigger {
        void onApplied(int bytes);
    }

    private record Waiter(long index, CompletableFuture<Void> done) {}

    private final int block;
    private final ReplicatedState state;
    private final RaftLogView log;
    private final Entries entries;
    private final SnapshotTrigger snapshots;
    private final Executor executor;
    private final PriorityQueue<Waiter> waiters = new PriorityQueue<>((left, right) -> Long.compare(left.index(), right.index()));

    // Guarded by this.
    private boolean isOpen;
    private boolean isApplying;
    private boolean isWanted;
    // Written by the thread that applies, or while none does.
    private volatile long appliedIndex = -1;
    private long appliedTerm = -1;

    BlockApplier(int block, ReplicatedState state, RaftLogView log, Entries entries, SnapshotTrigger snapshots, Executor executor) {
        this.block = block;
        this.state = state;
        this.log = log;
        this.entries = entries;
        this.snapshots = snapshots;
        this.executor = executor;
    }

    long appliedIndex() {
        return appliedIndex;
    }

    /// Of the thread that applies.
    long appliedTerm() {
        return appliedTerm;
    }

    /// The state has everything up to an index.
    void open(long index, long term) {
        synchronized (this) {
            appliedIndex = index;
            appliedTerm = term;
            isOpen = true;
        }
        tellWaiters();
    }

    /// Nothing is applied any more when this returns.
    synchronized void pause() throws InterruptedException {
        isOpen = false;
        while (isApplying) {
            wait();
        }
    }

    /// Nothing more is begun.
    synchronized void stop() {
        isOpen = false;
    }

    /// More may be committed.
    synchronized void wake() {
        isWanted = true;
        if (isOpen && !isApplying) {
            isApplying = true;
            executor.execute(this::applyAll);
        }
    }

    private synchronized boolean goesOn() {
        if (isOpen && isWanted) {
            isWanted = false;
            return true;
        }
        isApplying = false;
        notifyAll();
        return false;
    }

    private synchronized boolean isOpen() {
        return isOpen;
    }

    private void applyAll() {
        try {
            while (goesOn()) {
                LogTail.Unapplied next = entries.committed(appliedIndex + 1);
                while (next != null && isOpen()) {
                    apply(next);
                    next = entries.committed(appliedIndex + 1);
                }
            }
        } catch (RuntimeException | Error failure) {
            // What was applied is not known any more: this replica answers nothing until its process begins again.
            LOG.atError().addKeyValue("block", block).addKeyValue("appliedIndex", appliedIndex).setCause(failure).log(
                    "cannot apply an entry");
            synchronized (this) {
                isOpen = false;
                isApplying = false;
                notifyAll();
            }
            entries.onBroken();
        }
    }

    private void apply(LogTail.Unapplied next) {
        List<byte[]> results = List.of();
        BlockEntry.Commands commands = next.isOurs() && entry(next) instanceof BlockEntry.Commands ours ? ours : null;
        if (commands != null) {
            results = state.apply(next.index(), commands.entry());
            if (results.size() != commands.entry().commands().size()) {
                throw CoconutException.of(ErrorCode.BROKEN_INVARIANT).with("block", block).with("index", next.index()).with("results",
                        results.size());
            }
        }
        appliedTerm = next.term();
        appliedIndex = next.index();
        entries.onApplied(next, commands, results);
        tellWaiters();
        snapshots.onApplied(next.bytes());
    }

    private BlockEntry entry(LogTail.Unapplied unapplied) {
        BlockEntry held = unapplied.entry();
        if (held != null) {
            return held;
        }
        RaftLogView.Logged logged = log.read(unapplied.index());
        BlockEntry read = logged == null ? null : logged.entry();
        if (read == null) {
            throw CoconutException.of(ErrorCode.BROKEN_INVARIANT).with("block", block).with("missingIndex", unapplied.index());
        }
        return read;
    }

    private void tellWaiters() {
        List<Waiter> due = new ArrayList<>();
        synchronized (waiters) {
            while (!waiters.isEmpty() && waiters.peek().index() <= appliedIndex) {
                due.add(waiters.remove());
            }
        }
        due.forEach(waiter -> waiter.done().complete(null));
    }

    /// Completes when an entry is applied here.
    CompletableFuture<Void> whenApplied(long index) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        synchronized (waiters) {
            waiters.add(new Waiter(index, done));
        }
        tellWaiters();
        return done;
    }

    /// Nobody waits any more.
    void forget(CompletableFuture<Void> waiter) {
        waiter.cancel(false);
        synchronized (waiters) {
            waiters.removeIf(each -> each.done().isDone());
        }
    }

    void failWaiters(BlockErrors errors) {
        List<Waiter> waiting;
        synchronized (waiters) {
            waiting = List.copyOf(waiters);
            waiters.clear();
        }
        waiting.forEach(waiter -> waiter.done().completeExceptionally(errors.notPrimary()));
    }
}
