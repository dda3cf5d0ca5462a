package org.coconutdb.engine.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.Seeds;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
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

/// A log that is cut or spoiled anywhere: the database opens with the state after one of the transactions, never with half of one, or
/// says where it is damaged.
class LogRecoveryTest {
    private static final int TRANSACTIONS = 40;

    @TempDir private Path directory;

    static LongStream seeds() {
        return Seeds.of(2);
    }

    /// States after each transaction; most of these change several blocks, so that their two phases lie in the log.
    private List<Map<String, String>> write(Path database, long seed, boolean close) throws IOException {
        Random random = Seeds.random(seed);
        List<Map<String, String>> states = new ArrayList<>();
        CoconutEngine engine = CoconutEngine.open(config(database));
        try {
            // Each table lies in a block of its own.
            List<TableDescriptor> tables = Stream.of("A", "B", "C", "D")
                    .map(name -> engine.createTable(name, TableKind.SORTED, new byte[0]))
                    .toList();
            TreeMap<String, String> state = new TreeMap<>();
            states.add(new TreeMap<>(state));
            for (int i = 0; i < TRANSACTIONS; i++) {
                try (Transaction transaction = engine.begin()) {
                    for (int write = 1 + random.nextInt(8); write > 0; write--) {
                        TableDescriptor table = tables.get(random.nextInt(tables.size()));
                        String key = Integer.toString(random.nextInt(12));
                        if (random.nextInt(4) == 0) {
                            transaction.delete(table, bytes(key));
                            state.remove(table.name() + key);
                        } else {
                            String value = i + "x".repeat(random.nextInt(80));
                            transaction.put(table, bytes(key), bytes(value));
                            state.put(table.name() + key, value);
                        }
                    }
                    transaction.commit();
                }
                states.add(new TreeMap<>(state));
            }
            if (!close) {
                copy(database, directory.resolve("crashed"));
            }
        } finally {
            engine.close();
        }
        if (close) {
            copy(database, directory.resolve("crashed"));
        }
        return states;
    }

    private static EngineConfig config(Path database) {
        return new EngineConfig(database, 3, 1L << 30, LockPolicy.OFF);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> read(Path database) {
        try (CoconutEngine engine = CoconutEngine.open(config(database)); Transaction reader = engine.begin()) {
            engine.verify();
            Map<String, String> state = new TreeMap<>();
            RecordView row = new RecordView();
            for (TableDescriptor table : engine.tables()) {
                Scan scan = reader.scan(table, KeyRange.ALL, false);
                while (scan.next(row)) {
                    state.put(table.name() + new String(row.keyBytes(), StandardCharsets.UTF_8),
                            new String(row.rowBytes(), StandardCharsets.UTF_8));
                }
            }
            return state;
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.resolve("log"));
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.write(to.resolve(from.relativize(file).toString()), Files.readAllBytes(file));
            }
        }
    }

    private Path crashed(byte[] log) throws IOException {
        Path crashed = directory.resolve("crashed");
        Files.write(segment(crashed), log);
        return crashed;
    }

    private static Path segment(Path database) throws IOException {
        try (Stream<Path> files = Files.list(database.resolve("log"))) {
            return files.findFirst().orElseThrow();
        }
    }

    /// Where records begin; the last element is the end of the last.
    private static List<Integer> records(byte[] log) {
        List<Integer> starts = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN);
        int at = Segment.HEADER_BYTES;
        while (buffer.getInt(at) != 0) {
            starts.add(at);
            at += Segment.recordBytes(buffer.getInt(at) + Segment.PREFIX_BYTES - Segment.RECORD_HEADER_BYTES);
        }
        starts.add(at);
        return starts;
    }

    /// As a crash leaves it: the file's length was durable before anything was written into it.
    private static byte[] cut(byte[] log, int at) {
        byte[] cut = new byte[log.length];
        System.arraycopy(log, 0, cut, 0, at);
        return cut;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aLogThatEndsAnywhereHoldsWholeTransactions(long seed) throws IOException {
        List<Map<String, String>> states = write(directory.resolve("db"), seed, false);
        byte[] log = Files.readAllBytes(segment(directory.resolve("crashed")));
        List<Integer> records = records(log);
        Random random = Seeds.random(seed);
        int previous = 0;
        for (int i = 0; i < records.size(); i++) {
            // At each record's start, so between the phases of every transaction too, and somewhere inside of it.
            for (int at : new int[] {records.get(i), records.get(i) + random.nextInt(1, 49)}) {
                if (at > records.getLast()) {
                    continue;
                }
                Map<String, String> state = read(crashed(cut(log, at)));

                int found = states.lastIndexOf(state);
                assertThat(found).as("cut at %s; %s", at, Seeds.rerun(getClass(), "aLogThatEndsAnywhereHoldsWholeTransactions", seed))
                        .isGreaterThanOrEqualTo(0);
                // The more of the log there is, the newer the state.
                assertThat(found).isGreaterThanOrEqualTo(states.indexOf(states.get(previous)));
                previous = found;
            }
        }
        assertThat(read(crashed(log))).isEqualTo(states.getLast());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aSpoiledByteIsFoundOrIsInTheTailThatWasNeverAcknowledged(long seed) throws IOException {
        List<Map<String, String>> states = write(directory.resolve("db"), seed, false);
        byte[] log = Files.readAllBytes(segment(directory.resolve("crashed")));
        List<Integer> records = records(log);
        Random random = Seeds.random(seed);
        int found = 0;
        for (int round = 0; round < 100; round++) {
            int at = random.nextInt(records.getLast());
            byte[] spoiled = log.clone();
            spoiled[at] ^= (byte) (1 << random.nextInt(8));
            try {
                Map<String, String> state = read(crashed(spoiled));
                // Padding, a byte of the header that nobody reads, or the last group, which nothing vouches for yet.
                if (!state.equals(states.getLast())) {
                    assertThat(state).as("spoiled at %s", at).isIn(states.get(TRANSACTIONS - 1), states.getLast());
                    assertThat(at).isGreaterThanOrEqualTo(records.get(Math.max(0, records.size() - 12)));
                }
            } catch (CoconutException failure) {
                assertThat(failure.code()).isIn(ErrorCode.DATA_CORRUPTED, ErrorCode.FOREIGN_FILE);
                assertThat(failure.getMessage()).contains(".log");
                found++;
            }
        }
        assertThat(found).as("most bytes matter").isGreaterThan(60);
    }

    @Test
    void damageAtTheVeryEndOfALogThatWasClosedInOrderIsFound() throws IOException {
        write(directory.resolve("db"), 1, true);
        Path crashed = directory.resolve("crashed");
        byte[] log = Files.readAllBytes(segment(crashed));
        List<Integer> records = records(log);
        // The last record is the mark of the close, the one before it the last command.
        log[records.get(records.size() - 3) + 20] ^= 1;

        try {
            read(crashed(log));
            fail("damage was not found");
        } catch (CoconutException failure) {
            assertThat(failure.code()).isEqualTo(ErrorCode.DATA_CORRUPTED);
            assertThat(failure.getMessage()).contains("offset=" + records.get(records.size() - 3));
        }
    }

    @Test
    void aRecordThatClaimsGigabytesIsFoundAndNotAskedFor() throws IOException {
        write(directory.resolve("db"), 1, true);
        byte[] log = Files.readAllBytes(segment(directory.resolve("crashed")));
        List<Integer> records = records(log);
        int start = records.get(records.size() / 2);
        // The highest bit of the length that leaves it positive.
        log[start + 3] ^= 0x40;

        assertThatThrownBy(() -> read(crashed(log))).isInstanceOfSatisfying(CoconutException.class, failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.DATA_CORRUPTED);
            assertThat(failure.facts()).containsEntry("offset", Integer.toString(start));
        });
    }

    @Test
    void aLogFileThatWasCutIsFoundWhereverItEnds() throws IOException {
        write(directory.resolve("db"), 1, false);
        byte[] log = Files.readAllBytes(segment(directory.resolve("crashed")));
        List<Integer> records = records(log);
        Random random = Seeds.random(1);
        for (int i = 0; i < 60; i++) {
            int start = records.get(random.nextInt(records.size()));
            int at = random.nextInt(3) == 0 ? start : Math.max(0, start + random.nextInt(-20, 60));
            Path crashed = crashed(Arrays.copyOf(log, at));

            assertThatThrownBy(() -> read(crashed)).as("cut at %s", at)
                    .isInstanceOfSatisfying(CoconutException.class,
                            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.DATA_CORRUPTED));
        }
    }

    @Test
    void aSegmentThatIsMissingIsFound() throws IOException {
        write(directory.resolve("db"), 1, true);
        Path crashed = directory.resolve("crashed");
        Files.move(segment(crashed), crashed.resolve("log").resolve("00000000000000ff.log"));

        try {
            read(crashed);
            fail("the hole was not found");
        } catch (CoconutException failure) {
            assertThat(failure.code()).isIn(ErrorCode.DATA_CORRUPTED, ErrorCode.FOREIGN_FILE);
        }
    }

    @Test
    void aTransactionThatWasRefusedForADeletedRowIsRefusedOnReplayToo() {
        Path database = directory.resolve("db");
        for (TableKind kind : TableKind.values()) {
            try (CoconutEngine engine = CoconutEngine.open(config(database))) {
                TableDescriptor table = engine.createTable(kind.name(), kind, new byte[0]);
                put(engine, table, "deleted", "1");
                put(engine, table, "kept", "1");
                try (Transaction late = engine.begin()) {
                    try (Transaction deletion = engine.begin()) {
                        deletion.delete(table, bytes("deleted"));
                        deletion.commit();
                    }
                    put(engine, table, "kept", "2");
                    late.update(table, bytes("deleted"), bytes("back"));
                    try {
                        late.commit();
                        fail("the row was deleted since the snapshot");
                    } catch (CoconutException failure) {
                        assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_CONFLICT);
                    }
                }
            }
        }

        assertThat(read(database)).isEqualTo(Map.of("HASHkept", "2", "SORTEDkept", "2"));
    }

    private static void put(CoconutEngine engine, TableDescriptor table, String key, String row) {
        try (Transaction transaction = engine.begin()) {
            transaction.put(table, bytes(key), bytes(row));
            transaction.commit();
        }
    }

    @Test
    void foreignFilesAreNamedAndLeftAlone() throws IOException {
        Path database = directory.resolve("notes");
        Files.createDirectories(database);
        Files.writeString(database.resolve("shopping.txt"), "milk");

        try {
            read(database);
            fail("a directory of somebody else was taken");
        } catch (CoconutException failure) {
            assertThat(failure.code()).isEqualTo(ErrorCode.FOREIGN_FILE);
            assertThat(failure.getMessage()).contains("shopping.txt");
        }
        assertThat(database.resolve("shopping.txt")).hasContent("milk");
        assertThat(Files.exists(database.resolve("log"))).isFalse();
    }

    @Test
    void aManifestThatWasChangedIsFound() throws IOException {
        write(directory.resolve("db"), 1, true);
        Path manifest = directory.resolve("crashed").resolve("coconut.database");
        Files.writeString(manifest, Files.readString(manifest).replace("3", "4"));

        try {
            read(directory.resolve("crashed"));
            fail("the change was not found");
        } catch (CoconutException failure) {
            assertThat(failure.code()).isIn(ErrorCode.DATA_CORRUPTED, ErrorCode.FOREIGN_FILE);
        }
    }
}
