package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A transaction past `transaction.bytes.max`.
class TransactionSizeTest {
    private static final String URL = "jdbc:coconut:mem:transaction-size-test;memory.lock=off;blocks=2;transaction.bytes.max=2MB";
    // 1000 characters and some bytes more.
    private static final int ROWS = 500;

    private Connection connection;

    @BeforeEach
    void connect() throws SQLException {
        connection = DriverManager.getConnection(URL);
        execute("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(2000))");
        execute("CREATE TABLE u (id INT PRIMARY KEY, v VARCHAR(2000))");
        for (int i = 0; i < 6; i++) {
            insert("t", i * ROWS);
        }
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    private void insert(String table, int from) throws SQLException {
        StringBuilder values = new StringBuilder();
        for (int id = from; id < from + ROWS; id++) {
            values.append(id == from ? "(" : ", (").append(id).append(", '").append("x".repeat(1000)).append("')");
        }
        execute("INSERT INTO " + table + " VALUES " + values);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void assertTooLarge(String sql) {
        SQLException failure = catchThrowableOfType(SQLException.class, () -> execute(sql));
        assertThat((Throwable) failure).as(sql).isNotNull();
        assertThat(failure.getSQLState()).isEqualTo("54000");
        assertThat(failure.getMessage()).contains("smaller pieces", "transaction.bytes.max", "bytesMax=2097152");
    }

    private int count(String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INSERT INTO u SELECT * FROM t", "UPSERT INTO u SELECT * FROM t", "UPDATE t SET v = v || 'y'"})
    void aStatementThatIsTooLargeDoesNothing(String sql) throws SQLException {
        assertTooLarge(sql);
        assertThat(count("u")).isZero();
        assertThat(count("t WHERE v LIKE '%y'")).isZero();
        execute("INSERT INTO u SELECT * FROM t WHERE id < 1000");
        assertThat(count("u")).isEqualTo(1000);
    }

    @Test
    void inATransactionItIsUndoneByItselfAndTheTransactionGoesOn() throws SQLException {
        connection.setAutoCommit(false);
        execute("INSERT INTO u VALUES (-1, 'before')");
        assertTooLarge("INSERT INTO u SELECT * FROM t");
        assertThat(count("u")).isEqualTo(1);
        execute("INSERT INTO u VALUES (-2, 'after')");
        connection.commit();
        assertThat(count("u")).isEqualTo(2);
    }

    @Test
    void itsStatementsCountTogether() throws SQLException {
        connection.setAutoCommit(false);
        insert("u", 0);
        insert("u", ROWS);
        insert("u", 2 * ROWS);
        assertTooLarge("INSERT INTO u SELECT * FROM t WHERE id >= 1500");
        connection.rollback();
        insert("u", 0);
        connection.commit();
        assertThat(count("u")).isEqualTo(ROWS);
    }

    @Test
    void rowsThatAreSkippedDoNotCount() throws SQLException {
        execute("INSERT INTO t SELECT * FROM t ON CONFLICT DO NOTHING");
        assertThat(count("t")).isEqualTo(6 * ROWS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1MB", "2GB", "much"})
    void aBoundThatCannotBeIsRefused(String bound) {
        SQLException failure = catchThrowableOfType(SQLException.class,
                () -> DriverManager.getConnection("jdbc:coconut:mem:;transaction.bytes.max=" + bound).close());
        assertThat(failure.getSQLState()).isEqualTo("08001");
    }
}
