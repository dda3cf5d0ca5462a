package org.coconutdb.cli.quickstart;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.coconutdb.cli.Screen;
import org.coconutdb.cli.Screen.Style;
import org.coconutdb.cli.shell.ResultPrinter;

/// Runs a handful of queries and shows of each what the planner chose, the rows, and how long it took.
final class QueryShow {
    /// Executions of a prepared statement after the first, of which the median is shown.
    private static final int REPEATS = 21;

    private record Query(String what, String sql, Object... parameters) {}

    private static final List<Query> QUERIES = List.of(
            new Query("One row of a hash table by its key",
                    """
                    SELECT c_name, c_phone, c_acctbal
                      FROM customer WHERE c_custkey = ?""",
                    7L),
            new Query("Several rows by their keys",
                    """
                    SELECT c_custkey, c_name, c_mktsegment
                      FROM customer WHERE c_custkey IN (3, 1, 4, 15)"""),
            new Query("A range of a sorted table, in the order of its key, without a sort",
                    """
                    SELECT o_orderkey, o_orderdate, o_totalprice
                      FROM orders WHERE o_orderkey BETWEEN ? AND ? ORDER BY o_orderkey""",
                    1L, 7L),
            new Query("The beginning of a sorted table's key: one order's lines",
                    """
                    SELECT l_linenumber, l_quantity, l_extendedprice, l_shipdate
                      FROM lineitem WHERE l_orderkey = ? ORDER BY l_linenumber""",
                    1L),
            new Query("A whole table, grouped (TPC-H query 1, in short)",
                    """
                    SELECT l_returnflag, l_linestatus, SUM(l_quantity) AS quantity,
                           SUM(l_extendedprice * (1 - l_discount)) AS revenue, COUNT(*) AS line_count
                      FROM lineitem WHERE l_shipdate <= DATE '1998-09-02'
                     GROUP BY l_returnflag, l_linestatus ORDER BY l_returnflag, l_linestatus"""),
            new Query("A join of three tables (TPC-H query 3)",
                    """
                    SELECT l_orderkey, SUM(l_extendedprice * (1 - l_discount)) AS revenue, o_orderdate, o_shippriority
                      FROM customer
                      JOIN orders ON c_custkey = o_custkey
                      JOIN lineitem ON l_orderkey = o_orderkey
                     WHERE c_mktsegment = 'BUILDING' AND o_orderdate < DATE '1995-03-15' AND l_shipdate > DATE '1995-03-15'
                     GROUP BY l_orderkey, o_orderdate, o_shippriority
                     ORDER BY revenue DESC, o_orderdate FETCH FIRST 5 ROWS ONLY"""));

    private final Screen screen;
    private final Connection connection;

    QueryShow(Screen screen, Connection connection) {
        this.screen = screen;
        this.connection = connection;
    }

    void run() throws SQLException {
        int number = 0;
        for (Query query : QUERIES) {
            number++;
            screen.println((number == 1 ? "" : System.lineSeparator()) + "  " + number + ". " + query.what);
            indented(query.sql.strip(), Style.COMMAND);
            indented(explain(query), Style.QUIET);
            show(query);
        }
    }

    private String explain(Query query) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (PreparedStatement explain = connection.prepareStatement("EXPLAIN PLAN FOR " + query.sql)) {
            bind(explain, query);
            try (ResultSet rows = explain.executeQuery()) {
                while (rows.next()) {
                    plan.append(rows.getString(1).stripTrailing()).append('\n');
                }
            }
        }
        return plan.toString().stripTrailing();
    }

    private void show(Query query) throws SQLException {
        var text = new ByteArrayOutputStream();
        long firstNanos = System.nanoTime();
        try (PreparedStatement statement = connection.prepareStatement(query.sql)) {
            bind(statement, query);
            try (ResultSet rows = statement.executeQuery()) {
                new ResultPrinter(new PrintStream(text, false, StandardCharsets.UTF_8)).table(rows, "     ");
            }
            firstNanos = System.nanoTime() - firstNanos;
            long[] repeated = new long[REPEATS];
            for (int i = 0; i < REPEATS; i++) {
                long start = System.nanoTime();
                drain(statement);
                repeated[i] = System.nanoTime() - start;
            }
            java.util.Arrays.sort(repeated);
            screen.out().print(text.toString(StandardCharsets.UTF_8));
            screen.println("     first " + time(firstNanos) + ", again " + time(repeated[REPEATS / 2]));
        }
        screen.flush();
    }

    private static void drain(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                for (int i = 1; i <= columns; i++) {
                    rows.getObject(i);
                }
            }
        }
    }

    private static void bind(PreparedStatement statement, Query query) throws SQLException {
        for (int i = 0; i < query.parameters.length; i++) {
            statement.setObject(i + 1, query.parameters[i]);
        }
    }

    private void indented(String text, Style style) {
        text.lines().forEach(line -> screen.println("     " + screen.styled(style, line)));
    }

    private static String time(long nanos) {
        return nanos < 1_000_000
                ? String.format(Locale.ROOT, "%.0f µs", nanos / 1e3)
                : String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
}
