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

/// What ways to rows cost, in CPU time of the thread that goes them: rows of a scan against entries of an index with the row behind each and without,
/// MIN and MAX by one end against all rows, COUNT(*) against a count of values, a merge join against a hash join. Figures are medians, to be read as ratios within a run.
///
/// Statements have one thread each: CPU time of others would not count.
///
/// Arguments: rows (500000), rounds (9).
public final class AccessPaths {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int BATCH_ROWS = 1000;

    private AccessPaths() {}

    public static void main(String[] arguments) throws SQLException {
        int rows = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 500_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 9;
        for (String kind : new String[] {"HASH", "SORTED"}) {
            try (Connection connection = DriverManager.getConnection("jdbc:coconut:mem:access-paths-" + kind
                    + ";memory.lock=off;query.parallelism=1")) {
                fill(connection, kind, rows);
                // All ranges are of rows that lie by chance over the table.
                String tenth = " WHERE a < " + rows / 10;
                measure(connection, kind + " scan, a row", "SELECT SUM(c) FROM t WHERE d < " + rows / 10, rows, rounds);
                measure(connection, kind + " index, an entry and its row", "SELECT SUM(c) FROM t WHERE b < " + rows / 50, rows / 50,
                        rounds);
                measure(connection, kind + " index alone, an entry", "SELECT SUM(c) FROM t" + tenth, rows / 10, rounds);
                measure(connection, kind + " MIN and MAX by ends", "SELECT MIN(a), MAX(a) FROM t", 1, rounds);
                measure(connection, kind + " MIN and MAX of all rows", "SELECT MIN(d), MAX(d) FROM t", 1, rounds);
                measure(connection, kind + " COUNT(*)", "SELECT COUNT(*) FROM t", 1, rounds);
                measure(connection, kind + " COUNT(*) of a range", "SELECT COUNT(*) FROM t" + tenth, 1, rounds);
                measure(connection, kind + " COUNT of a column", "SELECT COUNT(d) FROM t", 1, rounds);
                // By the key of a sorted table, whose rows come in its order, and of a hash table, whose do not.
                measure(connection, kind + " join of two tables", "SELECT SUM(x.c + y.d) FROM t x JOIN u y ON x.id = y.id", rows, rounds);
                measure(connection, kind + " rows without a pair",
                        "SELECT SUM(x.c) FROM t x WHERE NOT EXISTS (SELECT 1 FROM u y WHERE x.id = y.id)", rows, rounds);
            }
        }
    }

    private static void fill(Connection connection, String kind, int rows) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, c BIGINT, d INT, e VARCHAR(60)) USING " + kind);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)")) {
                for (int id = 0; id < rows; id++) {
                    // All numbers below `rows`, in an order that has nothing of the key's.
                    int mixed = (int) (id * 7_368_787L % rows);
                    insert.setInt(1, id);
                    insert.setInt(2, mixed);
                    insert.setInt(3, mixed);
                    insert.setLong(4, id);
                    insert.setInt(5, mixed);
                    insert.setString(6, "what else a row has, of " + id);
                    insert.addBatch();
                    if (id % BATCH_ROWS == BATCH_ROWS - 1) {
                        insert.executeBatch();
                    }
                }
                insert.executeBatch();
            }
            statement.execute("CREATE INDEX by_a ON t (a) INCLUDE (c)");
            statement.execute("CREATE INDEX by_b ON t (b)");
            statement.execute("CREATE TABLE u (id INT, n INT, d INT, PRIMARY KEY (id, n)) USING " + kind);
            statement.execute("INSERT INTO u SELECT id, MOD(id, 3), d FROM t WHERE MOD(id, 5) <> 0");
            statement.execute("ANALYZE");
        }
    }

    /// @param looked rows or entries that one execution looks at
    private static void measure(Connection connection, String name, String query, int looked, int rounds) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query); Statement explain = connection.createStatement()) {
            StringBuilder plan = new StringBuilder();
            try (ResultSet lines = explain.executeQuery("EXPLAIN " + query)) {
                while (lines.next()) {
                    plan.append(lines.getString(1).strip().replaceAll("\\(.*", "")).append(' ');
                }
            }
            // So many that a round takes a while.
            int times = Math.max(1, 20_000 / looked);
            long[] nanos = new long[rounds];
            for (int round = -3; round < rounds; round++) {
                long start = THREADS.getCurrentThreadCpuTime();
                for (int i = 0; i < times; i++) {
                    try (ResultSet row = statement.executeQuery()) {
                        row.next();
                    }
                    if (THREADS.getCurrentThreadCpuTime() - start > 500_000_000L) {
                        times = Math.max(1, i);
                        break;
                    }
                }
                if (round >= 0) {
                    nanos[round] = (THREADS.getCurrentThreadCpuTime() - start) / times;
                }
            }
            Arrays.sort(nanos);
            double median = nanos[rounds / 2];
            System.out.printf("%-40s %12.1f us %10.1f ns each   %s%n", name, median / 1e3, median / looked, plan);
        }
    }
}
