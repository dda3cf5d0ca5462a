package org.coconutdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.coconutdb.engine.CoconutEngineTest.key;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.coconutdb.engine.commit.LogClock;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Rows in the cold tier, by a clock that the tests set.
class ColdRowsTest {
    private static final long SECOND = 1_000_000L;
    private static final long START = 1_800_000_000L * SECOND;
    private static final int FILE_BYTES = 16 << 10;

    @TempDir private Path directory;
    private final AtomicLong time = new AtomicLong(START);
    private CoconutEngine engine;

    static LongStream seeds() {
        return Seeds.of(8);
    }

    @BeforeEach
    void open() {
        engine = CoconutEngine.open(config(), new LogClock(time::get), FILE_BYTES);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private void reopen() {
        engine.close();
        open();
    }

    private EngineConfig config() {
        return new EngineConfig(directory.resolve("db"), 2, 1L << 30, LockPolicy.OFF);
    }

    private void coolDown(TableDescriptor table) {
        Cooling.some(engine, table, Long.MAX_VALUE);
    }

    private void round() {
        Cooling.round(engine);
    }

    private long coldRows(TableDescriptor table) {
        return engine.tierUse().stream().filter(use -> use.table() == table.id()).mapToLong(TierUse::coldRows).sum();
    }

    /// A row from which its number can be read back, of a length that its number gives: small, usual, larger than a frame.
    static byte[] row(int number) {
        int length = switch (number % 50) {
            case 0 -> 4;
            case 1 -> 40_000 + number;
            case 2 -> 5_000;
            default -> 60 + number % 200;
        };
        ByteBuffer row = ByteBuffer.allocate(length).putInt(number);
        Random content = new Random(number);
        while (row.hasRemaining()) {
            row.put((byte) content.nextInt(40));
        }
        return row.array();
    }

    private void put(TableDescriptor table, int from, int to) {
        for (int next = from; next < to; next += 100) {
            try (Transaction transaction = engine.begin()) {
                for (int i = next; i < Math.min(to, next + 100); i++) {
                    transaction.put(table, key("k" + i), row(i));
                }
                transaction.commit();
            }
        }
    }

    private static Map<String, Integer> rows(Transaction reader, TableDescriptor table) {
        Map<String, Integer> rows = new TreeMap<>();
        Scan scan = reader.scan(table, KeyRange.ALL, false);
        RecordView view = new RecordView();
        while (scan.next(view)) {
            int number = ByteBuffer.wrap(view.rowBytes()).getInt();
            assertThat(view.rowBytes()).isEqualTo(row(number));
            String key = new String(view.keyBytes(), StandardCharsets.UTF_8);
            assertThat(rows.put(key, number)).as("%s is shown once", key).isNull();
        }
        return rows;
    }

    private Map<String, Integer> rows(TableDescriptor table) {
        try (Transaction reader = engine.begin()) {
            return rows(reader, table);
        }
    }

    private static Map<String, Integer> expected(int from, int to) {
        Map<String, Integer> rows = new TreeMap<>();
        for (int i = from; i < to; i++) {
            rows.put("k" + i, i);
        }
        return rows;
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void coldRowsReadAsTheyWereAndTheirMemoryComesBack(TableKind kind) {
        TableDescriptor table = engine.createTable("T", kind, new byte[0]);
        put(table, 0, 1_000);
        long hot = engine.recordBytes(table);

        try (Transaction before = engine.begin()) {
            coolDown(table);
            assertThat(rows(before, table)).as("a reader from before").isEqualTo(expected(0, 1_000));
        }
        round();

        assertThat(coldRows(table)).isEqualTo(980);
        assertThat(engine.recordBytes(table)).isLessThan(hot / 5);
        assertThat(rows(table)).isEqualTo(expected(0, 1_000));
        assertThat(engine.rowCount(table)).isEqualTo(1_000);
        assertThat(coldRows(table)).as("a scan brings nothing back").isEqualTo(980);
        engine.verify();
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void aColdRowThatALookupFindsComesBack(TableKind kind) {
        TableDescriptor table = engine.createTable("T", kind, new byte[0]);
        put(table, 0, 100);
        coolDown(table);

        try (Transaction reader = engine.begin()) {
            RecordView view = new RecordView();
            assertThat(reader.get(table, key("k7"), view)).isTrue();
            assertThat(view.isCold()).isTrue();
            assertThat(view.rowBytes()).isEqualTo(row(7));
            round();
            assertThat(view.rowBytes()).as("the view shows it as long as its snapshot is open").isEqualTo(row(7));
        }

        try (Transaction reader = engine.begin()) {
            RecordView view = new RecordView();
            assertThat(reader.get(table, key("k7"), view)).isTrue();
            assertThat(view.isCold()).isFalse();
            assertThat(view.rowBytes()).isEqualTo(row(7));
        }
        assertThat(coldRows(table)).isEqualTo(97);
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void rowsThatNobodyUsesForTheirTimeGoCold(TableKind kind) {
        TableDescriptor table = engine.createTable("T", kind, new byte[0], new StorageOptions(0, 3_600));
        put(table, 3, 13);
        time.addAndGet(3_000 * SECOND);
        put(table, 13, 18);
        try (Transaction reader = engine.begin()) {
            assertThat(reader.get(table, key("k5"), new RecordView())).isTrue();
        }
        waitForTick();
        try (Transaction reader = engine.begin()) {
            assertThat(reader.get(table, key("k6"), new RecordView())).isTrue();
        }
        round();
        assertThat(coldRows(table)).isZero();

        time.addAndGet(600 * SECOND);
        round();

        assertThat(coldRows(table)).as("of ten rows one was read less than an hour ago").isBetween(8L, 9L);
        assertThat(rows(table)).isEqualTo(expected(3, 18));
        assertThat(coldRows(table)).as("a scan is no use of a row").isBetween(8L, 9L);
    }

    /// Lookups note the time of a clock that the housekeeper moves on about once a second.
    private static void waitForTick() {
        try {
            Thread.sleep(2_500);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void coldRowsOutliveTheProcessWithAndWithoutACheckpoint(TableKind kind) {
        TableDescriptor table = engine.createTable("T", kind, new byte[0]);
        put(table, 0, 500);
        coolDown(table);
        engine.checkpoint();
        put(table, 500, 600);
        coolDown(table);

        reopen();

        assertThat(coldRows(table)).as("what the checkpoint says is cold stays cold").isEqualTo(490);
        assertThat(rows(table)).isEqualTo(expected(0, 600));
        engine.verify();
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void filesThatNobodyNeedsAreDeletedWithACheckpoint(TableKind kind) {
        TableDescriptor table = engine.createTable("T", kind, new byte[0]);
        put(table, 0, 2_000);
        coolDown(table);
        long full = coldFileBytes();
        // Three rows of four are written again: files are rewritten for the rest, and go.
        try (Transaction transaction = engine.begin()) {
            for (int i = 0; i < 2_000; i++) {
                if (i % 4 != 0) {
                    transaction.put(table, key("k" + i), row(0));
                }
            }
            transaction.commit();
        }
        put(table, 2_000, 2_001);
        long rewritten = Long.MAX_VALUE;
        for (int i = 0; i < 200; i++) {
            round();
        }
        engine.checkpoint();
        rewritten = coldFileBytes();

        assertThat(rewritten).isLessThan(full * 2 / 3);
        Map<String, Integer> expected = expected(0, 2_001);
        expected.replaceAll((key, number) -> number % 4 != 0 && number < 2_000 ? Integer.valueOf(0) : number);
        assertThat(rows(table)).isEqualTo(expected);
        reopen();
        assertThat(rows(table)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void filesOfADroppedTableGo(TableKind kind) {
        TableDescriptor table = engine.createTable("T", kind, new byte[0]);
        put(table, 0, 1_000);
        coolDown(table);
        assertThat(coldFileBytes()).isGreaterThan(100_000);

        engine.dropTable(table.id());
        engine.createTable("U", kind, new byte[0]);
        engine.checkpoint();

        // The file that is being written stays.
        assertThat(coldFileBytes()).isLessThan(3 * FILE_BYTES);
    }

    private long coldFileBytes() {
        Path cold = directory.resolve("db").resolve("cold");
        try (Stream<Path> files = Files.list(cold)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private record Row(int value, long created, long updated, int ttl) {
        boolean isThere(long now) {
            return ttl == 0 || updated + ttl * SECOND > now;
        }
    }

    /// Accounts whose sum no transfer changes, while all rows go cold and come back all the time and checkpoints are written.
    @ParameterizedTest
    @EnumSource(TableKind.class)
    void readersSeeTheirSnapshotsWhileRowsMove(TableKind kind) throws Exception {
        TableDescriptor table = engine.createTable("T", kind, new byte[0]);
        int accounts = 200;
        try (Transaction transaction = engine.begin()) {
            for (int i = 0; i < accounts; i++) {
                transaction.insert(table, key("k" + i), account(1_000));
            }
            transaction.commit();
        }
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong sums = new AtomicLong();
        AtomicLong transfers = new AtomicLong();
        AtomicLong coldReads = new AtomicLong();
        try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
            List<Future<?>> running = new ArrayList<>();
            running.add(threads.submit(() -> transfer(table, accounts, stop, transfers)));
            running.add(threads.submit(() -> addUp(table, accounts, stop, sums, coldReads)));
            running.add(threads.submit(() -> addUp(table, accounts, stop, sums, coldReads)));
            running.add(threads.submit(() -> {
                while (!stop.get()) {
                    coolDown(table);
                    round();
                }
            }));
            running.add(threads.submit(() -> {
                while (!stop.get()) {
                    engine.checkpoint();
                }
            }));
            long end = System.nanoTime() + 3_000_000_000L;
            while ((System.nanoTime() < end || sums.get() == 0 || transfers.get() == 0 || coldReads.get() == 0) && running.stream()
                    .noneMatch(Future::isDone)) {
                Thread.sleep(10);
            }
            stop.set(true);
            for (Future<?> task : running) {
                task.get();
            }
        }
        assertThat(sums.get()).as("sums").isPositive();
        assertThat(transfers.get()).as("transfers").isPositive();
        assertThat(coldReads.get()).as("reads of cold rows").isPositive();
        engine.verify();
        reopen();
        assertThat(sum(engine.table("T").orElseThrow(), accounts, coldReads)).isEqualTo(accounts * 1_000L);
    }

    private static byte[] account(long money) {
        return ByteBuffer.allocate(150).putLong(money).array();
    }

    private static long money(RecordView view, AtomicLong coldReads) {
        if (view.isCold()) {
            coldReads.incrementAndGet();
        }
        return ByteBuffer.wrap(view.rowBytes()).getLong();
    }

    private void transfer(TableDescriptor table, int accounts, AtomicBoolean stop, AtomicLong transfers) {
        Random random = new Random(1);
        RecordView view = new RecordView();
        while (!stop.get()) {
            int from = random.nextInt(accounts);
            int to = (from + 1 + random.nextInt(accounts - 1)) % accounts;
            try (Transaction transaction = engine.begin()) {
                assertThat(transaction.get(table, key("k" + from), view)).isTrue();
                transaction.update(table, key("k" + from), account(money(view, transfers) - 1));
                assertThat(transaction.get(table, key("k" + to), view)).isTrue();
                transaction.update(table, key("k" + to), account(money(view, transfers) + 1));
                transaction.commit();
                transfers.incrementAndGet();
            }
        }
    }

    private void addUp(TableDescriptor table, int accounts, AtomicBoolean stop, AtomicLong sums, AtomicLong coldReads) {
        while (!stop.get()) {
            assertThat(sum(table, accounts, coldReads)).isEqualTo(accounts * 1_000L);
            sums.incrementAndGet();
        }
    }

    private long sum(TableDescriptor table, int accounts, AtomicLong coldReads) {
        RecordView view = new RecordView();
        try (Transaction reader = engine.begin()) {
            long byScan = 0;
            for (Scan scan = reader.scan(table, KeyRange.ALL, false); scan.next(view);) {
                byScan += money(view, coldReads);
            }
            long byLookup = 0;
            for (int i = 0; i < accounts; i++) {
                assertThat(reader.get(table, key("k" + i), view)).isTrue();
                byLookup += money(view, coldReads);
            }
            assertThat(byLookup).isEqualTo(byScan);
            return byScan;
        }
    }

    private record Reader(Transaction transaction, Map<String, Row> rows) {}

    /// Random changes, times to live, moves to cold and back, snapshots that stay open, checkpoints and reopening, against a model.
    @ParameterizedTest
    @MethodSource("seeds")
    void agreesWithAModel(long seed) {
        Random random = Seeds.random(seed);
        String rerun = Seeds.rerun(ColdRowsTest.class, "agreesWithAModel", seed);
        Map<String, Row> model = new TreeMap<>();
        TableDescriptor table = engine.createTable("T", seed % 2 == 0 ? TableKind.HASH : TableKind.SORTED, new byte[0]);
        List<Reader> readers = new ArrayList<>();
        long moved = 0;
        for (int step = 0; step < 800; step++) {
            change(table, model, random);
            switch (random.nextInt(20)) {
                case 0, 1 -> Cooling.some(engine, table, random.nextInt(20_000));
                case 2 -> coolDown(table);
                case 3, 4 -> round();
                case 5 -> engine.removeExpired(true);
                case 6 -> engine.checkpoint();
                case 7, 8 -> readers.add(new Reader(engine.begin(), there(model)));
                case 9, 10 -> {
                    if (!readers.isEmpty()) {
                        Reader reader = readers.remove(random.nextInt(readers.size()));
                        assertThat(modelRows(reader.transaction, table)).as(rerun).isEqualTo(reader.rows);
                        reader.transaction.close();
                    }
                }
                case 11 -> {
                    if (random.nextInt(4) == 0) {
                        readers.forEach(reader -> reader.transaction.close());
                        readers.clear();
                        moved += demotions();
                        engine.verify();
                        reopen();
                    }
                }
                default -> lookUp(table, model, random, rerun);
            }
            if (step % 10 == 0) {
                try (Transaction reader = engine.begin()) {
                    assertThat(modelRows(reader, table)).as("%s, step %d", rerun, step).isEqualTo(there(model));
                }
            }
        }
        readers.forEach(reader -> reader.transaction.close());
        engine.removeExpired(true);
        assertThat(engine.rowCount(table)).as(rerun).isEqualTo(there(model).size());
        assertThat(moved + demotions()).as("rows went cold").isPositive();
        engine.verify();
        reopen();
        try (Transaction reader = engine.begin()) {
            assertThat(modelRows(reader, table)).as(rerun).isEqualTo(there(model));
        }
    }

    private long demotions() {
        return engine.tierUse().stream().mapToLong(TierUse::demotions).sum();
    }

    private void lookUp(TableDescriptor table, Map<String, Row> model, Random random, String rerun) {
        String key = "k" + random.nextInt(60);
        try (Transaction reader = engine.begin()) {
            RecordView view = new RecordView();
            Row expected = there(model).get(key);
            assertThat(reader.get(table, key(key), view)).as(rerun).isEqualTo(expected != null);
            if (expected != null) {
                assertThat(view.rowBytes()).as(rerun).isEqualTo(row(expected.value));
            }
        }
    }

    private void change(TableDescriptor table, Map<String, Row> model, Random random) {
        if (random.nextInt(4) == 0) {
            time.addAndGet(random.nextLong(3 * SECOND));
        }
        long now = time.get();
        Set<String> written = new HashSet<>();
        try (Transaction transaction = engine.begin()) {
            for (int writes = random.nextInt(4); writes >= 0; writes--) {
                String key = "k" + random.nextInt(60);
                if (!written.add(key)) {
                    // A transaction does not see its own writes.
                    continue;
                }
                Row old = model.get(key);
                boolean isThere = old != null && old.isThere(now);
                assertThat(transaction.get(table, key(key), new RecordView())).isEqualTo(isThere);
                int value = random.nextInt(1_000);
                int ttl = random.nextInt(3) > 0 ? 0 : 1 + random.nextInt(8);
                if (isThere && random.nextInt(3) == 0) {
                    transaction.delete(table, key(key));
                    model.remove(key);
                } else if (isThere && random.nextBoolean()) {
                    transaction.update(table, key(key), row(value));
                    model.put(key, new Row(value, old.created, now, old.ttl));
                } else {
                    transaction.put(table, key(key), row(value), ttl);
                    model.put(key, new Row(value, isThere ? old.created : now, now, ttl));
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

    private static Map<String, Row> modelRows(Transaction reader, TableDescriptor table) {
        Map<String, Row> rows = new TreeMap<>();
        Scan scan = reader.scan(table, KeyRange.ALL, false);
        RecordView view = new RecordView();
        while (scan.next(view)) {
            int number = ByteBuffer.wrap(view.rowBytes()).getInt();
            assertThat(view.rowBytes()).isEqualTo(row(number));
            rows.put(new String(view.keyBytes(), StandardCharsets.UTF_8),
                    new Row(number, view.createdAtMicros(), view.updatedAtMicros(), view.ttlSeconds()));
        }
        return rows;
    }
}
