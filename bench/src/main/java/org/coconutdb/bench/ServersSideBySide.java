package org.coconutdb.bench;

import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.coconutdb.avatica.CoconutServer;
import org.coconutdb.avatica.ServerConfig;
import org.h2.tools.Server;

/// Prepared lookups by key, batches and reading many rows over loopback: CoconutDB's driver and a stock Avatica client on a CoconutDB server,
/// H2's driver on its TCP server, and PostgreSQL's on a server that runs already, where `-Dpostgres` has its URL. All but that one in this
/// process, rows in memory; CPU is that of this process, client and server together. Rounds alternate, medians count.
/// ```
/// java @jvm.flags -cp 'bench/target/classes:bench/target/lib/*' org.coconutdb.bench.ServersSideBySide
/// ```
public final class ServersSideBySide {
    private static final int ROWS = 100_000;
    /// Each pass inserts all rows into the emptied table; all passes of all rounds count.
    private static final int INSERT_PASSES = 5;
    private static final List<Integer> THREADS = List.of(1, 8, 16);
    private static final int ROUNDS = Integer.getInteger("rounds", 3);
    private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(Integer.getInteger("seconds", 4));

    private ServersSideBySide() {}

    /// A way to a server, and what was measured of it.
    private static final class Way {
        private final String name;
        private final String url;
        private final Map<Integer, List<Double>> calls = new TreeMap<>();
        private final List<Double> cpu = new ArrayList<>();
        private final List<Double> rows = new ArrayList<>();
        private final List<Double> inserts = new ArrayList<>();
        private final List<Double> insertCpu = new ArrayList<>();

        Way(String name, String url) {
            this.name = name;
            this.url = url;
        }

        double calls(int threads) {
            return median(calls.getOrDefault(threads, List.of()));
        }
    }

    public static void main(String[] arguments) throws Exception {
        Server h2 = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        try (CoconutServer coconut = CoconutServer.start(
                ServerConfig.of("jdbc:coconut:mem:servers").withInsecure(true).withAddress("127.0.0.1", 0))) {
            List<Way> ways = new ArrayList<>();
            ways.add(new Way("CoconutDB", coconut.url()));
            ways.add(new Way("stock Avatica",
                    "jdbc:avatica:remote:url=http://127.0.0.1:" + coconut.address().getPort() + ";serialization=protobuf"));
            ways.add(new Way("H2", "jdbc:h2:tcp://127.0.0.1:" + h2.getPort() + "/mem:bench;DB_CLOSE_DELAY=-1"));
            String postgres = System.getProperty("postgres");
            if (postgres != null) {
                ways.add(new Way("PostgreSQL", postgres));
            }
            for (Way way : ways) {
                prepare(way);
            }
            for (int round = -1; round < ROUNDS; round++) {
                for (Way way : ways) {
                    measure(way, round >= 0);
                }
            }
            report(ways);
        } finally {
            h2.stop();
        }
    }

    private static void prepare(Way way) throws SQLException {
        try (Connection connection = DriverManager.getConnection(way.url); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS item (id INT PRIMARY KEY, name VARCHAR(40), stock INT)");
            statement.execute("CREATE TABLE IF NOT EXISTS arrival (id INT PRIMARY KEY, name VARCHAR(40), stock INT)");
            try (ResultSet count = statement.executeQuery("SELECT COUNT(*) FROM item")) {
                if (count.next() && count.getInt(1) > 0) {
                    return;
                }
            }
            insert(connection, "item");
        }
    }

    private static void insert(Connection connection, String table) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table + " VALUES (?, ?, ?)")) {
            for (int i = 0; i < ROWS; i++) {
                insert.setInt(1, i);
                insert.setString(2, "item " + i);
                insert.setInt(3, i % 100);
                insert.addBatch();
                if (i % 1000 == 999) {
                    insert.executeBatch();
                }
            }
        }
    }

    private static void measure(Way way, boolean counts) throws Exception {
        Map<Integer, Double> calls = new TreeMap<>();
        double micros = 0;
        for (int threads : THREADS) {
            long cpuBefore = cpuNanos();
            double found = lookups(way, threads);
            calls.put(threads, found);
            micros = (cpuNanos() - cpuBefore) / 1_000.0 / (found * ROUND_NANOS / 1e9);
        }
        double rows;
        List<Double> inserts = new ArrayList<>();
        List<Double> insertCpu = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(way.url); Statement statement = connection.createStatement()) {
            long begin = System.nanoTime();
            long sum = 0;
            statement.setFetchSize(1_000);
            try (ResultSet all = statement.executeQuery("SELECT id, name, stock FROM item")) {
                while (all.next()) {
                    sum += all.getInt(1) + all.getString(2).length() + all.getInt(3);
                }
            }
            rows = ROWS * 1e9 / (System.nanoTime() - begin);
            if (sum == 0) {
                throw new IllegalStateException("no rows");
            }
            for (int pass = 0; pass < INSERT_PASSES; pass++) {
                statement.execute("TRUNCATE TABLE arrival");
                begin = System.nanoTime();
                long cpuBefore = cpuNanos();
                insert(connection, "arrival");
                inserts.add(ROWS * 1e9 / (System.nanoTime() - begin));
                insertCpu.add((cpuNanos() - cpuBefore) / 1_000.0 / ROWS);
            }
        }
        if (counts) {
            calls.forEach((threads, found) -> way.calls.computeIfAbsent(threads, count -> new ArrayList<>()).add(found));
            way.cpu.add(micros);
            way.rows.add(rows);
            way.inserts.addAll(inserts);
            way.insertCpu.addAll(insertCpu);
        }
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /// Calls a second of all threads, each with a connection of its own.
    private static double lookups(Way way, int threads) throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int seed = i;
                counts.add(pool.submit(() -> lookups(way, new Random(seed))));
            }
            long sum = 0;
            for (Future<Long> count : counts) {
                sum += count.get();
            }
            return sum * 1e9 / ROUND_NANOS;
        }
    }

    private static long lookups(Way way, Random random) throws SQLException {
        long calls = 0;
        try (Connection connection = DriverManager.getConnection(way.url);
                PreparedStatement lookup = connection.prepareStatement("SELECT name, stock FROM item WHERE id = ?")) {
            long end = System.nanoTime() + ROUND_NANOS;
            while (System.nanoTime() < end) {
                lookup.setInt(1, random.nextInt(ROWS));
                try (ResultSet rows = lookup.executeQuery()) {
                    if (!rows.next() || rows.getString(1) == null) {
                        throw new IllegalStateException("a row is missing");
                    }
                }
                calls++;
            }
        }
        return calls;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static void report(List<Way> ways) {
        System.out.println("| | lookups/s, 1 thread | 8 threads | 16 threads | CPU µs a lookup | rows/s read | rows/s inserted "
                + "| CPU µs a row |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
        for (Way way : ways) {
            System.out.printf("| %s | %,.0f | %,.0f | %,.0f | %.0f | %,.0f | %,.0f | %.1f |%n", way.name, way.calls(1), way.calls(8), way
                    .calls(
                            16), median(way.cpu), median(way.rows), median(way.inserts), median(way.insertCpu));
        }
    }
}
