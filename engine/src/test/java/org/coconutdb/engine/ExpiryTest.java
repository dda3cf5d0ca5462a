package org.coconutdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.coconutdb.engine.CoconutEngineTest.key;
import static org.coconutdb.engine.CoconutEngineTest.number;
import static org.coconutdb.engine.CoconutEngineTest.value;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.coconutdb.engine.commit.LogClock;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Rows with a time to live, by a clock that the tests set.
class ExpiryTest {
    private static final long SECOND = 1_000_000L;
    private static final long START = 1_800_000_000L * SECOND;

    @TempDir private Path directory;
    private final AtomicLong time = new AtomicLong(START);
    private CoconutEngine engine;

    static LongStream seeds() {
        return Seeds.of(8);
    }

    @BeforeEach
    void open() {
        engine = CoconutEngine.open(new EngineConfig(null, 2, 1L << 30, LockPolicy.OFF), new LogClock(time::get));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private TableDescriptor table(TableKind kind) {
        return engine.createTable("T", kind, new byte[0]);
    }

    private void pass(long seconds) {
        time.addAndGet(seconds * SECOND);
    }

    private void put(TableDescriptor table, String key, int value, int ttlSeconds) {
        try (Transaction transaction = engine.begin()) {
            transaction.put(table, key(key), value(value), ttlSeconds);
            transaction.commit();
        }
    }

    private static List<String> keys(Transaction reader, TableDescriptor table, boolean reverse) {
        List<String> keys = new ArrayList<>();
        Scan scan = reader.scan(table, KeyRange.ALL, reverse);
        RecordView row = new RecordView();
        while (scan.next(row)) {
            keys.add(new String(row.keyBytes(), StandardCharsets.UTF_8));
        }
        return keys;
    }

    private List<String> keys(TableDescriptor table) {
        try (Transaction reader = engine.begin()) {
            return keys(reader, table, false);
        }
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void anExpiredRowIsAbsentForLookupsAndScans(TableKind kind) {
        TableDescriptor table = table(kind);
        put(table, "a", 1, 10);
        put(table, "b", 2, 0);
        put(table, "c", 3, 20);

        pass(9);
        assertThat(keys(table)).containsExactlyInAnyOrder("a", "b", "c");
        pass(1);

        try (Transaction reader = engine.begin()) {
            assertThat(reader.get(table, key("a"), new RecordView())).isFalse();
            assertThat(reader.get(table, key("b"), new RecordView())).isTrue();
            assertThat(reader.get(table, key("c"), new RecordView())).isTrue();
            assertThat(keys(reader, table, false)).containsExactlyInAnyOrder("b", "c");
            if (kind == TableKind.SORTED) {
                assertThat(keys(reader, table, true)).containsExactly("c", "b");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void aTransactionSeesByTheTimeItBeganAt(TableKind kind) {
        TableDescriptor table = table(kind);
        put(table, "a", 1, 10);

        try (Transaction before = engine.begin()) {
            pass(60);
            engine.removeExpired(true);

            assertThat(keys(table)).isEmpty();
            assertThat(keys(before, table, false)).containsExactly("a");
            assertThat(before.get(table, key("a"), new RecordView())).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void aRowCanBeInsertedOverAnExpiredOne(TableKind kind) {
        TableDescriptor table = table(kind);
        put(table, "a", 1, 10);
        pass(9);
        assertThatThrownBy(() -> insert(table, "a", 2)).isInstanceOfSatisfying(CoconutException.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.DUPLICATE_KEY));
        pass(1);

        insert(table, "a", 3);

        try (Transaction reader = engine.begin()) {
            RecordView row = new RecordView();
            assertThat(reader.get(table, key("a"), row)).isTrue();
            assertThat(number(row.rowBytes())).isEqualTo(3);
            assertThat(row.createdAtMicros()).as("it is a new row").isEqualTo(time.get());
            assertThat(row.ttlSeconds()).isZero();
        }
        assertThat(engine.rowCount(table)).isEqualTo(1);
    }

    private void insert(TableDescriptor table, String key, int value) {
        try (Transaction transaction = engine.begin()) {
            transaction.insert(table, key(key), value(value));
            transaction.commit();
        }
    }

    @Test
    void anUpdateBeginsTheTimeAnew() {
        TableDescriptor table = table(TableKind.HASH);
        put(table, "a", 1, 10);
        pass(8);
        try (Transaction transaction = engine.begin()) {
            transaction.update(table, key("a"), value(2));
            transaction.commit();
        }

        pass(9);
        assertThat(keys(table)).containsExactly("a");
        pass(1);
        assertThat(keys(table)).isEmpty();
    }

    @Test
    void aClockThatStepsBackBringsNoRowBack() {
        TableDescriptor table = table(TableKind.SORTED);
        put(table, "a", 1, 10);
        pass(10);
        assertThat(keys(table)).isEmpty();

        pass(-8);

        assertThat(keys(table)).isEmpty();
        insert(table, "a", 2);
        assertThat(keys(table)).containsExactly("a");
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void memoryOfExpiredRowsComesBack(TableKind kind) {
        TableDescriptor table = table(kind);
        put(table, "stays", 1, 0);
        long before = engine.recordBytes(table);
        for (int from = 0; from < 5_000; from += 1_000) {
            try (Transaction transaction = engine.begin()) {
                for (int i = from; i < from + 1_000; i++) {
                    transaction.put(table, key("k" + i), value(i), 60);
                }
                transaction.commit();
            }
        }
        assertThat(engine.recordBytes(table)).isGreaterThan(before + 5_000 * 64);

        pass(60);
        engine.removeExpired(true);

        assertThat(engine.recordBytes(table)).isEqualTo(before);
        assertThat(engine.rowCount(table)).isEqualTo(1);
        engine.verify();
    }

    @Test
    void expiredRowsMakeRoomInADatabaseThatIsFull() {
        try (CoconutEngine full = CoconutEngine.open(new EngineConfig(null, 1, EngineConfig.MEMORY_LIMIT_BYTES_MIN, LockPolicy.OFF),
                new LogClock(time::get))) {
            TableDescriptor table = full.createTable("T", TableKind.SORTED, new byte[0]);
            int rows = 0;
            CoconutException refused = null;
            while (refused == null) {
                try (Transaction transaction = full.begin()) {
                    transaction.put(table, key("k" + rows), new byte[100], 60);
                    transaction.commit();
                    rows++;
                } catch (CoconutException failure) {
                    refused = failure;
                }
            }
            assertThat(refused.code()).isEqualTo(ErrorCode.MEMORY_LIMIT_REACHED);

            pass(60);
            full.removeExpired(true);

            assertThat(full.rowCount(table)).isZero();
            try (Transaction transaction = full.begin()) {
                for (int i = 0; i < rows / 2; i++) {
                    transaction.put(table, key("n" + i), new byte[100], 60);
                }
                transaction.commit();
            }
        }
    }

    @Test
    void theHousekeeperRemovesByItself() throws InterruptedException {
        TableDescriptor table = table(TableKind.HASH);
        put(table, "a", 1, 10);

        pass(11);

        long deadline = System.nanoTime() + 120_000_000_000L;
        while (engine.rowCount(table) != 0) {
            assertThat(System.nanoTime()).as("removed within half a minute").isLessThan(deadline);
            Thread.sleep(20);
        }
        assertThat(engine.recordBytes(table)).isZero();
    }

    private record Row(int value, long created, long updated, int ttl) {
        boolean isThere(long now) {
            return ttl == 0 || updated + ttl * SECOND > now;
        }
    }

    /// Random changes, times and removals against a model; then the log is replayed, twice.
    @ParameterizedTest
    @MethodSource("seeds")
    void agreesWithAModelAndReplayGivesTheSameRows(long seed) {
        Random random = Seeds.random(seed);
        EngineConfig config = new EngineConfig(directory.resolve("db"), 3, 1L << 30, LockPolicy.OFF);
        String rerun = Seeds.rerun(ExpiryTest.class, "agreesWithAModelAndReplayGivesTheSameRows", seed);
        Map<String, Row> model = new TreeMap<>();
        for (int round = 0; round < 3; round++) {
            try (CoconutEngine opened = CoconutEngine.open(config, new LogClock(time::get))) {
                TableDescriptor table = opened.table("T").orElseGet(
                        () -> opened.createTable("T", seed % 2 == 0 ? TableKind.HASH : TableKind.SORTED, new byte[0]));
                assertThat(rows(opened, table)).as(rerun).isEqualTo(there(model));
                for (int step = 0; step < 400; step++) {
                    step(opened, table, model, random);
                    if (step % 10 == 0) {
                        assertThat(rows(opened, table)).as(rerun).isEqualTo(there(model));
                    }
                }
                opened.removeExpired(true);
                assertThat(opened.rowCount(table)).as(rerun).isEqualTo(there(model).size());
                opened.verify();
            }
        }
        try (CoconutEngine opened = CoconutEngine.open(config, new LogClock(time::get))) {
            TableDescriptor table = opened.table("T").orElseThrow();
            assertThat(rows(opened, table)).as(rerun).isEqualTo(there(model));
            assertThat(opened.rowCount(table)).as(rerun).isEqualTo(there(model).size());
        }
    }

    private void step(CoconutEngine opened, TableDescriptor table, Map<String, Row> model, Random random) {
        if (random.nextInt(4) == 0) {
            time.addAndGet(random.nextLong(3 * SECOND));
        }
        if (random.nextInt(20) == 0) {
            opened.removeExpired(true);
        }
        long now = time.get();
        Set<String> written = new HashSet<>();
        try (Transaction transaction = opened.begin()) {
            for (int writes = random.nextInt(4); writes >= 0; writes--) {
                String key = "k" + random.nextInt(40);
                if (!written.add(key)) {
                    // A transaction does not see its own writes.
                    continue;
                }
                Row old = model.get(key);
                boolean isThere = old != null && old.isThere(now);
                assertThat(transaction.get(table, key(key), new RecordView())).isEqualTo(isThere);
                int value = random.nextInt(1000);
                int ttl = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(8);
                long created = isThere ? old.created : now;
                switch (random.nextInt(4)) {
                    case 0 -> {
                        transaction.put(table, key(key), value(value), ttl);
                        model.put(key, new Row(value, created, now, ttl));
                    }
                    case 1 -> {
                        if (!isThere) {
                            transaction.insert(table, key(key), value(value), ttl);
                            model.put(key, new Row(value, now, now, ttl));
                        }
                    }
                    case 2 -> {
                        if (isThere) {
                            transaction.update(table, key(key), value(value));
                            model.put(key, new Row(value, created, now, old.ttl));
                        }
                    }
                    default -> {
                        if (isThere) {
                            transaction.delete(table, key(key));
                            model.remove(key);
                        }
                    }
                }
            }
            transaction.commit();
        }
        // Readers may be a millisecond behind.
        time.addAndGet(1_000);
    }

    private Map<String, Row> there(Map<String, Row> model) {
        Map<String, Row> rows = new TreeMap<>(model);
        rows.values().removeIf(row -> !row.isThere(time.get()));
        return rows;
    }

    private static Map<String, Row> rows(CoconutEngine opened, TableDescriptor table) {
        Map<String, Row> rows = new TreeMap<>();
        try (Transaction reader = opened.begin()) {
            Scan scan = reader.scan(table, KeyRange.ALL, false);
            RecordView row = new RecordView();
            while (scan.next(row)) {
                rows.put(new String(row.keyBytes(), StandardCharsets.UTF_8),
                        new Row(number(row.rowBytes()), row.createdAtMicros(), row.updatedAtMicros(), row.ttlSeconds()));
            }
        }
        return rows;
    }
}
