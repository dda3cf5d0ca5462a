package org.coconutdb.bench;

import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
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
import org.jspecify.annotations.Nullable;

/// Prepared lookups by key, batches and reading many rows over loopback: CoconutDB's driver and a stock Avatica client on a CoconutDB server,
/// H2's driver on its TCP server, that client on Avatica's own server over an embedded CoconutDB, where `-Davatica.lib` has the jars of that one (a process of its own, see
/// [AvaticaNode]), and PostgreSQL's on a server that runs already, where `-Dpostgres` has its URL. All but these two in this process, rows in memory; CPU is that of this process
/// and of Avatica's own, client and server together, of PostgreSQL the client's alone. Rounds alternate, medians count.
/// ```
/// ./mvnw -f bench/avatica dependency:copy-dependencies
/// java @jvm.flags -Davatica.lib=bench/avatica/target/lib -cp 'bench/target/classes:bench/target/lib/*' org.coconutdb.bench.ServersSideBySide
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
        private final @Nullable ProcessHandle server;
        private final Map<Integer, List<Double>> calls = new TreeMap<>();
        private final Map<Integer, List<Double>> cpu = new TreeMap<>();
        private final Map<Integer, List<Double>> middle = new TreeMap<>();
        private final Map<Integer, List<Double>> high = new TreeMap<>();
        private final List<Double> rows = new ArrayList<>();
        private final List<Double> inserts = new ArrayList<>();
        private final List<Double> insertCpu = new ArrayList<>();

        /// @param server where that is a process of its own whose CPU counts
        Way(String name, String url, @Nullable ProcessHandle server) {
            this.name = name;
            this.url = url;
            this.server = server;
        }

        long cpuNanos() {
            long own = ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
            return own + (server == null ? 0 : server.info().totalCpuDuration().orElseThrow().toNanos());
        }

        private static double median(Map<Integer, List<Double>> of, int threads) {
            return ServersSideBySide.median(of.getOrDefault(threads, List.of(Double.NaN)));
        }
    }

    public static void main(String[] arguments) throws Exception {
        Server h2 = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        String avatica = System.getProperty("avatica.lib");
        try (AvaticaNode stock = avatica == null ? null : AvaticaNode.start(avatica);
                CoconutServer coconut = CoconutServer.start(
                        ServerConfig.of("jdbc:coconut:mem:servers").withInsecure(true).withAddress("127.0.0.1", 0))) {
            List<Way> ways = new ArrayList<>();
            ways.add(new Way("CoconutDB", coconut.url(), null));
            ways.add(new Way("its stock Avatica client", AvaticaNode.url(coconut.address().getPort()), null));
            if (stock != null) {
                ways.add(new Way("stock Avatica, client and server", AvaticaNode.url(stock.port()), stock.process()));
            }
            ways.add(new Way("H2", "jdbc:h2:tcp://127.0.0.1:" + h2.getPort() + "/mem:bench;DB_CLOSE_DELAY=-1", null));
            String postgres = System.getProperty("postgres");
            if (postgres != null) {
                ways.add(new Way("PostgreSQL", postgres, null));
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
        for (int threads : THREADS) {
            long cpuBefore = way.cpuNanos();
            long[] latencies = lookups(way, threads);
            double micros = (way.cpuNanos() - cpuBefore) / 1_000.0 / latencies.length;
            if (counts) {
                add(way.calls, threads, latencies.length * 1e9 / ROUND_NANOS);
                add(way.cpu, threads, micros);
                add(way.middle, threads, latencies[latencies.length / 2] / 1e3);
                add(way.high, threads, latencies[(int) (latencies.length * 0.99)] / 1e3);
            }
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
                long cpuBefore = way.cpuNanos();
                insert(connection, "arrival");
                inserts.add(ROWS * 1e9 / (System.nanoTime() - begin));
                insertCpu.add((way.cpuNanos() - cpuBefore) / 1_000.0 / ROWS);
            }
        }
        if (counts) {
            way.rows.add(rows);
            way.inserts.addAll(inserts);
            way.insertCpu.addAll(insertCpu);
        }
    }

    private static void add(Map<Integer, List<Double>> to, int threads, double value) {
        to.computeIfAbsent(threads, _ -> new ArrayList<>()).add(value);
    }

    /// How long each call of all threads took, in nanoseconds, sorted; each thread has a connection of its own.
    private static long[] lookups(Way way, int threads) throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<long[]>> latencies = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int seed = i;
                latencies.add(pool.submit(() -> lookups(way, new Random(seed))));
            }
            List<long[]> ended = new ArrayList<>();
            for (Future<long[]> each : latencies) {
                ended.add(each.get());
            }
            return ended.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        }
    }

    private static long[] lookups(Way way, Random random) throws SQLException {
        long[] latencies = new long[1 << 10];
        int calls = 0;
        try (Connection connection = DriverManager.getConnection(way.url);
                PreparedStatement lookup = connection.prepareStatement("SELECT name, stock FROM item WHERE id = ?")) {
            long begin = System.nanoTime();
            long end = begin + ROUND_NANOS;
            while (begin - end < 0) {
                lookup.setInt(1, random.nextInt(ROWS));
                try (ResultSet rows = lookup.executeQuery()) {
                    if (!rows.next() || rows.getString(1) == null) {
                        throw new IllegalStateException("a row is missing");
                    }
                }
                if (calls == latencies.length) {
                    latencies = Arrays.copyOf(latencies, 2 * calls);
                }
                long now = System.nanoTime();
                latencies[calls++] = now - begin;
                begin = now;
            }
        }
        return Arrays.copyOf(latencies, calls);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static void report(List<Way> ways) {
        for (int threads : THREADS) {
            System.out.println("| " + threads + " threads | lookups/s | median, µs | 99 %, µs | CPU µs a lookup |");
            System.out.println("| --- | --- | --- | --- | --- |");
            for (Way way : ways) {
                System.out.printf("| %s | %,.0f | %,.0f | %,.0f | %.0f |%n", way.name, Way.median(way.calls, threads), Way.median(
                        way.middle,
                        threads), Way.median(way.high, threads), Way.median(way.cpu, threads));
            }
        }
        System.out.println("| | rows/s read | rows/s inserted | CPU µs a row inserted |");
        System.out.println("| --- | --- | --- | --- |");
        for (Way way : ways) {
            System.out.printf("| %s | %,.0f | %,.0f | %.1f |%n", way.name, median(way.rows), median(way.inserts), median(way.insertCpu));
        }
    }
}
