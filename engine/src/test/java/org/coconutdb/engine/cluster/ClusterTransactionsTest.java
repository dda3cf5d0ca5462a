package org.coconutdb.engine.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.Write;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Isolation;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Transactions of several hosts over blocks that are replicated by logs which do what they may, from a seed: what one host was told, all others show.
@Timeout(180)
class ClusterTransactionsTest {
    private static final long SEED = System.getProperty("seed") == null ? System.nanoTime() : Long.parseLong(System.getProperty("seed"),
            16);
    private static final int HOSTS = 3;
    private static final int KEYS = 12;
    private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(Long.getLong("cluster.seconds", 4));

    private static final long RUN_NANOS_MAX = RUN_NANOS + TimeUnit.SECONDS.toNanos(40);
    private static final int DONE_MIN = 5;
    // A transaction of host 1, which knows nothing of it.
    private static final long GONE = 7 << 6 | 1;

    private SimulatedCarriers carriers;
    private final List<CoconutEngine> hosts = new ArrayList<>();

    @BeforeEach
    void printSeed() {
        System.out.println("seed: " + Long.toHexString(SEED));
    }

    private void open(SimulatedCarriers.Broken broken) throws Exception {
        carriers = new SimulatedCarriers(HOSTS, 5, SEED, broken);
        hosts.addAll(carriers.open());
    }

    @AfterEach
    void close() {
        carriers.close();
        hosts.forEach(CoconutEngine::close);
    }

    private TableDescriptor table(String name, TableKind kind) {
        return hosts.getFirst().createTable(name, kind, new byte[0]);
    }

    private TableDescriptor at(int host, TableDescriptor table) {
        hosts.get(host).catalogVersion();
        return hosts.get(host).table(table.name()).orElseThrow();
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    private static byte[] row(long number) {
        return ByteBuffer.allocate(8).putLong(number).array();
    }

    private static long number(RecordView row) {
        return ByteBuffer.wrap(row.rowBytes()).getLong();
    }

    @Test
    void whatOneHostMakesTheOthersSee() throws Exception {
        open(SimulatedCarriers.Broken.NOTHING);
        TableDescriptor table = table("T", TableKind.HASH);

        try (Transaction transaction = hosts.get(1).begin()) {
            for (int i = 0; i < KEYS; i++) {
                transaction.insert(at(1, table), key(i), row(i));
            }
            transaction.commit();
        }

        for (int host = 0; host < HOSTS; host++) {
            try (Transaction transaction = hosts.get(host).beginReadOnly()) {
                Scan scan = transaction.scan(at(host, table), KeyRange.ALL, false);
                RecordView row = new RecordView();
                int rows = 0;
                while (scan.next(row)) {
                    rows++;
                }
                assertThat(rows).isEqualTo(KEYS);
            }
        }
    }

    /// Its host dies between its phases, and nobody writes what it holds.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTransactionWhoseHostIsGoneIsFinishedAndRead(boolean isDecided) throws Exception {
        open(SimulatedCarriers.Broken.NOTHING);
        TableDescriptor table = table("T", TableKind.SORTED);
        TableDescriptor other = table("U", TableKind.SORTED);
        long snapshot;
        try (Transaction transaction = hosts.getFirst().begin()) {
            transaction.insert(at(0, table), key(1), row(1));
            transaction.insert(at(0, other), key(1), row(1));
            transaction.commit();
        }
        try (Transaction transaction = hosts.getFirst().beginReadOnly()) {
            snapshot = transaction.snapshotTimestamp();
        }
        int coordinator;
        int participant;
        try (Transaction transaction = hosts.getFirst().beginReadOnly()) {
            coordinator = transaction.blockOf(table, key(1));
            participant = transaction.blockOf(other, key(1));
        }
        assertThat(participant).isNotEqualTo(coordinator);

        prepare(coordinator, coordinator, table, snapshot);
        prepare(participant, coordinator, other, snapshot);
        if (isDecided) {
            assertThat(carriers.propose(coordinator, ReplicaCommand.encode(new BlockCommand.Decide(GONE, true, 0))).get()).isNotEmpty();
        }

        for (int host = 0; host < HOSTS; host++) {
            try (Transaction transaction = hosts.get(host).beginReadOnly()) {
                assertThat(values(transaction.scan(at(host, other), KeyRange.ALL, false))).containsExactly(isDecided ? 2L : 1L);
                assertThat(values(transaction.scan(at(host, table), KeyRange.ALL, false))).containsExactly(isDecided ? 2L : 1L);
            }
        }
    }

    /// A block has no primary for longer than a decision takes: a transaction whose host lives is not taken from it.
    @Test
    void aTransactionThatHasToWaitIsNotFinishedByOthers() throws Exception {
        open(SimulatedCarriers.Broken.NOTHING);
        TableDescriptor table = table("T", TableKind.HASH);
        int held;
        try (Transaction transaction = hosts.getFirst().beginReadOnly();
                ExecutorService committing = Executors.newVirtualThreadPerTaskExecutor()) {
            held = IntStream.range(0, KEYS).map(i -> transaction.blockOf(table, key(i))).max().orElseThrow();
            carriers.hold(held, true);
            Future<?> commit = committing.submit(() -> {
                try (Transaction writes = hosts.getFirst().begin()) {
                    for (int i = 0; i < KEYS; i++) {
                        writes.insert(table, key(i), row(i));
                    }
                    writes.commit();
                }
            });
            TimeUnit.SECONDS.sleep(4);
            assertThat(commit.isDone()).isFalse();
            carriers.hold(held, false);
            commit.get(30, TimeUnit.SECONDS);
        }
        try (Transaction transaction = hosts.get(1).beginReadOnly()) {
            assertThat(values(transaction.scan(at(1, table), KeyRange.ALL, false))).hasSize(KEYS);
        }
    }

    private void prepare(int block, int coordinator, TableDescriptor table, long snapshot) throws Exception {
        Write write = new Write(table.id(), Write.Condition.NONE, key(1), row(2), 0);
        byte[] result = carriers.propose(block, ReplicaCommand.encode(new BlockCommand.Prepare(GONE, coordinator, snapshot, List.of(), List
                .of(
                        write))))
                .get();
        assertThat(ResultCodec.decode(result).isDone()).isTrue();
    }

    /// Pairs of keys in blocks of their own are raised together, by all hosts. A read at any host shows both alike, at least what was acknowledged anywhere before it began, and
    /// no more than was begun before it ended. Primaries move meanwhile.
    @Test
    void readsAtEachHostAreStrictlySerializable() throws Exception {
        open(SimulatedCarriers.Broken.NOTHING);
        run(TableKind.HASH, true, RUN_NANOS);
    }

    @Test
    void readsOfSortedTablesAreStrictlySerializable() throws Exception {
        open(SimulatedCarriers.Broken.NOTHING);
        run(TableKind.SORTED, false, RUN_NANOS);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
    void aRunWithoutARuleShowsIt(SimulatedCarriers.Broken broken) throws Exception {
        open(broken);

        assertThatThrownBy(() -> run(TableKind.HASH, false, TimeUnit.SECONDS.toNanos(30))).hasRootCauseInstanceOf(AssertionError.class);
    }

    private void run(TableKind kind, boolean moves, long runNanos) throws Exception {
        TableDescriptor left = table("LEFT", kind);
        TableDescriptor right = table("RIGHT", kind);
        try (Transaction transaction = hosts.getFirst().begin()) {
            for (int i = 0; i < KEYS; i++) {
                transaction.insert(at(0, left), key(i), row(0));
                transaction.insert(at(0, right), key(KEYS + i), row(0));
            }
            transaction.commit();
        }
        AtomicLongArray begun = new AtomicLongArray(KEYS);
        AtomicLongArray acknowledged = new AtomicLongArray(KEYS);
        AtomicInteger commits = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        AtomicInteger unknown = new AtomicInteger();
        AtomicInteger reads = new AtomicInteger();
        AtomicInteger lookups = new AtomicInteger();
        long begin = System.nanoTime();
        // Until it has been long enough, and on a busy machine until enough was done.
        BooleanSupplier goesOn = () -> System.nanoTime() - begin < runNanos || (System.nanoTime() - begin < RUN_NANOS_MAX
                && (commits.get() <= DONE_MIN || reads.get() <= DONE_MIN || lookups.get() <= DONE_MIN));
        AtomicBoolean isOver = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                int host = i % HOSTS;
                Random random = new Random(SEED + i);
                TableDescriptor leftHere = at(host, left);
                TableDescriptor rightHere = at(host, right);
                running.add(threads.submit(() -> {
                    while (goesOn.getAsBoolean() && !isOver.get()) {
                        int key = random.nextInt(KEYS);
                        try (Transaction transaction = hosts.get(host).begin(Isolation.SERIALIZABLE)) {
                            RecordView row = new RecordView();
                            assertThat(transaction.get(leftHere, key(key), row)).isTrue();
                            long value = number(row);
                            assertThat(transaction.get(rightHere, key(KEYS + key), row)).isTrue();
                            assertThat(number(row)).isEqualTo(value);
                            begun.accumulateAndGet(key, value + 1, Math::max);
                            transaction.update(leftHere, key(key), row(value + 1));
                            transaction.update(rightHere, key(KEYS + key), row(value + 1));
                            transaction.commit();
                            acknowledged.accumulateAndGet(key, value + 1, Math::max);
                            commits.incrementAndGet();
                        } catch (AssertionError failure) {
                            isOver.set(true);
                            throw failure;
                        } catch (CoconutException failure) {
                            count(failure, refused, unknown);
                        }
                    }
                }));
                running.add(threads.submit(() -> {
                    while (goesOn.getAsBoolean() && !isOver.get()) {
                        int key = random.nextInt(KEYS);
                        long atLeast = acknowledged.get(key);
                        try (Transaction transaction = hosts.get(host).beginLookup()) {
                            RecordView row = new RecordView();
                            assertThat(transaction.get(leftHere, key(key), row)).isTrue();
                            assertThat(number(row)).isBetween(atLeast, begun.get(key));
                            lookups.incrementAndGet();
                        } catch (AssertionError failure) {
                            isOver.set(true);
                            throw failure;
                        } catch (CoconutException failure) {
                            count(failure, refused, unknown);
                        }
                        LockSupport.parkNanos(50_000);
                    }
                }));
                running.add(threads.submit(() -> {
                    while (goesOn.getAsBoolean() && !isOver.get()) {
                        long[] atLeast = new long[KEYS];
                        for (int key = 0; key < KEYS; key++) {
                            atLeast[key] = acknowledged.get(key);
                        }
                        try (Transaction transaction = hosts.get(host).beginReadOnly()) {
                            List<Long> lefts = values(transaction.scan(leftHere, KeyRange.ALL, false));
                            List<Long> rights = values(transaction.scan(rightHere, KeyRange.ALL, false));
                            assertThat(lefts).isEqualTo(rights);
                            for (int key = 0; key < KEYS; key++) {
                                assertThat(lefts.get(key)).isBetween(atLeast[key], begun.get(key));
                            }
                            assertThat(values(transaction.scan(leftHere, KeyRange.ALL, false))).isEqualTo(lefts);
                            reads.incrementAndGet();
                        } catch (AssertionError failure) {
                            isOver.set(true);
                            throw failure;
                        } catch (CoconutException failure) {
                            count(failure, refused, unknown);
                        }
                    }
                }));
            }
            if (moves) {
                Random random = new Random(SEED - 1);
                while (goesOn.getAsBoolean() && !isOver.get()) {
                    // Each block about once a second: the source of timestamps has to begin anew each time that the directory moves.
                    LockSupport.parkNanos(random.nextInt(400) * 1_000_000L);
                    carriers.movePrimary(random.nextInt(6), random.nextInt(HOSTS));
                }
            }
            try {
                for (Future<?> each : running) {
                    each.get();
                }
            } finally {
                isOver.set(true);
            }
        }
        System.out.println("committed " + commits + ", refused " + refused + ", unknown " + unknown + ", scans " + reads + ", lookups "
                + lookups);
        assertThat(commits.get()).isGreaterThan(DONE_MIN);
        assertThat(reads.get()).isGreaterThan(DONE_MIN);
        assertThat(lookups.get()).isGreaterThan(DONE_MIN);
    }

    private static void count(CoconutException failure, AtomicInteger refused, AtomicInteger unknown) {
        switch (failure.code()) {
            case SERIALIZATION_CONFLICT, NOT_PRIMARY, TABLE_CHANGED -> refused.incrementAndGet();
            case OUTCOME_UNKNOWN -> unknown.incrementAndGet();
            default -> throw failure;
        }
        assertThat(failure.code()).isNotEqualTo(ErrorCode.BROKEN_INVARIANT);
    }

    /// By key.
    private static List<Long> values(Scan scan) {
        java.util.TreeMap<Integer, Long> values = new java.util.TreeMap<>();
        RecordView row = new RecordView();
        while (scan.next(row)) {
            values.put(ByteBuffer.wrap(row.keyBytes()).getInt(), number(row));
        }
        return new ArrayList<>(values.values());
    }
}
