package org.coconutdb.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.coconutdb.avatica.CoconutServer;
import org.coconutdb.avatica.ServerConfig;

/// How long nothing is acknowledged when a host of a cluster of three dies, or is stopped so that it keeps its connections and says nothing. Hosts are processes of
/// their own; one client for each block writes through the driver at a host that survives, one statement after the other. Arguments: rounds of each kind, and a new directory
/// where what hosts say is to be kept.
/// ```
/// java @jvm.flags -Xmx512m -cp 'bench/target/classes:bench/target/lib/*' org.coconutdb.bench.FailOver 10
/// ```
public final class FailOver {
    private static final int HOSTS = 3;
    private static final int BLOCKS = 5;
    private static final long SETTLED_SECONDS_MAX = 120;
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int PAUSE_MILLIS = 5;
    private static final String HOST = "host";

    private FailOver() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0 && arguments[0].equals(HOST)) {
            host(arguments[1], Integer.parseInt(arguments[2]));
            return;
        }
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
        boolean isKept = arguments.length > 1;
        Path directory = isKept ? Files.createDirectory(Path.of(arguments[1])) : Files.createTempDirectory("fail-over");
        try (Hosts hosts = new Hosts(directory)) {
            for (int host = 0; host < HOSTS; host++) {
                hosts.start(host);
            }
            measure(hosts, rounds);
        } finally {
            if (!isKept) {
                delete(directory);
            }
        }
    }

    /// Serves until the process that measures has gone.
    private static void host(String memberFile, int port) throws Exception {
        try (CoconutServer _ = CoconutServer.start(ServerConfig.of("jdbc:coconut:member:" + memberFile).withInsecure(true).withAddress(
                "127.0.0.1", port))) {
            while (System.in.read() >= 0) {
                // Nothing is said.
            }
        }
    }

    private static final class Hosts implements AutoCloseable {
        private final Path directory;
        private final List<Integer> ports;
        private final Process[] processes = new Process[HOSTS];
        // Where writers write.
        private volatile int survivor;

        Hosts(Path directory) throws IOException {
            this.directory = directory;
            this.ports = FreePorts.choose(2 * HOSTS);
            StringBuilder addresses = new StringBuilder();
            for (int host = 0; host < HOSTS; host++) {
                addresses.append(host == 0 ? "" : ", ").append(host).append("@127.0.0.1:").append(ports.get(host));
            }
            for (int host = 0; host < HOSTS; host++) {
                Files.writeString(memberFile(host), """
                        cluster = fail-over
                        host = %d
                        hosts = %s
                        blocks = %d
                        directory = host-%d
                        insecure = true
                        """.formatted(host, addresses, BLOCKS, host));
            }
        }

        private Path memberFile(int host) {
            return directory.resolve("member-" + host + ".properties");
        }

        void start(int host) throws IOException {
            List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
            command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), FailOver.class.getName(), HOST, memberFile(host)
                    .toString(),
                    Integer.toString(ports.get(HOSTS + host))));
            processes[host] = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("host-" + host + ".log").toFile()))
                    .start();
        }

        void signal(int host, String signal) throws IOException, InterruptedException {
            new ProcessBuilder("kill", "-" + signal, Long.toString(processes[host].pid())).start().waitFor();
        }

        /// As it was before [#signal].
        void revive(int host, String signal) throws IOException, InterruptedException {
            if (signal.equals("KILL")) {
                processes[host].waitFor();
                start(host);
            } else {
                signal(host, "CONT");
            }
        }

        Connection connect() throws SQLException {
            return DriverManager.getConnection("jdbc:coconut://127.0.0.1:" + ports.get(HOSTS + survivor) + "/");
        }

        @Override
        public void close() {
            for (Process process : processes) {
                if (process != null) {
                    process.destroyForcibly().onExit().join();
                }
            }
        }
    }

    /// Writes to one block. What it is told lies in `acknowledged`, in nanoseconds, and in `failed`, as SQLSTATEs.
    private static final class Writer implements Runnable {
        private final Hosts hosts;
        private final String table;
        private final ConcurrentLinkedQueue<Long> acknowledged = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<String> failed = new ConcurrentLinkedQueue<>();
        private volatile boolean isEnded;
        private volatile long lastNanos = System.nanoTime();

        Writer(Hosts hosts, String table) {
            this.hosts = hosts;
            this.table = table;
        }

        @Override
        public void run() {
            while (!isEnded) {
                int host = hosts.survivor;
                try (Connection connection = hosts.connect(); Statement statement = connection.createStatement()) {
                    while (!isEnded && host == hosts.survivor && !connection.isClosed()) {
                        write(statement);
                    }
                } catch (SQLException failure) {
                    failed.add(failure.getSQLState());
                }
            }
        }

        private void write(Statement statement) {
            try {
                statement.executeUpdate("UPDATE " + table + " SET n = n + 1 WHERE id = 1");
                lastNanos = System.nanoTime();
                acknowledged.add(lastNanos);
                // So that on few cores the hosts have time for each other.
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            } catch (InterruptedException ended) {
                isEnded = true;
            } catch (SQLException failure) {
                failed.add(failure.getSQLState());
            }
        }

        /// The longest time between two acknowledgements from shortly before a moment on.
        long longestSince(long moment) {
            long longest = 0;
            long before = moment;
            for (long each : acknowledged) {
                if (each > moment) {
                    longest = Math.max(longest, each - before);
                }
                before = Math.max(before, each);
            }
            return longest;
        }
    }

    private static void measure(Hosts hosts, int rounds) throws Exception {
        List<Writer> writers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        try {
            Map<Integer, String> tables;
            try (Connection connection = connectWhenThere(hosts)) {
                tables = tables(connection);
            }
            Map<Integer, Writer> byBlock = new TreeMap<>();
            tables.forEach((block, table) -> byBlock.put(block, new Writer(hosts, table)));
            writers.addAll(byBlock.values());
            writers.forEach(writer -> threads.add(Thread.ofPlatform().start(writer)));
            Random random = new Random(1);
            for (String signal : List.of("KILL", "STOP")) {
                Map<String, List<Long>> gaps = new TreeMap<>();
                Map<String, Integer> failures = new TreeMap<>();
                for (int round = 0; round < rounds; round++) {
                    for (boolean leadsDirectory : new boolean[] {true, false}) {
                        awaitInSync(hosts, byBlock.values());
                        int directory = primaries(hosts).getOrDefault(0, 0);
                        int victim = leadsDirectory ? directory : (directory + 1) % HOSTS;
                        hosts.survivor = (directory + 2) % HOSTS;
                        TimeUnit.MILLISECONDS.sleep(random.nextInt(2_000, 4_000));
                        awaitInSync(hosts, byBlock.values());
                        round(hosts, victim, signal, byBlock, gaps, failures);
                    }
                }
                gaps.forEach((kind, millis) -> report(signal, kind, millis));
                System.out.println("statements that failed meanwhile, by SQLSTATE: " + failures);
            }
        } finally {
            writers.forEach(writer -> writer.isEnded = true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static void round(Hosts hosts, int victim, String signal, Map<Integer, Writer> byBlock, Map<String, List<Long>> gaps,
            Map<String, Integer> failures) throws Exception {
        Map<Integer, Integer> primaries = primaries(hosts);
        byBlock.values().forEach(writer -> {
            writer.acknowledged.clear();
            writer.failed.clear();
        });
        TimeUnit.MILLISECONDS.sleep(200);
        LocalTime at = LocalTime.now(ZoneId.systemDefault());
        long moment = System.nanoTime();
        hosts.signal(victim, signal);
        boolean isBack = false;
        while (!isBack) {
            TimeUnit.MILLISECONDS.sleep(50);
            // Nothing is acknowledged for some moments at first, so that it begins to count then.
            isBack = System.nanoTime() - moment > QUIET_NANOS;
            for (Writer writer : byBlock.values()) {
                isBack &= System.nanoTime() - writer.lastNanos < QUIET_NANOS / 4 && writer.longestSince(moment) > 0;
            }
        }
        byBlock.forEach((block, writer) -> {
            long millis = TimeUnit.NANOSECONDS.toMillis(writer.longestSince(moment));
            String kind = (primaries.getOrDefault(block, -1) == victim ? "the block's primary" : "a replica of the block")
                    + (primaries.getOrDefault(0, -1) == victim ? ", the directory's primary" : "");
            gaps.computeIfAbsent(kind, _ -> new ArrayList<>()).add(millis);
            writer.failed.forEach(state -> failures.merge(state, 1, Integer::sum));
            System.out.printf("%s of host %d at %s, block %d, %s: %d ms, failed %s%n", signal, victim, at, block, kind, millis,
                    writer.failed);
        });
        hosts.revive(victim, signal);
    }

    private static void report(String signal, String kind, List<Long> millis) {
        long[] sorted = millis.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf(Locale.ROOT, "| %s | %s | %d | %.1f s | %.1f s |%n", signal, kind, sorted.length, sorted[sorted.length / 2] / 1e3,
                sorted[sorted.length - 1] / 1e3);
    }

    private static Connection connectWhenThere(Hosts hosts) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLED_SECONDS_MAX);
        while (true) {
            try {
                return hosts.connect();
            } catch (SQLException notYet) {
                if (System.nanoTime() - until >= 0) {
                    throw notYet;
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    /// A table in each block; a sorted table lies in one.
    private static Map<Integer, String> tables(Connection connection) throws SQLException {
        Map<Integer, String> tables = new TreeMap<>();
        try (Statement statement = connection.createStatement()) {
            for (int i = 0; tables.size() < BLOCKS; i++) {
                String table = "T" + i;
                statement.execute("CREATE TABLE " + table + " (id INT PRIMARY KEY, n BIGINT) USING SORTED");
                statement.execute("INSERT INTO " + table + " VALUES (1, 0)");
                try (ResultSet block = statement.executeQuery("SELECT BLOCK_ID FROM SYSTEM.STORAGE WHERE HOT_ROWS > 0 AND TABLE_NAME = '"
                        + table + "'")) {
                    if (!block.next()) {
                        throw new IllegalStateException("no block of " + table);
                    }
                    tables.putIfAbsent(block.getInt(1), table);
                }
            }
        }
        return tables;
    }

    /// Who leads which block, as the survivor knows it.
    private static Map<Integer, Integer> primaries(Hosts hosts) throws SQLException {
        Map<Integer, Integer> primaries = new TreeMap<>();
        try (Connection connection = hosts.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT BLOCK_ID, HOST FROM SYSTEM.BLOCK_SHARDS WHERE ROLE = 'PRIMARY' AND IN_SYNC")) {
            while (rows.next()) {
                primaries.put(rows.getInt(1), rows.getInt(2));
            }
        }
        return primaries;
    }

    /// Waits until all replicas of all blocks are in sync, and every block is written.
    private static void awaitInSync(Hosts hosts, Iterable<Writer> writers) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLED_SECONDS_MAX);
        while (true) {
            int missing = HOSTS * (BLOCKS + 1);
            try (Connection connection = hosts.connect();
                    Statement statement = connection.createStatement();
                    ResultSet inSync = statement.executeQuery("SELECT COUNT(*) FROM SYSTEM.BLOCK_SHARDS WHERE IN_SYNC")) {
                inSync.next();
                missing -= inSync.getInt(1);
            }
            for (Writer writer : writers) {
                missing += System.nanoTime() - writer.lastNanos < QUIET_NANOS / 4 ? 0 : 1;
            }
            missing += BLOCKS + 1 - primaries(hosts).size();
            if (missing == 0) {
                return;
            }
            if (System.nanoTime() - until >= 0) {
                throw new IllegalStateException("replicas and writers that are missing: " + missing);
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(directory)) {
            all = walk.toList();
        }
        for (Path path : all.reversed()) {
            Files.deleteIfExists(path);
        }
    }
}
