package org.coconutdb.engine.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.FreePorts;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.replication.BlockLog;
import org.coconutdb.engine.replication.ClusterConfig;
import org.coconutdb.engine.replication.CommitPolicy;
import org.coconutdb.engine.replication.CommitRule;
import org.coconutdb.engine.replication.FaultyHost;
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

/// Block spaces of a real cluster, three hosts in one process: what each one's rule says happens in its blocks, and reads are right over all of them.
@Timeout(240)
class BlockSpacesIT {
    private static final int HOSTS = 3;
    // Few: each goes home by an election.
    private static final int BLOCKS = 2;
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final CommitRule USUAL = new CommitRule(CommitPolicy.UNANIMOUS, TimeUnit.SECONDS.toNanos(1), OptionalInt.empty());
    private static final BlockSpace FIRST = BlockSpace.first(BLOCKS, USUAL);
    private static final BlockSpace AUDIT = FIRST.next("AUDIT", BLOCKS, new CommitRule(CommitPolicy.MAJORITY, USUAL.voteTimeoutNanos(),
            OptionalInt.empty()));
    private static final BlockSpace SLOW = AUDIT.next("SLOW", BLOCKS, new CommitRule(CommitPolicy.UNANIMOUS, SLOW_NANOS, OptionalInt
            .empty()));
    private static final BlockSpace ALL = SLOW.next("EVERYBODY", 1, new CommitRule(CommitPolicy.UNANIMOUS, USUAL.voteTimeoutNanos(),
            OptionalInt.of(HOSTS)));
    private static final List<BlockSpace> SPACES = List.of(FIRST, AUDIT, SLOW, ALL);
    private static final long WAIT_SECONDS = 60;
    private static final int KEYS = 30;

    @TempDir private Path folder;

    private final List<HostAddress> addresses = new ArrayList<>();
    private final CoconutEngine[] hosts = new CoconutEngine[HOSTS];
    private final List<FaultyHost> faults = List.of(new FaultyHost(), new FaultyHost(), new FaultyHost());

    private void open(List<BlockSpace> spaces) throws Exception {
        open(spaces, 0, 1, 2);
    }

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
        ClusterConfig cluster = ClusterConfig.of("spaces", host, addresses, folder.resolve("host-" + host))
                .with(new ClusterConfig.Patience(Duration.ofSeconds(3), Duration.ofSeconds(15)));
        return CoconutEngine.openMember(EngineConfig.inMemory().withMemoryLimitBytes(256L << 20), new FaultyCarrier(cluster, spaces, faults
                .get(host), FaultyCarrier.Missing.NOTHING));
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

    private void until(String what, BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s: %s", what, hosts[0].replicas()).isLessThan(until);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /// Each block's primary is at home, and everybody is in sync and reads.
    private void awaitHome() throws InterruptedException {
        for (CoconutEngine host : hosts) {
            until("primaries at home", () -> host.replicas().stream().allMatch(block -> block.primary() == block.block() % HOSTS
                    && block.inSync().size() == HOSTS && (block.mayRead() || AUDIT.holds(block.block()))));
        }
    }

    private TableDescriptor create(String name, TableKind kind, BlockSpace space) {
        hosts[0].createTable(name, kind, new byte[0], StorageOptions.DEFAULT.inSpace(SPACES.indexOf(space)));
        return table(0, name);
    }

    private TableDescriptor table(int host, String name) {
        hosts[host].catalogVersion();
        return hosts[host].table(name).orElseThrow();
    }

    private static byte[] number(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    private void put(int host, TableDescriptor table, int key, int value) {
        try (Transaction transaction = hosts[host].begin()) {
            transaction.put(table, number(key), number(value));
            transaction.commit();
        }
    }

    private int lookup(int host, TableDescriptor table, int key, ReadPolicy policy) {
        try (Transaction transaction = hosts[host].beginLookup(policy)) {
            RecordView row = new RecordView();
            return transaction.get(table, number(key), row) ? ByteBuffer.wrap(row.rowBytes()).getInt() : -1;
        }
    }

    /// All rows of tables, of one snapshot.
    private List<Map<Integer, Integer>> scan(int host, ReadPolicy policy, TableDescriptor... tables) {
        try (Transaction transaction = hosts[host].beginReadOnly(policy)) {
            List<Map<Integer, Integer>> all = new ArrayList<>();
            RecordView row = new RecordView();
            for (TableDescriptor table : tables) {
                Map<Integer, Integer> rows = new HashMap<>();
                Scan scan = transaction.scan(table, KeyRange.ALL, false);
                while (scan.next(row)) {
                    rows.put(ByteBuffer.wrap(row.keyBytes()).getInt(), ByteBuffer.wrap(row.rowBytes()).getInt());
                }
                all.add(rows);
            }
            return all;
        }
    }

    /// Of a key that lies in a block whose primary is not that host's.
    private int keyNotLedBy(int host, TableDescriptor table) {
        try (Transaction transaction = hosts[0].beginReadOnly()) {
            for (int key = 0; key < KEYS; key++) {
                if (transaction.blockOf(table, number(key)) % HOSTS != host) {
                    return key;
                }
            }
        }
        throw new AssertionError("all keys lie in one block");
    }

    @Test
    void aWriteWaitsForWhomItsSpaceWaitsFor() throws Exception {
        open(SPACES);
        awaitHome();
        TableDescriptor usual = create("T", TableKind.HASH, FIRST);
        TableDescriptor audit = create("A", TableKind.HASH, AUDIT);
        TableDescriptor slow = create("S", TableKind.HASH, SLOW);
        int usualKey = keyNotLedBy(2, usual);
        int auditKey = keyNotLedBy(2, audit);
        int slowKey = keyNotLedBy(2, slow);
        for (int host = 0; host < HOSTS; host++) {
            put(host, usual, usualKey, 1);
            put(host, audit, auditKey, 1);
            put(host, slow, slowKey, 1);
        }

        cutOff(2);
        long began = System.nanoTime();
        CompletableFuture<Long> slowDone = CompletableFuture.supplyAsync(() -> {
            put(0, slow, slowKey, 2);
            return System.nanoTime() - began;
        });
        for (int value = 2; value <= 20; value++) {
            put(value % 2, audit, auditKey, value);
        }
        long auditNanos = System.nanoTime() - began;
        put(1, usual, usualKey, 2);
        boolean slowWasDone = slowDone.isDone();

        // All twenty before the first that waits for the vote, whose own space waits for longer.
        assertThat(auditNanos).isLessThan(USUAL.voteTimeoutNanos());
        assertThat(slowWasDone).isFalse();
        assertThat(slowDone.get(WAIT_SECONDS, TimeUnit.SECONDS)).isGreaterThan(SLOW_NANOS - TimeUnit.MILLISECONDS.toNanos(500));
        for (BlockLog.Status block : hosts[0].replicas()) {
            if (AUDIT.holds(block.block())) {
                assertThat(block.inSync()).hasSize(HOSTS);
            }
        }
        for (int host : List.of(0, 1)) {
            for (ReadPolicy policy : List.of(ReadPolicy.LOCAL, ReadPolicy.PRIMARY)) {
                assertThat(scan(host, policy, usual, audit, slow)).containsExactly(Map.of(usualKey, 2), Map.of(auditKey, 20), Map.of(
                        slowKey,
                        2));
                assertThat(lookup(host, audit, auditKey, policy)).isEqualTo(20);
                assertThat(lookup(host, slow, slowKey, policy)).isEqualTo(2);
            }
        }
        // It has no lease of the one, and reaches no primary of the other.
        assertThatThrownBy(() -> lookup(2, audit, auditKey, ReadPolicy.LOCAL)).isInstanceOf(CoconutException.class);

        faults.forEach(FaultyHost::heal);
        awaitHome();
        assertThat(scan(2, ReadPolicy.LOCAL, usual, audit, slow)).containsExactly(Map.of(usualKey, 2), Map.of(auditKey, 20), Map.of(slowKey,
                2));
        put(2, audit, auditKey, 21);
        assertThat(lookup(0, audit, auditKey, ReadPolicy.LOCAL)).isEqualTo(21);
    }

    /// Who lacks a voter that one space does not do without still writes to the others.
    @Test
    void aSpaceRefusesWritesWithFewerVotersThanItsOwn() throws Exception {
        open(SPACES);
        awaitHome();
        TableDescriptor usual = create("T", TableKind.SORTED, FIRST);
        TableDescriptor everybody = create("E", TableKind.HASH, ALL);
        int key = keyNotLedBy(2, everybody);
        put(0, everybody, key, 1);
        cutOff(2);

        // What was proposed before it is known that somebody is away stays open.
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        CoconutException refused = null;
        while (refused == null || refused.code() == ErrorCode.OUTCOME_UNKNOWN) {
            assertThat(System.nanoTime()).isLessThan(until);
            try {
                put(0, everybody, key, 2);
            } catch (CoconutException failure) {
                refused = failure;
            }
        }
        assertThat(refused.code()).isEqualTo(ErrorCode.REPLICAS_MISSING);
        assertThat(refused.code().sqlState()).isEqualTo("57P03");
        until("a space that needs two voters goes on", () -> {
            try {
                put(0, usual, 1, 1);
                return true;
            } catch (CoconutException away) {
                // The sorted table's block may have been led by who is away.
                return false;
            }
        });

        faults.forEach(FaultyHost::heal);
        awaitHome();
        put(0, everybody, key, 3);
        assertThat(lookup(2, everybody, key, ReadPolicy.LOCAL)).isEqualTo(3);
    }

    /// Pairs of rows, one of a space by majority and one of a space by all, are raised together: whoever reads them, wherever and however, sees both alike.
    @Test
    void transactionsOverSpacesOfBothPoliciesAreSeenWhole() throws Exception {
        open(SPACES);
        awaitHome();
        TableDescriptor usual = create("T", TableKind.SORTED, FIRST);
        TableDescriptor audit = create("A", TableKind.HASH, AUDIT);
        for (int key = 0; key < KEYS; key++) {
            put(0, usual, key, 0);
            put(0, audit, key, 0);
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(6);
        int[] seen = new int[HOSTS];
        try (ExecutorService writing = Executors.newCachedThreadPool()) {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int host = 0; host < HOSTS; host++) {
                int writer = host;
                writers.add(writing.submit(() -> raise(writer, usual, audit, end)));
            }
            while (System.nanoTime() - end < 0) {
                for (int host = 0; host < HOSTS; host++) {
                    for (ReadPolicy policy : List.of(ReadPolicy.LOCAL, ReadPolicy.PRIMARY, new ReadPolicy.Stale(Duration.ofSeconds(2)))) {
                        List<Map<Integer, Integer>> both = scan(host, policy, usual, audit);
                        assertThat(both.get(1)).as("%s at %s", policy, host).isEqualTo(both.get(0));
                    }
                    int sum = scan(host, ReadPolicy.LOCAL, audit).getFirst().values().stream().mapToInt(Integer::intValue).sum();
                    assertThat(sum).isGreaterThanOrEqualTo(seen[host]);
                    seen[host] = sum;
                }
            }
            int raised = 0;
            for (Future<Integer> writer : writers) {
                raised += writer.get();
            }
            for (int host = 0; host < HOSTS; host++) {
                List<Map<Integer, Integer>> both = scan(host, ReadPolicy.LOCAL, usual, audit);
                assertThat(both.get(0).values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(raised).isPositive();
                assertThat(both.get(1)).isEqualTo(both.get(0));
            }
        }
    }

    private int raise(int host, TableDescriptor usual, TableDescriptor audit, long end) {
        int raised = 0;
        for (int i = 0; System.nanoTime() - end < 0; i++) {
            byte[] key = number((i + host * KEYS / HOSTS) % KEYS);
            try (Transaction transaction = hosts[host].begin()) {
                RecordView row = new RecordView();
                assertThat(transaction.get(audit, key, row)).isTrue();
                byte[] next = number(ByteBuffer.wrap(row.rowBytes()).getInt() + 1);
                transaction.put(usual, key, next);
                transaction.put(audit, key, next);
                transaction.commit();
                raised++;
            } catch (CoconutException conflict) {
                assertThat(conflict.code()).isEqualTo(ErrorCode.SERIALIZATION_CONFLICT);
            }
        }
        return raised;
    }

    /// Also of blocks that only their primaries may read by themselves, though nobody else asks for them: what all hosts may forget depends on it.
    @Test
    void whatIsHereGoesOnWhereNobodyReads() throws Exception {
        open(SPACES);
        awaitHome();
        TableDescriptor audit = create("A", TableKind.HASH, AUDIT);
        ReadPolicy anHour = new ReadPolicy.Stale(Duration.ofHours(1));
        for (int value = 1; value <= 2; value++) {
            for (int key = 0; key < KEYS; key++) {
                put(0, audit, key, value);
            }
            for (int host = 0; host < HOSTS; host++) {
                int reader = host;
                int expected = value;
                until("what host " + host + " has is as new as what was written", () -> {
                    Map<Integer, Integer> rows = scan(reader, anHour, audit).getFirst();
                    return rows.size() == KEYS && rows.values().stream().allMatch(each -> each == expected);
                });
            }
        }
    }

    @Test
    void spacesComeBehindOthersAndNeverChange() throws Exception {
        open(List.of(FIRST, AUDIT));
        TableDescriptor audit = create("A", TableKind.SORTED, AUDIT);
        create("T", TableKind.HASH, FIRST);
        put(1, audit, 1, 1);
        close();

        // Two that are told what was, and one that is not.
        open(List.of(FIRST, AUDIT), 0, 1);
        BlockSpace byAll = FIRST.next(AUDIT.name(), AUDIT.blockCount(), USUAL);
        for (List<BlockSpace> others : List.of(List.of(FIRST), List.of(FIRST, byAll), List.of(BlockSpace.first(4, USUAL)))) {
            assertThatThrownBy(() -> openHost(2, others)).as("%s", others).isInstanceOfSatisfying(CoconutException.class,
                    failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_CONNECTION_STRING));
        }
        close();

        open(SPACES);
        assertThat(lookup(2, table(2, "A"), 1, ReadPolicy.LOCAL)).isEqualTo(1);
        TableDescriptor slow = create("S", TableKind.HASH, SLOW);
        put(0, slow, 5, 5);
        put(1, table(1, "T"), 5, 6);
        for (int host = 0; host < HOSTS; host++) {
            assertThat(scan(host, ReadPolicy.LOCAL, slow, table(host, "T"), audit)).containsExactly(Map.of(5, 5), Map.of(5, 6), Map.of(1,
                    1));
        }
    }
}
