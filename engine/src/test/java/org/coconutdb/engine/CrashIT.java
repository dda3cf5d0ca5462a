package org.coconutdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.coconutdb.engine.commit.LogClock;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A process that writes is killed with SIGKILL at a random moment, again and again, on one database.
///
/// Invariants: every transaction whose acknowledgement came out of the process is there, wholly; at most one more for each writer is
/// there, wholly; every row is what was written. They hold in each mode of durability. `-Dcrash.rounds=200` makes it 200 rounds of each.
class CrashIT {
    private static final int ROUNDS = Integer.getInteger("crash.rounds", 8);
    static final int WRITERS = 3;
    // So little that several checkpoints are written in each round, and some are killed.
    static final long CHECKPOINT_LOG_BYTES = 64 << 10;
    private static final int ROWS = 5;
    // Then a new database: what is checked grows with every round.
    private static final int ROUNDS_PER_DATABASE = 20;
    private static final int ROUNDS_MAX = 5 * ROUNDS;
    private static final PathMatcher CHECKPOINT = FileSystems.getDefault().getPathMatcher("glob:**/checkpoint/????????????????");

    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource(Durability.class)
    void nothingAcknowledgedIsLostAndNothingIsTorn(Durability durability) throws Exception {
        long seed = Long.getLong("seed", 20261123L);
        Random random = Seeds.random(seed);
        long[] acknowledged = new long[WRITERS];
        long total = 0;
        // On a busy machine until a checkpoint was written, too.
        for (int round = 0; round < ROUNDS || (round < ROUNDS_MAX && !hasCheckpoint()); round++) {
            if (round % ROUNDS_PER_DATABASE == 0) {
                total += Arrays.stream(acknowledged).sum();
                acknowledged = new long[WRITERS];
            }
            Path database = directory.resolve("db" + round / ROUNDS_PER_DATABASE);
            long[] told = acknowledged.clone();
            runAndKill(database, durability, told, random.nextInt(5) == 0, random.nextInt(900));
            acknowledged = check(database, told, "round " + round + ", seed " + seed);
        }
        total += Arrays.stream(acknowledged).sum();
        System.out.println("crash rounds, " + durability + ": " + ROUNDS + ", transactions acknowledged and found: " + total + ", seed "
                + seed);
        assertThat(total).as("the writers wrote").isPositive();
        assertThat(hasCheckpoint()).as("checkpoints were written meanwhile").isTrue();
    }

    private boolean hasCheckpoint() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.anyMatch(file -> CHECKPOINT.matches(file));
        }
    }

    /// Starts the writer, lets it work for some time after it has opened the database, or (`early`) after its start, so that it may still
    /// be recovering, kills it, and collects what it acknowledged.
    private static void runAndKill(Path database, Durability durability, long[] told, boolean early, int millis) throws IOException,
            InterruptedException {
        Process process = Jvm.start(Writer.class, database.toString(), durability.name(), Long.toString(CHECKPOINT_LOG_BYTES))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread killer = new Thread(() -> {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            // By its handle: Process#destroyForcibly would close the pipe too, with acknowledgements still in it.
            process.toHandle().destroyForcibly();
        });
        if (early) {
            killer.start();
        }
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("open")) {
                    if (!early) {
                        killer.start();
                    }
                    continue;
                }
                hear(line, told);
            }
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            killer.join();
        }
    }

    /// Notes an acknowledgement. A line that the kill cut short has no end mark.
    private static void hear(String line, long[] told) {
        Acknowledgement.parse(line).ifPresent(heard -> told[heard.writer] = heard.number);
    }

    /// What a writer says of a transaction that is committed.
    ///
    /// @param atNanos when the commit had returned, by the clock that all processes of the machine share
    record Acknowledgement(int writer, long number, long atNanos) {
        static Optional<Acknowledgement> parse(String line) {
            if (!line.endsWith(".")) {
                return Optional.empty();
            }
            String[] words = line.substring(0, line.length() - 1).split(" ");
            return Optional.of(new Acknowledgement(Integer.parseInt(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2])));
        }
    }

    private static long[] check(Path database, long[] told, String context) {
        return check(database, told, told, context);
    }

    /// Answers the newest transaction of each writer that is there.
    ///
    /// @param least of each writer's transactions must be there
    /// @param told may be there, and one more
    static long[] check(Path database, long[] least, long[] told, String context) {
        try (CoconutEngine engine = open(config(database)); Transaction reader = engine.begin()) {
            engine.verify();
            long[] found = new long[WRITERS];
            for (TableDescriptor table : engine.tables()) {
                int rows = 0;
                long[] newest = new long[WRITERS];
                Scan scan = reader.scan(table, KeyRange.ALL, false);
                RecordView row = new RecordView();
                while (scan.next(row)) {
                    ByteBuffer key = ByteBuffer.wrap(row.keyBytes());
                    int writer = key.getInt();
                    long number = key.getLong();
                    int part = key.getInt();
                    byte[] expected = Writer.row(writer, number, part);
                    if (!Arrays.equals(row.rowBytes(), expected)) {
                        assertThat(row.rowBytes()).as("row %s of %s; %s", number, writer, context).isEqualTo(expected);
                    }
                    newest[writer] = Math.max(newest[writer], number);
                    rows++;
                }
                // A writer's transactions are numbered from 1 without gaps, and each has all of its rows in each table.
                assertThat(rows).as("rows of %s; %s", table.name(), context).isEqualTo(Arrays.stream(newest).sum() * ROWS);
                if (Arrays.stream(found).sum() > 0) {
                    assertThat(newest).as("both tables; %s", context).isEqualTo(found);
                }
                found = newest;
            }
            for (int writer = 0; writer < WRITERS; writer++) {
                assertThat(found[writer]).as("writer %s; %s", writer, context).isBetween(least[writer], told[writer] + 1);
            }
            return found;
        }
    }

    private static EngineConfig config(Path path) {
        // Most rows are cold.
        return new EngineConfig(path, 2, 2L << 30, LockPolicy.OFF).withCheckpointLogBytes(CHECKPOINT_LOG_BYTES).withHotBytesMax(2 << 20);
    }

    private static CoconutEngine open(EngineConfig config) {
        return CoconutEngine.open(config, LogClock.system(), 1 << 20);
    }

    /// The process that is killed: each of its threads commits transactions over both tables and all blocks and says so. Arguments: the
    /// directory, the durability, and the bytes of log between checkpoints.
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) throws Exception {
            CoconutEngine engine = open(config(Path.of(arguments[0])).withDurability(Durability.valueOf(arguments[1]))
                    .withCheckpointLogBytes(Long.parseLong(arguments[2])));
            List<TableDescriptor> tables = new ArrayList<>();
            for (TableKind kind : TableKind.values()) {
                tables.add(engine.table(kind.name()).orElseGet(() -> engine.createTable(kind.name(), kind, new byte[0])));
            }
            System.out.println("open");
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                Thread.ofPlatform().start(() -> write(engine, tables, writer));
            }
            // Ends with its parent, should that be killed before it kills.
            while (System.in.read() >= 0) {
                continue;
            }
            Runtime.getRuntime().halt(1);
        }

        private static void write(CoconutEngine engine, List<TableDescriptor> tables, int writer) {
            for (long number = newest(engine, tables.getFirst(), writer) + 1;; number++) {
                try (Transaction transaction = engine.begin()) {
                    for (TableDescriptor table : tables) {
                        for (int part = 0; part < ROWS; part++) {
                            transaction.insert(table, key(writer, number, part), row(writer, number, part));
                        }
                    }
                    transaction.commit();
                }
                long now = System.nanoTime();
                synchronized (Writer.class) {
                    System.out.println(writer + " " + number + " " + now + ".");
                    System.out.flush();
                }
            }
        }

        private static long newest(CoconutEngine engine, TableDescriptor table, int writer) {
            long newest = 0;
            try (Transaction reader = engine.begin()) {
                Scan scan = reader.scan(table, KeyRange.ALL, false);
                RecordView row = new RecordView();
                while (scan.next(row)) {
                    ByteBuffer key = ByteBuffer.wrap(row.keyBytes());
                    if (key.getInt() == writer) {
                        newest = Math.max(newest, key.getLong());
                    }
                }
            }
            return newest;
        }

        private static byte[] key(int writer, long number, int part) {
            return ByteBuffer.allocate(16).putInt(writer).putLong(number).putInt(part).array();
        }

        static byte[] row(int writer, long number, int part) {
            byte[] row = new byte[20 + (int) (number * 7 + part * 31) % 300];
            new Random(writer * 1_000_003L + number * 31 + part).nextBytes(row);
            return row;
        }
    }
}
