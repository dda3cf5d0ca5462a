package org.coconutdb.engine.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.FreePorts;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.replication.BlockLog;
import org.coconutdb.engine.replication.ClusterConfig;
import org.coconutdb.engine.replication.HostAddress;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Hosts of a cluster with Ratis between them, over loopback: one process, three of everything else.
@Timeout(180)
class RatisMembersIT {
    private static final int HOSTS = 3;
    private static final int BLOCKS = 5;
    private static final int ROWS = 200;
    // Longer than usual: the machine of tests may be busy.
    private static final ClusterConfig.Patience PATIENCE = new ClusterConfig.Patience(Duration.ofSeconds(25), Duration.ofSeconds(40));

    @TempDir private Path folder;

    private final List<HostAddress> addresses = new ArrayList<>();
    private ClusterConfig.SnapshotEvery snapshotEvery = ClusterConfig.SnapshotEvery.DEFAULT;
    private final CoconutEngine[] hosts = new CoconutEngine[HOSTS + 1];

    private void chooseAddresses() throws Exception {
        for (int port : FreePorts.choose(HOSTS)) {
            addresses.add(new HostAddress(addresses.size(), "127.0.0.1", port));
        }
    }

    private void open(int... numbers) throws Exception {
        EngineConfig config = EngineConfig.inMemory().withMemoryLimitBytes(256L << 20);
        try (ExecutorService opening = Executors.newCachedThreadPool()) {
            List<Future<CoconutEngine>> opened = new ArrayList<>();
            for (int number : numbers) {
                ClusterConfig cluster = ClusterConfig.of("test", number, addresses, folder.resolve("host-" + number)).with(snapshotEvery)
                        .with(PATIENCE);
                opened.add(opening.submit(() -> CoconutEngine.openMember(config, new RatisCarrier(cluster, BLOCKS))));
            }
            for (int i = 0; i < numbers.length; i++) {
                hosts[numbers[i]] = opened.get(i).get();
            }
        }
    }

    @AfterEach
    void close() {
        for (int host = 0; host < hosts.length; host++) {
            close(host);
        }
    }

    private void close(int host) {
        if (hosts[host] != null) {
            hosts[host].close();
            hosts[host] = null;
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = files.toList();
        }
        for (Path file : all.reversed()) {
            Files.delete(file);
        }
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    private TableDescriptor table(int host) {
        hosts[host].catalogVersion();
        return hosts[host].table("T").orElseThrow();
    }

    private void insert(int host, int from, int to) {
        try (Transaction transaction = hosts[host].begin()) {
            for (int i = from; i < to; i++) {
                transaction.insert(table(host), key(i), key(i));
            }
            transaction.commit();
        }
    }

    private int count(int host) {
        try (Transaction transaction = hosts[host].beginReadOnly()) {
            Scan scan = transaction.scan(table(host), KeyRange.ALL, false);
            RecordView row = new RecordView();
            int rows = 0;
            while (scan.next(row)) {
                rows++;
            }
            return rows;
        }
    }

    private void awaitSpread() throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            Set<Integer> primaries = new HashSet<>();
            boolean isHome = true;
            for (BlockLog.Status block : hosts[0].replicas()) {
                primaries.add(block.primary());
                isHome &= block.primary() == block.block() % HOSTS;
            }
            if (isHome) {
                assertThat(primaries).containsExactlyInAnyOrder(0, 1, 2);
                return;
            }
            assertThat(System.nanoTime()).as("primaries: %s", hosts[0].replicas()).isLessThan(until);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    @Test
    void hostsShareTablesAndRowsAndFindThemAgain() throws Exception {
        chooseAddresses();
        open(0, 1, 2);
        hosts[1].createTable("T", TableKind.HASH, new byte[0]);
        insert(2, 0, ROWS);
        for (int host = 0; host < HOSTS; host++) {
            assertThat(count(host)).isEqualTo(ROWS);
        }
        awaitSpread();

        // One goes; the others go on, and it finds what it missed.
        close(2);
        insert(0, ROWS, 2 * ROWS);
        assertThat(count(1)).isEqualTo(2 * ROWS);
        open(2);
        assertThat(count(2)).isEqualTo(2 * ROWS);

        // All go, and find what they had.
        close(0);
        close(1);
        close(2);
        open(0, 1, 2);
        for (int host = 0; host < HOSTS; host++) {
            assertThat(count(host)).isEqualTo(2 * ROWS);
        }
        insert(1, 2 * ROWS, 3 * ROWS);
        assertThat(count(0)).isEqualTo(3 * ROWS);
    }

    @Test
    void aHostThatIsAddedAndOneThatWasLostHaveAllRows() throws Exception {
        snapshotEvery = new ClusterConfig.SnapshotEvery(20, 1L << 20, 5);
        chooseAddresses();
        open(0, 1, 2);
        hosts[1].createTable("T", TableKind.HASH, new byte[0]);
        for (int i = 0; i < 60; i++) {
            insert(i % HOSTS, i * 5, i * 5 + 5);
        }

        addresses.add(new HostAddress(HOSTS, "127.0.0.1", FreePorts.choose(1).getFirst()));
        for (int host = 0; host < HOSTS; host++) {
            close(host);
            open(host);
            insert(host, 1_000 + host, 1_001 + host);
        }
        open(HOSTS);
        assertThat(count(HOSTS)).isEqualTo(303);
        insert(HOSTS, 2_000, 2_100);

        close(1);
        delete(folder.resolve("host-1"));
        open(1);
        assertThat(count(1)).isEqualTo(403);
        insert(1, 3_000, 3_010);
        for (int host = 0; host <= HOSTS; host++) {
            assertThat(count(host)).isEqualTo(413);
        }
    }

    @Test
    void aHostThatWasAwayForLongGetsWhatTheLogsHaveNoMore() throws Exception {
        snapshotEvery = new ClusterConfig.SnapshotEvery(20, 1L << 20, 5);
        chooseAddresses();
        open(0, 1, 2);
        hosts[1].createTable("T", TableKind.SORTED, new byte[0]);
        insert(0, 0, ROWS);
        assertThat(count(2)).isEqualTo(ROWS);
        close(2);

        // Many entries, in each block and the directory; some rows go, others change.
        for (int round = 1; round <= 60; round++) {
            insert(round % 2, round * ROWS, round * ROWS + 10);
            try (Transaction transaction = hosts[0].begin()) {
                RecordView row = new RecordView();
                assertThat(transaction.get(table(0), key(round), row)).isTrue();
                transaction.delete(table(0), key(round));
                assertThat(transaction.get(table(0), key(100 + round), row)).isTrue();
                transaction.update(table(0), key(100 + round), key(-round));
                transaction.commit();
            }
        }
        int expected = ROWS + 60 * 10 - 60;
        assertThat(count(1)).isEqualTo(expected);

        open(2);
        assertThat(count(2)).isEqualTo(expected);
        try (Transaction transaction = hosts[2].beginLookup()) {
            RecordView row = new RecordView();
            assertThat(transaction.get(table(2), key(130), row)).isTrue();
            assertThat(row.rowBytes()).isEqualTo(key(-30));
        }
        hosts[2].verify();
        insert(2, 100 * ROWS, 101 * ROWS);
        assertThat(count(0)).isEqualTo(expected + ROWS);
    }
}
