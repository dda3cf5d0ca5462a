package org.coconutdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.coconutdb.engine.cluster.FaultyCarrier;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.replication.BlockLog;
import org.coconutdb.engine.replication.ClusterConfig;
import org.coconutdb.engine.replication.CommitPolicy;
import org.coconutdb.engine.replication.CommitRule;
import org.coconutdb.engine.replication.FaultyHost;
import org.coconutdb.engine.replication.HostAddress;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the directory of a real cluster, three hosts in one process, keeps beside tables: where the hosts are, and settings of block spaces that change while it runs.
@Timeout(240)
class ClusterDirectoryIT {
    private static final int HOSTS = 3;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final CommitRule USUAL = new CommitRule(CommitPolicy.UNANIMOUS, SECOND, OptionalInt.empty());
    // Its blocks are 1 and 2, led by the hosts 1 and 2.
    private static final BlockSpace FIRST = BlockSpace.first(2, USUAL);
    // Block 3, led by host 0 as the directory is.
    private static final BlockSpace EVENTS = FIRST.next("EVENTS", 1, USUAL);
    private static final BlockSpace AUDIT = EVENTS.next("AUDIT", 1, new CommitRule(CommitPolicy.MAJORITY, SECOND, OptionalInt.empty()));
    private static final List<BlockSpace> SPACES = List.of(FIRST, EVENTS, AUDIT);
    private static final int EVENTS_NUMBER = 1;
    private static final int AUDIT_NUMBER = 2;
    private static final long LONG_NANOS = 50 * SECOND;
    private static final long WAIT_SECONDS = 60;

    @TempDir private Path folder;

    private final List<HostAddress> addresses = new ArrayList<>();
    private final CoconutEngine[] hosts = new CoconutEngine[HOSTS];
    private final List<FaultyHost> faults = List.of(new FaultyHost(), new FaultyHost(), new FaultyHost());
    // What hosts announce as soon as they are opened; null: nothing.
    private final @Nullable SqlAddress[] serving = new SqlAddress[HOSTS];
    private Duration outcomePatience = Duration.ofSeconds(5);

    private void open(List<BlockSpace> spaces, int... numbers) throws Exception {
        if (addresses.isEmpty()) {
            for (int port : FreePorts.choose(HOSTS)) {
                addresses.add(new HostAddress(addresses.size(), "127.0.0.1", port));
            }
        }
        try (ExecutorService opening = Executors.newCachedThreadPool()) {
            List<Future<CoconutEngine>> opened = new ArrayList<>();
            for (int host : numbers) {
                opened.add(opening.submit(() -> openHost(host, spaces)));
            }
            for (int i = 0; i < numbers.length; i++) {
                hosts[numbers[i]] = opened.get(i).get();
            }
        }
    }

    private CoconutEngine openHost(int host, List<BlockSpace> spaces) {
        ClusterConfig cluster = ClusterConfig.of("directory", host, addresses, folder.resolve("host-" + host))
                .with(new ClusterConfig.Patience(Duration.ofSeconds(3), outcomePatience));
        CoconutEngine opened = CoconutEngine.openMember(EngineConfig.inMemory().withMemoryLimitBytes(256L << 20), new FaultyCarrier(cluster,
                spaces, faults
                        .get(host), FaultyCarrier.Missing.NOTHING));
        if (serving[host] != null) {
            opened.announce(serving[host]);
        }
        return opened;
    }

    @AfterEach
    void close() {
        for (int host = 0; host < HOSTS; host++) {
            if (hosts[host] != null) {
                hosts[host].close();
                hosts[host] = null;
            }
        }
    }

    private void cutOff(int host) {
        for (int other = 0; other < HOSTS; other++) {
            if (other != host) {
                for (FaultyHost each : faults) {
                    each.cut(host, other);
                    each.cut(other, host);
                }
            }
        }
    }

    private static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(until);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private void awaitHome() throws InterruptedException {
        for (CoconutEngine host : hosts) {
            until("primaries at home", () -> host.replicas().stream().allMatch(block -> block.primary() == block.block() % HOSTS
                    && block.inSync().size() == HOSTS && (block.mayRead() || AUDIT.holds(block.block()))));
        }
    }

    // Hosts.

    private static SqlAddress served(int host) {
        return new SqlAddress("db" + host, 8000 + host, host == 1);
    }

    /// As a transaction at a host reads it.
    private @Nullable HostRow row(int at, int host) {
        try (Transaction transaction = hosts[at].beginReadOnly()) {
            RecordView row = new RecordView();
            return transaction.get(TableDirectory.DIRECTORY, ClusterRows.hostKey(host), row) ? HostRow.decode(row.rowBytes()) : null;
        }
    }

    private void untilNoted(int host, @Nullable SqlAddress sql) throws InterruptedException {
        HostRow expected = new HostRow("127.0.0.1", addresses.get(host).port(), sql, 0);
        until("host " + host + " is noted at " + sql, () -> {
            HostRow row = row(0, host);
            return row != null && row.saysAs(expected);
        });
    }

    private @Nullable SqlAddress known(int at, int host) {
        return hosts[at].clusterTable().hosts().get(host).sql();
    }

    @Test
    void whereHostsAreIsKnownToThoseThatStartWithoutThem() throws Exception {
        open(SPACES, 0, 1, 2);
        long version = hosts[0].catalogVersion();
        for (int host = 0; host < HOSTS; host++) {
            untilNoted(host, null);
            hosts[host].announce(served(host));
        }
        for (int host = 0; host < HOSTS; host++) {
            untilNoted(host, served(host));
        }
        assertThat(hosts[0].catalogVersion()).as("statements are not compiled anew for it").isEqualTo(version);
        HostRow before = row(0, 0);
        // As if they were killed: none has said that it ceases to serve.
        close();

        serving[0] = served(0);
        open(SPACES, 0, 1);
        until("the third host's old address is known", () -> served(2).equals(known(0, 2)) && served(2).equals(known(1, 2)));
        assertThat(hosts[0].heardMillisAgo(2)).isEqualTo(-1);
        assertThat(hosts[0].replicationAddress(2)).isEqualTo("127.0.0.1:" + addresses.get(2).port());

        // The same again is not written; another address is, and none.
        hosts[0].doChores();
        assertThat(row(0, 0)).isEqualTo(before);
        hosts[0].announce(served(1));
        untilNoted(0, served(1));
        until("the other has heard", () -> served(1).equals(known(1, 0)));
        hosts[0].announce(null);
        untilNoted(0, null);
        // Who has served and says nothing when it is started anew does not serve any more.
        untilNoted(1, null);
        assertThat(row(0, 2)).as("a row is its host's").isNotNull().extracting(HostRow::sql).isEqualTo(served(2));

        // The last to know is the one who was away.
        open(SPACES, 2);
        until("the third host knows", () -> known(2, 0) == null && known(2, 1) == null && hosts[2].heardMillisAgo(0) >= 0);
        hosts[2].announce(served(2));
        until("its new announcement counts", () -> served(2).equals(known(0, 2)) && hosts[0].heardMillisAgo(2) >= 0);
    }

    // Settings.

    private CommitRule rule(int host, int space) {
        hosts[host].catalogVersion();
        return hosts[host].spaces().get(space).rule().orElseThrow();
    }

    private TableDescriptor create(String name, int space) {
        hosts[0].createTable(name, TableKind.SORTED, new byte[0], StorageOptions.DEFAULT.inSpace(space));
        return hosts[0].table(name).orElseThrow();
    }

    private void put(int host, TableDescriptor table, int value) {
        try (Transaction transaction = hosts[host].begin()) {
            transaction.put(table, new byte[] {1}, ByteBuffer.allocate(4).putInt(value).array());
            transaction.commit();
        }
    }

    private int inSync(int host, int block) {
        return hosts[host].replicas().get(block).inSync().size();
    }

    private void timeout(int host, long nanos) {
        hosts[host].changeSpace(EVENTS_NUMBER, rule -> rule.with(nanos, rule.minVoters()));
    }

    private void voters(int host, int space, OptionalInt minVoters) {
        hosts[host].changeSpace(space, rule -> rule.with(rule.voteTimeoutNanos(), minVoters));
    }

    /// What is proposed before a primary has seen that somebody is missing stays open.
    private void untilRefused(TableDescriptor table) throws InterruptedException {
        until("a write with too few voters is refused", () -> {
            try {
                put(0, table, -1);
                return false;
            } catch (CoconutException refused) {
                assertThat(refused.code()).isIn(ErrorCode.REPLICAS_MISSING, ErrorCode.OUTCOME_UNKNOWN, ErrorCode.NOT_PRIMARY);
                return refused.code() == ErrorCode.REPLICAS_MISSING && refused.code().sqlState().equals("57P03");
            }
        });
    }

    private static void untilDone(Runnable write) throws InterruptedException {
        until("a write is done", () -> {
            try {
                write.run();
                return true;
            } catch (CoconutException away) {
                assertThat(away.code()).isIn(ErrorCode.REPLICAS_MISSING, ErrorCode.OUTCOME_UNKNOWN, ErrorCode.NOT_PRIMARY);
                return false;
            }
        });
    }

    @Test
    void aLateReplicaIsWaitedForAsLongAsWasSetLast() throws Exception {
        // As long as the write waits at most.
        outcomePatience = Duration.ofNanos(LONG_NANOS);
        open(SPACES, 0, 1, 2);
        awaitHome();
        TableDescriptor events = create("E", EVENTS_NUMBER);
        put(0, events, 1);
        timeout(1, LONG_NANOS);
        for (int host = 0; host < HOSTS; host++) {
            assertThat(rule(host, EVENTS_NUMBER).voteTimeoutNanos()).isEqualTo(LONG_NANOS);
            assertThat(rule(host, 0)).isEqualTo(USUAL);
        }

        cutOff(2);
        long began = System.nanoTime();
        CompletableFuture<Void> write = CompletableFuture.runAsync(() -> put(0, events, 2));
        // The directory waits for a second, as before.
        voters(1, 0, OptionalInt.of(2));
        assertThat(inSync(0, 0)).isEqualTo(2);
        assertThat(inSync(0, EVENTS.firstBlock())).isEqualTo(HOSTS);
        assertThat(write).isNotDone();

        timeout(1, SECOND / 2);
        write.get(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(System.nanoTime() - began).as("it was not waited for as long as was set before").isLessThan(LONG_NANOS);
        assertThat(inSync(0, EVENTS.firstBlock())).isEqualTo(2);

        faults.forEach(FaultyHost::heal);
        awaitHome();
        assertThat(rule(2, EVENTS_NUMBER).voteTimeoutNanos()).isEqualTo(SECOND / 2);
    }

    @Test
    void writesAreRefusedWithFewerVotersThanWereSetLast() throws Exception {
        open(SPACES, 0, 1, 2);
        awaitHome();
        TableDescriptor usual = create("T", 0);
        TableDescriptor events = create("E", EVENTS_NUMBER);
        voters(2, EVENTS_NUMBER, OptionalInt.of(HOSTS));
        put(0, events, 1);

        cutOff(2);
        untilRefused(events);
        assertThat(inSync(0, EVENTS.firstBlock())).as("nobody is evicted where nobody may be missing").isEqualTo(HOSTS);
        // The default space goes on, and its directory; so it can be set back, and the space goes on, too.
        untilDone(() -> put(0, usual, 1));
        untilDone(() -> voters(1, EVENTS_NUMBER, OptionalInt.empty()));
        untilDone(() -> put(0, events, 2));
        assertThat(inSync(0, EVENTS.firstBlock())).isEqualTo(2);

        // Also where it was evicted before, and where it is the directory's rule.
        untilDone(() -> voters(0, EVENTS_NUMBER, OptionalInt.of(HOSTS)));
        untilRefused(events);
        untilDone(() -> voters(0, 0, OptionalInt.of(HOSTS)));
        untilRefused(usual);
        untilDone(() -> voters(1, 0, OptionalInt.empty()));
        untilDone(() -> put(0, usual, 2));
        // Who comes back is admitted although writes are refused.
        faults.forEach(FaultyHost::heal);
        awaitHome();
        untilDone(() -> put(0, events, 3));
        assertThat(rule(2, EVENTS_NUMBER).minVoters()).hasValue(HOSTS);
    }

    @Test
    void settingsStayWhateverTheFilesSay() throws Exception {
        open(SPACES, 0, 1, 2);
        hosts[1].changeSpace(EVENTS_NUMBER, rule -> rule.with(7 * SECOND, OptionalInt.of(3)));
        hosts[2].changeSpace(0, rule -> rule.with(2 * SECOND, OptionalInt.of(1)));
        assertThatThrownBy(() -> timeoutOfAudit()).isInstanceOfSatisfying(CoconutException.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        close();

        BlockSpace first = BlockSpace.first(2, USUAL.with(9 * SECOND, OptionalInt.empty()));
        BlockSpace events = first.next("EVENTS", 1, USUAL.with(8 * SECOND, OptionalInt.of(1)));
        BlockSpace audit = events.next("AUDIT", 1, AUDIT.rule().orElseThrow());
        BlockSpace added = audit.next("ADDED", 1, USUAL.with(4 * SECOND, OptionalInt.of(2)));
        open(List.of(first, events, audit, added), 0, 1, 2);

        for (int host = 0; host < HOSTS; host++) {
            assertThat(hosts[host].spaces()).extracting(space -> space.rule().orElseThrow()).containsExactly(
                    USUAL.with(2 * SECOND, OptionalInt.of(1)), USUAL.with(7 * SECOND, OptionalInt.of(3)), AUDIT.rule().orElseThrow(),
                    added.rule().orElseThrow());
            assertThat(hosts[host].replicas()).extracting(BlockLog.Status::block).hasSize(6);
        }
    }

    private void timeoutOfAudit() {
        hosts[0].changeSpace(AUDIT_NUMBER, rule -> rule.with(SECOND, OptionalInt.empty()));
    }
}
