package org.coconutdb.engine.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.replication.BlockLog;
import org.coconutdb.engine.replication.ClusterConfig;
import org.coconutdb.engine.replication.CommitPolicy;
import org.coconutdb.engine.replication.CommitRule;
import org.coconutdb.engine.replication.FaultyHost;
import org.coconutdb.engine.replication.HostAddress;
import org.coconutdb.engine.replication.HostLinks;
import org.coconutdb.engine.replication.ReplicatedState;

/// A [RatisCarrier] with faults, slow to apply if asked, and without one of the protocol's rules if asked.
public final class FaultyCarrier implements LogCarrier {
    /// A rule of docs/decisions/0015-unanimous-commit.md that a cluster does without, to see that its absence is found out.
    public enum Missing {
        NOTHING,
        /// Every replica answers reads, whether it holds a lease or not.
        LEASE,
        /// An entry is committed when a majority has it, and every replica answers reads all the same.
        VOTES_OF_ALL,
        /// A replica votes for an entry, and marks what it touches when it applies it.
        MARKS
    }

    private final RatisCarrier carrier;
    private final Missing missing;
    private volatile long applyNanos;

    /// @param spaces which without the votes of all count majorities, whatever they say
    public FaultyCarrier(ClusterConfig config, List<BlockSpace> spaces, FaultyHost faults, Missing missing) {
        this.carrier = missing == Missing.VOTES_OF_ALL
                ? new RatisCarrier(config.with(CommitPolicy.MAJORITY), spaces.stream().map(FaultyCarrier::byMajority).toList(), faults::open)
                : new RatisCarrier(config, spaces, faults::open);
        this.missing = missing;
    }

    private static BlockSpace byMajority(BlockSpace space) {
        return new BlockSpace(space.name(), space.firstBlock(), space.blockCount(), space.rule()
                .map(rule -> new CommitRule(CommitPolicy.MAJORITY, rule.voteTimeoutNanos(), rule.minVoters())));
    }

    /// Each entry takes so much longer to apply.
    public void setApplyMillis(long millis) {
        applyNanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Override
    public HostLinks links() {
        return carrier.links();
    }

    @Override
    public String cluster() {
        return carrier.cluster();
    }

    @Override
    public List<HostAddress> hosts() {
        return carrier.hosts();
    }

    @Override
    public List<BlockSpace> spaces() {
        return carrier.spaces();
    }

    @Override
    public BlockLog open(int block, ReplicatedState state) {
        State between = new State(state);
        BlockLog log = carrier.open(block, between);
        between.log = log;
        return missing == Missing.LEASE || missing == Missing.VOTES_OF_ALL ? new ReadableLog(log) : log;
    }

    @Override
    public void start() {
        carrier.start();
    }

    @Override
    public void close() {
        carrier.close();
    }

    private final class State implements ReplicatedState {
        private record Appended(long index, Entry entry) {}

        private final ReplicatedState state;
        // Not marked yet. Guarded by itself.
        private final Deque<Appended> unmarked = new ArrayDeque<>();
        private volatile BlockLog log;

        State(ReplicatedState state) {
            this.state = state;
        }

        @Override
        public CompletionStage<byte[]> head(int commandCount) {
            return state.head(commandCount);
        }

        @Override
        public void onHeadUnused(byte[] head) {
            state.onHeadUnused(head);
        }

        @Override
        public void onAppended(long index, Entry entry) {
            synchronized (unmarked) {
                unmarked.addLast(new Appended(index, entry));
            }
            // A primary has to know what it has written for the next entry's sake.
            if (missing != Missing.MARKS || log.isPrimaryHere()) {
                mark(Long.MAX_VALUE);
            }
        }

        private void mark(long upTo) {
            synchronized (unmarked) {
                while (!unmarked.isEmpty() && unmarked.getFirst().index() <= upTo) {
                    Appended next = unmarked.removeFirst();
                    state.onAppended(next.index(), next.entry());
                }
            }
        }

        @Override
        public void onTruncated(long fromIndex) {
            synchronized (unmarked) {
                unmarked.removeIf(each -> each.index() >= fromIndex);
            }
            state.onTruncated(fromIndex);
        }

        @Override
        public List<byte[]> apply(long index, Entry entry) {
            long until = System.nanoTime() + applyNanos;
            for (long left = applyNanos; left > 0; left = until - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
            }
            mark(index);
            return state.apply(index, entry);
        }

        @Override
        public Image image() {
            return state.image();
        }

        @Override
        public void restore(Path directory, long appliedIndex) throws IOException {
            synchronized (unmarked) {
                unmarked.clear();
            }
            state.restore(directory, appliedIndex);
        }
    }

    private record ReadableLog(BlockLog log) implements BlockLog {
        @Override
        public int block() {
            return log.block();
        }

        @Override
        public Status status() {
            Status status = log.status();
            return new Status(status.block(), status.self(), status.primary(), status.term(), status.inSync(), status.members(), status
                    .lastIndex(), status.commitIndex(), status.appliedIndex(), true, status.agreed());
        }

        @Override
        public List<Votes> votes() {
            return log.votes();
        }

        @Override
        public void setRule(CommitRule rule) {
            log.setRule(rule);
        }

        @Override
        public boolean isPrimaryHere() {
            return log.isPrimaryHere();
        }

        @Override
        public boolean isSettledPrimaryHere() {
            return log.isSettledPrimaryHere();
        }

        @Override
        public CompletableFuture<byte[]> propose(byte[] command) {
            return log.propose(command);
        }

        @Override
        public boolean mayRead() {
            return true;
        }

        @Override
        public CompletableFuture<Void> catchUp() {
            return log.catchUp();
        }
    }
}
