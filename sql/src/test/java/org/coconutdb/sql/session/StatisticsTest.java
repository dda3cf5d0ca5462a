package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntPredicate;
import org.coconutdb.sql.SqlClient;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ColumnStatistics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// ANALYZE: what it finds is near the truth, lasts, and chooses plans.
class StatisticsTest {
    private static final String URL = "jdbc:coconut:mem:statistics-test;memory.lock=off;blocks=3";
    private static final int ROWS = 20_000;

    @TempDir private Path directory;

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
        try (PreparedStatement explain = sql.connection().prepareStatement("EXPLAIN " + query)) {
            for (int i = 1; i <= explain.getParameterMetaData().getParameterCount(); i++) {
                explain.setInt(i, 0);
            }
            StringBuilder plan = new StringBuilder();
            try (ResultSet lines = explain.executeQuery()) {
                while (lines.next()) {
                    plan.append(lines.getString(1)).append('\n');
                }
            }
            return plan.toString();
        }
    }

    /// Of each row: the number, every hundredth NULL; one of 50, the least in half of the rows; a text; the number backwards.
    private void fill(String kind) throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, n INT, few INT, word VARCHAR(60), back BIGINT NOT NULL, pad INT) USING " + kind);
        try (PreparedStatement insert = sql.connection().prepareStatement("INSERT INTO t VALUES (?, ?, ?, ?, ?, 0)")) {
            for (int id = 0; id < ROWS; id++) {
                insert.setInt(1, id);
                insert.setObject(2, id % 100 == 0 ? null : id, Types.INTEGER);
                insert.setInt(3, few(id));
                insert.setString(4, "a long beginning that all have: " + id % 1000);
                insert.setLong(5, -(long) id);
                insert.addBatch();
                if (id % 1000 == 999) {
                    insert.executeBatch();
                }
            }
        }
    }

    private static int few(int id) {
        return id % 2 == 0 ? 0 : id / 2 % 50;
    }

    private static ColumnStatistics column(String url, int position) throws SQLException {
        try (Databases.Share share = Databases.instance().open(ConnectionUrl.parse(url, new Properties()))) {
            CatalogTable table = share.database().catalog().snapshot().table("PUBLIC", "T").orElseThrow();
            return table.statistics(position);
        }
    }

    private static double part(IntPredicate condition) {
        return java.util.stream.IntStream.range(0, ROWS).filter(condition).count() / (double) ROWS;
    }

    @ParameterizedTest
    @ValueSource(strings = {"HASH", "SORTED"})
    void whatIsFoundIsNearTheTruth(String kind) throws SQLException {
        fill(kind);
        assertThat(column(URL, 1)).isNull();
        sql.execute("ANALYZE TABLE t");

        ColumnStatistics n = column(URL, 1);
        assertThat(n.nullFraction()).isCloseTo(0.01, within(1e-9));
        assertThat(n.distinct()).isCloseTo(0.99 * ROWS, within(0.05 * ROWS));
        assertThat(n.equalTo(777)).isCloseTo(1.0 / ROWS, within(0.2 / ROWS));
        assertThat(n.equalTo(-5)).isZero();
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed: " + Long.toHexString(seed));
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            int from = random.nextInt(ROWS);
            int to = from + random.nextInt(ROWS);
            assertThat(n.between(from, to)).as("seed %s: %s to %s", Long.toHexString(seed), from, to)
                    .isCloseTo(part(id -> id % 100 != 0 && id >= from && id <= to), within(0.03));
        }
        assertThat(n.between(null, 199)).isCloseTo(0.01, within(0.01));
        assertThat(n.between(ROWS, null)).isZero();
        ColumnStatistics few = column(URL, 2);
        assertThat(few.distinct()).isCloseTo(50, within(1.0));
        assertThat(few.equalTo(0)).isCloseTo(0.51, within(0.03));
        assertThat(few.equalTo(7)).isCloseTo(0.01, within(0.005));
        ColumnStatistics word = column(URL, 3);
        assertThat(word.distinct()).isCloseTo(1000, within(50.0));
        assertThat(column(URL, 4).distinct()).isCloseTo(ROWS, within(0.05 * ROWS));
        assertThat(sql.rows(
                "SELECT COLUMN_NAME, ROW_COUNT, NULL_FRACTION, MIN_VALUE, MAX_VALUE, COMMON_VALUES > 0 FROM \"SYSTEM\".COLUMN_STATISTICS "
                        + "WHERE TABLE_NAME = 'T' AND COLUMN_NAME IN ('N', 'BACK', 'PAD') ORDER BY 1"))
                                .containsExactly("BACK|20000|0.0|-19999|0|false", "N|20000|0.01|1|19999|false", "PAD|20000|0.0|0|0|true");
    }

    @Test
    void theWayIsChosenByWhatConditionsLeave() throws SQLException {
        fill("HASH");
        sql.execute("CREATE INDEX by_n ON t (n)", "CREATE INDEX by_few ON t (few)");
        for (String state : List.of("by a sample", "analyzed")) {
            assertThat(plan("SELECT pad FROM t WHERE few = 0")).as(state).startsWith("TableScan");
            assertThat(plan("SELECT pad FROM t WHERE few = 7")).as(state).contains("BY_FEW");
            assertThat(plan("SELECT pad FROM t WHERE n > 19900")).as(state).contains("BY_N");
            assertThat(plan("SELECT pad FROM t WHERE n > 100")).as(state).startsWith("TableScan");
            assertThat(plan("SELECT pad FROM t WHERE few = 7 AND n BETWEEN 500 AND 520")).as(state).contains("BY_N");
            assertThat(plan("SELECT pad FROM t WHERE few = 7 AND n BETWEEN 500 AND 15000")).as(state).contains("BY_FEW");
            // Values that are not known: what an average one leaves.
            assertThat(plan("SELECT pad FROM t WHERE few = ?")).as(state).contains("BY_FEW");
            assertThat(plan("SELECT pad FROM t WHERE few = ? AND n = ?")).as(state).contains("BY_N");
            sql.execute("ANALYZE t");
        }
    }

    @Test
    void statementsArePlannedAnewByWhatWasFound() throws SQLException {
        sql.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT, pad INT)", "CREATE INDEX by_a ON t (a)", "INSERT INTO t VALUES (0, 0, 0)");
        try (PreparedStatement query = sql.connection().prepareStatement("SELECT SUM(pad) FROM t WHERE a = ?")) {
            query.setInt(1, 1);
            query.executeQuery().close();
            for (int id = 1; id < 3000; id++) {
                sql.execute("INSERT INTO t VALUES (" + id + ", 1, 1)");
            }
            long plannings = plannings();
            sql.execute("ANALYZE");
            // Nearly all rows have the one value, so an index leads to all of them.
            assertThat(plan("SELECT SUM(pad) FROM t WHERE a = ?")).contains("TableScan");
            try (ResultSet row = query.executeQuery()) {
                row.next();
                assertThat(row.getInt(1)).isEqualTo(2999);
            }
            assertThat(plannings()).isGreaterThanOrEqualTo(plannings + 3);
            long again = plannings();
            query.executeQuery().close();
            assertThat(plannings()).isEqualTo(again);
        }
    }

    private static long plannings() throws SQLException {
        try (Databases.Share share = Databases.instance().open(ConnectionUrl.parse(URL, new Properties()))) {
            return share.database().plans().plannings();
        }
    }

    @Test
    void statisticsLastAndGoWithTheirTable() throws SQLException {
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;blocks=3";
        String shown = "SELECT TABLE_NAME, COLUMN_NAME, ROW_COUNT, DISTINCT_VALUES FROM \"SYSTEM\".COLUMN_STATISTICS ORDER BY 1, 2";
        try (SqlClient file = SqlClient.open(url)) {
            file.execute("CREATE TABLE t (a INT PRIMARY KEY, b INT)", "CREATE TABLE u (a INT PRIMARY KEY)",
                    "INSERT INTO t VALUES (1, 1), (2, 1)", "ANALYZE", "INSERT INTO t VALUES (3, 7)", "ANALYZE t");
            assertThat(file.rows(shown)).containsExactly("T|A|3|3", "T|B|3|2", "U|A|0|1");
        }
        try (SqlClient file = SqlClient.open(url)) {
            assertThat(file.rows(shown)).containsExactly("T|A|3|3", "T|B|3|2", "U|A|0|1");
            assertThat(column(url, 1).equalTo(1)).isCloseTo(2 / 3.0, within(1e-9));
            file.execute("DROP TABLE u", "ALTER TABLE t DROP COLUMN b", "ALTER TABLE t ADD COLUMN b BIGINT", "CREATE INDEX by_b ON t (b)");
            assertThat(file.rows(shown)).containsExactly("T|A|3|3");
            file.execute("DROP TABLE t", "CREATE TABLE t (a INT PRIMARY KEY, b INT)");
            assertThat(file.rows(shown)).isEmpty();
        }
    }

    @Test
    void whatCannotBeAnalyzedIsSaid() throws SQLException {
        sql.refused("ANALYZE nowhere", "42P01", "NOWHERE");
        sql.refused("ANALYZE \"SYSTEM\".INDEXES", "42809");
        sql.execute("CREATE TABLE t (a INT PRIMARY KEY)");
        sql.connection().setAutoCommit(false);
        sql.execute("INSERT INTO t VALUES (1)");
        sql.refused("ANALYZE t", "25001");
        sql.connection().rollback();
        sql.connection().setAutoCommit(true);
    }

    /// Neither stops the other: what is refused to a writer is refused for another writer's sake.
    @Test
    void writersGoOnMeanwhile() throws Exception {
        fill("SORTED");
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> writer = threads.submit(() -> {
                int writes = 0;
                try (SqlClient own = SqlClient.open(URL)) {
                    own.connection().setAutoCommit(false);
                    while (!over.get() || writes == 0) {
                        own.execute("UPDATE t SET pad = pad + 1 WHERE id = " + writes % ROWS);
                        own.execute("INSERT INTO t VALUES (" + (ROWS + writes) + ", 1, 1, 'x', 1, 1)");
                        own.connection().commit();
                        writes++;
                    }
                }
                return writes;
            });
            try {
                for (int round = 0; round < 5; round++) {
                    sql.execute("ANALYZE t");
                }
            } finally {
                over.set(true);
            }
            assertThat(writer.get()).isPositive();
        }
        assertThat(column(URL, 0).distinct()).isGreaterThan(0.9 * ROWS);
    }
}
