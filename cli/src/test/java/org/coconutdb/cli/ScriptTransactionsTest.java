package org.coconutdb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Scripts of `coconut sql` that begin and end transactions.
class ScriptTransactionsTest {
    private static final String URL = "jdbc:coconut:mem:script-transactions;memory.lock=off;blocks=2";

    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        connection = DriverManager.getConnection(URL);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id INT PRIMARY KEY)");
        }
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private List<String> ids() throws SQLException {
        List<String> ids = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT id FROM t ORDER BY id")) {
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
        }
        return ids;
    }

    @Test
    void aScriptCommitsAndRollsBack() throws SQLException {
        CapturedScreen captured = new CapturedScreen("""
                BEGIN;
                INSERT INTO t VALUES (1); SAVEPOINT first_row;
                INSERT INTO t VALUES (2); ROLLBACK TO first_row;
                SELECT COUNT(*) FROM t;
                COMMIT;
                START TRANSACTION; DELETE FROM t; ROLLBACK;
                """);

        int exitCode = captured.run("sql", URL, "--format", "csv");

        assertThat(captured.err()).isEmpty();
        assertThat(exitCode).isZero();
        assertThat(captured.out()).endsWith("1\n");
        assertThat(ids()).containsExactly("1");
    }

    @Test
    void aFailureRollsTheOpenTransactionBack() throws SQLException {
        CapturedScreen captured = new CapturedScreen("");

        int exitCode = captured.run("sql", URL, "-e", "INSERT INTO t VALUES (1)", "-e", "BEGIN; INSERT INTO t VALUES (2)", "-e",
                "INSERT INTO t VALUES (1); COMMIT");

        assertThat(exitCode).isEqualTo(Coconut.FAILED);
        assertThat(captured.err()).contains("23505");
        assertThat(ids()).containsExactly("1");
    }

    @Test
    void aTransactionThatIsLeftOpenIsAnError() throws SQLException {
        CapturedScreen captured = new CapturedScreen("");

        int exitCode = captured.run("sql", URL, "-e", "BEGIN; INSERT INTO t VALUES (2)");

        assertThat(exitCode).isEqualTo(Coconut.FAILED);
        assertThat(captured.err()).contains("25000").contains("rolled back");
        assertThat(ids()).isEmpty();
    }
}
