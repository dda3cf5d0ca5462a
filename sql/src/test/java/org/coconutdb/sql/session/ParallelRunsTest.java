package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Statements whose parts run side by side: what transactions promise, how they end, and what EXPLAIN shows of them.
class ParallelRunsTest {
    private static final String URL = "jdbc:coconut:mem:parallel-runs;blocks=4;query.parallelism=4;query.parallel.rows=0";
    private static final int ROWS = 20_000;
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    private SqlClient sql;

    @BeforeEach
    void open() throws SQLException {
        System.out.println("seed: " + Long.toHexString(SEED));
        sql = SqlClient.open(URL);
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, g INT, v BIGINT, s VARCHAR(20)) USING HASH");
        sql.execute("INSERT INTO t SELECT i, MOD(i, 10), i, 's' || i FROM TABLE(GENERATE_SERIES(1, " + ROWS + ")) AS n (i)");
    }

    @AfterEach
    void close() throws SQLException {
        sql.close();
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().startsWith("coconut-query-"));
    }

    private String plan(String query) throws SQLException {
        return String.join("\n", sql.rows("EXPLAIN " + query));
    }

    // ---- plans

    @Test
    void explainShowsWhatRunsInBlocks() throws SQLException {
        sql.execute("CREATE TABLE u (a INT, b VARCHAR(9), w INT, PRIMARY KEY (a, b)) USING HASH",
                "CREATE TABLE x (a INT, b VARCHAR(9), y INT, PRIMARY KEY (a, b)) USING HASH",
                "INSERT INTO u SELECT id, 'b', v FROM t", "INSERT INTO x SELECT id, 'b', v FROM t");

        assertThat(plan("SELECT g, COUNT(*), SUM(v) FROM t WHERE v > 5 GROUP BY g")).contains("phase=[final]", "phase=[partial]",
                "Gather(parallel=[4], blocks=[4])", "distribution=[blocks]");
        assertThat(plan("SELECT id FROM t WHERE MOD(v, 7) = 3 AND g = 1")).contains("parallel=[4]");
        // Rows that meet lie in one block, and so does each group of them.
        assertThat(plan("SELECT u.a, u.b, w, y FROM u LEFT JOIN x ON x.a = u.a AND x.b = u.b")).startsWith("Gather")
                .contains("HashJoin(type=[left]").contains("distribution=[A, B]");
        assertThat(plan("SELECT u.a, u.b, COUNT(*), SUM(y) FROM u JOIN x ON x.a = u.a AND x.b = u.b GROUP BY u.b, u.a, w"))
                .doesNotContain("phase").containsPattern("Gather.*\\R(.*\\R)?.*Aggregate");
        // Hashed in blocks, where one thread would look the fewer rows up.
        sql.execute("DELETE FROM x WHERE y > 15000");
        String fewer = "SELECT SUM(w + y) FROM u JOIN x ON x.a = u.a AND x.b = u.b WHERE w + y > 10";
        assertThat(plan(fewer)).contains("HashJoin(").contains("phase=[partial]");
        assertThat(sql.rows(fewer)).containsExactly(String.valueOf(15_000L * 15_001 - 30));
    }

    @Test
    void whatCannotBeRunInBlocksIsNot() throws SQLException {
        sql.execute("CREATE TABLE u (id INT PRIMARY KEY, w BIGINT) USING HASH", "CREATE TABLE big (id BIGINT PRIMARY KEY) USING HASH",
                "CREATE TABLE two (id INT, n INT, PRIMARY KEY (id, n)) USING HASH",
                "CREATE TABLE s (id INT PRIMARY KEY, w INT) USING SORTED",
                "CREATE SEQUENCE q");

        // Other bytes of a key, or a part of one, are in another block.
        for (String query : List.of("SELECT t.v FROM t FULL JOIN u ON t.v = u.w", "SELECT t.v FROM t FULL JOIN u ON t.id = u.w",
                "SELECT t.v FROM t FULL JOIN big ON t.id = big.id", "SELECT t.v FROM t FULL JOIN two ON t.id = two.id",
                "SELECT t.v FROM t FULL JOIN u ON t.id + 1 = u.id")) {
            assertThat(plan(query)).as(query).contains("HashJoin").doesNotContainPattern("HashJoin\\(.*distribution");
        }
        for (String query : List.of("SELECT w FROM s WHERE w > 5", "SELECT COUNT(w) FROM s", "SELECT s FROM t LIMIT 5",
                "SELECT id, v FROM t",
                "SELECT LISTAGG(s, ',') FROM t", "SELECT v FROM t WHERE id = 5",
                "SELECT v FROM t WHERE id IN (5, 6)", "SELECT COUNT(*) FROM t")) {
            assertThat(plan(query)).as(query).doesNotContain("parallel");
        }
        // What differs from call to call is left to the statement's own thread.
        for (String query : List.of("SELECT NEXT VALUE FOR q + v FROM t WHERE g = 3 AND MOD(v, 99) = 0",
                "SELECT v FROM t WHERE RAND() < 0.1 AND g = 3",
                "SELECT COUNT(*), SUM(v * RAND()) FROM t")) {
            assertThat(plan(query)).as(query).doesNotContainPattern("Calc\\(.*distribution");
        }
    }

    // ---- what a statement sees

    @Test
    void aTransactionSeesWhatItWroteItself() throws SQLException {
        sql.connection().setAutoCommit(false);
        sql.execute("UPDATE t SET v = 0 WHERE id <= 100", "DELETE FROM t WHERE id > 19900", "INSERT INTO t VALUES (-1, 77, 5, 'own')");

        assertThat(sql.rows("SELECT COUNT(*), SUM(v), COUNT(DISTINCT g) FROM t WHERE v >= 0")).containsExactly("19901|"
                + (19900L * 19901 / 2 - 100L * 101 / 2 + 5) + "|11");
        sql.connection().rollback();
        assertThat(sql.rows("SELECT COUNT(*), SUM(v) FROM t WHERE v > 0")).containsExactly("20000|" + 20000L * 20001 / 2);
        sql.connection().setAutoCommit(true);
    }

    @Test
    void aPhantomIsFoundAlthoughPartsWereReadByOthers() throws SQLException {
        try (SqlClient other = SqlClient.open(URL)) {
            for (String read : List.of("SELECT g, SUM(v) FROM t WHERE g = 3 GROUP BY g", "SELECT COUNT(*) FROM t WHERE MOD(v, 77) = 5",
                    "SELECT id FROM t WHERE MOD(v, 1000) = 5 AND g = 5", "SELECT id, v FROM t WHERE v > 0 ORDER BY v DESC LIMIT 3")) {
                sql.connection().setAutoCommit(false);
                sql.connection().setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                assertThat(plan(read)).contains("parallel=[4]");
                sql.rows(read);
                other.execute("UPSERT INTO t VALUES (1000000, 4, 1, 'phantom')");
                sql.execute("INSERT INTO t VALUES (2000000, 4, 1, 'rests on that')");

                assertThatThrownBy(() -> sql.connection().commit()).as(read).isInstanceOfSatisfying(SQLException.class,
                        failure -> assertThat(failure.getSQLState()).isEqualTo("40001"));
                sql.connection().rollback();
                sql.connection().setAutoCommit(true);
                other.execute("DELETE FROM t WHERE id >= 1000000");
            }
        }
    }

    @Test
    void allPartsSeeOneSnapshot() throws Exception {
        // Each transfer keeps the sum, over rows of different blocks.
        try (SqlClient other = SqlClient.open(URL); ExecutorService thread = Executors.newSingleThreadExecutor()) {
            CountDownLatch done = new CountDownLatch(1);
            Future<Integer> transfers = thread.submit(() -> {
                Random chance = new Random(SEED);
                int count = 0;
                for (; done.getCount() > 0; count++) {
                    int amount = chance.nextInt(1000);
                    other.connection().setAutoCommit(false);
                    other.execute("UPDATE t SET v = v - " + amount + " WHERE id = " + (1 + chance.nextInt(ROWS / 2)),
                            "UPDATE t SET v = v + " + amount + " WHERE id = " + (1 + ROWS / 2 + chance.nextInt(ROWS / 2)));
                    other.connection().commit();
                }
                return count;
            });
            try {
                for (int i = 0; i < 60; i++) {
                    assertThat(sql.rows("SELECT SUM(v), COUNT(*) FROM t")).as("seed %s", Long.toHexString(SEED))
                            .containsExactly(20000L * 20001 / 2 + "|20000");
                }
            } finally {
                done.countDown();
            }
            assertThat(transfers.get()).isPositive();
        }
    }

    @Test
    void readCommittedFetchesGoOnAsTheStatementSaw() throws SQLException {
        sql.connection().setAutoCommit(false);
        sql.connection().setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        try (SqlClient other = SqlClient.open(URL);
                Statement statement = sql.connection().createStatement();
                ResultSet rows = statement.executeQuery("SELECT id FROM t WHERE MOD(v, 5) = 0 AND s LIKE 's%'")) {
            assertThat(rows.next()).isTrue();
            other.execute("DELETE FROM t WHERE MOD(v, 5) = 0");
            sql.rows("SELECT COUNT(v) FROM t");
            int count = 1;
            while (rows.next()) {
                count++;
            }
            assertThat(count).isEqualTo(ROWS / 5);
        }
        sql.connection().commit();
        sql.connection().setAutoCommit(true);
    }

    @Test
    void aStatementWritesToWhatItReads() throws SQLException {
        assertThat(sql.update("UPDATE t SET v = v + 1, g = g + 1 WHERE MOD(v, 3) = 0 AND s LIKE 's%'")).isEqualTo(ROWS / 3);
        assertThat(sql.update("INSERT INTO t SELECT id + 1000000, g, v, s FROM t WHERE MOD(id, 4) = 0")).isEqualTo(ROWS / 4);
        assertThat(sql.update("DELETE FROM t WHERE id > 1000000 AND MOD(g, 1) = 0")).isEqualTo(ROWS / 4);
        assertThat(sql.rows("SELECT COUNT(*), SUM(v) FROM t WHERE v >= 0")).containsExactly(ROWS + "|" + (20000L * 20001 / 2 + ROWS / 3));
    }

    // ---- how it ends

    @ParameterizedTest
    @ValueSource(strings = {"SELECT SUM(100 / (v - 15000)) FROM t", "SELECT id FROM t WHERE 100 / (v - 15000) = 7",
            "SELECT g, MAX(1 / (v - 19999)) FROM t GROUP BY g"})
    void whatAPartFailsWithIsTold(String query) throws SQLException {
        for (int i = 0; i < 10; i++) {
            sql.rowsRefused(query, "22012");
            assertThat(SpilledQueriesTest.memory(sql.connection())).isEqualTo("0, 0, 0");
        }
        assertThat(sql.rows("SELECT COUNT(v) FROM t")).containsExactly(String.valueOf(ROWS));
    }

    @ParameterizedTest
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    @ValueSource(strings = {"SELECT SUM(CHAR_LENGTH(REPEAT(s, 400))) FROM t", "SELECT id FROM t WHERE REPEAT(s, 300) LIKE '%zz%'",
            "SELECT MOD(id, 5000), COUNT(*), MAX(REPEAT(s, 50)) FROM t GROUP BY MOD(id, 5000)",
            "SELECT a.id, b.s FROM t AS a JOIN t AS b ON a.id = b.id AND REPEAT(a.s, 100) = REPEAT(b.s, 100)"})
    void aCancelAtAnyMomentEndsAllParts(String query) throws Exception {
        Random chance = new Random(SEED);
        try (Statement statement = sql.connection().createStatement(); ExecutorService thread = Executors.newSingleThreadExecutor()) {
            assertThat(plan(query)).contains("parallel=[4]");
            for (int i = 0; i < 12; i++) {
                Future<String> ended = thread.submit(() -> run(statement, query));
                long until = System.nanoTime() + chance.nextInt(40_000_000);
                while (System.nanoTime() < until && !ended.isDone()) {
                    Thread.onSpinWait();
                }
                statement.cancel();
                assertThat(ended.get()).as("seed %s", Long.toHexString(SEED)).isIn("57014", "whole");
                assertThat(SpilledQueriesTest.memory(sql.connection())).isEqualTo("0, 0, 0");
            }
        }
    }

    private static String run(Statement statement, String query) {
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                rows.getObject(1);
            }
            return "whole";
        } catch (SQLException failure) {
            return failure.getSQLState();
        }
    }

    @Test
    void aResultThatIsNotReadToItsEndHoldsNoThread() throws SQLException {
        for (int i = 0; i < 20; i++) {
            try (Statement statement = sql.connection().createStatement();
                    ResultSet rows = statement.executeQuery("SELECT id, s FROM t WHERE MOD(v, 5) = 0 AND s LIKE 's%'")) {
                assertThat(rows.next()).isTrue();
                assertThat(Thread.getAllStackTraces().entrySet()).noneMatch(thread -> thread.getKey().getName().startsWith("coconut-query-")
                        && List.of(thread.getValue()).toString().contains("Gathering"));
            }
        }
        assertThat(SpilledQueriesTest.memory(sql.connection())).isEqualTo("0, 0, 0");
    }

    /// What a client has not fetched is not kept for it for ever, though the rest of it would be read by several threads.
    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void aSnapshotThatIsTooOldIsTakenAwayBetweenRounds() throws Exception {
        try (SqlClient aging = SqlClient.open("jdbc:coconut:mem:;blocks=4;query.parallelism=4;query.parallel.rows=0;snapshot.age.max=1s")) {
            aging.execute("CREATE TABLE t (id INT PRIMARY KEY, v INT) USING HASH",
                    "INSERT INTO t SELECT i, i FROM TABLE(GENERATE_SERIES(1, 50000)) AS n (i)");
            try (Statement statement = aging.connection().createStatement();
                    ResultSet rows = statement.executeQuery("SELECT id FROM t WHERE MOD(v, 5) = 0 AND v > 0")) {
                assertThat(rows.next()).isTrue();
                aging.execute("UPDATE t SET v = 0 WHERE id < 10");

                String state = null;
                while (state == null) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1500));
                    try {
                        // Those of a round that was made before are copies, too.
                        assertThat(rows.next()).isTrue();
                    } catch (SQLException failure) {
                        state = failure.getSQLState();
                    }
                }
                assertThat(state).isEqualTo("72000");
            }
            assertThat(SpilledQueriesTest.memory(aging.connection())).isEqualTo("0, 0, 0");
            assertThat(aging.rows("SELECT COUNT(*) FROM t WHERE v = 0")).containsExactly("9");
        }
    }

    @Test
    void manySessionsShareThreads() throws Exception {
        String query = "SELECT g, COUNT(*), SUM(v), MAX(s) FROM t WHERE v > 10 GROUP BY g ORDER BY g";
        List<String> expected = sql.rows(query);
        try (ExecutorService sessions = Executors.newFixedThreadPool(8)) {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(sessions.submit(() -> {
                    try (SqlClient session = SqlClient.open(URL)) {
                        for (int round = 0; round < 10; round++) {
                            assertThat(session.rows(query)).isEqualTo(expected);
                        }
                    }
                    return true;
                }));
            }
            for (Future<Boolean> each : all) {
                assertThat(each.get()).isTrue();
            }
        }
        assertThat(Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("coconut-query-")).count())
                .isLessThanOrEqualTo(3);
    }

    @Test
    void explainAnalyzeCountsAllParts() throws SQLException {
        List<String> plan = sql.rows("EXPLAIN ANALYZE SELECT g, COUNT(*), SUM(v) FROM t WHERE MOD(v, 2) = 0 GROUP BY g");

        assertThat(plan).anySatisfy(line -> assertThat(line).contains("TableScan").contains("loops 4").contains("saw 20000 rows")
                .contains("4 blocks"));
        assertThat(plan).anySatisfy(line -> assertThat(line).contains("phase=[partial]").contains("loops 4"));
        assertThat(sql.rows("EXPLAIN ANALYZE SELECT id FROM t WHERE MOD(v, 2) = 0 AND g = 4")).anySatisfy(line -> assertThat(line).contains(
                "rows 2000").contains("saw 20000 rows").contains("4 blocks"));
    }

    @Test
    void propertiesAreShownAndChecked() throws SQLException {
        assertThat(sql.rows("SELECT name, \"VALUE\" FROM \"SYSTEM\".settings WHERE name LIKE 'query.parallel%' ORDER BY name"))
                .containsExactly("query.parallel.rows|0", "query.parallelism|4");
        for (String bad : List.of("query.parallelism=0", "query.parallelism=many", "query.parallelism=257", "query.parallel.rows=-1")) {
            assertThatThrownBy(() -> DriverManager.getConnection("jdbc:coconut:mem:;" + bad)).as(bad).isInstanceOfSatisfying(
                    SQLException.class,
                    failure -> assertThat(failure.getSQLState()).isEqualTo("08001"));
        }
    }

    @Test
    void aParameterBoundsTheFirstRowsOfEachBlock() throws SQLException {
        try (PreparedStatement statement = sql.connection().prepareStatement("SELECT id FROM t WHERE g < 5 ORDER BY v DESC LIMIT ?")) {
            for (int limit : new int[] {0, 1, 7, 10_000, ROWS * 2}) {
                statement.setInt(1, limit);
                int count = 0;
                int before = Integer.MAX_VALUE;
                try (ResultSet rows = statement.executeQuery()) {
                    for (; rows.next(); count++) {
                        assertThat(rows.getInt(1)).isLessThan(before);
                        before = rows.getInt(1);
                    }
                }
                assertThat(count).isEqualTo(Math.min(limit, ROWS / 2));
            }
        }
    }
}
