package org.coconutdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CoconutEngineTest {
    private static final EngineConfig MEMORY = new EngineConfig(null, 3, 1L << 30, LockPolicy.OFF);

    @TempDir private Path directory;

    static LongStream seeds() {
        return Seeds.of(6);
    }

    @Test
    void whatWasCommittedIsReadAndWhatWasNotIsNot() {
        try (CoconutEngine engine = CoconutEngine.open(MEMORY)) {
            TableDescriptor table = engine.createTable("T", TableKind.HASH, new byte[0]);

            try (Transaction writer = engine.begin()) {
                writer.insert(table, key("a"), value(1));
                writer.commit();
            }
            Transaction givenUp = engine.begin();
            givenUp.insert(table, key("b"), value(2));
            givenUp.close();

            assertThat(read(engine, table)).containsExactlyEntriesOf(Map.of("a", 1));
        }
    }

    @Test
    void aSnapshotSeesNothingThatWasCommittedAfterIt() {
        try (CoconutEngine engine = CoconutEngine.open(MEMORY)) {
            TableDescriptor table = engine.createTable("T", TableKind.SORTED, new byte[0]);
            put(engine, table, "a", 1);

            try (Transaction before = engine.begin()) {
                put(engine, table, "a", 2);
                put(engine, table, "b", 3);
                remove(engine, table, "a");

                assertThat(read(before, table)).containsExactlyEntriesOf(Map.of("a", 1));
            }
            assertThat(read(engine, table)).containsExactlyEntriesOf(Map.of("b", 3));
        }
    }

    /// What a commit to one table leaves for later is freed by those that come after, whatever table they write to.
    @Test
    void whatASnapshotHeldIsFreedByCommitsToOtherTables() {
        try (CoconutEngine engine = CoconutEngine.open(new EngineConfig(null, 1, 1L << 30, LockPolicy.OFF))) {
            TableDescriptor table = engine.createTable("T", TableKind.HASH, new byte[0]);
            TableDescriptor other = engine.createTable("U", TableKind.SORTED, new byte[0]);
            put(engine, table, "a", 1);
            put(engine, other, "a", 1);
            long one = engine.recordBytes(table);

            try (Transaction _ = engine.begin()) {
                put(engine, table, "a", 2);
                put(engine, other, "a", 2);
                assertThat(engine.recordBytes(table)).isEqualTo(2 * one);
            }
            put(engine, other, "a", 3);

            assertThat(engine.recordBytes(table)).isEqualTo(one);
        }
    }

    @Test
    void twoInsertsOfOneKeyAreADuplicateAndTwoUpdatesAConflict() {
        try (CoconutEngine engine = CoconutEngine.open(MEMORY)) {
            TableDescriptor table = engine.createTable("T", TableKind.HASH, new byte[0]);
            put(engine, table, "a", 1);

            Transaction insert = engine.begin();
            Transaction update = engine.begin();
            update.update(table, key("a"), value(5));
            put(engine, table, "a", 2);
            put(engine, table, "b", 2);

            assertThatThrownBy(() -> {
                insert.insert(table, key("b"), value(1));
                insert.commit();
            }).isInstanceOfSatisfying(CoconutException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DUPLICATE_KEY));
            assertThatThrownBy(update::commit).isInstanceOfSatisfying(CoconutException.class,
                    e -> assertThat(e.code()).isEqualTo(ErrorCode.SERIALIZATION_CONFLICT));
            assertThat(read(engine, table)).isEqualTo(Map.of("a", 2, "b", 2));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithAModelOverTransactionsAndReopening(long seed) {
        Random random = Seeds.random(seed);
        Map<String, TreeMap<String, Integer>> model = new HashMap<>();
        EngineConfig config = new EngineConfig(directory.resolve("db"), 3, 1L << 30, LockPolicy.OFF);
        CoconutEngine engine = CoconutEngine.open(config);
        try {
            for (int step = 0; step < 400; step++) {
                int kind = random.nextInt(100);
                if (kind < 4) {
                    engine.verify();
                    engine.close();
                    engine = CoconutEngine.open(config);
                } else if (kind < 8) {
                    String name = "T" + random.nextInt(4);
                    if (model.containsKey(name)) {
                        engine.dropTable(engine.table(name).orElseThrow().id());
                        model.remove(name);
                    } else {
                        engine.createTable(name, random.nextBoolean() ? TableKind.HASH : TableKind.SORTED, new byte[] {1});
                        model.put(name, new TreeMap<>());
                    }
                } else if (!model.isEmpty()) {
                    change(engine, random, model);
                }
                if (step % 20 == 0) {
                    assertThat(engine.tables().stream().map(TableDescriptor::name)).containsExactlyInAnyOrderElementsOf(model.keySet());
                    for (TableDescriptor table : engine.tables()) {
                        assertThat(read(engine, table)).as("seed %s, step %s", seed, step).isEqualTo(model.get(table.name()));
                        assertThat(engine.rowCount(table)).isEqualTo(model.get(table.name()).size());
                    }
                }
            }
            engine.verify();
        } finally {
            engine.close();
        }
    }

    private static void change(CoconutEngine engine, Random random, Map<String, TreeMap<String, Integer>> model) {
        try (Transaction transaction = engine.begin()) {
            Map<String, TreeMap<String, Integer>> after = new HashMap<>();
            model.forEach((name, rows) -> after.put(name, new TreeMap<>(rows)));
            List<String> names = new ArrayList<>(after.keySet());
            int writes = 1 + random.nextInt(12);
            for (int i = 0; i < writes; i++) {
                String name = names.get(random.nextInt(names.size()));
                TableDescriptor table = engine.table(name).orElseThrow();
                String key = Integer.toString(random.nextInt(200));
                int value = random.nextInt();
                TreeMap<String, Integer> rows = after.get(name);
                if (random.nextInt(3) == 0) {
                    transaction.delete(table, key(key));
                    rows.remove(key);
                } else if (rows.containsKey(key)) {
                    transaction.update(table, key(key), value(value));
                    rows.put(key, value);
                } else {
                    transaction.insert(table, key(key), value(value));
                    rows.put(key, value);
                }
            }
            for (String name : names) {
                assertThat(read(transaction, engine.table(name).orElseThrow())).isEqualTo(model.get(name));
            }
            if (random.nextInt(5) != 0) {
                transaction.commit();
                model.putAll(after);
            }
        }
    }

    @Test
    void aDirectoryThatIsOpenIsRefused() {
        EngineConfig config = new EngineConfig(directory.resolve("db"), 2, 1L << 30, LockPolicy.OFF);
        try (CoconutEngine engine = CoconutEngine.open(config)) {
            assertThatThrownBy(() -> CoconutEngine.open(config)).isInstanceOfSatisfying(CoconutException.class,
                    e -> assertThat(e.code()).isEqualTo(ErrorCode.DATABASE_IN_USE));
            assertThat(engine.tables()).isEmpty();
        }
    }

    @Test
    void aSortedTableIsReadInBothDirections() {
        try (CoconutEngine engine = CoconutEngine.open(MEMORY)) {
            TableDescriptor table = engine.createTable("T", TableKind.SORTED, new byte[0]);
            try (Transaction writer = engine.begin()) {
                for (int i = 0; i < 3000; i++) {
                    writer.insert(table, key(String.format("%05d", i)), value(i));
                }
                writer.commit();
            }
            try (Transaction reader = engine.begin()) {
                KeyRange range = new KeyRange(key("00100"), key("02900"));
                assertThat(values(reader.scan(table, range, false))).isEqualTo(ints(100, 2900));
                assertThat(values(reader.scan(table, range, true))).isEqualTo(ints(100, 2900).reversed());
            }
        }
    }

    private static List<Integer> ints(int from, int to) {
        List<Integer> ints = new ArrayList<>();
        for (int i = from; i < to; i++) {
            ints.add(i);
        }
        return ints;
    }

    private static List<Integer> values(Scan scan) {
        List<Integer> values = new ArrayList<>();
        RecordView row = new RecordView();
        while (scan.next(row)) {
            values.add(number(row.rowBytes()));
        }
        return values;
    }

    static void put(CoconutEngine engine, TableDescriptor table, String key, int value) {
        try (Transaction writer = engine.begin()) {
            writer.put(table, key(key), value(value));
            writer.commit();
        }
    }

    static void remove(CoconutEngine engine, TableDescriptor table, String key) {
        try (Transaction writer = engine.begin()) {
            writer.delete(table, key(key));
            writer.commit();
        }
    }

    static Map<String, Integer> read(CoconutEngine engine, TableDescriptor table) {
        try (Transaction reader = engine.begin()) {
            return read(reader, table);
        }
    }

    static Map<String, Integer> read(Transaction reader, TableDescriptor table) {
        Map<String, Integer> rows = new HashMap<>();
        RecordView row = new RecordView();
        Scan scan = reader.scan(table, KeyRange.ALL, false);
        while (scan.next(row)) {
            Integer before = rows.put(new String(row.keyBytes(), StandardCharsets.UTF_8), number(row.rowBytes()));
            assertThat(before).as("a key is read once").isNull();
        }
        return rows;
    }

    static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] value(int number) {
        byte[] bytes = new byte[4 + Math.floorMod(number, 90)];
        Arrays.fill(bytes, (byte) number);
        bytes[0] = (byte) (number >>> 24);
        bytes[1] = (byte) (number >>> 16);
        bytes[2] = (byte) (number >>> 8);
        bytes[3] = (byte) number;
        return bytes;
    }

    static int number(byte[] value) {
        int number = value[0] << 24 | (value[1] & 0xFF) << 16 | (value[2] & 0xFF) << 8 | (value[3] & 0xFF);
        assertThat(value).as("a row is whole").isEqualTo(value(number));
        return number;
    }
}
