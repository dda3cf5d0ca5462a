package org.coconutdb.engine.replication;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// What a host has to know of its cluster.
///
/// @param cluster the cluster's name: logs of others are not mixed up with its own
/// @param self this host's number
/// @param hosts all of them, this one too
/// @param directory of this host's logs and snapshots; it belongs to this host number for ever: who comes back without what it held has forgotten its votes
/// @param timing of leases and evictions, the same at every host
/// @param policy of blocks whose plan has no rule of its own; the same at every host
/// @param minVoters of the same, to begin with: how many replicas of a block have to stay in sync; absent: a majority of its members
/// @param tls absent: whoever reaches the port may read and write everything
/// @param snapshotEvery after how much log a block's state is written
/// @param patience with others
public record ClusterConfig(
        String cluster,
        int self,
        List<HostAddress> hosts,
        Path directory,
        ReplicationTiming timing,
        CommitPolicy policy,
        OptionalInt minVoters,
        Optional<TlsFiles> tls,
        SnapshotEvery snapshotEvery,
        Patience patience) {

    /// A state is written when either has been reached since the last one.
    ///
    /// @param entries of the log; 100,000 are read in some seconds
    /// @param bytes of the log; what is not in a snapshot is read when a host starts, and held until it is applied
    /// @param entriesKept how many of the newest entries are kept in the log although they are in a snapshot: a replica that lacks no more needs no snapshot
    public record SnapshotEvery(long entries, long bytes, long entriesKept) {
        public static final SnapshotEvery DEFAULT = new SnapshotEvery(100_000, 64L << 20, 1_000);

        public SnapshotEvery {
            if (entries <= 0 || bytes <= 0 || entriesKept < 0) {
                throw new IllegalArgumentException(
                        "snapshots are taken after more than 0 entries and bytes, and not less than 0 entries are kept");
            }
        }
    }

    /// How long is waited for others.
    ///
    /// @param leader for somebody who leads a block; then what was asked for is refused, and surely not done
    /// @param outcome of a command that was handed to who leads; then it is not known
    public record Patience(Duration leader, Duration outcome) {
        public static final Patience DEFAULT = new Patience(Duration.ofSeconds(5), Duration.ofSeconds(15));

        public Patience {
            if (!leader.isPositive() || !outcome.isPositive()) {
                throw new IllegalArgumentException("lengths of time are above 0");
            }
        }
    }

    public ClusterConfig {
        hosts = List.copyOf(hosts);
        Map<Integer, HostAddress> byNumber = new HashMap<>();
        for (HostAddress host : hosts) {
            if (byNumber.put(host.number(), host) != null) {
                throw new IllegalArgumentException("two hosts with the number " + host.number());
            }
        }
        if (!byNumber.containsKey(self)) {
            throw new IllegalArgumentException("this host's number, " + self + ", is none of the cluster's");
        }
        if (cluster.isBlank()) {
            throw new IllegalArgumentException("a cluster has a name");
        }
    }

    /// A cluster whose further properties are the usual ones, without TLS.
    public static ClusterConfig of(String cluster, int self, List<HostAddress> hosts, Path directory) {
        return new ClusterConfig(cluster, self, hosts, directory, ReplicationTiming.DEFAULT, CommitPolicy.UNANIMOUS, OptionalInt.empty(),
                Optional.empty(),
                SnapshotEvery.DEFAULT, Patience.DEFAULT);
    }

    public ClusterConfig with(ReplicationTiming other) {
        return new ClusterConfig(cluster, self, hosts, directory, other, policy, minVoters, tls, snapshotEvery, patience);
    }

    public ClusterConfig with(CommitPolicy other) {
        return new ClusterConfig(cluster, self, hosts, directory, timing, other, minVoters, tls, snapshotEvery, patience);
    }

    public ClusterConfig with(TlsFiles files) {
        return new ClusterConfig(cluster, self, hosts, directory, timing, policy, minVoters, Optional.of(files), snapshotEvery, patience);
    }

    public ClusterConfig with(SnapshotEvery other) {
        return new ClusterConfig(cluster, self, hosts, directory, timing, policy, minVoters, tls, other, patience);
    }

    public ClusterConfig with(Patience other) {
        return new ClusterConfig(cluster, self, hosts, directory, timing, policy, minVoters, tls, snapshotEvery, other);
    }

    public ClusterConfig withMinVoters(int replicas) {
        return new ClusterConfig(cluster, self, hosts, directory, timing, policy, OptionalInt.of(replicas), tls, snapshotEvery, patience);
    }

    /// The same for blocks that have a rule of their own.
    public ClusterConfig with(CommitRule rule) {
        return new ClusterConfig(cluster, self, hosts, directory, timing.withVoteTimeoutNanos(rule.voteTimeoutNanos()), rule.policy(), rule
                .minVoters(), tls, snapshotEvery, patience);
    }

    /// By which blocks are committed whose plan has no rule of its own.
    public CommitRule rule() {
        return new CommitRule(policy, timing.voteTimeoutNanos(), minVoters);
    }

    HostAddress address(int host) {
        return hosts.stream().filter(each -> each.number() == host).findFirst().orElseThrow(() -> new IllegalArgumentException("no host "
                + host));
    }
}
