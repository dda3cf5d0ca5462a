package org.coconutdb.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;

/// What a row costs in a join by a merge and by hashing: of tables of different sizes, joined by their keys, in whose order rows come, and by columns with the
/// same values, in whose order they do not. CPU time of the thread, medians.
///
/// Arguments: rounds (7), then pairs of sizes (`300000x300000`, and such).
public final class JoinWays {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final String[] SIZES = {"300000x300000", "300000x30000", "300000x1000", "30000x300000", "1000x300000", "3000x3000"};

    private JoinWays() {}

    public static void main(String[] arguments) throws SQLException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 7;
        String[] sizes = arguments.length > 1 ? Arrays.copyOfRange(arguments, 1, arguments.length) : SIZES;
        for (String size : sizes) {
            int left = Integer.parseInt(size.substring(0, size.indexOf('x')));
            int right = Integer.parseInt(size.substring(size.indexOf('x') + 1));
            try (Connection connection = DriverManager.getConnection("jdbc:coconut:mem:join-ways;memory.lock=off;query.parallelism=1")) {
                fill(connection, "l", left, right);
                fill(connection, "r", right, left);
                double scan = micros(connection, "SELECT SUM(v), SUM(k) FROM l", rounds) + micros(connection,
                        "SELECT SUM(v), SUM(k) FROM r", rounds);
                // The join keeps the order in which it is written: one outwards has no other.
                double merged = micros(connection, "SELECT COUNT(r.v), SUM(l.v) FROM l LEFT JOIN r ON l.k = r.k", rounds);
                double hashed = micros(connection, "SELECT COUNT(r.v), SUM(l.v) FROM l LEFT JOIN r ON l.same = r.same", rounds);
                System.out.printf("%8d x %8d   scans %10.0f us   merged %10.0f us   hashed %10.0f us   %.2f%n", left, right, scan, merged,
                        hashed,
                        hashed / merged);
            }
        }
    }

    /// Its keys are spread over as many numbers as the larger table has rows.
    private static void fill(Connection connection, String table, int rows, int others) throws SQLException {
        long step = Math.max(1, others / rows);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + table + " (k INT PRIMARY KEY, same INT, v INT) USING SORTED");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table + " VALUES (?, ?, ?)")) {
                for (int i = 0; i < rows; i++) {
                    insert.setLong(1, i * step);
                    insert.setLong(2, i * step);
                    insert.setInt(3, i % 100);
                    insert.addBatch();
                    if (i % 1000 == 999) {
                        insert.executeBatch();
                    }
                }
                insert.executeBatch();
            }
            statement.execute("ANALYZE");
        }
    }

    private static double micros(Connection connection, String query, int rounds) throws SQLException {
        double[] micros = new double[rounds];
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int round = -5; round < rounds; round++) {
                long start = THREADS.getCurrentThreadCpuTime();
                long nanos = 0;
                int times = 0;
                while (nanos < 60_000_000) {
                    try (ResultSet row = statement.executeQuery()) {
                        row.next();
                    }
                    times++;
                    nanos = THREADS.getCurrentThreadCpuTime() - start;
                }
                if (round >= 0) {
                    micros[round] = nanos / 1e3 / times;
                }
            }
        }
        Arrays.sort(micros);
        return micros[rounds / 2];
    }
}
