package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// DEFAULT and CHECK, through JDBC.
class ConstraintsTest {
    private static final String ORDERS = "CREATE TABLE orders (id INT PRIMARY KEY, item VARCHAR(10) DEFAULT 'none' NOT NULL, "
            + "quantity INT DEFAULT 2 * 3 CHECK (quantity > 0), price DECIMAL(8, 2), paid DECIMAL(8, 2) DEFAULT 0, "
            + "CONSTRAINT paid_up CHECK (paid <= price), CHECK (item <> '' AND CHAR_LENGTH(item) < 8))";

    @TempDir private Path directory;

    private Connection connection;
    private Statement statement;

    @BeforeEach
    void open() throws SQLException {
        connection = DriverManager.getConnection("jdbc:coconut:mem:;memory.lock=off;blocks=2");
        statement = connection.createStatement();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private List<String> rows(String query) throws SQLException {
        return rows(statement, query);
    }

    private static List<String> rows(Statement statement, String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (ResultSet found = statement.executeQuery(query)) {
            while (found.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    row.add(String.valueOf(found.getString(i)));
                }
                rows.add(String.join("|", row));
            }
        }
        return rows;
    }

    private void refused(String sql, String sqlState, String... parts) {
        assertThatThrownBy(() -> statement.execute(sql)).as(sql).isInstanceOfSatisfying(SQLException.class, failure -> {
            assertThat(failure.getSQLState()).as(failure.getMessage()).isEqualTo(sqlState);
            assertThat(parts).allSatisfy(part -> assertThat(failure.getMessage()).contains(part));
        });
    }

    @Test
    void insertsARowOfDefaultsAlone() throws SQLException {
        statement.execute("CREATE TABLE settings (id INT DEFAULT 1 PRIMARY KEY, colour VARCHAR(10) DEFAULT 'green', size INT)");

        assertThat(statement.executeUpdate("INSERT INTO settings DEFAULT VALUES")).isEqualTo(1);
        assertThat(statement.executeUpdate("UPSERT INTO settings DEFAULT VALUES")).isEqualTo(1);
        assertThat(statement.executeUpdate("INSERT INTO settings DEFAULT VALUES ON CONFLICT DO UPDATE SET size = 3, colour = DEFAULT"))
                .isEqualTo(1);

        assertThat(rows("SELECT * FROM settings")).containsExactly("1|green|3");
        assertThatThrownBy(() -> statement.execute("INSERT INTO settings DEFAULT VALUES"))
                .isInstanceOf(SQLIntegrityConstraintViolationException.class);
        assertThatThrownBy(() -> statement.execute("INSERT INTO settings (id) DEFAULT VALUES")).hasMessageContaining("found='DEFAULT'");
    }

    @Test
    void refusesARowOfDefaultsWhereAColumnNeedsAValue() throws SQLException {
        statement.execute(ORDERS);

        assertThatThrownBy(() -> statement.execute("INSERT INTO orders DEFAULT VALUES"))
                .isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState()).isEqualTo("23502"))
                .hasMessageContaining("ID");
    }

    @Test
    void columnsThatAreLeftOutGetTheirDefaults() throws SQLException {
        statement.execute(ORDERS);
        statement.execute("INSERT INTO orders (id) VALUES (1), (2)");
        statement.execute("INSERT INTO orders (id, price) SELECT id + 10, 9 FROM orders");
        statement.execute("UPSERT INTO orders (id, item) VALUES (1, 'tea')");

        assertThat(rows("SELECT * FROM orders ORDER BY id"))
                .containsExactly("1|tea|6|null|0.00", "2|none|6|null|0.00", "11|none|6|9.00|0.00", "12|none|6|9.00|0.00");
    }

    @Test
    void defaultStandsForTheDefaultWhereverAValueCan() throws SQLException {
        statement.execute(ORDERS);
        statement.execute("INSERT INTO orders VALUES (1, DEFAULT, DEFAULT, DEFAULT, DEFAULT), (2, 'cup', 1 + 1, 5, DEFAULT), "
                + "(3, DEFAULT, 1, 5 + 1, 1), (2 + 2, UPPER('ink'), DEFAULT, 7, 3)");
        assertThat(rows("SELECT * FROM orders ORDER BY id"))
                .containsExactly("1|none|6|null|0.00", "2|cup|2|5.00|0.00", "3|none|1|6.00|1.00", "4|INK|6|7.00|3.00");

        statement.execute("UPDATE orders SET quantity = DEFAULT, item = DEFAULT, price = price + 1 WHERE id IN (3, 4)");
        statement.execute("INSERT INTO orders (id) VALUES (2) ON CONFLICT DO UPDATE SET quantity = DEFAULT, paid = orders.price");
        assertThat(rows("SELECT * FROM orders WHERE id > 1 ORDER BY id"))
                .containsExactly("2|cup|6|5.00|5.00", "3|none|6|7.00|1.00", "4|none|6|8.00|3.00");

        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO orders VALUES (?, DEFAULT, ? + 1, DEFAULT, ?)")) {
            for (int i = 20; i < 22; i++) {
                insert.setInt(1, i);
                insert.setInt(2, i);
                insert.setInt(3, i);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        assertThat(rows("SELECT * FROM orders WHERE id >= 20 ORDER BY id")).containsExactly("20|none|21|null|20.00",
                "21|none|22|null|21.00");
    }

    @Test
    void aColumnWithoutADefaultThatIsNotNullNeedsAValue() throws SQLException {
        statement.execute("CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL, m INT DEFAULT NULL)");
        refused("INSERT INTO t (id) VALUES (1)", "23502", "column=N");
        refused("INSERT INTO t VALUES (1, DEFAULT, 1)", "23502", "column=N");
        refused("INSERT INTO t VALUES (1, DEFAULT, 1 + 1)", "23502", "column=N");
        refused("UPDATE t SET n = DEFAULT", "23502", "column=N");
        statement.execute("INSERT INTO t VALUES (1, 1, DEFAULT)");
        assertThat(rows("SELECT * FROM t")).containsExactly("1|1|null");
    }

    @Test
    void theClockStandsStillInAStatement() throws SQLException {
        statement.execute("CREATE TABLE t (id INT PRIMARY KEY, made TIMESTAMP DEFAULT CURRENT_TIMESTAMP, on_day DATE DEFAULT CURRENT_DATE, "
                + "r DOUBLE DEFAULT RAND())");
        statement.execute("INSERT INTO t (id) SELECT i FROM (VALUES (1), (2), (3), (4), (5), (6), (7), (8)) AS v (i)");

        assertThat(rows("SELECT COUNT(*), COUNT(DISTINCT made), COUNT(DISTINCT r), COUNT(DISTINCT on_day) FROM t")).containsExactly(
                "8|1|8|1");
        assertThat(rows("SELECT COUNT(*) FROM t WHERE made > CURRENT_TIMESTAMP - INTERVAL '1' HOUR AND made <= CURRENT_TIMESTAMP"))
                .containsExactly("8");
    }

    @Test
    void checksRefuseFalseAndPassNull() throws SQLException {
        statement.execute(ORDERS);
        refused("INSERT INTO orders (id, quantity) VALUES (7, 0)", "23514", "table=PUBLIC.ORDERS", "constraint=ORDERS_QUANTITY_CHECK",
                "key=ID=7", "quantity > 0");
        refused("INSERT INTO orders (id, price, paid) VALUES (7, 1, 2)", "23514", "constraint=PAID_UP");
        refused("INSERT INTO orders (id, item) VALUES (7, '')", "23514", "constraint=ORDERS_CHECK");
        refused("UPSERT INTO orders (id, quantity) SELECT 1, -1 FROM (VALUES (1)) AS v", "23514", "ORDERS_QUANTITY_CHECK");
        refused("INSERT INTO orders (id) VALUES (1), (2), (3) ON CONFLICT DO NOTHING WITH (ttl = -1)", "22023");
        assertThat(rows("SELECT COUNT(*) FROM orders")).containsExactly("0");

        statement.execute("INSERT INTO orders VALUES (1, 'tea', NULL, 5, 5), (2, 'tea', 1, NULL, 5)");
        refused("UPDATE orders SET paid = paid + 1", "23514", "PAID_UP", "key=ID=1");
        refused("UPDATE orders SET id = id + 1, quantity = 0", "23514", "ORDERS_QUANTITY_CHECK");
        refused("INSERT INTO orders (id) VALUES (2) ON CONFLICT DO UPDATE SET quantity = -EXCLUDED.quantity", "23514", "key=ID=2");
        assertThat(rows("SELECT * FROM orders ORDER BY id")).containsExactly("1|tea|null|5.00|5.00", "2|tea|1|null|5.00");
        assertThatThrownBy(() -> statement.execute("INSERT INTO orders (id, quantity) VALUES (7, 0)"))
                .isInstanceOf(SQLIntegrityConstraintViolationException.class);
    }

    @Test
    void aCheckThatFailsUndoesItsStatementAndNoMoreOfTheTransaction() throws SQLException {
        statement.execute(ORDERS);
        connection.setAutoCommit(false);
        statement.execute("INSERT INTO orders (id) VALUES (1)");
        refused("INSERT INTO orders (id, quantity) VALUES (2, 1), (3, 0)", "23514", "key=ID=3");
        connection.commit();
        assertThat(rows("SELECT id FROM orders")).containsExactly("1");
    }

    @Test
    void preparedInsertsAreChecked() throws SQLException {
        statement.execute(ORDERS);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO orders (id, quantity) VALUES (?, ?)")) {
            for (int i = 0; i < 50; i++) {
                insert.setInt(1, i);
                insert.setInt(2, i);
                if (i == 0) {
                    assertThatThrownBy(insert::execute).hasMessageContaining("ORDERS_QUANTITY_CHECK");
                } else {
                    insert.execute();
                }
            }
        }
        assertThat(rows("SELECT COUNT(*) FROM orders")).containsExactly("49");
    }

    @Test
    void checksSeeEveryType() throws SQLException {
        statement.execute("CREATE TABLE t (b BOOLEAN, i8 TINYINT, i16 SMALLINT, i32 INT, i64 BIGINT, d DECIMAL(9, 2), r REAL, f DOUBLE, "
                + "c CHAR(4), v VARCHAR(9), y BINARY(2), z VARBINARY(4), dt DATE, tm TIME(3), ts TIMESTAMP, "
                + "tz TIMESTAMP WITH LOCAL TIME ZONE, u UUID, PRIMARY KEY (i32), CHECK (b), CHECK (i8 + i16 + i32 + i64 = 10), "
                + "CHECK (d > 1.5), CHECK (r > 1 AND f > 1), CHECK (c = 'ab'), CHECK (v LIKE 'x%'), CHECK (y = X'0102'), "
                + "CHECK (z = X'03'), CHECK (dt >= DATE '2026-01-01'), CHECK (tm < TIME '12:00:00'), "
                + "CHECK (ts > TIMESTAMP '2026-01-01 00:00:00'), CHECK (tz IS NOT NULL), "
                + "CONSTRAINT u_check CHECK (u <> '00000000-0000-0000-0000-000000000001'))");
        String values = "TRUE, 1, 2, 3, 4, 1.51, 2, 2, 'ab', 'xy', X'0102', X'03', DATE '2026-01-01', TIME '11:59:59', "
                + "TIMESTAMP '2026-01-01 00:00:01', TIMESTAMP '2026-01-01 00:00:01', ";
        statement.execute("INSERT INTO t VALUES (" + values + "'00000000-0000-0000-0000-000000000002')");
        refused("UPSERT INTO t VALUES (" + values + "'00000000-0000-0000-0000-000000000001')", "23514", "U_CHECK");
        for (String set : List.of("b = FALSE", "i8 = 2", "d = 1.5", "f = 1", "c = 'abc'", "v = 'yx'", "y = X'0103'", "z = X'04'",
                "dt = DATE '2025-12-31'", "tm = TIME '12:00:00'", "ts = TIMESTAMP '2026-01-01 00:00:00'", "tz = NULL",
                "u = '00000000-0000-0000-0000-000000000001'")) {
            refused("UPDATE t SET " + set, "23514");
        }
    }

    @Test
    void whatCannotBeKeptIsRefusedWithItsPlace() throws SQLException {
        String table = "CREATE TABLE t (id INT PRIMARY KEY, n INT ";
        refused(table + "CHECK (m > 0))", "42703", "'M'", "line=1", "column=50");
        refused(table + "CHECK (n))", "42804", "T_N_CHECK", "line=1", "column=50");
        refused(table + "CHECK (n > 'a' AND DATE '2026-01-01'))", "42804");
        refused(table + "CHECK (SUM(n) > 0))", "0A000", "aggregate", "column=50");
        refused(table + "CHECK (n > (SELECT 1)))", "0A000", "subquery", "line=1");
        refused(table + "CHECK (EXISTS (SELECT 1)))", "0A000", "subquery");
        refused(table + "CHECK (ROW_NUMBER() OVER () > 1))", "0A000", "aggregate");
        refused(table + "CHECK (n > ?))", "42P16", "question mark");
        refused(table + "CHECK (nothing(n) > 0))", "42883");
        refused(table + "CHECK n > 0)", "42601");
        refused(table + "DEFAULT id)", "42703", "'ID'", "column=51");
        refused(table + "DEFAULT CURRENT_DATE)", "42804", "DEFAULT of N", "column=51");
        refused(table + "DEFAULT TRUE)", "42804", "column=N");
        refused(table + "DEFAULT 'a')", "22018", "column=N");
        refused(table + "DEFAULT 3000000000)", "22003", "column=N");
        refused(table + "DEFAULT (SELECT 1))", "0A000", "subquery");
        refused(table + "DEFAULT 1 DEFAULT 2)", "42601", "once");
        refused(table + "CONSTRAINT c DEFAULT 1)", "42601", "no name");
        refused(table + "NOT NULL DEFAULT NULL)", "23502", "column=N");
        refused(table + ", CONSTRAINT c CHECK (n > 0), CONSTRAINT c CHECK (n < 9))", "42P16", "constraint=C");
        assertThat(rows("SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'T'")).isEmpty();
    }

    @Test
    void constraintsAreListed() throws SQLException {
        statement.execute(
                "CREATE TABLE t (id INT PRIMARY KEY, \"a b\" INT DEFAULT -1 CHECK (\"a b\"  /* not */ <\n 0), n INT DEFAULT (1+2) * 3 "
                        + "NOT NULL CHECK (n > 0) CHECK (t.n < 100), CONSTRAINT \"Odd\" CHECK (MOD(id, 2) = 1))");
        assertThat(rows("SELECT COLUMN_NAME, COLUMN_DEFAULT, IS_NULLABLE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'T' AND "
                + "TABLE_SCHEMA = 'PUBLIC' ORDER BY ORDINAL_POSITION")).containsExactly("ID|null|NO", "a b|-1|YES", "N|(1+2) * 3|NO");
        assertThat(rows("SELECT CONSTRAINT_NAME, CONSTRAINT_TYPE FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE TABLE_NAME = 'T'"))
                .containsExactlyInAnyOrder("T_PK|PRIMARY KEY", "T_a b_CHECK|CHECK", "T_N_CHECK|CHECK", "T_N_CHECK2|CHECK", "Odd|CHECK");
        assertThat(rows("SELECT CONSTRAINT_NAME, CHECK_CLAUSE FROM INFORMATION_SCHEMA.CHECK_CONSTRAINTS WHERE TABLE_NAME = 'T'"))
                .containsExactlyInAnyOrder("T_a b_CHECK|\"a b\" < 0", "T_N_CHECK|n > 0", "T_N_CHECK2|t.n < 100", "Odd|MOD(id, 2) = 1");
        try (ResultSet columns = connection.getMetaData().getColumns(null, "PUBLIC", "T", "N")) {
            assertThat(columns.next()).isTrue();
            assertThat(columns.getString("COLUMN_DEF")).isEqualTo("(1+2) * 3");
        }
        statement.execute("INSERT INTO t (id) VALUES (1)");
        refused("INSERT INTO t (id) VALUES (2)", "23514", "Odd");
        assertThat(rows("SELECT * FROM t")).containsExactly("1|-1|9");
    }

    @Test
    void expressionsMeanAfterwardsWhatTheyMeantWhenTheyWereWritten() throws SQLException {
        statement.execute("""
                CREATE TABLE t (id INT PRIMARY KEY, a INT DEFAULT ((1 + 2)), b INT DEFAULT -5 -- five
                    NOT NULL, c VARCHAR(20) DEFAULT 'it''s -- "x" /* y */', d DATE DEFAULT DATE '2026-01-02', e VARBINARY DEFAULT X'01',
                    f UUID DEFAULT '123e4567-e89b-12d3-a456-426614174000', g DOUBLE DEFAULT 1e3, h BOOLEAN DEFAULT NOT FALSE,
                    i DECIMAL(6, 2) DEFAULT 1.005, j VARCHAR(9) DEFAULT 3 || 'ü', k INT DEFAULT CAST('7' AS INT) NULL,
                    CHECK ((a > 0)), CHECK ((a, b) <> (1, 2)), CHECK (a IN (1, 2, 3)), CHECK (CASE WHEN h THEN b < 0 ELSE TRUE END))
                """);
        statement.execute("INSERT INTO t (id) VALUES (1)");

        assertThat(rows("SELECT a, b, c, d, f, g, h, i, j, k FROM t")).containsExactly("3|-5|it's -- \"x\" /* y */|2026-01-02|"
                + "123e4567-e89b-12d3-a456-426614174000|1000.0|true|1.01|3ü|7");
        refused("UPDATE t SET a = 4", "23514", "T_CHECK3");
        refused("UPDATE t SET a = 1, b = 2", "23514", "T_CHECK2");
        refused("UPDATE t SET b = 0", "23514", "T_CHECK4");
    }

    @Test
    void aCheckThatCannotBeComputedRefusesTheRowWithItsOwnError() throws SQLException {
        statement.execute("CREATE TABLE t (id INT PRIMARY KEY, n INT CHECK (10 / n > 1))");
        refused("INSERT INTO t VALUES (1, 0)", "22012");
        statement.execute("INSERT INTO t VALUES (1, 2), (2, NULL)");
        refused("UPDATE t SET n = n * 100", "23514", "key=ID=1");
    }

    @Test
    void theyAreThereAfterARestart() throws SQLException {
        String url = "jdbc:coconut:file:" + directory.resolve("db") + ";memory.lock=off;blocks=2";
        try (Connection first = DriverManager.getConnection(url); Statement create = first.createStatement()) {
            create.execute(ORDERS);
        }
        try (Connection second = DriverManager.getConnection(url); Statement insert = second.createStatement()) {
            insert.execute("INSERT INTO orders (id) VALUES (1)");
            assertThatThrownBy(() -> insert.execute("UPDATE orders SET quantity = 0")).hasMessageContaining("ORDERS_QUANTITY_CHECK");
            assertThat(rows(insert, "SELECT * FROM orders")).containsExactly("1|none|6|null|0.00");
        }
    }
}
