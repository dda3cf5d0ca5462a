package org.coconutdb.engine.replication;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.coconutdb.engine.error.CoconutException;
import org.jspecify.annotations.Nullable;

/// Gathers what is proposed at a primary into entries: while entries are under way commands wait, and the next one takes them all, within bounds. Heads are
/// asked for one after the other. Any thread.
///
/// A batch is WAITING -> (head) -> SUBMITTED -> APPENDED -> done; until it is appended it can be refused, later its outcome is told when its entry is applied, or is not known.
final class Proposals {
    /// Of an entry, so that a reader does not wait for long behind it; a single command may be larger.
    static final int BATCH_BYTES_MAX = 512 << 10;
    static final int BATCH_COMMANDS_MAX = 1_024;
    /// The largest command: an entry with it fits into Ratis's buffers.
    static final int COMMAND_BYTES_MAX = 4 << 20;
    /// Entries of a block that are under way at once.
    private static final int ENTRIES_MAX = 2;
    private static final int WAITING_MAX = 64 << 10;
    private static final long WAITING_BYTES_MAX = 64L << 20;

    record Proposal(long requestId, byte[] command, CompletableFuture<byte[]> outcome, long sinceNanos) {}

    private enum Step {
        SUBMITTED, APPENDED, REFUSED
    }

    /// Commands of one entry.
    final class Batch implements RaftLogView.Submission {
        private final Leading leading;
        final List<Proposal> proposals;
        private final byte[] head;
        private final BlockEntry entry;
        final long submittedNanos;
        // Guarded by Proposals.this.
        private Step step = Step.SUBMITTED;

        Batch(Leading leading, List<Proposal> proposals, byte[] head, BlockEntry entry) {
            this.leading = leading;
            this.proposals = proposals;
            this.head = head;
            this.entry = entry;
            this.submittedNanos = System.nanoTime();
        }

        @Override
        public BlockEntry entry() {
            return entry;
        }

        @Override
        public boolean onAppending(long index, long atTerm) {
            synchronized (Proposals.this) {
                // What was proposed in one term is not appended in another: its head was made for that one.
                if (step != Step.SUBMITTED || atTerm != leading.term) {
                    return false;
                }
                step = Step.APPENDED;
                isSubmitting = false;
            }
            block.proposed().put(index, this);
            return true;
        }

        long term() {
            return leading.term;
        }

        byte[] head() {
            return head;
        }
    }

    private final ReplicatedBlock block;
    private final ReplicatedState state;
    private final RaftLogView log;
    // Raft's locks are waited for there: not by who proposes, and not by who applies.
    private final Executor executor;

    // All guarded by this.
    private final Deque<Proposal> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean isSubmitting;
    private int underWay;
    private @Nullable Leading leading;

    Proposals(ReplicatedBlock block, ReplicatedState state, RaftLogView log, Executor executor) {
        this.block = block;
        this.executor = executor;
        this.state = state;
        this.log = log;
    }

    /// This replica leads from now on, and Raft takes entries.
    void onReady(Leading now) {
        synchronized (this) {
            leading = now;
        }
        executor.execute(this::pump);
    }

    /// This replica does not lead any more, or not yet again.
    void onLost() {
        List<Proposal> refused;
        synchronized (this) {
            leading = null;
            refused = List.copyOf(waiting);
            waiting.clear();
            waitingBytes = 0;
        }
        refuseSoon(refused);
    }

    /// @param requestId the same nowhere else
    /// @param term in which the command may be appended: it is refused in any other
    CompletableFuture<byte[]> propose(long requestId, long term, byte[] command) {
        CompletableFuture<byte[]> outcome = new CompletableFuture<>();
        CoconutException refused = null;
        synchronized (this) {
            if (leading == null || leading.term != term) {
                refused = block.errors().notPrimary();
            } else if (leading.isMissingReplicas()) {
                refused = block.errors().replicasMissing();
            } else if (waiting.size() >= WAITING_MAX || waitingBytes + command.length > WAITING_BYTES_MAX) {
                refused = block.errors().busy(waiting.size(), waitingBytes);
            } else {
                waiting.addLast(new Proposal(requestId, command, outcome, System.nanoTime()));
                waitingBytes += command.length;
            }
        }
        if (refused != null) {
            return CompletableFuture.failedFuture(refused);
        }
        // By who proposes, where nobody is at it: a thread less to wait for.
        pump();
        return outcome;
    }

    /// The primary has settled, or may have.
    void onCommitted() {
        boolean isWaiting;
        synchronized (this) {
            isWaiting = !waiting.isEmpty() && underWay == 0;
        }
        if (isWaiting) {
            executor.execute(this::pump);
        }
    }

    /// Whether commands wait, for an entry or for what comes of it.
    synchronized boolean isWaiting() {
        return !waiting.isEmpty() || underWay > 0;
    }

    /// Refuses what waits here and cannot go on: a primary that is short of replicas may never settle.
    void giveUp(long nanosMax) {
        List<Proposal> refused = new ArrayList<>();
        CoconutException why;
        long now = System.nanoTime();
        boolean isSettled = block.isSettledPrimary();
        synchronized (this) {
            boolean isMissingReplicas = leading != null && leading.isMissingReplicas();
            why = isMissingReplicas ? block.errors().replicasMissing()
                    : isSettled ? block.errors().busy(waiting.size(), waitingBytes) : block.errors().notPrimary();
            while (!waiting.isEmpty() && (isMissingReplicas || now - waiting.getFirst().sinceNanos() >= nanosMax)) {
                Proposal first = waiting.removeFirst();
                waitingBytes -= first.command().length;
                refused.add(first);
            }
        }
        refuse(refused, why);
    }

    private void pump() {
        List<Proposal> batch = new ArrayList<>();
        Leading now;
        if (!block.isSettledPrimary()) {
            return;
        }
        synchronized (this) {
            now = leading;
            if (now == null || isSubmitting || underWay >= ENTRIES_MAX || waiting.isEmpty()) {
                return;
            }
            int bytes = 0;
            while (!waiting.isEmpty() && batch.size() < BATCH_COMMANDS_MAX) {
                int next = waiting.getFirst().command().length + BlockEntry.COMMAND_OVERHEAD_BYTES;
                if (!batch.isEmpty() && bytes + next > BATCH_BYTES_MAX) {
                    break;
                }
                bytes += next;
                batch.add(waiting.removeFirst());
            }
            batch.forEach(proposal -> waitingBytes -= proposal.command().length);
            isSubmitting = true;
            underWay++;
        }
        try {
            state.head(batch.size()).whenComplete((head, failure) -> {
                if (head != null) {
                    submit(now, batch, head);
                } else {
                    onNotSubmitted(batch, failure == null ? new IllegalStateException("no head") : failure);
                }
            });
        } catch (RuntimeException failure) {
            onNotSubmitted(batch, failure);
        }
    }

    private void onNotSubmitted(List<Proposal> batch, Throwable failure) {
        synchronized (this) {
            isSubmitting = false;
            underWay--;
        }
        refuse(batch, failure);
        executor.execute(this::pump);
    }

    private void submit(Leading now, List<Proposal> proposals, byte[] head) {
        List<byte[]> commands = proposals.stream().map(Proposal::command).toList();
        long[] requestIds = proposals.stream().mapToLong(Proposal::requestId).toArray();
        BlockEntry entry = new BlockEntry.Commands(block.commit().index(), new ReplicatedState.Entry(head, commands), requestIds);
        Batch batch = new Batch(now, proposals, head, entry);
        log.submit(batch, failure -> {
            if (failure != null) {
                onEnded(batch);
            }
        });
        synchronized (this) {
            isSubmitting = false;
        }
        executor.execute(this::pump);
    }

    /// Raft gave the entry up. Where it had not been appended it never is.
    private void onEnded(Batch batch) {
        synchronized (this) {
            if (batch.step != Step.SUBMITTED) {
                return;
            }
            batch.step = Step.REFUSED;
            underWay--;
        }
        state.onHeadUnused(batch.head());
        refuseSoon(batch.proposals);
        executor.execute(this::pump);
    }

    /// A batch that was appended has its outcome, whatever it is.
    void onOutcome() {
        synchronized (this) {
            underWay--;
        }
        executor.execute(this::pump);
    }

    /// Not by who calls: Raft does so under its locks, and what waits for the outcomes may take others under which commands are proposed.
    private void refuseSoon(List<Proposal> proposals) {
        if (!proposals.isEmpty()) {
            CoconutException why = block.errors().notPrimary();
            executor.execute(() -> refuse(proposals, why));
        }
    }

    private void refuse(List<Proposal> proposals, Throwable why) {
        for (Proposal proposal : proposals) {
            proposal.outcome().completeExceptionally(why instanceof CoconutException exception ? exception.copy() : why);
        }
    }
}
