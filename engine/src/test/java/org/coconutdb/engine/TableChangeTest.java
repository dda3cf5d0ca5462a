package org.coconutdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.placement.BlockTable;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Isolation;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Tables that are altered while others write to them.
class TableChangeTest {
    private static final int BLOCKS = 3;

    @TempDir private Path directory;

    private CoconutEngine open() {
        return CoconutEngine.open(new EngineConfig(directory.resolve("db"), BLOCKS, 1L << 30, LockPolicy.OFF));
    }

    private static byte[] number(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    private static TableDescriptor alter(CoconutEngine engine, TableDescriptor table, int definition) {
        engine.changeTables(List.of(new TableChange.Alter(table, number(definition))));
        return Objects.requireNonNull(engine.table(table.name()).orElseThrow());
    }

    private static void put(CoconutEngine engine, TableDescriptor table, int key) {
        try (Transaction transaction = engine.begin()) {
            transaction.put(table, number(key), number(key));
            transaction.commit();
        }
    }

    private static void assertStale(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(CoconutException.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.TABLE_CHANGED));
    }

    @ParameterizedTest
    @EnumSource
    void aTransactionThatWroteForTheEarlierDefinitionIsRefused(TableKind kind) {
        try (CoconutEngine engine = open()) {
            TableDescriptor before = engine.createTable("T", kind, number(1));
            try (Transaction transaction = engine.begin(Isolation.READ_COMMITTED)) {
                for (int i = 0; i < 20; i++) {
                    transaction.put(before, number(i), number(i));
                }
                TableDescriptor after = alter(engine, before, 2);
                assertStale(transaction::commit);
                put(engine, after, 7);
            }
            assertThat(engine.rowCount(before)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theGenerationOutlivesReplayAndCheckpoint(TableKind kind) {
        TableDescriptor before;
        TableDescriptor after;
        try (CoconutEngine engine = open()) {
            before = engine.createTable("T", kind, number(1));
            put(engine, before, 1);
            after = alter(engine, before, 2);
            put(engine, after, 2);
        }
        for (int round = 0; round < 2; round++) {
            try (CoconutEngine engine = open()) {
                TableDescriptor found = engine.table("T").orElseThrow();
                assertThat(found.definition()).isEqualTo(number(2));
                assertThat(found.generation()).isEqualTo(1);
                assertStale(() -> put(engine, before, 3));
                put(engine, found, 4 + round);
                assertThat(engine.rowCount(found)).isEqualTo(3 + round);
                engine.checkpoint();
            }
        }
    }

    @Test
    void changesHappenTogetherOrNotAtAll() {
        try (CoconutEngine engine = open()) {
            TableDescriptor first = engine.createTable("FIRST", TableKind.SORTED, number(1));
            TableDescriptor second = engine.createTable("SECOND", TableKind.HASH, number(1));
            int slices = engine.blocks().stream().mapToInt(BlockStatus::tables).sum();
            long version = engine.catalogVersion();
            assertThatThrownBy(() -> engine.changeTables(List.of(new TableChange.Alter(first, number(2)),
                    new TableChange.Create("THIRD", TableKind.HASH, number(1), StorageOptions.DEFAULT),
                    new TableChange.Create("SECOND", TableKind.HASH, number(1), StorageOptions.DEFAULT))))
                            .isInstanceOfSatisfying(CoconutException.class,
                                    failure -> assertThat(failure.code()).isEqualTo(ErrorCode.DUPLICATE_TABLE));
            assertThat(engine.catalogVersion()).isEqualTo(version);
            assertThat(engine.blocks().stream().mapToInt(BlockStatus::tables).sum()).isEqualTo(slices);
            put(engine, first, 1);
            put(engine, second, 1);

            // A table that takes the name of one that goes is empty.
            engine.changeTables(List.of(new TableChange.Create("SECOND", TableKind.HASH, number(1), StorageOptions.DEFAULT),
                    new TableChange.Drop(second.id()), new TableChange.Alter(first, number(2))));
            assertThat(engine.tables()).extracting(TableDescriptor::name).containsExactlyInAnyOrder("FIRST", "SECOND");
            assertThat(engine.rowCount(engine.table("SECOND").orElseThrow())).isZero();
            assertThat(engine.rowCount(engine.table("FIRST").orElseThrow())).isEqualTo(1);
            assertThat(engine.blocks().stream().mapToInt(BlockStatus::tables).sum()).isEqualTo(slices);
        }
    }

    @Test
    void aTableLiesBesideAnotherAsLongAsTheDatabaseLives() {
        try (CoconutEngine engine = open()) {
            for (int i = 0; i < 2 * BLOCKS; i++) {
                String name = "T" + i;
                engine.changeTables(List.of(new TableChange.Create(name, TableKind.SORTED, number(1), StorageOptions.DEFAULT),
                        new TableChange.Create("BESIDE " + name, TableKind.SORTED, number(1), StorageOptions.DEFAULT, name)));
                engine.changeTables(
                        List.of(new TableChange.Create("LATER " + name, TableKind.SORTED, number(1), StorageOptions.DEFAULT, name)));
            }
            engine.createTable("SPREAD", TableKind.HASH, number(1));
            engine.changeTables(
                    List.of(new TableChange.Create("OF SPREAD", TableKind.SORTED, number(1), StorageOptions.DEFAULT, "SPREAD")));
            assertThatThrownBy(() -> engine.changeTables(
                    List.of(new TableChange.Create("OF NOTHING", TableKind.SORTED, number(1), StorageOptions.DEFAULT, "NOTHING"))))
                            .isInstanceOfSatisfying(CoconutException.class,
                                    failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNDEFINED_TABLE));
        }
        try (CoconutEngine engine = open()) {
            BlockTable blocks = new BlockTable(BLOCKS);
            for (int i = 0; i < 2 * BLOCKS; i++) {
                int block = blocks.blockOf(engine.table("T" + i).orElseThrow(), number(1));
                for (String name : List.of("BESIDE T" + i, "LATER T" + i)) {
                    TableDescriptor table = engine.table(name).orElseThrow();
                    assertThat(blocks.blockOf(table, number(1))).isEqualTo(block);
                    assertThat(blocks.blockOf(alter(engine, table, 2), number(1))).isEqualTo(block);
                }
            }
            assertThat(engine.table("OF SPREAD").orElseThrow().beside()).isZero();
        }
    }

    @Test
    void whoAltersADefinitionThatIsNotTheNewestIsRefused() {
        try (CoconutEngine engine = open()) {
            TableDescriptor before = engine.createTable("T", TableKind.SORTED, number(1));
            alter(engine, before, 2);
            assertStale(() -> alter(engine, before, 3));
            assertThat(engine.table("T").orElseThrow().definition()).isEqualTo(number(2));
        }
    }

    /// Rows say for which definition they were written: once an alteration has returned, every row committed later is for it or a
    /// later one, whichever block it lies in.
    @ParameterizedTest
    @EnumSource
    void behindAnAlterationComesNoRowOfAnEarlierDefinition(TableKind kind) throws Exception {
        long seed = Seeds.of(1).findFirst().orElseThrow();
        try (CoconutEngine engine = open(); ExecutorService writers = Executors.newFixedThreadPool(3)) {
            engine.createTable("T", kind, number(0));
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger refused = new AtomicInteger();
            List<Future<?>> running = List.of(1, 2, 3)
                    .stream()
                    .<Future<?>> map(writer -> writers.submit(() -> write(engine, new Random(seed + writer), stop, refused)))
                    .toList();
            try {
                for (int definition = 1; definition <= 40 || (refused.get() == 0 && definition <= 10_000); definition++) {
                    TableDescriptor now = alter(engine, engine.table("T").orElseThrow(), definition);
                    long from = maxTimestamp(engine, now);
                    put(engine, now, -1);
                    Thread.yield();
                    try (Transaction reader = engine.beginReadOnly()) {
                        Scan scan = reader.scan(now, KeyRange.ALL, false);
                        RecordView row = new RecordView();
                        while (scan.next(row)) {
                            if (row.commitTimestamp() > from && ByteBuffer.wrap(row.keyBytes()).getInt() >= 0) {
                                assertThat(ByteBuffer.wrap(row.rowBytes()).getInt()).as("seed " + seed).isGreaterThanOrEqualTo(definition);
                            }
                        }
                    }
                }
            } finally {
                stop.set(true);
            }
            for (Future<?> writer : running) {
                writer.get();
            }
            engine.verify();
            assertThat(refused.get()).as("writers met alterations").isPositive();
        }
    }

    private static long maxTimestamp(CoconutEngine engine, TableDescriptor table) {
        long newest = 0;
        try (Transaction reader = engine.beginReadOnly()) {
            Scan scan = reader.scan(table, KeyRange.ALL, false);
            RecordView row = new RecordView();
            while (scan.next(row)) {
                newest = Math.max(newest, row.commitTimestamp());
            }
        }
        return newest;
    }

    private static void write(CoconutEngine engine, Random random, AtomicBoolean stop, AtomicInteger refused) {
        while (!stop.get()) {
            TableDescriptor table = engine.table("T").orElseThrow();
            int definition = ByteBuffer.wrap(table.definition()).getInt();
            try (Transaction transaction = engine.begin()) {
                // Several blocks for a hash table.
                for (int i = 0; i < 1 + random.nextInt(5); i++) {
                    transaction.put(table, number(random.nextInt(500)), number(definition));
                }
                transaction.commit();
            } catch (CoconutException failure) {
                assertThat(failure.code()).isIn(ErrorCode.TABLE_CHANGED, ErrorCode.SERIALIZATION_CONFLICT);
                refused.incrementAndGet();
            }
        }
    }
}
