package org.coconutdb.jdbc.session;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/// A cluster's block table: where its hosts serve SQL, and which of them hold which block. Immutable.
///
/// Each row's epoch only rises; of two rows for the same host or block the one with the higher epoch is newer, whichever host has told it. Sets of hosts are bits by their numbers, 0 to 63.
///
/// @param cluster its name
/// @param epoch all rows' epochs, added: equal where the same is known
public record BlockTable(String cluster, List<Host> hosts, List<Block> blocks, long epoch) {
    /// Where a host serves SQL.
    ///
    /// @param name as for a URL; with TLS its certificate is for it
    /// @param port 0: it serves nobody now, or nobody has heard where
    /// @param tls whether by TLS, and not otherwise
    public record Host(int number, String name, int port, boolean tls, long epoch) {}

    /// Who holds a block.
    ///
    /// @param primary -1: none was heard of
    /// @param members hosts with a replica, the primary too
    /// @param inSync those whose votes are needed
    public record Block(int number, int primary, long members, long inSync, long epoch) {}

    public BlockTable(String cluster, List<Host> hosts, List<Block> blocks) {
        this(cluster, List.copyOf(hosts), List.copyOf(blocks), hosts.stream().mapToLong(Host::epoch).sum() + blocks.stream().mapToLong(
                Block::epoch).sum());
    }

    /// What is known when this is told, too: of each row the newer. Of another cluster all is new.
    public BlockTable with(BlockTable told) {
        return told.cluster.equals(cluster)
                ? new BlockTable(cluster, newer(hosts, told.hosts, Host::number, Host::epoch), newer(blocks, told.blocks, Block::number,
                        Block::epoch))
                : told;
    }

    private static <T> List<T> newer(List<T> known, List<T> told, ToIntFunction<T> number, ToLongFunction<T> epoch) {
        TreeMap<Integer, T> rows = new TreeMap<>();
        known.forEach(row -> rows.put(number.applyAsInt(row), row));
        told.forEach(row -> rows.merge(number.applyAsInt(row), row, (before, now) -> epoch.applyAsLong(now) > epoch.applyAsLong(before)
                ? now
                : before));
        return new ArrayList<>(rows.values());
    }

    /// Whether a host has a replica that is in sync: it was heard of when this was told.
    public boolean isInSync(int host) {
        return blocks.stream().anyMatch(block -> (block.inSync >>> host & 1) != 0);
    }
}
