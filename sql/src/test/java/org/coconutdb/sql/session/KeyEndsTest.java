package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// MIN and MAX that look at one end of a key, and COUNT(*) that looks at no row: the answers are those of all rows, at every isolation level.
class KeyEndsTest {
    private static final String URL = "jdbc:coconut:mem:key-ends-test;memory.lock=off;blocks=3";

    private SqlClient sql;

    @BeforeEach
    void open() throws SQLException {
        sql = SqlClient.open(URL);
    }

    @AfterEach
    void close() throws SQLException {
        sql.close();
    }

    private String plan(String query) throws SQLException {
        return String.join("\n", sql.rows("EXPLAIN " + query));
    }

    @Test
    void oneEndOfAKeyIsLookedAt() throws SQLException {
        sql.execute("CREATE TABLE s (a INT, b INT, c INT, d DOUBLE, e VARCHAR(9), PRIMARY KEY (a, b)) USING SORTED",
                "CREATE TABLE h (id INT PRIMARY KEY, a INT, b INT, c INT NOT NULL) USING HASH", "CREATE INDEX by_ab ON h (a DESC, b)",
                "CREATE INDEX by_c ON h (c)", "CREATE INDEX by_d ON s (d)");

        assertThat(plan("SELECT MIN(a) FROM s")).isEqualTo("""
                Aggregate(functions=[MIN(A)])
                  Limit(rows=[1])
                    TableScan(table=[PUBLIC.S], columns=[A])""");
        assertThat(plan("SELECT MAX(a) FROM s")).contains("Limit(rows=[1])", "order=[reverse]");
        assertThat(plan("SELECT MAX(b), MIN(b) FROM s WHERE a = 3")).containsPattern("(?s)Limit.*RangeScan.*reverse.*Limit.*RangeScan");
        assertThat(plan("SELECT MAX(a) FROM h")).contains("Limit(rows=[1])", "IndexOnlyScan", "BY_AB").doesNotContain("reverse");
        assertThat(plan("SELECT MIN(a) FROM h")).contains("Limit(rows=[1])", "IndexOnlyScan", "BY_AB", "reverse");
        assertThat(plan("SELECT MAX(b) FROM h WHERE a = 7")).contains("Limit(rows=[1])", "IndexOnlyScan", "BY_AB", "reverse");
        assertThat(plan("SELECT MAX(c) + 1 FROM h")).contains("Limit(rows=[1])", "BY_C");
        for (String all : List.of("SELECT MIN(b) FROM s", "SELECT MIN(c) FROM s", "SELECT MIN(a), SUM(c) FROM s", "SELECT MAX(d) FROM s",
                "SELECT MIN(id) FROM h", "SELECT MIN(a) FILTER (WHERE c > 1) FROM s", "SELECT MIN(a) FROM s GROUP BY c",
                "SELECT MIN(b) FROM s WHERE a IN (1, 2)", "SELECT MAX(b) FROM h WHERE a > 7")) {
            assertThat(plan(all)).as(all).doesNotContain("Limit");
        }
        // One row of a snapshot was read, so who changes others is in nobody's way.
        sql.execute("INSERT INTO h VALUES (1, 1, 1, 1), (2, 2, 2, 2), (3, 3, 3, 3)", "INSERT INTO s VALUES (1, 1, 1, 1, '')");
        sql.connection().setAutoCommit(false);
        try (SqlClient other = SqlClient.open(URL)) {
            assertThat(sql.rows("SELECT MAX(c) FROM h")).containsExactly("3");
            other.execute("UPDATE h SET c = 0 WHERE id = 1");
            sql.execute("INSERT INTO h VALUES (4, 4, 4, 4)");
            sql.connection().commit();
            assertThat(sql.rows("SELECT MAX(c) FROM h")).containsExactly("4");
            other.execute("INSERT INTO h VALUES (5, 5, 5, 5)");
            sql.execute("INSERT INTO h VALUES (6, 6, 6, 5)");
            assertThat(catchThrowableOfType(SQLException.class, () -> sql.connection().commit()).getSQLState()).isEqualTo("40001");
        }
        sql.connection().rollback();
        sql.connection().setAutoCommit(true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void endsAndCountsAreThoseOfAllRows(String kind) throws SQLException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed: " + Long.toHexString(seed));
        Random random = new Random(seed);
        String columns = "(id INT PRIMARY KEY, a INT, b VARCHAR(9), c DECIMAL(9, 2), d TIMESTAMP, e DOUBLE) USING ";
        sql.execute("CREATE TABLE t " + columns + kind, "CREATE TABLE plain " + columns + kind, "CREATE INDEX i1 ON t (a, b DESC)",
                "CREATE INDEX i2 ON t (b) INCLUDE (a)", "CREATE INDEX i3 ON t (c DESC, d)", "CREATE INDEX i4 ON t (d)",
                "CREATE INDEX i5 ON t (e)");
        sql.connection().setAutoCommit(false);
        int looked = 0;
        for (int round = 0; round < 120; round++) {
            for (int write = random.nextInt(6); write > 0 && round > 2; write--) {
                String change = random.nextInt(3) == 0 ? "DELETE FROM %s WHERE id = " + random.nextInt(40)
                        : "UPSERT INTO %s VALUES (" + random.nextInt(40) + ", " + value(random, "a") + ", " + value(random, "b") + ", "
                                + value(random, "c") + ", " + value(random, "d") + ", " + value(random, "e") + ")";
                sql.execute(change.formatted("t"), change.formatted("plain"));
            }
            String column = List.of("id", "a", "b", "c", "d", "e").get(random.nextInt(6));
            String other = List.of("a", "b", "c", "d").get(random.nextInt(4));
            String wanted = List.of("MIN(" + column + ")", "MAX(" + column + ")", "MIN(" + column + "), MAX(" + column + "), MIN(" + other
                    + ")", "COUNT(*)", "COUNT(*), COUNT(" + column + ")").get(random.nextInt(5));
            String where = List.of("", "", " WHERE a = " + value(random, "a"), " WHERE c = " + value(random, "c"), " WHERE b IS NOT NULL",
                    " WHERE a BETWEEN 1 AND 3", " WHERE d IS NULL", " WHERE id < 20", " WHERE b > 'b' AND a > 1", " WHERE e = 0")
                    .get(random.nextInt(10));
            String query = "SELECT " + wanted + " FROM %s" + where;
            String plan = plan(query.formatted("t"));
            looked += plan.contains("Limit") || plan.contains("RowCount") ? 1 : 0;
            assertThat(sql.rows(query.formatted("t"))).as("seed %s: %s%n%s", Long.toHexString(seed), query, plan)
                    .isEqualTo(sql.rows(query.formatted("plain")));
            if (random.nextInt(4) == 0) {
                sql.connection().commit();
            } else if (random.nextInt(8) == 0) {
                sql.connection().rollback();
            }
        }
        sql.connection().rollback();
        sql.connection().setAutoCommit(true);
        System.out.println("by an end or a count: " + looked + " of 120");
        assertThat(looked).isGreaterThan(20);
    }

    private static String value(Random random, String column) {
        int n = random.nextInt(6);
        if (n == 0) {
            return "NULL";
        }
        return switch (column) {
            case "a" -> String.valueOf(n - 2);
            case "b" -> "'" + "abcdef".charAt(n) + "'";
            case "c" -> n + ".50";
            case "d" -> "TIMESTAMP '2020-01-0" + n + " 00:00:00'";
            default -> List.of("0E0", "-0E0", "1E0", "-1E0", "2E0", "3E0").get(n);
        };
    }

    @Test
    void rowsAreCountedWithoutALook() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT, d INT) USING HASH", "CREATE INDEX by_a ON t (a)");
        for (int id = 0; id < 50; id++) {
            sql.execute("INSERT INTO t VALUES (" + id + ", " + id % 5 + ", 1)");
        }
        assertThat(plan("SELECT COUNT(*) FROM t")).isEqualTo("RowCount(table=[PUBLIC.T])");
        assertThat(plan("SELECT COUNT(a) FROM t")).contains("Aggregate");
        assertThat(plan("SELECT COUNT(id) FROM t WHERE d = 1")).isEqualTo("RowCount(table=[PUBLIC.T], filter=[D = 1])");
        assertThat(plan("SELECT COUNT(*) FROM t WHERE a = 1")).isEqualTo("RowCount(table=[PUBLIC.T], index=[BY_A], range=[A = 1])");
        assertThat(sql.rows("SELECT COUNT(*) FROM t WHERE a = 1")).containsExactly("10");
        assertThat(sql.rows("EXPLAIN ANALYZE SELECT COUNT(*) FROM t WHERE a = 1").getFirst()).contains("saw 10 entries, 0 rows");
        assertThat(sql.rows("SELECT 1 + (SELECT COUNT(*) FROM t) FROM t WHERE id = 3")).containsExactly("51");
        sql.connection().setAutoCommit(false);
        sql.execute("DELETE FROM t WHERE id = 3", "UPDATE t SET id = 100 WHERE id = 4", "INSERT INTO t VALUES (200, 1, 1), (201, 1, 1)");
        assertThat(sql.rows("SELECT COUNT(*) FROM t")).containsExactly("51");
        sql.connection().rollback();
        assertThat(sql.rows("SELECT COUNT(*) FROM t")).containsExactly("50");
        sql.connection().commit();
        sql.connection().setAutoCommit(true);
    }

    @Test
    void aCountIsOfItsSnapshotAndIsJudged() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT) USING HASH", "INSERT INTO t VALUES (1, 1), (2, 2)",
                "CREATE TABLE u (id INT PRIMARY KEY)");
        try (SqlClient other = SqlClient.open(URL)) {
            sql.connection().setAutoCommit(false);
            assertThat(sql.rows("SELECT COUNT(*) FROM t")).containsExactly("2");
            other.execute("INSERT INTO t VALUES (3, 3)");
            assertThat(sql.rows("SELECT COUNT(*) FROM t")).containsExactly("2");
            other.execute("DELETE FROM t WHERE id < 3");
            assertThat(sql.rows("SELECT COUNT(*) FROM t")).containsExactly("2");
            sql.execute("INSERT INTO u VALUES (1)");
            assertThat(catchThrowableOfType(SQLException.class, () -> sql.connection().commit()).getSQLState()).isEqualTo("40001");
            sql.connection().rollback();
            assertThat(sql.rows("SELECT COUNT(*) FROM t")).containsExactly("1");
            // A phantom beside a count that no row was looked at for.
            other.execute("INSERT INTO t VALUES (9, 9)");
            sql.execute("INSERT INTO u VALUES (1)");
            assertThat(catchThrowableOfType(SQLException.class, () -> sql.connection().commit()).getSQLState()).isEqualTo("40001");
            sql.connection().rollback();
            sql.connection().setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            assertThat(sql.rows("SELECT COUNT(*) FROM t")).containsExactly("2");
            other.execute("INSERT INTO t VALUES (10, 9)");
            assertThat(sql.rows("SELECT COUNT(*) FROM t")).containsExactly("3");
            sql.connection().commit();
            sql.connection().setAutoCommit(true);
        }
    }

    @Test
    void rowsThatHaveExpiredAreNotCounted() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)", "INSERT INTO t VALUES (3) WITH (ttl = 1)");
        sql.connection().setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        sql.connection().setAutoCommit(false);
        int rows = 3;
        while (rows == 3) {
            rows = sql.rows("SELECT id FROM t").size();
            assertThat(sql.rows("SELECT COUNT(*) FROM t")).containsExactly(String.valueOf(rows));
            sql.connection().commit();
        }
        assertThat(rows).isEqualTo(2);
        sql.connection().setAutoCommit(true);
    }

    /// Each transaction takes as many rows away as it adds: at each isolation level every count is the same.
    @ParameterizedTest
    @CsvSource({"HASH, 2", "HASH, 4", "SORTED, 4", "HASH, 8"})
    void theCountStaysWhileRowsComeAndGo(String kind, int isolation) throws Exception {
        int rows = 40;
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT) USING " + kind);
        for (int id = 0; id < rows; id++) {
            sql.execute("INSERT INTO t VALUES (" + id + ", " + id + ")");
        }
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed: " + Long.toHexString(seed));
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong moved = new AtomicLong();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> movers = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                Random random = new Random(seed + thread);
                movers.add(threads.submit(() -> move(random, rows, over, moved)));
            }
            try (Connection reader = DriverManager.getConnection(URL);
                    PreparedStatement count = reader.prepareStatement("SELECT COUNT(*) FROM t")) {
                reader.setTransactionIsolation(isolation);
                reader.setAutoCommit(false);
                for (int round = 0; round < 3000; round++) {
                    try (ResultSet row = count.executeQuery()) {
                        row.next();
                        assertThat(row.getLong(1)).as("round %s", round).isEqualTo(rows);
                    }
                    if (round % 2 == 1) {
                        reader.commit();
                    }
                }
                while (moved.get() < 50 && movers.stream().noneMatch(Future::isDone)) {
                    Thread.onSpinWait();
                }
            } finally {
                over.set(true);
            }
            for (Future<?> mover : movers) {
                mover.get();
            }
        }
        assertThat(moved.get()).isGreaterThanOrEqualTo(50);
    }

    /// Rows have keys below 2 × `rows`; each move takes one that is there to a place that is free.
    private static Void move(Random random, int rows, AtomicBoolean over, AtomicLong moved) throws SQLException {
        try (SqlClient own = SqlClient.open(URL)) {
            own.connection().setAutoCommit(false);
            while (!over.get()) {
                try {
                    int gone = own.update("DELETE FROM t WHERE id = " + random.nextInt(2 * rows));
                    if (gone == 1) {
                        own.execute("INSERT INTO t VALUES (" + random.nextInt(2 * rows) + ", 0)");
                        own.connection().commit();
                        moved.incrementAndGet();
                    } else {
                        own.connection().rollback();
                    }
                } catch (SQLException refused) {
                    own.connection().rollback();
                    assertThat(refused.getSQLState()).as(refused.getMessage()).isIn("40001", "23505");
                }
            }
        }
        return null;
    }
}
