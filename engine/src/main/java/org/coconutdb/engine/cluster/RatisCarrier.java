package org.coconutdb.engine.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.placement.BlockTable;
import org.coconutdb.engine.replication.BlockLog;
import org.coconutdb.engine.replication.ClusterConfig;
import org.coconutdb.engine.replication.CommitRule;
import org.coconutdb.engine.replication.HostAddress;
import org.coconutdb.engine.replication.HostLinks;
import org.coconutdb.engine.replication.ReplicatedBlockPlan;
import org.coconutdb.engine.replication.ReplicatedState;
import org.coconutdb.engine.replication.ReplicationHost;
import org.jspecify.annotations.Nullable;

/// Carries a host's logs by Ratis. Every host has a replica of every block; who leads which is spread evenly by priority. Any thread.
public final class RatisCarrier implements LogCarrier {
    /// Opens this host's replicas: [ReplicationHost#open], or the same with faults.
    interface Opener {
        ReplicationHost open(ClusterConfig config, List<ReplicatedBlockPlan> plans, Function<Integer, ReplicatedState> states);
    }

    private final ClusterConfig config;
    private final List<BlockSpace> spaces;
    private final Opener opener;
    private final Map<Integer, ReplicatedState> states = new HashMap<>();
    private final List<Log> logs = new ArrayList<>();
    private final Map<Byte, HostLinks.Answerer> answerers = new ConcurrentHashMap<>();
    private final Links links = new Links();
    // Set by `start`, whose states may be called before it returns.
    private volatile @Nullable ReplicationHost host;

    /// All blocks beside the directory in the default space.
    public RatisCarrier(ClusterConfig config, int blockCount) {
        this(config, List.of(BlockSpace.first(blockCount, config.rule())));
    }

    /// @param spaces the default one first, each behind the one before
    public RatisCarrier(ClusterConfig config, List<BlockSpace> spaces) {
        this(config, spaces, ReplicationHost::open);
    }

    RatisCarrier(ClusterConfig config, List<BlockSpace> spaces, Opener opener) {
        this.config = config;
        this.spaces = List.copyOf(spaces);
        this.opener = opener;
    }

    @Override
    public HostLinks links() {
        return links;
    }

    @Override
    public String cluster() {
        return config.cluster();
    }

    @Override
    public List<HostAddress> hosts() {
        return config.hosts();
    }

    @Override
    public List<BlockSpace> spaces() {
        return spaces;
    }

    @Override
    public BlockLog open(int block, ReplicatedState state) {
        states.put(block, state);
        Log log = new Log(block);
        logs.add(log);
        return log;
    }

    @Override
    public void start() {
        List<ReplicatedBlockPlan> plans = new ArrayList<>();
        // Of the directory more than a majority never have to stay in sync: else what it keeps could not be changed back while a host is away.
        plans.add(plan(BlockTable.DIRECTORY, spaces.getFirst().rule().map(rule -> rule.atMostMajority(config.hosts().size()))));
        for (BlockSpace space : spaces) {
            for (int block = space.firstBlock(); block < space.end(); block++) {
                plans.add(plan(block, space.rule()));
            }
        }
        ReplicationHost opened = opener.open(config, plans, states::get);
        answerers.forEach(opened.links()::answer);
        host = opened;
        logs.forEach(Log::passOnRule);
    }

    /// Hosts lead in turn, and where one is away, the next of them.
    private ReplicatedBlockPlan plan(int block, Optional<CommitRule> rule) {
        List<HostAddress> hosts = config.hosts();
        List<ReplicatedBlockPlan.Member> members = new ArrayList<>();
        for (int i = 0; i < hosts.size(); i++) {
            int behindHome = Math.floorMod(i - block, hosts.size());
            members.add(new ReplicatedBlockPlan.Member(hosts.get(i).number(), hosts.size() - behindHome));
        }
        return new ReplicatedBlockPlan(block, members, rule);
    }

    private static CoconutException notStarted(int block) {
        return CoconutException.of(ErrorCode.NOT_PRIMARY).with("block", block).mend(
                "This host is being started. Nothing was done: try again.");
    }

    @Override
    public void close() {
        ReplicationHost opened = host;
        if (opened != null) {
            opened.close();
        }
    }

    private final class Links implements HostLinks {
        @Override
        public int self() {
            return config.self();
        }

        @Override
        public CompletableFuture<byte[]> ask(int to, byte topic, byte[] question) {
            ReplicationHost opened = host;
            return opened == null ? CompletableFuture.failedFuture(notStarted(0)) : opened.links().ask(to, topic, question);
        }

        @Override
        public CompletableFuture<byte[]> ask(int to, byte topic, byte[] question, long nanosMax) {
            ReplicationHost opened = host;
            return opened == null ? CompletableFuture.failedFuture(notStarted(0)) : opened.links().ask(to, topic, question, nanosMax);
        }

        @Override
        public void answer(byte topic, Answerer answerer) {
            ReplicationHost opened = host;
            answerers.put(topic, answerer);
            if (opened != null) {
                opened.links().answer(topic, answerer);
            }
        }
    }

    /// A block's log, which nobody leads until it is started.
    private final class Log implements BlockLog {
        private final int block;
        // Guarded by this. Null: as it was planned.
        private @Nullable CommitRule rule;

        Log(int block) {
            this.block = block;
        }

        private @Nullable BlockLog opened() {
            ReplicationHost opened = host;
            return opened == null ? null : opened.log(block);
        }

        @Override
        public int block() {
            return block;
        }

        @Override
        public Status status() {
            BlockLog log = opened();
            if (log != null) {
                return log.status();
            }
            List<Integer> members = config.hosts().stream().map(HostAddress::number).toList();
            return new Status(block, config.self(), -1, 0, members, members, 0, 0, 0, false, new Agreed(-1, 0, members, 0));
        }

        @Override
        public List<Votes> votes() {
            BlockLog log = opened();
            return log == null ? List.of() : log.votes();
        }

        /// Also while the host is being started: what it had applied says it.
        @Override
        public synchronized void setRule(CommitRule now) {
            rule = now;
            passOnRule();
        }

        private synchronized void passOnRule() {
            BlockLog log = opened();
            if (log != null && rule != null) {
                log.setRule(rule);
            }
        }

        @Override
        public boolean isPrimaryHere() {
            BlockLog log = opened();
            return log != null && log.isPrimaryHere();
        }

        @Override
        public boolean isSettledPrimaryHere() {
            BlockLog log = opened();
            return log != null && log.isSettledPrimaryHere();
        }

        @Override
        public CompletableFuture<byte[]> propose(byte[] command) {
            BlockLog log = opened();
            return log == null ? CompletableFuture.failedFuture(notStarted(block)) : log.propose(command);
        }

        @Override
        public boolean mayRead() {
            BlockLog log = opened();
            return log != null && log.mayRead();
        }

        @Override
        public CompletableFuture<Void> catchUp() {
            BlockLog log = opened();
            return log == null ? CompletableFuture.failedFuture(notStarted(block)) : log.catchUp();
        }
    }
}
