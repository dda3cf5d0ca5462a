package org.coconutdb.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// What statements over hash tables take that are run by one thread, and block by block by several: the same rows in two databases of one process, by turns.
/// Wall-clock time, medians over the rounds, and the median of the ratios within each round; then the same of
/// CPU time, which a machine with other work shows too: of all threads of the statement, which is what threads cost beyond the work itself, and of its own thread, which
/// is how much sooner it would be done by as many cores without other work.
///
/// Arguments: rows (500000), rounds (15), blocks (cores), threads (cores).
public final class ParallelScans {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int BATCH_ROWS = 1000;
    private static final long ROUND_NANOS_MIN = 60_000_000;

    private ParallelScans() {}

    public static void main(String[] arguments) throws SQLException {
        int cores = Runtime.getRuntime().availableProcessors();
        int rows = number(arguments, 0, 500_000);
        int rounds = number(arguments, 1, 15);
        int blocks = number(arguments, 2, Math.max(2, cores));
        int threads = number(arguments, 3, cores);
        String url = "jdbc:coconut:mem:parallel-scans-%d;memory.lock=off;blocks=" + blocks
                + ";query.parallel.rows=0;query.parallelism=%1$d";
        try (Connection serial = DriverManager.getConnection(url.formatted(1));
                Connection parallel = DriverManager.getConnection(url.formatted(threads))) {
            fill(serial, rows);
            fill(parallel, rows);
            System.out.printf("%d rows in %d blocks; 1 and %d threads%n", rows, blocks, threads);
            for (Map.Entry<String, String> query : queries(rows).entrySet()) {
                measure(query.getKey(), query.getValue(), serial, parallel, rounds);
            }
        }
    }

    private static int number(String[] arguments, int place, int otherwise) {
        return arguments.length > place ? Integer.parseInt(arguments[place]) : otherwise;
    }

    private static Map<String, String> queries(int rows) {
        Map<String, String> queries = new LinkedHashMap<>();
        queries.put("rows that meet a condition, 1 of 1000", "SELECT id, e FROM t WHERE d < " + Math.max(1, rows / 1000));
        queries.put("rows that meet a condition, half", "SELECT id, c FROM t WHERE d < " + rows / 2);
        queries.put("all rows, two columns", "SELECT id, c FROM t");
        queries.put("COUNT(*) with a condition", "SELECT COUNT(*) FROM t WHERE d < " + rows / 3);
        queries.put("SUM of a column", "SELECT SUM(c) FROM t");
        queries.put("sums of expressions, few groups",
                "SELECT g, COUNT(*), SUM(c), AVG(m), MAX(e), SUM(m * (1 - m)) FROM t WHERE d > 100 GROUP BY g");
        queries.put("a thousand groups", "SELECT MOD(d, 1000), COUNT(*), SUM(c) FROM t GROUP BY MOD(d, 1000)");
        queries.put("groups of two rows", "SELECT h, COUNT(*), SUM(c) FROM t GROUP BY h");
        queries.put("first ten of all", "SELECT id, m, e FROM t ORDER BY m DESC, id LIMIT 10");
        queries.put("join by the distribution key, summed", "SELECT SUM(x.c + y.d) FROM t x JOIN u y ON x.id = y.id WHERE x.d + y.d > 10");
        queries.put("join by another key, summed", "SELECT SUM(x.c + y.d) FROM t x JOIN u y ON x.d = y.d");
        return queries;
    }

    private static void fill(Connection connection, int rows) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE t (id INT PRIMARY KEY, c BIGINT, d INT, g INT, h INT, m DECIMAL(12, 2), e VARCHAR(60)) USING HASH");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)")) {
                for (int id = 0; id < rows; id++) {
                    // All numbers below `rows`, in an order that has nothing of the key's.
                    int mixed = (int) (id * 7_368_787L % rows);
                    insert.setInt(1, id);
                    insert.setLong(2, id);
                    insert.setInt(3, mixed);
                    insert.setInt(4, mixed % 4);
                    insert.setInt(5, mixed / 2);
                    insert.setBigDecimal(6, BigDecimal.valueOf(mixed % 100_000, 2));
                    insert.setString(7, "what else a row has, of " + id);
                    insert.addBatch();
                    if (id % BATCH_ROWS == BATCH_ROWS - 1) {
                        insert.executeBatch();
                    }
                }
                insert.executeBatch();
            }
            statement.execute("CREATE TABLE u (id INT PRIMARY KEY, d INT) USING HASH");
            statement.execute("INSERT INTO u SELECT id, d FROM t WHERE MOD(id, 5) <> 0");
            statement.execute("ANALYZE");
        }
    }

    private static void measure(String name, String query, Connection serial, Connection parallel, int rounds) throws SQLException {
        double[] one = new double[rounds];
        double[] several = new double[rounds];
        double[] ratios = new double[rounds];
        double[] work = new double[rounds];
        double[] own = new double[rounds];
        try (PreparedStatement first = serial.prepareStatement(query); PreparedStatement second = parallel.prepareStatement(query)) {
            for (int round = -4; round < rounds; round++) {
                Cost alone = cost(first);
                Cost together = cost(second);
                if (round >= 0) {
                    one[round] = alone.micros;
                    several[round] = together.micros;
                    ratios[round] = alone.micros / together.micros;
                    work[round] = alone.allMicros / together.allMicros;
                    own[round] = alone.ownMicros / together.ownMicros;
                }
            }
        }
        System.out.printf("%-40s %12.0f us %12.0f us %6.2f x (%.2f to %.2f)   CPU of all %.2f x, own %.2f x%n", name, quantile(one, 2),
                quantile(several, 2),
                quantile(ratios, 2), quantile(ratios, 1), quantile(ratios, 3), quantile(work, 2), quantile(own, 2));
    }

    /// Of an execution, on average over some.
    private record Cost(double micros, double allMicros, double ownMicros) {}

    private static long helpersNanos() {
        long nanos = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            nanos += thread.getName().startsWith("coconut-query-") ? Math.max(0, THREADS.getThreadCpuTime(thread.threadId())) : 0;
        }
        return nanos;
    }

    private static Cost cost(PreparedStatement statement) throws SQLException {
        long helpers = helpersNanos();
        long ownStart = THREADS.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        long nanos = 0;
        int times = 0;
        while (nanos < ROUND_NANOS_MIN) {
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    rows.getObject(1);
                }
            }
            times++;
            nanos = System.nanoTime() - start;
        }
        long own = THREADS.getCurrentThreadCpuTime() - ownStart;
        return new Cost(nanos / 1e3 / times, (own + helpersNanos() - helpers) / 1e3 / times, own / 1e3 / times);
    }

    private static double quantile(double[] values, int quarter) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[Math.min(sorted.length - 1, sorted.length * quarter / 4)];
    }
}
