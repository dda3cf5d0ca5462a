package org.coconutdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.coconutdb.engine.CoconutEngineTest.key;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordHeap;
import org.coconutdb.engine.version.RecordView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Budgets of tables, blocks and the database: with a cold tier everything goes in, without one what is too much is refused.
class MemoryBudgetTest {
    private static final long MIB = 1L << 20;
    private static final StorageOptions TWO_MIB = new StorageOptions(2 * MIB, 0);

    @TempDir private Path directory;

    private static EngineConfig inMemory() {
        return new EngineConfig(null, 2, 1L << 30, LockPolicy.OFF);
    }

    private EngineConfig inDirectory() {
        return new EngineConfig(directory.resolve("db"), 2, 1L << 30, LockPolicy.OFF);
    }

    private static byte[] row(int number) {
        byte[] row = new byte[300];
        new Random(number).nextBytes(row);
        return ByteBuffer.wrap(row).putInt(number).array();
    }

    private static void put(CoconutEngine engine, TableDescriptor table, int from, int to) {
        try (Transaction transaction = engine.begin()) {
            for (int i = from; i < to; i++) {
                transaction.put(table, key("k" + i), row(i));
            }
            transaction.commit();
        }
    }

    private static long hotBytes(CoconutEngine engine, TableDescriptor table) {
        return engine.tierUse().stream().filter(use -> use.table() == table.id()).mapToLong(TierUse::hotBytes).sum();
    }

    /// Puts rows until one is refused; answers how many went in.
    private static int fill(CoconutEngine engine, TableDescriptor table) {
        for (int i = 0;; i++) {
            try {
                put(engine, table, i, i + 1);
            } catch (CoconutException refused) {
                assertThat(refused.code()).isEqualTo(ErrorCode.MEMORY_LIMIT_REACHED);
                assertThat(refused.getMessage()).contains("hot");
                return i;
            }
        }
    }

    private static int count(CoconutEngine engine, TableDescriptor table) {
        try (Transaction reader = engine.begin()) {
            int rows = 0;
            RecordView view = new RecordView();
            for (Scan scan = reader.scan(table, KeyRange.ALL, false); scan.next(view);) {
                assertThat(view.rowBytes()).isEqualTo(row(ByteBuffer.wrap(view.rowBytes()).getInt()));
                rows++;
            }
            return rows;
        }
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void aTableInMemoryTakesNoMoreThanItsBudgetAndDeletingMakesRoom(TableKind kind) {
        try (CoconutEngine engine = CoconutEngine.open(inMemory())) {
            TableDescriptor table = engine.createTable("T", kind, new byte[0], TWO_MIB);
            TableDescriptor other = engine.createTable("U", kind, new byte[0]);
            int rows = fill(engine, table);
            assertThat(hotBytes(engine, table)).isBetween(2 * MIB * 9 / 10, 2 * MIB);
            assertThat(count(engine, table)).as("what went in is readable").isEqualTo(rows);
            put(engine, other, 0, 100);

            for (int i = 0; i < rows / 2; i++) {
                try (Transaction transaction = engine.begin()) {
                    transaction.delete(table, key("k" + i));
                    transaction.commit();
                }
            }
            put(engine, other, 100, 101);

            put(engine, table, 0, rows / 4);
            assertThat(count(engine, table)).isEqualTo(rows - rows / 2 + rows / 4);
        }
    }

    @Test
    void aBlockTakesNoMoreThanItsShare() {
        try (CoconutEngine engine = CoconutEngine.open(inMemory().withHotBytesMax(4 * MIB))) {
            TableDescriptor table = engine.createTable("T", TableKind.SORTED, new byte[0]);
            fill(engine, table);
            // A sorted table lies in one block of two.
            assertThat(hotBytes(engine, table)).isBetween(2 * MIB * 9 / 10, 2 * MIB);
        }
    }

    @Test
    void aRefusedTransactionLeavesNothing() {
        try (CoconutEngine engine = CoconutEngine.open(inMemory())) {
            TableDescriptor table = engine.createTable("T", TableKind.HASH, new byte[0], TWO_MIB);
            put(engine, table, 0, 10);

            assertThatThrownBy(() -> put(engine, table, 5, 10_000)).isInstanceOfSatisfying(CoconutException.class,
                    refused -> assertThat(refused.getMessage()).contains("table=T", "hotBytesMax=2097152", "hot_memory"));

            assertThat(count(engine, table)).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void whatIsThereCanBeWrittenAgainWhereTheBudgetIsFull(TableKind kind) {
        try (CoconutEngine engine = CoconutEngine.open(inMemory())) {
            TableDescriptor table = engine.createTable("T", kind, new byte[0], TWO_MIB);
            int rows = fill(engine, table);

            for (int i = 0; i < 2 * rows; i++) {
                put(engine, table, i % rows, i % rows + 1);
            }

            assertThat(hotBytes(engine, table)).isBetween(2 * MIB * 9 / 10, 2 * MIB + 2 * MIB / 16);
            assertThat(count(engine, table)).isEqualTo(rows);
            try (Transaction grows = engine.begin()) {
                grows.put(table, key("k1"), new byte[3000]);
                assertRefused(grows);
            }
            try (Transaction grows = engine.begin()) {
                grows.put(table, key("k1"), row(1));
                grows.put(table, key("new"), row(1));
                assertRefused(grows);
            }
            try (Transaction exchanges = engine.begin()) {
                assertThat(exchanges.get(table, key("k1"), new RecordView())).isTrue();
                exchanges.delete(table, key("k1"));
                exchanges.put(table, key("new"), row(1));
                exchanges.commit();
            }
            assertThat(count(engine, table)).isEqualTo(rows);
        }
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void aSnapshotThatKeepsOldVersionsLetsAFullTableGrowByASixteenthAndNoMore(TableKind kind) {
        try (CoconutEngine engine = CoconutEngine.open(inMemory())) {
            TableDescriptor table = engine.createTable("T", kind, new byte[0], TWO_MIB);
            int rows = fill(engine, table);

            int updates = 0;
            try (Transaction reader = engine.begin()) {
                try {
                    for (; updates < 2 * rows; updates++) {
                        put(engine, table, updates % rows, updates % rows + 1);
                    }
                } catch (CoconutException refused) {
                    assertThat(refused.code()).isEqualTo(ErrorCode.MEMORY_LIMIT_REACHED);
                }
                assertThat(hotBytes(engine, table)).isBetween(2 * MIB, 2 * MIB + 2 * MIB / 16);
                assertThat(updates).isBetween(1, rows / 4);
                RecordView view = new RecordView();
                assertThat(reader.get(table, key("k0"), view)).isTrue();
                assertThat(view.rowBytes()).isEqualTo(row(0));
            }

            put(engine, table, 0, 1);
            assertThat(hotBytes(engine, table)).as("the snapshot is closed").isLessThanOrEqualTo(2 * MIB + 512);
        }
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void whatOneStatementHasDeletedIsRoomForTheNext(TableKind kind) {
        EngineConfig config = inMemory().withMemoryLimitBytes(8 * MIB);
        try (CoconutEngine engine = CoconutEngine.open(config)) {
            TableDescriptor bounded = engine.createTable("T", kind, new byte[0], TWO_MIB);
            TableDescriptor limited = engine.createTable("U", kind, new byte[0]);
            for (TableDescriptor table : List.of(bounded, limited)) {
                int rows = 0;
                try {
                    for (;; rows += 100) {
                        put(engine, table, rows, rows + 100);
                    }
                } catch (CoconutException refused) {
                    assertThat(refused.code()).isEqualTo(ErrorCode.MEMORY_LIMIT_REACHED);
                }
                for (int round = 0; round < 3; round++) {
                    deleteAll(engine, table);
                    put(engine, table, 0, rows * 5 / 8);
                    assertThat(count(engine, table)).isEqualTo(rows * 5 / 8);
                }
            }
        }
    }

    private static void deleteAll(CoconutEngine engine, TableDescriptor table) {
        try (Transaction transaction = engine.begin()) {
            RecordView view = new RecordView();
            for (Scan scan = transaction.scan(table, KeyRange.ALL, false); scan.next(view);) {
                transaction.delete(table, view.keyBytes());
            }
            transaction.commit();
        }
    }

    private static void assertRefused(Transaction transaction) {
        assertThatThrownBy(transaction::commit).isInstanceOfSatisfying(CoconutException.class,
                refused -> assertThat(refused.code()).isEqualTo(ErrorCode.MEMORY_LIMIT_REACHED));
    }

    static LongStream seeds() {
        return Seeds.of(3);
    }

    /// Each writer has keys of its own in both tables, and knows what it was let in with.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void writersTogetherKeepTheBudgetsOfTwoTablesAndRefusalsLeaveNothing(long seed) throws Exception {
        int writes = 20;
        long transactionBytes = writes * 512;
        try (CoconutEngine engine = CoconutEngine.open(inMemory()); ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<TableDescriptor> tables = List.of(engine.createTable("T", TableKind.HASH, new byte[0], TWO_MIB),
                    engine.createTable("U", TableKind.SORTED, new byte[0], new StorageOptions(3 * MIB, 0)));
            AtomicLong refused = new AtomicLong();
            List<Future<Map<String, Integer>>> writers = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                int number = writer;
                writers.add(threads.submit(() -> {
                    Random random = Seeds.random(seed * 31 + number);
                    Map<String, Integer> rows = new HashMap<>();
                    for (int i = 0; i < 2_000; i++) {
                        // Now more rows come, now more go.
                        int deletions = i / 250 % 2 == 0 ? 1 : 3;
                        Map<String, Integer> next = new HashMap<>(rows);
                        try (Transaction transaction = engine.begin()) {
                            for (int write = random.nextInt(writes) + 1; write > 0; write--) {
                                TableDescriptor table = tables.get(random.nextInt(2));
                                String name = number + "-" + random.nextInt(8_000);
                                boolean isThere = next.containsKey(table.name() + name);
                                if (isThere && random.nextInt(4) < deletions) {
                                    transaction.delete(table, key(name));
                                    next.remove(table.name() + name);
                                } else if (!isThere) {
                                    transaction.insert(table, key(name), row(i));
                                    next.put(table.name() + name, i);
                                }
                            }
                            transaction.commit();
                            rows = next;
                        } catch (CoconutException failure) {
                            assertThat(failure.code()).isEqualTo(ErrorCode.MEMORY_LIMIT_REACHED);
                            refused.incrementAndGet();
                        }
                        for (TableDescriptor table : tables) {
                            assertThat(hotBytes(engine, table)).isLessThan(
                                    withTombstones(table.options().hotBytesMax() + transactionBytes));
                        }
                    }
                    return rows;
                }));
            }
            Map<String, Integer> expected = new HashMap<>();
            for (Future<Map<String, Integer>> writer : writers) {
                expected.putAll(writer.get());
            }
            String rerun = Seeds.rerun(getClass(), "writersTogetherKeepTheBudgetsOfTwoTablesAndRefusalsLeaveNothing", seed);
            assertThat(refused.get()).as("refused writes; %s", rerun).isPositive();
            assertThat(rows(engine, tables)).as(rerun).isEqualTo(expected);
            for (TableDescriptor table : tables) {
                long rowBytes = expected.keySet().stream().filter(name -> name.startsWith(table.name())).count()
                        * RecordHeap.sizeFor(4, 300);
                assertThat(rowBytes).as(rerun).isLessThanOrEqualTo(table.options().hotBytesMax());
            }
            engine.verify();
        }
    }

    /// Deletions are always let in, and both the row and its tombstone stay for as long as an older snapshot is open: of a writer that the
    /// machine has stopped, any number of others' may. But of each row that had room there is one.
    private static long withTombstones(long bytes) {
        return bytes + bytes / RecordHeap.sizeFor(4, 300) * RecordHeap.sizeFor(12, 0);
    }

    private static Map<String, Integer> rows(CoconutEngine engine, List<TableDescriptor> tables) {
        Map<String, Integer> rows = new HashMap<>();
        try (Transaction reader = engine.begin()) {
            RecordView view = new RecordView();
            for (TableDescriptor table : tables) {
                for (Scan scan = reader.scan(table, KeyRange.ALL, false); scan.next(view);) {
                    int number = ByteBuffer.wrap(view.rowBytes()).getInt();
                    assertThat(view.rowBytes()).isEqualTo(row(number));
                    rows.put(table.name() + new String(view.keyBytes(), StandardCharsets.UTF_8), number);
                }
            }
        }
        return rows;
    }

    /// Where what each writes is a large part of the budget, so that few may be let in at a time.
    @Test
    void roomIsGivenOnce() throws Exception {
        try (CoconutEngine engine = CoconutEngine.open(inMemory()); ExecutorService threads = Executors.newFixedThreadPool(4)) {
            TableDescriptor table = engine.createTable("T", TableKind.HASH, new byte[0], TWO_MIB);
            CyclicBarrier together = new CyclicBarrier(4);
            for (int round = 0; round < 20; round++) {
                int base = round * 20_000;
                List<Future<Integer>> writers = new ArrayList<>();
                for (int writer = 0; writer < 4; writer++) {
                    int from = base + writer * 4_000;
                    writers.add(threads.submit(() -> {
                        together.await();
                        try {
                            // 1.2 of 2 MiB.
                            put(engine, table, from, from + 3_500);
                            return 1;
                        } catch (CoconutException failure) {
                            assertThat(failure.code()).isEqualTo(ErrorCode.MEMORY_LIMIT_REACHED);
                            return 0;
                        }
                    }));
                }
                int done = 0;
                for (Future<Integer> writer : writers) {
                    done += writer.get();
                }
                assertThat(done).as("writers that found room").isEqualTo(1);
                assertThat(hotBytes(engine, table)).isLessThanOrEqualTo(2 * MIB);
                deleteAll(engine, table);
            }
        }
    }

    @Test
    void writersOfTheSameRowsPassABudgetByItsSixteenthAtMost() throws Exception {
        try (CoconutEngine engine = CoconutEngine.open(inMemory()); ExecutorService threads = Executors.newFixedThreadPool(4)) {
            TableDescriptor table = engine.createTable("T", TableKind.HASH, new byte[0], TWO_MIB);
            AtomicLong refused = new AtomicLong();
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                Random random = new Random(writer);
                writers.add(threads.submit(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        int number = random.nextInt(20_000);
                        try (Transaction transaction = engine.begin()) {
                            if (random.nextInt(4) == 0) {
                                if (transaction.get(table, key("k" + number), new RecordView())) {
                                    transaction.delete(table, key("k" + number));
                                }
                            } else {
                                transaction.put(table, key("k" + number), row(number));
                            }
                            transaction.commit();
                        } catch (CoconutException failure) {
                            if (failure.code() == ErrorCode.MEMORY_LIMIT_REACHED) {
                                refused.incrementAndGet();
                            } else {
                                assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_CONFLICT);
                            }
                        }
                        assertThat(hotBytes(engine, table)).isLessThan(withTombstones(2 * MIB + 2 * MIB / 16));
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            assertThat(refused.get()).as("refused writes").isPositive();
            count(engine, table);
            engine.verify();
        }
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void tenTimesTheBudgetGoesInWhereThereIsAColdTier(TableKind kind) {
        try (CoconutEngine engine = CoconutEngine.open(inDirectory())) {
            TableDescriptor table = engine.createTable("T", kind, new byte[0], TWO_MIB);
            int rows = (int) (10 * 2 * MIB / 300);
            for (int from = 0; from < rows; from += 500) {
                put(engine, table, from, Math.min(rows, from + 500));
                assertThat(hotBytes(engine, table)).isLessThanOrEqualTo(2 * MIB);
            }
            assertThat(count(engine, table)).isEqualTo(rows);
            Random random = new Random(1);
            RecordView view = new RecordView();
            for (int i = 0; i < 20_000; i++) {
                int number = random.nextInt(rows);
                try (Transaction reader = engine.begin()) {
                    assertThat(reader.get(table, key("k" + number), view)).isTrue();
                    assertThat(view.rowBytes()).isEqualTo(row(number));
                }
            }
            assertThat(engine.tierUse().stream().mapToLong(TierUse::promotions).sum()).as("rows that came back").isPositive();
            engine.verify();
        }
        try (CoconutEngine engine = CoconutEngine.open(inDirectory())) {
            TableDescriptor table = engine.table("T").orElseThrow();
            assertThat(count(engine, table)).isEqualTo(10 * 2 * MIB / 300);
            engine.verify();
        }
    }

    @Test
    void tenTimesAnUpdateOfAllRowsGoesThrough() {
        try (CoconutEngine engine = CoconutEngine.open(inDirectory())) {
            TableDescriptor table = engine.createTable("T", TableKind.HASH, new byte[0], TWO_MIB);
            put(engine, table, 0, 3_000);
            for (int round = 0; round < 10; round++) {
                for (int from = 0; from < 3_000; from += 100) {
                    try (Transaction transaction = engine.begin()) {
                        for (int i = from; i < from + 100; i++) {
                            assertThat(transaction.get(table, key("k" + i), new RecordView())).isTrue();
                            transaction.update(table, key("k" + i), row(i + round));
                        }
                        transaction.commit();
                    }
                }
            }
            assertThat(count(engine, table)).isEqualTo(3_000);
        }
    }

    @Test
    void theDatabasesLimitHoldsByColdRows() {
        EngineConfig config = inDirectory().withMemoryLimitBytes(16 * MIB);
        try (CoconutEngine engine = CoconutEngine.open(config)) {
            TableDescriptor table = engine.createTable("T", TableKind.SORTED, new byte[0]);
            int rows = 100_000;
            for (int from = 0; from < rows; from += 500) {
                put(engine, table, from, from + 500);
            }
            assertThat(count(engine, table)).isEqualTo(rows);
            engine.verify();
        }
        try (CoconutEngine engine = CoconutEngine.open(config)) {
            assertThat(count(engine, engine.table("T").orElseThrow())).as("rows of the log went cold while it was replayed")
                    .isEqualTo(100_000);
        }
    }
}
