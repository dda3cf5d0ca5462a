package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Dates and times plus and minus, the years that they end with, and what they are as text.
class TimeArithmeticTest {
    private SqlClient client;

    @BeforeEach
    void connect() throws SQLException {
        client = SqlClient.open("jdbc:coconut:mem:time-arithmetic-test;memory.lock=off;blocks=2");
        client.execute(
                "CREATE TABLE t (id INT PRIMARY KEY, d DATE, ts TIMESTAMP, z TIMESTAMP WITH TIME ZONE, n BIGINT, s VARCHAR(30)) USING SORTED",
                "INSERT INTO t VALUES (1, DATE '9999-12-31', TIMESTAMP '9999-12-31 23:59:59.999', TIMESTAMP '9999-12-31 23:59:59.999', 1, '')",
                "INSERT INTO t VALUES (2, DATE '0001-01-01', TIMESTAMP '0001-01-01 00:00:00', TIMESTAMP '0001-01-01 00:00:00', -1, '')",
                "INSERT INTO t VALUES (3, NULL, NULL, NULL, NULL, NULL)");
    }

    @AfterEach
    void disconnect() throws SQLException {
        client.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '#', quoteCharacter = '`', value = {
            "d + n # NULL stays NULL",
            "d + n * INTERVAL '1' DAY # either end",
            "d + n * INTERVAL '1' MONTH # either end",
            "d - -n * INTERVAL '1' YEAR # either end",
            "INTERVAL '1' DAY * n + d # the interval first",
            "ts + n * INTERVAL '0.001' SECOND # one more",
            "ts + n * INTERVAL '1' HOUR # hours",
            "ts + n * INTERVAL '1' MONTH # months",
            "z + n * INTERVAL '0.001' SECOND # one more",
            "z + n * INTERVAL '1' DAY # days by the calendar",
            "z + n * INTERVAL '1' MONTH # months by the calendar",
            "TIMESTAMPADD(DAY, n, d) # another name",
            "TIMESTAMPADD(YEAR, CAST(n AS INTEGER), ts) # another name",
            "d + n * 4294967296 * INTERVAL '1' DAY # 2^32 days",
            "ts + n * 4294967296 * INTERVAL '1' DAY # 2^32 days",
            "z + n * 4294967296 * INTERVAL '1' DAY # 2^32 days",
            "ts + n * 106751991166 * INTERVAL '1' DAY # the longest there is"})
    void noYearIsOutsideTheCalendar(String sum, String what) throws SQLException {
        for (int id = 1; id <= 2; id++) {
            client.rowsRefused("SELECT " + sum + " FROM t WHERE id = " + id, "22008");
            client.rowsRefused("SELECT COUNT(DISTINCT " + sum + ") FROM t WHERE id = " + id, "22008");
        }
        assertThat(client.rows("SELECT " + sum + " FROM t WHERE id = 3")).as(what).containsExactly("null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT DATE '9999-12-31' + INTERVAL '1' DAY", "SELECT DATE '0001-01-01' - 1",
            "SELECT CEIL(TIMESTAMP '9999-12-31 12:00:00' TO YEAR)", "SELECT CEIL(d TO MONTH) FROM t WHERE id = 1",
            "INSERT INTO t (id, d) SELECT 4, d + 1 FROM t WHERE id = 1", "UPDATE t SET d = d + n WHERE id = 1",
            "SELECT DATE '2026-01-01' + CAST('3652058' AS INTEGER)"})
    void whatCanBeKnownBeforeIsRefusedToo(String statement) {
        if (statement.startsWith("SELECT")) {
            client.rowsRefused(statement, "22008");
        } else {
            client.refused(statement, "22008");
        }
    }

    @Test
    void sumsAreThoseOfTheCalendar() throws SQLException {
        assertThat(client.rows("SELECT d - INTERVAL '9998' YEAR(4), d - 3652058, ts - INTERVAL '1' MONTH, ts + INTERVAL '0' DAY FROM t "
                + "WHERE id = 1")).containsExactly("0001-12-31|0001-01-01|9999-11-30 23:59:59.999|9999-12-31 23:59:59.999");
        assertThat(client.rows("SELECT d + INTERVAL '1' HOUR, CAST(d AS TIMESTAMP) + INTERVAL '1' HOUR, d + INTERVAL '26' HOUR FROM t "
                + "WHERE id = 2")).containsExactly("0001-01-01|0001-01-01 01:00:00|0001-01-02");
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        try (PreparedStatement statement = client.connection().prepareStatement(
                "SELECT CAST(? AS DATE) + ? * INTERVAL '1' MONTH, CAST(? AS DATE) - ? * INTERVAL '1' DAY")) {
            for (int i = 0; i < 300; i++) {
                LocalDate day = LocalDate.of(1, 1, 1).plusDays(random.nextInt(3_652_059));
                int months = random.nextInt(240_000) - 120_000;
                int days = random.nextInt(8_000_000) - 4_000_000;
                List<LocalDate> expected = List.of(day.plusMonths(months), day.minus(days, ChronoUnit.DAYS));
                statement.setObject(1, day);
                statement.setInt(2, months);
                statement.setObject(3, day);
                statement.setInt(4, days);
                if (expected.stream().allMatch(sum -> sum.getYear() >= 1 && sum.getYear() <= 9999)) {
                    try (ResultSet sums = statement.executeQuery()) {
                        assertThat(sums.next()).isTrue();
                        assertThat(List.of(sums.getObject(1, LocalDate.class), sums.getObject(2, LocalDate.class))).as("seed " + seed)
                                .isEqualTo(expected);
                    }
                } else {
                    assertThatThrownBy(() -> {
                        try (ResultSet sums = statement.executeQuery()) {
                            sums.next();
                        }
                    }).as("seed " + seed + ", " + day + ", " + months + ", " + days)
                            .isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState()).isEqualTo("22008"));
                }
            }
        }
    }

    @Test
    void keysAreFoundByWhatIsComputedOfQuestionMarks() throws SQLException {
        client.execute("CREATE TABLE e (at_ TIMESTAMP PRIMARY KEY) USING SORTED", "INSERT INTO e VALUES (TIMESTAMP '2026-01-01 10:00:00'), "
                + "(TIMESTAMP '2026-01-01 12:00:00')");
        assertThat(client.rows("EXPLAIN SELECT at_ FROM e WHERE at_ > TIMESTAMP '2026-01-01 12:00:00' - INTERVAL '1' HOUR").getFirst())
                .contains("RangeScan").contains("2026-01-01 11:00:00");
        try (PreparedStatement statement = client.connection().prepareStatement(
                "SELECT COUNT(*) FROM e WHERE at_ > CAST(? AS TIMESTAMP) - INTERVAL '1' HOUR")) {
            statement.setString(1, "2026-01-01 12:00:00");
            try (ResultSet count = statement.executeQuery()) {
                count.next();
                assertThat(count.getInt(1)).isEqualTo(1);
            }
        }
    }

    @Test
    void textsHaveTheDigitsThatTheyNeed() throws SQLException {
        client.execute("CREATE TABLE w (id INT PRIMARY KEY, tm TIME, ts TIMESTAMP, z TIMESTAMP WITH TIME ZONE, u UUID, s VARCHAR(40))",
                "INSERT INTO w (id, tm, ts, z, u) VALUES (1, TIME '10:00:00', TIMESTAMP '2026-01-01 10:00:00', TIMESTAMP WITH TIME ZONE "
                        + "'2026-01-01 10:00:00Z', UUID '123e4567-e89b-12d3-a456-426614174000'), (2, TIME '10:00:00.120', TIMESTAMP "
                        + "'2026-01-01 10:00:01.050', TIMESTAMP WITH TIME ZONE '2026-01-01 10:00:00.500Z', NULL), (3, NULL, NULL, NULL, NULL)");
        List<String> texts = List.of("10:00:00|2026-01-01 10:00:00|2026-01-01 10:00:00+00:00|123e4567-e89b-12d3-a456-426614174000",
                "10:00:00.12|2026-01-01 10:00:01.05|2026-01-01 10:00:00.5+00:00|null", "null|null|null|null");

        assertThat(client.rows("SELECT tm, ts, z, u FROM w ORDER BY id")).isEqualTo(texts);
        assertThat(client.rows("SELECT CAST(tm AS VARCHAR), CAST(ts AS VARCHAR(30)), z::TEXT, CAST(u AS VARCHAR) FROM w ORDER BY id"))
                .isEqualTo(texts);
        assertThat(client.rows("SELECT tm || '', '' || ts, z || '', u || '' FROM w ORDER BY id")).isEqualTo(texts);
        assertThat(client.rows("SELECT CAST(TIME '10:00:00.1' AS VARCHAR), CAST(TIMESTAMP '2026-01-01 00:00:00' AS VARCHAR), "
                + "CAST(UUID '123E4567-E89B-12D3-A456-426614174000' AS CHAR(36)), CAST(tm AS CHAR(5)) FROM w WHERE id = 2"))
                        .containsExactly("10:00:00.1|2026-01-01 00:00:00|123e4567-e89b-12d3-a456-426614174000|10:00");
        assertThat(client.rows("SELECT CAST(ARRAY[tm] AS VARCHAR), JSON_ARRAY(ts) FROM w WHERE id < 3 ORDER BY id")).containsExactly(
                "{10:00:00}|[\"2026-01-01 10:00:00\"]", "{10:00:00.12}|[\"2026-01-01 10:00:01.05\"]");
        client.execute("UPDATE w SET s = tm WHERE id = 1", "UPDATE w SET s = ts WHERE id = 2");
        try (PreparedStatement statement = client.connection().prepareStatement("UPDATE w SET s = ? WHERE id = 3")) {
            statement.setObject(1, java.time.LocalTime.of(10, 0));
            statement.execute();
        }
        assertThat(client.rows("SELECT s FROM w ORDER BY id")).containsExactly("10:00:00", "2026-01-01 10:00:01.05", "10:00:00");
        assertThat(client.rows("SELECT id FROM w WHERE CAST(u AS VARCHAR) LIKE '123e%'")).containsExactly("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ORDER BY id ROWS BETWEEN -1 PRECEDING AND CURRENT ROW", "ORDER BY id ROWS 1 - 2 PRECEDING",
            "ORDER BY id RANGE -1 PRECEDING", "ORDER BY id RANGE BETWEEN CURRENT ROW AND 1 - 2 FOLLOWING",
            "ORDER BY COALESCE(d, DATE '2026-01-01') RANGE INTERVAL '-1' DAY PRECEDING", "ORDER BY id ROWS n PRECEDING"})
    void framesCountFromZeroOn(String window) {
        client.rowsRefused("SELECT SUM(id) OVER (" + window + ") FROM t", "22013");
    }

    @Test
    void aFrameIsCountedByAQuestionMark() throws SQLException {
        try (PreparedStatement statement = client.connection().prepareStatement(
                "SELECT SUM(id) OVER (ORDER BY id ROWS ? PRECEDING) FROM t ORDER BY id")) {
            statement.setInt(1, 1);
            try (ResultSet sums = statement.executeQuery()) {
                for (int sum : new int[] {1, 3, 5}) {
                    assertThat(sums.next()).isTrue();
                    assertThat(sums.getInt(1)).isEqualTo(sum);
                }
            }
            for (Integer size : new Integer[] {-1, null}) {
                statement.setObject(1, size);
                assertThatThrownBy(() -> {
                    try (ResultSet sums = statement.executeQuery()) {
                        sums.next();
                    }
                }).isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState()).isEqualTo("22013"));
            }
        }
        assertThat(client.rows("SELECT SUM(id) OVER (ORDER BY id ROWS id - 1 PRECEDING) FROM t ORDER BY id")).containsExactly("1", "3",
                "6");
    }

    @Test
    void anArrayIsMadeOfOneColumn() throws SQLException {
        client.refused("SELECT ARRAY(SELECT id, s FROM t)", "42601", "columns=2");
        client.refused("CREATE VIEW a AS SELECT ARRAY(SELECT id, s FROM t) AS x", "42601", "columns=2");
        assertThat(client.rows("SELECT ARRAY(SELECT id FROM t ORDER BY id)")).containsExactly("{1,2,3}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"JSON_VALUE('{}', '$.a' PASSING 5 AS x)", "JSON_QUERY('{}', '$.a' PASSING 5 AS x, 6 AS y)",
            "JSON_EXISTS('{}', '$.a' PASSING id AS x)"})
    void whatAPathIsPassedIsNotForgotten(String function) {
        client.refused("SELECT " + function + " FROM t", "0A000", "PASSING");
    }

    @Test
    void aQuestionMarkBesideATextIsATextOfAnyLength() throws SQLException {
        client.execute("CREATE TABLE v (id INT PRIMARY KEY, s VARCHAR(3), c CHAR(3))", "INSERT INTO v VALUES (1, 'abc', 'x')");
        String longer = "0123456789".repeat(5);
        try (PreparedStatement statement = client.connection().prepareStatement("SELECT s || ?, ? || s, c || ?, s || ? || 'x' FROM v")) {
            for (int i = 1; i <= 4; i++) {
                assertThat(statement.getParameterMetaData().getParameterTypeName(i)).isEqualTo("VARCHAR");
                statement.setString(i, longer);
            }
            try (ResultSet texts = statement.executeQuery()) {
                texts.next();
                assertThat(List.of(texts.getString(1), texts.getString(2), texts.getString(3), texts.getString(4)))
                        .containsExactly("abc" + longer, longer + "abc", "x  " + longer, "abc" + longer + "x");
            }
        }
    }
}
