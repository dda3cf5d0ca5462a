package org.coconutdb.engine.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.Cooling;
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

/// Damage to the files of a database that was closed in order: bits, cuts, files taken away, files of others in their place. Each is
/// found and named, or the rows are what they were. `-Dcheckpoint.damages=10000` makes it that many.
class CheckpointDamageTest {
    private static final int DAMAGES = Integer.getInteger("checkpoint.damages", 1000);
    private static final int BLOCKS = 2;

    @TempDir private Path directory;

    private static EngineConfig config(Path path) {
        return new EngineConfig(path, BLOCKS, 1L << 30, LockPolicy.OFF);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// A database with a checkpoint and log behind it.
    private static void write(Path path, String rows) {
        try (CoconutEngine engine = CoconutEngine.open(config(path))) {
            List<TableDescriptor> tables = new ArrayList<>();
            for (TableKind kind : TableKind.values()) {
                tables.add(engine.table(kind.name()).orElseGet(() -> engine.createTable(kind.name(), kind, new byte[0])));
            }
            for (int i = 0; i < 60; i++) {
                try (Transaction transaction = engine.begin()) {
                    for (TableDescriptor table : tables) {
                        transaction.put(table, bytes("key" + i), bytes(rows + i + "x".repeat(60 + i)));
                        transaction.delete(table, bytes("key" + (i - 50)));
                    }
                    transaction.commit();
                }
                if (i == 30) {
                    Cooling.all(engine);
                }
                if (i == 40) {
                    engine.checkpoint();
                }
            }
        }
    }

    private static Map<String, String> read(Path path) {
        try (CoconutEngine engine = CoconutEngine.open(config(path)); Transaction reader = engine.begin()) {
            Map<String, String> rows = new TreeMap<>();
            RecordView row = new RecordView();
            for (TableDescriptor table : engine.tables()) {
                Scan scan = reader.scan(table, KeyRange.ALL, false);
                while (scan.next(row)) {
                    rows.put(table.name() + "/" + new String(row.keyBytes(), StandardCharsets.UTF_8),
                            new String(row.rowBytes(), StandardCharsets.UTF_8));
                }
            }
            return rows;
        }
    }

    /// Files that hold data, by their path in the directory.
    private static Map<Path, byte[]> files(Path path) throws IOException {
        Map<Path, byte[]> files = new TreeMap<>();
        try (Stream<Path> found = Files.walk(path)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                files.put(path.relativize(file), Files.readAllBytes(file));
            }
        }
        return files;
    }

    private static void lay(Map<Path, byte[]> files, Path path) throws IOException {
        try (Stream<Path> old = Files.exists(path) ? Files.walk(path) : Stream.empty()) {
            for (Path file : old.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
        for (Map.Entry<Path, byte[]> file : files.entrySet()) {
            Path target = path.resolve(file.getKey().toString());
            Files.createDirectories(target.getParent());
            Files.write(target, file.getValue());
        }
    }

    /// Without the zeros at a log's end, so that damage hits what matters; the log keeps some, as it does when it is nearly full.
    private static byte[] withoutZeros(byte[] log) {
        int end = log.length;
        while (end > 0 && log[end - 1] == 0) {
            end--;
        }
        return Arrays.copyOf(log, Math.min(log.length, (end + 7 & ~7) + 128));
    }

    @Test
    void anyDamageIsFoundOrHarmless() throws IOException {
        long seed = Long.getLong("seed", 20261124L);
        Random random = Seeds.random(seed);
        write(directory.resolve("db"), "row");
        write(directory.resolve("other"), "stranger");
        Map<Path, byte[]> files = files(directory.resolve("db"));
        Map<Path, byte[]> others = files(directory.resolve("other"));
        // The same database, later: files of another time.
        write(directory.resolve("db"), "later");
        Map<Path, byte[]> later = files(directory.resolve("db"));
        for (Map<Path, byte[]> each : List.of(files, others, later)) {
            each.replaceAll((path, bytes) -> path.startsWith("log") ? withoutZeros(bytes) : bytes);
        }
        Path damaged = directory.resolve("damaged");
        lay(files, damaged);
        Map<String, String> rows = read(damaged);
        assertThat(rows).hasSizeGreaterThan(80);
        List<Path> targets = files.keySet().stream().filter(path -> path.startsWith("log") || path.startsWith("checkpoint") || path
                .startsWith("cold"))
                .toList();
        assertThat(targets).as("files of cold rows").anyMatch(path -> path.startsWith("cold"));

        int found = 0;
        for (int round = 0; round < DAMAGES; round++) {
            Path target = targets.get(random.nextInt(targets.size()));
            Map<Path, byte[]> spoiled = new TreeMap<>(files);
            String damage = spoil(spoiled, target, others, later, random);
            lay(spoiled, damaged);
            String context = damage + " of " + target + ", round " + round + ", seed " + seed;
            try {
                assertThat(read(damaged)).as(context).isEqualTo(rows);
            } catch (CoconutException failure) {
                assertThat(failure.code()).as(context).isIn(ErrorCode.DATA_CORRUPTED, ErrorCode.FOREIGN_FILE);
                assertThat(failure.facts().keySet()).as(context).containsAnyOf("file", "missingFile");
                found++;
            } catch (RuntimeException | Error failure) {
                throw new AssertionError(context, failure);
            }
        }
        System.out.println("damages: " + DAMAGES + ", found: " + found + ", the others harmless; seed " + seed);
        assertThat(found).as("most bytes matter").isGreaterThan(DAMAGES / 2);
    }

    private static String spoil(
            Map<Path, byte[]> files,
            Path target,
            Map<Path, byte[]> others,
            Map<Path, byte[]> later,
            Random random) {
        byte[] bytes = files.get(target).clone();
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> {
                bytes[at] ^= (byte) (1 << random.nextInt(8));
                files.put(target, bytes);
                return "bit flip at " + at;
            }
            // Not of the log: its tail together with the mark of the orderly close looks as if it had never been.
            case 4, 5 -> {
                if (target.startsWith("log")) {
                    files.put(target, Arrays.copyOf(bytes, at));
                    return "cut at " + at;
                }
                int count = random.nextInt(1, 2000);
                for (int i = at; i < Math.min(bytes.length, at + count); i++) {
                    bytes[i] = (byte) (count % 2 == 0 ? 0 : random.nextInt());
                }
                files.put(target, bytes);
                return count + " bytes overwritten at " + at;
            }
            case 6, 7 -> {
                files.put(target, Arrays.copyOf(bytes, at));
                return "cut at " + at;
            }
            case 8 -> {
                files.remove(target);
                return "removal";
            }
            default -> {
                // A later log of the same database is no damage.
                List<Map<Path, byte[]>> sources = target.startsWith("log") ? List.of(others) : List.of(files, others, later);
                Map<Path, byte[]> source = sources.get(random.nextInt(sources.size()));
                List<Path> candidates = source.keySet().stream().filter(path -> sameKind(path, target)).toList();
                Path chosen = candidates.get(random.nextInt(candidates.size()));
                files.put(target, source.get(chosen));
                return "replacement by " + chosen;
            }
        }
    }

    private static boolean sameKind(Path path, Path target) {
        return path.startsWith(target.getName(0));
    }
}
