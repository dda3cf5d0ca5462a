package org.coconutdb.sql.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Transfers between accounts that lie in all blocks, of a hash table and a sorted one, by threads that want the same accounts.
///
/// Invariants: every snapshot has the same total, whichever way it is read, and so has what a killed process leaves; no transfer that was
/// acknowledged is missing. `-Dbank.seconds=60` makes it longer.
class BankIT {
    private static final int SECONDS = Integer.getInteger("bank.seconds", 4);
    private static final int ACCOUNTS = 40;
    private static final int FIRST_BALANCE = 100;
    private static final long TOTAL = 2L * ACCOUNTS * FIRST_BALANCE;
    private static final int BRANCHES = 4;
    private static final int THREADS = 8;

    @TempDir private Path directory;

    private static void open(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String kind : List.of("HASH", "SORTED")) {
                statement.execute("CREATE TABLE " + kind + "_account (id INT PRIMARY KEY, balance BIGINT, branch INT) USING " + kind);
                statement.execute("CREATE INDEX " + kind + "_branch ON " + kind + "_account (branch) INCLUDE (balance)");
                for (int id = 0; id < ACCOUNTS; id++) {
                    statement.execute("INSERT INTO " + kind + "_account VALUES (" + id + ", " + FIRST_BALANCE + ", " + id % BRANCHES + ")");
                }
            }
            assertThat(String.join("", new SqlClient(connection).rows("EXPLAIN " + ofEntries("HASH_account")))).contains("IndexOnlyScan");
            statement.execute("CREATE TABLE done (thread INT PRIMARY KEY, transfers BIGINT)");
            for (int thread = 0; thread < THREADS; thread++) {
                statement.execute("INSERT INTO done VALUES (" + thread + ", 0)");
            }
        }
    }

    /// Moves something from one account to another, and counts it; in vain where the account has not enough. Answers whether it was accepted.
    private static boolean transfer(Connection connection, Random random, int thread) throws SQLException {
        String from = random.nextBoolean() ? "HASH_account" : "SORTED_account";
        String to = random.nextBoolean() ? "HASH_account" : "SORTED_account";
        int fromId = random.nextInt(ACCOUNTS);
        int toId = random.nextInt(ACCOUNTS);
        int amount = 1 + random.nextInt(50);
        try (PreparedStatement read = connection.prepareStatement("SELECT balance FROM " + from + " WHERE id = ?");
                PreparedStatement take = connection.prepareStatement("UPDATE " + from + " SET balance = balance - ? WHERE id = ?");
                PreparedStatement give = connection.prepareStatement("UPDATE " + to + " SET balance = balance + ? WHERE id = ?");
                PreparedStatement count = connection.prepareStatement("UPDATE done SET transfers = transfers + 1 WHERE thread = ?")) {
            read.setInt(1, fromId);
            long balance;
            try (ResultSet row = read.executeQuery()) {
                row.next();
                balance = row.getLong(1);
            }
            if (balance >= amount) {
                take.setInt(1, amount);
                take.setInt(2, fromId);
                assertThat(take.executeUpdate()).isEqualTo(1);
                give.setInt(1, amount);
                give.setInt(2, toId);
                assertThat(give.executeUpdate()).isEqualTo(1);
            }
            count.setInt(1, thread);
            count.executeUpdate();
            connection.commit();
            return true;
        } catch (SQLException refused) {
            connection.rollback();
            if (!"40001".equals(refused.getSQLState())) {
                throw refused;
            }
            return false;
        }
    }

    private static long sumOf(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT SUM(balance), MIN(balance) FROM " + table)) {
            row.next();
            assertThat(row.getLong(2)).as("no account is overdrawn").isNotNegative();
            return row.getLong(1);
        }
    }

    /// From the entries of an index, without the rows.
    private static long sumOfEntries(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(ofEntries(table))) {
            row.next();
            return row.getLong(1);
        }
    }

    private static String ofEntries(String table) {
        String each = "SELECT SUM(balance) AS total FROM " + table + " WHERE branch = ";
        return "SELECT SUM(total) FROM (" + each + "0 UNION ALL " + each + "1 UNION ALL " + each + "2 UNION ALL " + each + "3) AS b";
    }

    private static long sumOneByOne(Connection connection, String table) throws SQLException {
        long sum = 0;
        try (PreparedStatement read = connection.prepareStatement("SELECT balance FROM " + table + " WHERE id = ?")) {
            for (int id = 0; id < ACCOUNTS; id++) {
                read.setInt(1, id);
                try (ResultSet row = read.executeQuery()) {
                    assertThat(row.next()).isTrue();
                    sum += row.getLong(1);
                }
            }
        }
        return sum;
    }

    private static void requireTotal(Connection reader, boolean oneByOne) throws SQLException {
        long total = oneByOne ? sumOneByOne(reader, "HASH_account") + sumOneByOne(reader, "SORTED_account")
                : sumOf(reader, "HASH_account") + sumOf(reader, "SORTED_account");
        long ofEntries = sumOfEntries(reader, "HASH_account") + sumOfEntries(reader, "SORTED_account");
        reader.commit();
        assertThat(total).isEqualTo(TOTAL);
        assertThat(ofEntries).isEqualTo(TOTAL);
    }

    @Test
    void everySnapshotHasTheSameTotal() throws Exception {
        String url = "jdbc:coconut:mem:bank;memory.lock=off;blocks=4";
        long seed = Long.getLong("seed", 20261123L);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong accepted = new AtomicLong();
        AtomicLong refused = new AtomicLong();
        AtomicLong read = new AtomicLong();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        try (Connection keeper = DriverManager.getConnection(url)) {
            open(keeper);
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                threads.add(worker(url, Connection.TRANSACTION_SERIALIZABLE, stop, failure, connection -> {
                    Random random = new Random(seed + thread);
                    while (!stop.get()) {
                        (transfer(connection, random, thread) ? accepted : refused).incrementAndGet();
                    }
                }));
            }
            for (int level : List.of(Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE)) {
                threads.add(worker(url, level, stop, failure, connection -> {
                    while (!stop.get()) {
                        requireTotal(connection, read.incrementAndGet() % 2 == 0);
                    }
                }));
            }
            TimeUnit.SECONDS.sleep(SECONDS);
            stop.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failure.get()).as("seed %s", seed).isNull();
            keeper.setAutoCommit(false);
            requireTotal(keeper, true);
            try (Statement statement = keeper.createStatement(); ResultSet row = statement.executeQuery(
                    "SELECT SUM(transfers) FROM done")) {
                row.next();
                assertThat(row.getLong(1)).isEqualTo(accepted.get());
            }
        }
        System.out.println("transfers: " + accepted + ", refused " + refused + ", totals read " + read + ", seed " + seed);
        assertThat(accepted.get()).isPositive();
        assertThat(read.get()).isPositive();
    }

    /// What a thread does with a connection of its own.
    private interface Work {
        void run(Connection connection) throws SQLException;
    }

    private static Thread worker(String url, int level, AtomicBoolean stop, AtomicReference<Throwable> failure, Work work) {
        return Thread.ofPlatform().start(() -> {
            try (Connection connection = DriverManager.getConnection(url)) {
                connection.setTransactionIsolation(level);
                connection.setAutoCommit(false);
                work.run(connection);
            } catch (SQLException | RuntimeException | AssertionError failed) {
                failure.compareAndSet(null, failed);
                stop.set(true);
            }
        });
    }

    @Test
    void aKilledProcessLeavesTheSameTotalAndEveryAcknowledgedTransfer() throws Exception {
        long seed = Long.getLong("seed", 20261123L);
        Random random = new Random(seed);
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;blocks=4;checkpoint.log.bytes=256KB";
        try (Connection keeper = DriverManager.getConnection(url)) {
            open(keeper);
        }
        long[] acknowledged = new long[THREADS];
        long total = 0;
        for (int round = 0; round < SECONDS; round++) {
            runAndKill(url, seed + round, random.nextInt(900), acknowledged);
            try (Connection reader = DriverManager.getConnection(url)) {
                reader.setAutoCommit(false);
                requireTotal(reader, false);
                requireTotal(reader, true);
                try (Statement statement = reader.createStatement();
                        ResultSet rows = statement.executeQuery("SELECT thread, transfers FROM done")) {
                    while (rows.next()) {
                        int thread = rows.getInt(1);
                        assertThat(rows.getLong(2)).as("thread %s, round %s, seed %s", thread, round, seed)
                                .isBetween(acknowledged[thread], acknowledged[thread] + 1);
                        acknowledged[thread] = rows.getLong(2);
                    }
                }
            }
        }
        for (long each : acknowledged) {
            total += each;
        }
        System.out.println("kills: " + SECONDS + ", transfers acknowledged and found: " + total + ", seed " + seed);
        assertThat(total).isPositive();
    }

    private static void runAndKill(String url, long seed, int millis, long[] acknowledged) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.add("@" + Path.of("../jvm.flags").toAbsolutePath().normalize());
        command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path"), Teller.class.getName(), url, Long.toString(seed)));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Thread killer = Thread.ofPlatform().unstarted(() -> {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            // By its handle: Process#destroyForcibly would close the pipe too, with acknowledgements still in it.
            process.toHandle().destroyForcibly();
        });
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // A line that the kill cut short has no end mark.
                if (line.endsWith(".")) {
                    acknowledged[Integer.parseInt(line.substring(0, line.length() - 1))]++;
                    // A new process takes a while to plan its first statements.
                    if (killer.getState() == Thread.State.NEW) {
                        killer.start();
                    }
                }
            }
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            killer.join();
        }
    }

    /// The process that is killed.
    static final class Teller {
        private Teller() {}

        public static void main(String[] arguments) throws Exception {
            AtomicBoolean stop = new AtomicBoolean();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            try (Connection _ = DriverManager.getConnection(arguments[0])) {
                for (int i = 0; i < THREADS; i++) {
                    int thread = i;
                    worker(arguments[0], Connection.TRANSACTION_SERIALIZABLE, stop, failure, connection -> {
                        Random random = new Random(Long.parseLong(arguments[1]) * THREADS + thread);
                        while (!stop.get()) {
                            if (transfer(connection, random, thread)) {
                                synchronized (Teller.class) {
                                    System.out.println(thread + ".");
                                    System.out.flush();
                                }
                            }
                        }
                    });
                }
                // Ends with its parent, should that be killed before it kills.
                while (System.in.read() >= 0) {
                    continue;
                }
            }
            Runtime.getRuntime().halt(1);
        }
    }
}
