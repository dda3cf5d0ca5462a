package org.coconutdb.engine.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.coconutdb.engine.ClusterTable;
import org.coconutdb.engine.replication.BlockLog;
import org.coconutdb.engine.replication.HostAddress;

/// The block table as this host knows it: of blocks by its own replicas, of other hosts' addresses by what they tell. Put together when somebody asks. Any thread.
final class KnownTable {
    // Each answer to a client asks: a tenth of a second of news cost it nothing then but a look at the clock.
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private record Made(ClusterTable table, long atNanos) {}

    private final LogCarrier carrier;
    private final List<BlockLog> logs;
    private final SqlAddresses addresses;
    private final AtomicBoolean isMaking = new AtomicBoolean();
    private volatile Made made;

    /// @param logs of all blocks, by id
    KnownTable(LogCarrier carrier, List<BlockLog> logs, SqlAddresses addresses) {
        this.carrier = carrier;
        this.logs = logs;
        this.addresses = addresses;
        this.made = make();
    }

    /// At most a tenth of a second old; the same object while nothing has changed.
    ClusterTable current() {
        Made last = made;
        if (System.nanoTime() - last.atNanos() >= FRESH_NANOS && isMaking.compareAndSet(false, true)) {
            try {
                Made now = make();
                made = now.table().epoch() == last.table().epoch() ? new Made(last.table(), now.atNanos()) : now;
            } finally {
                isMaking.set(false);
            }
        }
        return made.table();
    }

    private Made make() {
        List<ClusterTable.Host> hosts = new ArrayList<>();
        for (HostAddress host : carrier.hosts()) {
            SqlAddresses.Known known = addresses.of(host.number());
            hosts.add(new ClusterTable.Host(host.number(), host.host(), host.port(), known.address(), known.epoch()));
        }
        List<ClusterTable.Placement> blocks = new ArrayList<>();
        for (BlockLog log : logs) {
            BlockLog.Status status = log.status();
            BlockLog.Agreed agreed = status.agreed();
            blocks.add(new ClusterTable.Placement(status.block(), agreed.primary(), status.members(), agreed.inSync(), agreed.term()
                    + agreed
                            .inSyncIndex()));
        }
        return new Made(new ClusterTable(carrier.cluster(), carrier.links().self(), hosts, blocks), System.nanoTime());
    }
}
