package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.coconutdb.sql.SqlClient;
import org.coconutdb.sql.access.Viewer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlowStatementsTest {
    private static final String ALL = "SELECT statement, row_count FROM \"SYSTEM\".SLOW_STATEMENTS WHERE statement NOT LIKE '%SLOW%'";
    // Some tens of millions of pairs, of which one is left.
    private static final String SLOW = "SELECT COUNT(*) FROM a AS x, a AS y WHERE x.id + y.id = ?";

    private static SqlClient open(String settings) throws SQLException {
        SqlClient sql = SqlClient.open("jdbc:coconut:mem:;memory.lock=off;blocks=2" + settings);
        sql.execute("CREATE TABLE a (id INT PRIMARY KEY)");
        StringBuilder rows = new StringBuilder("(0)");
        for (int i = 1; i < 2_000; i++) {
            rows.append(", (").append(i).append(')');
        }
        sql.execute("INSERT INTO a VALUES " + rows);
        return sql;
    }

    private static void pass(long nanos) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whatTakesLongIsKeptWithItsRowsAndWithoutValuesOfParameters() throws SQLException {
        try (SqlClient sql = open(";slow.statement.millis=30")) {
            try (PreparedStatement slow = sql.connection().prepareStatement(SLOW)) {
                slow.setInt(1, 123_456);
                try (ResultSet rows = slow.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                }
            }

            List<String> kept = sql.rows(ALL);

            assertThat(kept).contains(SLOW + "|1").noneMatch(row -> row.contains("123456"));
            assertThat(sql.rows("SELECT MIN(duration_micros) FROM \"SYSTEM\".SLOW_STATEMENTS").getFirst()).satisfies(micros -> assertThat(
                    Long
                            .parseLong(micros)).isGreaterThanOrEqualTo(30_000));
        }
    }

    @Test
    void writesAndBatchesAndFailuresAreTold() throws SQLException {
        try (SqlClient sql = open(";slow.statement.millis=1"); Statement statement = sql.connection().createStatement()) {
            sql.execute("CREATE TABLE b (id INT PRIMARY KEY)", "INSERT INTO b SELECT id FROM a");
            statement.addBatch("INSERT INTO b SELECT id + 10000 FROM a");
            statement.addBatch("DELETE FROM b WHERE id < 10000");
            statement.executeBatch();
            assertThat(catchThrowableOfType(SQLException.class, () -> sql.execute("INSERT INTO b SELECT id + 9000 FROM a")).getSQLState())
                    .isEqualTo("23505");

            assertThat(sql.rows(ALL)).contains("INSERT INTO b SELECT id FROM a|2000",
                    "INSERT INTO b SELECT id + 10000 FROM a; DELETE FROM b WHERE id < 10000|4000",
                    "INSERT INTO b SELECT id + 9000 FROM a|0");
        }
    }

    @Test
    void theClientsTimeIsNotTheStatements() throws SQLException {
        try (SqlClient sql = open(";slow.statement.millis=1000"); Statement statement = sql.connection().createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT id FROM a ORDER BY id")) {
                rows.next();
                pass(1_200_000_000);
                rows.next();
            }

            assertThat(sql.rows(ALL)).noneMatch(row -> row.startsWith("SELECT id FROM a ORDER BY id"));
        }
    }

    @Test
    void onlyTheLastOnesAreKept() throws SQLException {
        SlowStatements slow = new SlowStatements(1);
        for (int i = 0; i < SlowStatements.KEPT_MAX + 5; i++) {
            SlowStatements.Watch watch = slow.watch("statement " + i + "x".repeat(5_000), "PUBLIC");
            assertThat(watch).isNotNull();
            pass(1_100_000);
            watch.end();
            watch.end();
        }

        List<Object[]> kept = slow.view().scan(Viewer.OWNER).toList();

        assertThat(kept).hasSize(SlowStatements.KEPT_MAX);
        assertThat(kept.getFirst()[1].toString()).startsWith("statement " + (SlowStatements.KEPT_MAX + 4)).hasSizeLessThan(2_100);
    }

    @Test
    void nothingIsToldUnlessItIsAskedFor() throws SQLException {
        try (SqlClient sql = open("")) {
            sql.execute("DELETE FROM a");

            assertThat(sql.rows(ALL)).isEmpty();
            assertThat(new SlowStatements(0).watch("SELECT 1", "PUBLIC")).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1s", "86400001", ""})
    void aThresholdThatIsNoneIsRefused(String value) {
        SQLException refused = catchThrowableOfType(SQLException.class, () -> open(";slow.statement.millis=" + value).close());

        assertThat(refused.getSQLState()).isEqualTo("08001");
        assertThat(refused.getMessage()).contains("Give milliseconds");
    }
}
