package org.coconutdb.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The block table, as one host knows it: where the hosts are, and who holds which block. Immutable.
///
/// Every row has an epoch, which only rises, and rows with the same epoch say the same at all hosts, but for moments in which two hosts each know one of two changes. So of two tables
/// each row's higher epoch is the newer, wherever it comes from.
///
/// @param cluster its name
/// @param self the host that knows it
/// @param hosts by number
/// @param blocks by number, the directory first
/// @param epoch all rows' epochs, added: it rises with each change, and hosts that know the same have the same
public record ClusterTable(String cluster, int self, List<Host> hosts, List<Placement> blocks, long epoch) {
    /// A host.
    ///
    /// @param name where the other hosts reach it, with the port
    /// @param sql null: it serves nobody, or nobody who is there has heard where
    /// @param epoch of what is known of `sql`: when it was announced, in milliseconds since 1970; 0: never
    public record Host(int number, String name, int replicationPort, @Nullable SqlAddress sql, long epoch) {}

    /// A block.
    ///
    /// @param primary -1 where none has been heard of
    /// @param members all hosts with a replica, the primary too
    /// @param inSync those whose votes are needed
    /// @param epoch the primary's term and the log index of the last eviction or return, added
    public record Placement(int block, int primary, List<Integer> members, List<Integer> inSync, long epoch) {}

    public ClusterTable(String cluster, int self, List<Host> hosts, List<Placement> blocks) {
        this(cluster, self, List.copyOf(hosts), List.copyOf(blocks),
                hosts.stream().mapToLong(Host::epoch).sum() + blocks.stream().mapToLong(Placement::epoch).sum());
    }
}
