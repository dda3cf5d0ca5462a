package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Statements that would run for hours end when they are cancelled, whatever operator is at work.
class CancelTest {
    private static final String LONG = "TABLE(GENERATE_SERIES(1, 1000000000000))";
    private static final String SHORT = "TABLE(GENERATE_SERIES(1, 200000))";

    /// Joins of everything with everything in each part: planned for seconds.
    private static String longToPlan(int parts) {
        return IntStream.range(0, parts)
                .mapToObj(part -> "SELECT COUNT(*) + " + part + " FROM p AS p0 " + IntStream.range(1, 29)
                        .mapToObj(i -> "JOIN p AS p" + i + " ON p0.a = p" + i + ".a AND p" + (i - 1) + ".b = p" + i + ".b")
                        .collect(Collectors.joining(" ")))
                .collect(Collectors.joining(" UNION ALL ", "SELECT SUM(n) FROM (", ") AS x (n)"));
    }

    @ParameterizedTest
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    @ValueSource(strings = {
            // reading, grouping and sorting
            "SELECT COUNT(*) FROM %l AS s (i)",
            "SELECT i FROM %l AS s (i) ORDER BY i DESC",
            "SELECT i FROM %l AS s (i) ORDER BY i DESC LIMIT 5",
            "SELECT i, COUNT(*) FROM %l AS s (i) GROUP BY i",
            "SELECT i / 2, i / 3, COUNT(*) FROM %l AS s (i) GROUP BY GROUPING SETS ((i / 2), (i / 3))",
            "SELECT DISTINCT i FROM %l AS s (i)",
            // joins: building, probing, and pairs that none meets
            "SELECT a.i FROM %s AS a (i) JOIN %l AS b (i) ON a.i = b.i",
            "SELECT b.i FROM %l AS b (i) JOIN %s AS a (i) ON a.i = b.i + 1000000",
            "SELECT COUNT(*) FROM %s AS a (i) JOIN %s AS b (i) ON a.i + b.i < 0",
            "SELECT COUNT(*) FROM %s AS a (i) LEFT JOIN %s AS b (i) ON a.i + b.i < 0",
            "SELECT COUNT(*) FROM %s AS a (i) FULL JOIN %s AS b (i) ON a.i - a.i = b.i - b.i AND a.i + b.i < 0",
            "SELECT COUNT(*) FROM %s AS a (i) WHERE NOT EXISTS (SELECT 1 FROM %s AS b (i) WHERE b.i + a.i < 0)",
            "SELECT COUNT(*) FROM %s AS a (i), %s AS b (i), %s AS c (i)",
            // set operations and windows, whose frames take long
            "SELECT i FROM %l AS s (i) UNION SELECT 1",
            "SELECT i FROM %l AS s (i) INTERSECT SELECT i + 1 FROM %s AS t (i)",
            "SELECT i FROM %s AS s (i) EXCEPT ALL SELECT i FROM %l AS t (i)",
            "SELECT i, SUM(i) OVER (PARTITION BY i) FROM %l AS s (i)",
            "SELECT SUM(x) FROM (SELECT MAX(-i) OVER (ORDER BY i ROWS BETWEEN 90000 PRECEDING AND 90000 FOLLOWING) AS x FROM %s AS s (i))",
            // recursion, subqueries as values, rows that pass
            "WITH RECURSIVE n (i) AS (VALUES 1 UNION ALL SELECT i + 1 FROM n WHERE i > 0) SELECT COUNT(*) FROM n",
            "SELECT COUNT(*) FROM (SELECT i FROM %l AS s (i) OFFSET 2000000000)",
            "SELECT COUNT(*) FROM %s AS a (i), LATERAL (SELECT MAX(b.i) AS m FROM %s AS b (i) WHERE b.i > a.i) AS c"})
    void aLongStatementEnds(String query) throws Exception {
        try (Connection database = DriverManager.getConnection("jdbc:coconut:mem:cancelled");
                Connection running = DriverManager.getConnection("jdbc:coconut:mem:cancelled");
                Statement statement = running.createStatement();
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            String sql = query.replace("%l", LONG).replace("%s", SHORT);
            Future<String> ended = thread.submit(() -> run(statement, sql));
            // Its operators have begun, and some go on until they hold rows.
            while (SpilledQueriesTest.memory(database).endsWith(", 0") && !ended.isDone()) {
                Thread.onSpinWait();
            }

            statement.cancel();

            assertThat(ended.get()).as(sql).isEqualTo("57014");
            assertThat(SpilledQueriesTest.memory(database)).isEqualTo("0, 0, 0");
        }
    }

    private static String run(Statement statement, String sql) {
        try (ResultSet rows = statement.executeQuery(sql)) {
            long count = 0;
            while (rows.next()) {
                count++;
            }
            return count + " rows";
        } catch (SQLException failure) {
            return failure.getSQLState();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "SELECT i FROM %s AS s (i) ORDER BY MOD(i * 7919, 200003)",
            "SELECT a.i FROM %s AS a (i) JOIN %s AS b (i) ON a.i = b.i",
            "SELECT a.i FROM %s AS a (i) JOIN %s AS b (i) ON a.i - a.i = b.i - b.i",
            "SELECT i, COUNT(*) FROM %s AS s (i) GROUP BY i"})
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void whatIsOnDiskEndsToo(String query) throws Exception {
        try (Connection database = DriverManager.getConnection("jdbc:coconut:mem:;query.memory=256KB");
                Statement statement = database.createStatement()) {
            try (ResultSet rows = statement.executeQuery(query.replace("%s", SHORT))) {
                assertThat(rows.next()).isTrue();
                assertThat(SpilledQueriesTest.bytesSpilled(database)).isPositive();
                statement.cancel();

                assertThat(runOut(rows)).isEqualTo("57014");
            }
            assertThat(SpilledQueriesTest.memory(database)).isEqualTo("0, 0, 0");
        }
    }

    /// Not a row is answered after the cancel.
    private static String runOut(ResultSet rows) {
        try {
            return "answered " + rows.next();
        } catch (SQLException failure) {
            return failure.getSQLState();
        }
    }

    /// The first statement of a process plans for a second or so, and each other one for some milliseconds: the cancel comes at any moment of it.
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aCancelThatComesWhilePlanningIsNotLost() throws Exception {
        try (Connection database = DriverManager.getConnection("jdbc:coconut:mem:");
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            for (int i = 0; i < 40; i++) {
                try (Statement statement = database.createStatement()) {
                    // Another text each time, so that it is planned.
                    String sql = "SELECT COUNT(*) + " + i + " FROM " + LONG + " AS s (i) WHERE i > " + i + " AND i IN (SELECT j FROM "
                            + SHORT
                            + " AS t (j))";
                    java.util.concurrent.CountDownLatch begins = new java.util.concurrent.CountDownLatch(1);
                    Future<String> ended = thread.submit(() -> {
                        begins.countDown();
                        return run(statement, sql);
                    });
                    begins.await();
                    boolean[] isOver = new boolean[1];
                    // From before it begins: a cancel of nothing is none, so it is repeated until one has come in time.
                    long cancels = 0;
                    while (!isOver[0]) {
                        statement.cancel();
                        cancels++;
                        try {
                            assertThat(ended.get(i, TimeUnit.MILLISECONDS)).isEqualTo("57014");
                            isOver[0] = true;
                        } catch (java.util.concurrent.TimeoutException running) {
                            assertThat(cancels).as("cancels that were lost").isLessThan(100_000);
                        }
                    }
                }
            }
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void theQueryTimeoutCountsPlanningToo() throws Exception {
        try (Connection database = DriverManager.getConnection("jdbc:coconut:mem:"); Statement statement = database.createStatement()) {
            statement.execute("CREATE TABLE p (k INT PRIMARY KEY, a INT, b INT)");
            statement.setQueryTimeout(1);
            // Nothing of it is run.
            assertThatThrownBy(() -> statement.executeQuery("EXPLAIN " + longToPlan(4))).isInstanceOf(SQLTimeoutException.class)
                    .hasMessageContaining("1 s");

            statement.addBatch("UPDATE p SET a = (" + longToPlan(4) + ")");
            assertThatThrownBy(statement::executeBatch).isInstanceOfSatisfying(SQLException.class,
                    failure -> assertThat(failure.getSQLState()).isEqualTo("57014"));
            statement.setQueryTimeout(0);
            assertThat(run(statement, "SELECT COUNT(*) FROM p")).isEqualTo("1 rows");
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aPreparedStatementThatIsPlannedAnewKeepsItsTimeout() throws Exception {
        try (Connection database = DriverManager.getConnection("jdbc:coconut:mem:"); Statement statement = database.createStatement()) {
            statement.execute("CREATE TABLE p (k INT PRIMARY KEY, a INT, b INT)");
            // Planned the second time it takes less, and more than a second on a quick machine, too.
            try (PreparedStatement prepared = database.prepareStatement(longToPlan(4))) {
                prepared.setQueryTimeout(1);
                statement.execute("CREATE TABLE other (k INT PRIMARY KEY)");
                assertThatThrownBy(prepared::executeQuery).isInstanceOf(SQLTimeoutException.class);
            }
        }
    }
}
