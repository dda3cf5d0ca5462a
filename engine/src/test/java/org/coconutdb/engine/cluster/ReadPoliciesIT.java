package org.coconutdb.engine.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.FreePorts;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.replication.ClusterConfig;
import org.coconutdb.engine.replication.HostAddress;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.ReadPolicy;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What each [ReadPolicy] promises, at hosts of a real cluster in one process.
@Timeout(180)
class ReadPoliciesIT {
    private static final int HOSTS = 3;
    private static final ReadPolicy AN_HOUR = new ReadPolicy.Stale(Duration.ofHours(1));
    private static final byte[] KEY = {1};

    @TempDir private Path folder;

    private final CoconutEngine[] hosts = new CoconutEngine[HOSTS];

    private void open(ClusterConfig.Patience patience) throws Exception {
        List<HostAddress> addresses = new ArrayList<>();
        for (int port : FreePorts.choose(HOSTS)) {
            addresses.add(new HostAddress(addresses.size(), "127.0.0.1", port));
        }
        EngineConfig config = EngineConfig.inMemory().withMemoryLimitBytes(256L << 20);
        try (ExecutorService opening = Executors.newCachedThreadPool()) {
            List<Future<CoconutEngine>> opened = new ArrayList<>();
            for (int host = 0; host < HOSTS; host++) {
                ClusterConfig cluster = ClusterConfig.of("reads", host, addresses, folder.resolve("host-" + host))
                        .with(patience);
                opened.add(opening.submit(() -> CoconutEngine.openMember(config, new RatisCarrier(cluster, 3))));
            }
            for (int host = 0; host < HOSTS; host++) {
                hosts[host] = opened.get(host).get();
            }
        }
        hosts[0].createTable("T", TableKind.HASH, new byte[0]);
        try (Transaction transaction = hosts[0].begin()) {
            transaction.insert(table(0), KEY, number(0));
            transaction.commit();
        }
    }

    @AfterEach
    void close() {
        for (int host = 0; host < HOSTS; host++) {
            close(host);
        }
    }

    private void close(int host) {
        if (hosts[host] != null) {
            hosts[host].close();
            hosts[host] = null;
        }
    }

    private TableDescriptor table(int host) {
        hosts[host].catalogVersion();
        return hosts[host].table("T").orElseThrow();
    }

    private static byte[] number(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    private int lookup(int host, TableDescriptor table, ReadPolicy policy) {
        try (Transaction transaction = hosts[host].beginLookup(policy)) {
            RecordView row = new RecordView();
            return transaction.get(table, KEY, row) ? ByteBuffer.wrap(row.rowBytes()).getInt() : -1;
        }
    }

    private int scan(int host, TableDescriptor table, ReadPolicy policy) {
        try (Transaction transaction = hosts[host].beginReadOnly(policy)) {
            Scan scan = transaction.scan(table, KeyRange.ALL, false);
            RecordView row = new RecordView();
            return scan.next(row) ? ByteBuffer.wrap(row.rowBytes()).getInt() : -1;
        }
    }

    /// Reads begin while a writer goes on at another host: each shows at least what its policy promises.
    @Test
    void noReadShowsLessThanItsPolicyPromises() throws Exception {
        // Longer than usual: the machine of tests may be busy.
        open(new ClusterConfig.Patience(Duration.ofSeconds(25), Duration.ofSeconds(40)));
        Duration age = Duration.ofMillis(1_500);
        TableDescriptor written = table(0);
        TableDescriptor read = table(2);
        // By when they were acknowledged.
        ConcurrentSkipListMap<Long, Integer> acknowledged = new ConcurrentSkipListMap<>();
        long began = System.nanoTime();
        long end = began + TimeUnit.SECONDS.toNanos(8);
        int differed = 0;
        try (ExecutorService writing = Executors.newSingleThreadExecutor()) {
            Future<?> writer = writing.submit(() -> {
                for (int i = 1; System.nanoTime() - end < 0; i++) {
                    try (Transaction transaction = hosts[0].begin()) {
                        transaction.update(written, KEY, number(i));
                        transaction.commit();
                    }
                    acknowledged.put(System.nanoTime() - began, i);
                }
            });
            while (System.nanoTime() - end < 0) {
                for (ReadPolicy policy : List.of(ReadPolicy.LOCAL, ReadPolicy.PRIMARY, new ReadPolicy.Stale(age))) {
                    long maxAge = policy instanceof ReadPolicy.Stale ? age.toNanos() : 0;
                    int least = leastAt(acknowledged, System.nanoTime() - began - maxAge);
                    assertThat(lookup(2, read, policy)).as("%s", policy).isGreaterThanOrEqualTo(least);
                    least = leastAt(acknowledged, System.nanoTime() - began - maxAge);
                    int newest = leastAt(acknowledged, System.nanoTime() - began);
                    int seen = scan(2, read, policy);
                    assertThat(seen).as("%s", policy).isGreaterThanOrEqualTo(least);
                    differed += seen < newest ? 1 : 0;
                }
            }
            writer.get();
        }
        assertThat(differed).as("stale reads that showed less than the newest").isPositive();
    }

    private static int leastAt(ConcurrentSkipListMap<Long, Integer> acknowledged, long nanos) {
        Map.Entry<Long, Integer> last = acknowledged.floorEntry(nanos);
        return last == null ? 0 : last.getValue();
    }

    @Test
    void whatIsHereIsReadWithoutAnybodyWhereItMayBeOld() throws Exception {
        open(ClusterConfig.Patience.DEFAULT);
        TableDescriptor table = table(2);
        // Hosts ask for the time once a second, and with the next answer what is here is known to have the row.
        long known = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (System.nanoTime() - known < 0 || scan(2, table, AN_HOUR) != 0) {
            Thread.onSpinWait();
        }
        close(0);
        close(1);

        // The leases run out, and nobody can be asked.
        assertThatThrownBy(() -> {
            while (true) {
                scan(2, table, ReadPolicy.LOCAL);
            }
        }).isInstanceOfSatisfying(CoconutException.class, failure -> assertThat(failure.code()).isEqualTo(ErrorCode.NOT_PRIMARY));

        assertThat(scan(2, table, AN_HOUR)).isZero();
        assertThat(lookup(2, table, AN_HOUR)).isZero();
        assertThat(hosts[2].<Long> knowing(AN_HOUR, hosts[2]::catalogVersion)).isPositive();
        assertThatThrownBy(() -> lookup(2, table, ReadPolicy.PRIMARY)).isInstanceOf(CoconutException.class);
    }
}
