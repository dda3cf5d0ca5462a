package org.coconutdb.sql.session;

import java.util.List;
import org.coconutdb.engine.ClusterTable;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.SqlAddress;
import org.coconutdb.jdbc.session.BlockTable;
import org.jspecify.annotations.Nullable;

/// What a server tells the cluster that its database is a host of, and its clients of that cluster. Of a database of one process all of it is without effect. Any thread.
public final class ServedCluster {
    private record Shown(long epoch, BlockTable table) {}

    private final CoconutEngine engine;
    // The last one, for the next answers: between changes it is the same.
    private volatile @Nullable Shown shown;

    ServedCluster(CoconutEngine engine) {
        this.engine = engine;
    }

    /// Other hosts, and clients by them, are told that this one is reached there from now on.
    ///
    /// @param host as clients write it; null: as the cluster's hosts reach this one
    public void announce(@Nullable String host, int port, boolean tls) {
        ClusterTable table = engine.clusterTable();
        if (table != null) {
            engine.announce(new SqlAddress(host == null ? own(table).name() : host, port, tls));
        }
    }

    private static ClusterTable.Host own(ClusterTable table) {
        return table.hosts().stream().filter(host -> host.number() == table.self()).findFirst().orElseThrow();
    }

    /// They are told that it is not reached any more.
    public void withdraw() {
        engine.announce(null);
    }

    /// As this host knows it, a tenth of a second ago at most; null where there is no cluster. The same object while nothing has changed.
    public @Nullable BlockTable blockTable() {
        ClusterTable current = engine.clusterTable();
        if (current == null) {
            return null;
        }
        Shown last = shown;
        if (last == null || last.epoch() != current.epoch()) {
            last = new Shown(current.epoch(), shown(current));
            shown = last;
        }
        return last.table();
    }

    private static BlockTable shown(ClusterTable table) {
        List<BlockTable.Host> hosts = table.hosts().stream().map(host -> {
            SqlAddress sql = host.sql();
            return sql == null ? new BlockTable.Host(host.number(), "", 0, false, host.epoch())
                    : new BlockTable.Host(host.number(), sql.host(), sql.port(), sql.tls(), host.epoch());
        }).toList();
        List<BlockTable.Block> blocks = table.blocks().stream().map(block -> new BlockTable.Block(block.block(), block.primary(), bits(block
                .members()), bits(block.inSync()), block.epoch())).toList();
        return new BlockTable(table.cluster(), hosts, blocks);
    }

    private static long bits(List<Integer> hosts) {
        return hosts.stream().mapToLong(host -> 1L << host).reduce(0, (some, more) -> some | more);
    }
}
