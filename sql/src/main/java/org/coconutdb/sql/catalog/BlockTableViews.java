package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.coconutdb.engine.ClusterTable;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.SqlAddress;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.jspecify.annotations.Nullable;

/// Views of the block table: which hosts hold which blocks, what lies in them, and where the hosts are.
final class BlockTableViews {
    /// Hosts tell each other something once a second.
    private static final long HEARD_MILLIS_MAX = 3_000;
    private static final String DIRECTORY = "SYSTEM.DIRECTORY";

    private BlockTableViews() {}

    /// One row for each block. A database of one process is its own host 0.
    static List<@Nullable Object[]> blocks(Catalog catalog, CoconutEngine engine) {
        ClusterTable table = engine.clusterTable();
        Map<Integer, String> ranges = ranges(catalog, engine);
        List<@Nullable Object[]> rows = new ArrayList<>();
        int blocks = engine.spaces().getLast().end();
        for (int block = 0; block < blocks; block++) {
            ClusterTable.Placement placement = table == null ? new ClusterTable.Placement(block, 0, List.of(0), List.of(0), 0) : table
                    .blocks().get(block);
            BlockSpace space = spaceOf(engine, block);
            // Slots go round the blocks of a space.
            int first = space == null ? 0 : block - space.firstBlock();
            int step = space == null ? 1 : space.blockCount();
            rows.add(new @Nullable Object[] {block, placement.primary() < 0 ? null : placement.primary(),
                    hosts(placement.members().stream().filter(host -> host != placement.primary()).toList()), hosts(placement.inSync()),
                    table == null ? null : placement.epoch(), space == null ? null : first, space == null ? null : step,
                    space == null ? 0 : (CoconutEngine.SLOT_COUNT - first + step - 1) / step, ranges.get(block),
                    space == null ? null : space.name()});
        }
        return rows;
    }

    /// The space that a block belongs to; null of the directory.
    static @Nullable BlockSpace spaceOf(CoconutEngine engine, int block) {
        return engine.spaces().stream().filter(space -> space.holds(block)).findFirst().orElse(null);
    }

    private static String hosts(List<Integer> hosts) {
        return hosts.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /// Sorted tables and indexes, which lie in one block each, by that.
    private static Map<Integer, String> ranges(Catalog catalog, CoconutEngine engine) {
        Map<Integer, String> ranges = new TreeMap<>();
        ranges.put(0, DIRECTORY);
        for (CatalogTable table : catalog.snapshot().tables()) {
            String schema = table.definition().schema();
            add(engine, table.descriptor(), schema + "." + table.definition().name(), ranges);
            table.indexes().forEach(index -> add(engine, index.descriptor(), schema + "." + index.definition().name(), ranges));
        }
        return ranges;
    }

    private static void add(CoconutEngine engine, TableDescriptor table, String name, Map<Integer, String> ranges) {
        if (table.kind() == TableKind.SORTED) {
            ranges.merge(engine.blocksOf(table)[0], name, (some, more) -> some + ", " + more);
        }
    }

    /// One row for each host of the cluster, as this one knows it.
    static List<@Nullable Object[]> hosts(CoconutEngine engine) {
        ClusterTable table = engine.clusterTable();
        List<@Nullable Object[]> rows = new ArrayList<>();
        if (table == null) {
            rows.add(new @Nullable Object[] {0, null, null, null, true, true, null});
            return rows;
        }
        for (ClusterTable.Host host : table.hosts()) {
            SqlAddress sql = host.sql();
            boolean isHere = host.number() == table.self();
            long heard = engine.heardMillisAgo(host.number());
            String replication = engine.replicationAddress(host.number());
            rows.add(new @Nullable Object[] {host.number(), sql == null ? null : sql.toString(), sql == null ? null : sql.tls(),
                    replication == null ? new SqlAddress(host.name(), host.replicationPort(), false).toString() : replication,
                    isHere || (heard >= 0 && heard <= HEARD_MILLIS_MAX), isHere, host.epoch() == 0 ? null : host.epoch()});
        }
        return rows;
    }
}
