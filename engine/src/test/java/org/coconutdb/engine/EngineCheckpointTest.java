package org.coconutdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.coconutdb.engine.commit.LogClock;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When a database writes checkpoints by itself, and what its users notice: nothing.
class EngineCheckpointTest {
    @TempDir private Path directory;

    private EngineConfig config(long checkpointLogBytes) {
        return new EngineConfig(directory.resolve("db"), 2, 1L << 30, LockPolicy.OFF).withCheckpointLogBytes(checkpointLogBytes);
    }

    private static byte[] number(long number) {
        return ByteBuffer.allocate(8).putLong(number).array();
    }

    private static void put(CoconutEngine engine, TableDescriptor table, long key, byte[] row) {
        try (Transaction transaction = engine.begin()) {
            transaction.put(table, number(key), row);
            transaction.commit();
        }
    }

    private static Map<Long, byte[]> rows(CoconutEngine engine, TableDescriptor table) {
        Map<Long, byte[]> rows = new TreeMap<>();
        try (Transaction reader = engine.begin()) {
            Scan scan = reader.scan(table, KeyRange.ALL, false);
            RecordView row = new RecordView();
            while (scan.next(row)) {
                assertThat(rows.put(ByteBuffer.wrap(row.keyBytes()).getLong(), row.rowBytes())).isNull();
            }
        }
        return rows;
    }

    private List<String> checkpoints() throws IOException {
        Path checkpoints = directory.resolve("db").resolve("checkpoint");
        if (!Files.isDirectory(checkpoints)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(checkpoints)) {
            return found.map(path -> path.getFileName().toString()).toList();
        }
    }

    private long logBytes() throws IOException {
        try (Stream<Path> segments = Files.list(directory.resolve("db").resolve("log"))) {
            return segments.mapToLong(path -> path.toFile().length()).sum();
        }
    }

    @Test
    void aLogThatGrowsIsCheckpointedInTheBackgroundAndStaysSmall() throws Exception {
        byte[] row = new byte[64 << 10];
        try (CoconutEngine engine = CoconutEngine.open(config(1 << 20))) {
            TableDescriptor table = engine.createTable("T", TableKind.SORTED, new byte[0]);
            Instant bound = Instant.now().plus(Duration.ofSeconds(60));
            // Over segments of 64 MiB; a busy machine's background thread gets time to catch up.
            for (int i = 0; i < 3000 || (checkpoints().isEmpty() && Instant.now().isBefore(bound)); i++) {
                put(engine, table, i % 10, row);
            }
            assertThat(checkpoints()).isNotEmpty();
        }
        try (CoconutEngine engine = CoconutEngine.open(config(1 << 20))) {
            engine.checkpoint();
            assertThat(rows(engine, engine.table("T").orElseThrow())).hasSize(10);
            assertThat(logBytes()).as("one segment").isLessThan(75L << 20);
            assertThat(checkpoints()).hasSize(1);
        }
    }

    @Test
    void anOrderlyCloseLeavesLittleToReplay() throws IOException {
        try (CoconutEngine engine = CoconutEngine.open(config(Long.MAX_VALUE))) {
            TableDescriptor table = engine.createTable("T", TableKind.HASH, new byte[0]);
            put(engine, table, 1, new byte[1 << 20]);
        }
        assertThat(checkpoints()).as("a short log is replayed").isEmpty();

        try (CoconutEngine engine = CoconutEngine.open(config(Long.MAX_VALUE))) {
            for (int i = 0; i < 20; i++) {
                put(engine, engine.table("T").orElseThrow(), i, new byte[1 << 20]);
            }
        }
        assertThat(checkpoints()).hasSize(1);

        try (CoconutEngine engine = CoconutEngine.open(config(Long.MAX_VALUE))) {
            assertThat(rows(engine, engine.table("T").orElseThrow())).hasSize(20);
            assertThat(engine.rowCount(engine.table("T").orElseThrow())).isEqualTo(20);
        }
    }

    @Test
    void writersGoOnWhileCheckpointsAreWritten() throws Exception {
        int writers = 3;
        AtomicBoolean stop = new AtomicBoolean();
        long[] written = new long[writers];
        try (CoconutEngine engine = CoconutEngine.open(config(Long.MAX_VALUE)); ExecutorService pool = Executors.newCachedThreadPool()) {
            TableDescriptor hash = engine.createTable("H", TableKind.HASH, new byte[0]);
            TableDescriptor sorted = engine.createTable("S", TableKind.SORTED, new byte[0]);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                int writer = i;
                running.add(pool.submit(() -> {
                    // Grows the hash table's index on the way, and updates and deletes behind.
                    for (long n = 1; !stop.get(); n++) {
                        try (Transaction transaction = engine.begin()) {
                            for (TableDescriptor table : List.of(hash, sorted)) {
                                transaction.insert(table, number(writer + writers * n), number(n));
                                transaction.put(table, number(writer + writers * (n / 2)), number(-n));
                                transaction.delete(table, number(writer + writers * (n / 3)));
                            }
                            transaction.commit();
                        }
                        written[writer] = n;
                    }
                }));
            }
            long least = 0;
            for (int i = 0; i < 12; i++) {
                long target = least + 100;
                while (written[0] < target && !running.getFirst().isDone()) {
                    Thread.onSpinWait();
                }
                engine.checkpoint();
                least = written[0];
            }
            stop.set(true);
            for (Future<?> each : running) {
                each.get();
            }
        }

        try (CoconutEngine engine = CoconutEngine.open(config(Long.MAX_VALUE))) {
            engine.verify();
            Map<Long, byte[]> expected = new TreeMap<>();
            for (int writer = 0; writer < writers; writer++) {
                for (long n = 1; n <= written[writer]; n++) {
                    expected.put(writer + writers * n, number(n));
                    expected.put(writer + writers * (n / 2), number(-n));
                    expected.remove(writer + writers * (n / 3));
                }
            }
            for (TableDescriptor table : engine.tables()) {
                Map<Long, byte[]> found = rows(engine, table);
                assertThat(found.keySet()).as(table.name()).isEqualTo(expected.keySet());
                found.forEach((key, row) -> assertThat(row).isEqualTo(expected.get(key)));
            }
        }
    }

    @Test
    void rowsOfACheckpointExpireWhenTheirTimeComes() {
        AtomicLong micros = new AtomicLong(1_000_000_000_000_000L);
        try (CoconutEngine engine = CoconutEngine.open(config(Long.MAX_VALUE), new LogClock(micros::get))) {
            for (TableKind kind : TableKind.values()) {
                TableDescriptor table = engine.createTable(kind.name(), kind, new byte[0]);
                try (Transaction transaction = engine.begin()) {
                    transaction.put(table, number(1), number(1), 100);
                    transaction.put(table, number(2), number(2), 200);
                    transaction.put(table, number(3), number(3));
                    transaction.commit();
                }
            }
            engine.checkpoint();
        }

        micros.addAndGet(150_000_000L);
        try (CoconutEngine engine = CoconutEngine.open(config(Long.MAX_VALUE), new LogClock(micros::get))) {
            for (TableDescriptor table : engine.tables()) {
                assertThat(rows(engine, table)).containsOnlyKeys(2L, 3L);
            }
            engine.removeExpired(true);
            for (TableDescriptor table : engine.tables()) {
                assertThat(engine.rowCount(table)).isEqualTo(2);
            }
            engine.checkpoint();
            micros.addAndGet(150_000_000L);
        }
        try (CoconutEngine engine = CoconutEngine.open(config(Long.MAX_VALUE), new LogClock(micros::get))) {
            for (TableDescriptor table : engine.tables()) {
                assertThat(rows(engine, table)).containsOnlyKeys(3L);
            }
        }
    }

    @Test
    void aDatabaseInMemoryTakesNoHarm() {
        try (CoconutEngine engine = CoconutEngine.open(EngineConfig.inMemory())) {
            engine.checkpoint();
        }
    }
}
