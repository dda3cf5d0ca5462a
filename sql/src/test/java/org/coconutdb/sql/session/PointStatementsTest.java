package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Statements that look at one row by its key do without generated code, and answer what all others answer.
class PointStatementsTest {
    private static final String URL = "jdbc:coconut:mem:point-statements-test;memory.lock=off;blocks=2";
    private static final String COLUMNS =
            "id BIGINT PRIMARY KEY, whole INT, wide BIGINT, small SMALLINT, money DECIMAL(12, 2), long DECIMAL(38, 4), "
                    + "name VARCHAR(20), code CHAR(3), data VARBINARY(8), ratio DOUBLE, flag BOOLEAN, born DATE, must INT NOT NULL, note VARCHAR(30)";

    private SqlClient sql;

    @BeforeEach
    void open() throws SQLException {
        sql = SqlClient.open(URL);
    }

    @AfterEach
    void close() throws SQLException {
        IndexEntries.verify(URL);
        sql.close();
    }

    /// `direct` and `indexed` take the way that is tested; the check of `checked` is always met, and needs whole rows.
    private void make() throws SQLException {
        sql.execute(
                "CREATE TABLE direct (" + COLUMNS + ")",
                "CREATE TABLE indexed (" + COLUMNS + ") USING SORTED",
                "CREATE INDEX by_name ON indexed (name, whole)",
                "CREATE TABLE checked (" + COLUMNS + ", CHECK (id >= -9223372036854775808))");
        for (String table : List.of("direct", "indexed", "checked")) {
            sql.execute("INSERT INTO " + table + " VALUES"
                    + " (1, 10, 100, 5, 12.34, 1.5, 'one', 'ab', X'0102', 0.5, TRUE, DATE '2026-01-02', 1, 'n'),"
                    + " (2, 2147483647, 9223372036854775807, 32767, 9999999999.99, 9999999999999999999999999999999999.9999, '', 'abc', X'', 1e300, "
                    + "FALSE, DATE '1969-12-31', 2, NULL),"
                    + " (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 3, NULL)");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            whole + 1                  | Project(columns=[WHOLE + 1])
            wide * 2 - whole           | Project(columns=[(WIDE * 2) - WHOLE])
            money + 1.5                | Project(columns=[MONEY + 1.5])
            money * whole              | Project(columns=[MONEY * WHOLE])
            long - 1                   | Project(columns=[(LONG - CAST(1 AS DECIMAL(10, 0)))])
            7                          | Project(columns=[7])
            whole                      | PointLookup(
            whole / 2                  | Calc(columns=[WHOLE / 2])
            money + ratio              | Calc(
            """)
    void queriesOfOneRow(String expression, String plan) throws SQLException {
        make();

        assertThat(sql.rows("EXPLAIN SELECT " + expression + " FROM direct WHERE id = 1").getFirst()).startsWith(plan);
        for (int id = 1; id <= 3; id++) {
            String one = "SELECT " + expression + " FROM direct WHERE id = " + id;
            // A range is answered by generated code.
            String other = "SELECT " + expression + " FROM indexed WHERE id BETWEEN " + id + " AND " + id;
            assertThat(outcome(one)).as(one).isEqualTo(outcome(other));
        }
    }

    private String outcome(String query) {
        try {
            return String.valueOf(sql.rows(query));
        } catch (SQLException failure) {
            return failure.getSQLState();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void changesOfOneRow(long seed) throws SQLException {
        make();
        Random random = new Random(seed);
        String[] settings = {"whole = whole + 1", "whole = wide - ?", "wide = wide * 3", "wide = whole * whole", "small = small + 1",
                "small = whole", "money = money - ?", "money = money * 1.01", "money = long", "long = long * 10", "long = money + whole",
                "name = ?", "name = note", "name = NULL", "code = 'x'", "code = ?", "data = X'FF'", "data = NULL", "ratio = ratio * 2",
                "ratio = 0.25", "flag = NOT flag", "flag = NULL", "born = ?", "must = whole", "must = must + 1", "note = name",
                "note = 'a note'", "note = NULL", "whole = NULL", "money = 1e20", "name = 'far more text than twenty characters'"};
        for (int i = 0; i < 300; i++) {
            String first = settings[random.nextInt(settings.length)];
            String second = settings[random.nextInt(settings.length)];
            boolean both = !first.split(" ", 2)[0].equals(second.split(" ", 2)[0]);
            String change = random.nextInt(30) == 0 ? "DELETE FROM %s"
                    : "UPDATE %s SET " + first + (both ? ", " + second : "") + (random.nextInt(10) == 0 ? " WITH (TTL = 1000)" : "");
            String statement = change + " WHERE id = ?" + (random.nextInt(4) == 0 ? " AND must < 3" : "");
            int marks = (int) statement.chars().filter(c -> c == '?').count();
            Object[] values = new Object[marks];
            for (int mark = 0; mark < marks - 1; mark++) {
                values[mark] = random.nextInt(5) == 0 ? null : "2026-0" + (1 + random.nextInt(9)) + "-11";
                String to = statement.split("\\?")[mark];
                if (to.endsWith("- ")) {
                    values[mark] = random.nextInt(5) == 0 ? null : BigDecimal.valueOf(random.nextInt(100_000), random.nextInt(4));
                } else if (to.endsWith("code = ")) {
                    values[mark] = "q";
                }
            }
            values[marks - 1] = 1L + random.nextInt(4);
            String expected = outcome(String.format(statement, "checked"), values);
            assertThat(outcome(String.format(statement, "direct"), values)).as("%s, seed %d", statement, seed).isEqualTo(expected);
            assertThat(outcome(String.format(statement, "indexed"), values)).as("%s, seed %d", statement, seed).isEqualTo(expected);
            if (random.nextInt(20) == 0) {
                for (String table : List.of("direct", "indexed", "checked")) {
                    sql.execute("UPSERT INTO " + table + " SELECT id, 10, 100, 5, 12.34, 1.5, 'one', 'ab', X'0102', 0.5, TRUE, "
                            + "DATE '2026-01-02', 1, 'n' FROM (VALUES (1), (2), (3)) AS v (id)");
                }
            }
        }
        List<String> rows = sql.rows("SELECT * FROM checked ORDER BY id");
        assertThat(sql.rows("SELECT * FROM direct ORDER BY id")).as("seed %d", seed).isEqualTo(rows);
        assertThat(sql.rows("SELECT * FROM indexed ORDER BY id")).as("seed %d", seed).isEqualTo(rows);
    }

    private String outcome(String change, Object[] values) {
        try (PreparedStatement statement = sql.connection().prepareStatement(change)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate() + " rows";
        } catch (SQLException failure) {
            return failure.getSQLState();
        }
    }

    @Test
    void aRowOfAnOlderLayoutIsChanged() throws SQLException {
        make();
        sql.execute("ALTER TABLE direct ADD COLUMN added VARCHAR(5) DEFAULT 'new'", "ALTER TABLE direct DROP COLUMN small");

        assertThat(sql.update("UPDATE direct SET whole = whole + 1, note = 'longer' WHERE id = 1")).isEqualTo(1);

        assertThat(sql.rows("SELECT whole, name, note, added, must FROM direct WHERE id = 1")).containsExactly("11|one|longer|new|1");
        assertThat(sql.rows("SELECT added || 'er' FROM direct WHERE id = 2")).containsExactly("newer");
    }

    @Test
    void aTransactionSeesItsOwnChanges() throws SQLException {
        make();
        sql.connection().setAutoCommit(false);
        try (PreparedStatement add = sql.connection().prepareStatement("UPDATE direct SET whole = whole + ? WHERE id = ?");
                PreparedStatement read = sql.connection().prepareStatement("SELECT whole * 2 FROM direct WHERE id = ?")) {
            List<Integer> seen = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                add.setInt(1, i);
                add.setLong(2, 1);
                assertThat(add.executeUpdate()).isEqualTo(1);
                read.setLong(1, 1);
                try (ResultSet row = read.executeQuery()) {
                    assertThat(row.next()).isTrue();
                    seen.add(row.getInt(1));
                }
            }
            assertThat(seen).containsExactly(22, 26, 32);
        }
        sql.connection().rollback();
        assertThat(sql.rows("SELECT whole FROM direct WHERE id = 1")).containsExactly("10");
    }
}
