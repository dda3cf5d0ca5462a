package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// SELECT … FOR UPDATE: a commit rests on the rows that were read.
class ForUpdateTest {
    private static final String URL = "jdbc:coconut:mem:for-update-test;memory.lock=off;blocks=3";

    private Connection connection;
    private Connection other;

    @BeforeEach
    void connect() throws SQLException {
        connection = DriverManager.getConnection(URL);
        other = DriverManager.getConnection(URL);
        for (String kind : List.of("HASH", "SORTED")) {
            execute(connection, "CREATE TABLE " + kind + "_t (id INT PRIMARY KEY, v INT) USING " + kind);
            execute(connection, "INSERT INTO " + kind + "_t VALUES (1, 10), (2, 20), (3, 30), (4, 40)");
        }
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
        other.close();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> rows(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }

    private void assertConflict() {
        SQLException failure = catchThrowableOfType(SQLException.class, () -> execute(connection, "COMMIT"));
        assertThat((Throwable) failure).isInstanceOf(SQLTransactionRollbackException.class);
        assertThat(failure.getSQLState()).isEqualTo("40001");
        assertThat(failure.getMessage()).contains("_T", "run the transaction again");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            READ COMMITTED  | HASH_T   | UPDATE HASH_T SET v = 11 WHERE id = 1
            READ COMMITTED  | SORTED_T | DELETE FROM SORTED_T WHERE id = 1
            REPEATABLE READ | HASH_T   | DELETE FROM HASH_T WHERE id = 1
            REPEATABLE READ | SORTED_T | UPSERT INTO SORTED_T VALUES (1, 10)
            SERIALIZABLE    | HASH_T   | UPDATE HASH_T SET v = 11 WHERE id = 1
            SERIALIZABLE    | SORTED_T | UPDATE SORTED_T SET v = 11 WHERE id < 2
            """)
    void aRowThatAnotherChangesRefusesTheCommit(String isolation, String table, String change) throws SQLException {
        for (String query : List.of("SELECT v FROM %s WHERE id = 1 FOR UPDATE", "SELECT v FROM %s WHERE v < 15 FOR UPDATE",
                "SELECT v FROM %s WHERE id <= 1 ORDER BY v DESC LIMIT 1 FOR UPDATE")) {
            // Writing elsewhere, and not at all: both rest on the row.
            for (String write : List.of("UPSERT INTO " + table + " VALUES (9, 9)", "SELECT 1 FROM " + table)) {
                execute(connection, "UPSERT INTO " + table + " VALUES (1, 10), (2, 20)");
                execute(connection, "BEGIN ISOLATION LEVEL " + isolation);
                assertThat(rows(connection, query.formatted(table))).containsExactly("10");
                execute(connection, write);
                execute(other, change);
                assertConflict();
                assertThat(rows(other, "SELECT id FROM " + table + " WHERE id = 9")).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"READ COMMITTED", "REPEATABLE READ"})
    void rowsThatWereNotReadForUpdateDoNot(String isolation) throws SQLException {
        execute(connection, "BEGIN ISOLATION LEVEL " + isolation);
        rows(connection, "SELECT v FROM hash_t WHERE id = 1");
        assertThat(rows(connection, "SELECT v FROM hash_t WHERE v = 20 FOR UPDATE")).containsExactly("20");
        execute(connection, "UPDATE sorted_t SET v = 0 WHERE id = 4");
        execute(other, "UPDATE hash_t SET v = 0 WHERE id <> 2");
        execute(connection, "COMMIT");
        assertThat(rows(other, "SELECT v FROM sorted_t WHERE id = 4")).containsExactly("0");
    }

    @Test
    void atReadCommittedEachReadIsJudgedByItsOwnStatement() throws SQLException {
        execute(connection, "BEGIN ISOLATION LEVEL READ COMMITTED");
        rows(connection, "SELECT v FROM hash_t");
        execute(other, "UPDATE hash_t SET v = 11 WHERE id = 1");
        assertThat(rows(connection, "SELECT v FROM hash_t WHERE id = 1 FOR UPDATE")).as("what is committed by now").containsExactly("11");
        execute(connection, "UPDATE hash_t SET v = 12 WHERE id = 1");
        execute(connection, "COMMIT");
        assertThat(rows(other, "SELECT v FROM hash_t WHERE id = 1")).containsExactly("12");

        execute(connection, "BEGIN ISOLATION LEVEL READ COMMITTED");
        rows(connection, "SELECT v FROM hash_t WHERE id = 1 FOR UPDATE");
        execute(other, "UPDATE hash_t SET v = 13 WHERE id = 1");
        // This statement finds the change, but what the program has read before is no more.
        execute(connection, "UPDATE hash_t SET v = v + 1 WHERE id = 1");
        assertConflict();
        assertThat(rows(other, "SELECT v FROM hash_t WHERE id = 1")).containsExactly("13");
    }

    @Test
    void aCounterThatIsReadAndWrittenByTheProgramLosesNothing() throws SQLException {
        execute(connection, "BEGIN ISOLATION LEVEL READ COMMITTED");
        execute(other, "BEGIN ISOLATION LEVEL READ COMMITTED");
        for (Connection each : List.of(connection, other)) {
            try (PreparedStatement read = each.prepareStatement("SELECT v FROM sorted_t WHERE id = ? FOR UPDATE")) {
                read.setInt(1, 1);
                try (ResultSet row = read.executeQuery()) {
                    assertThat(row.next()).isTrue();
                    execute(each, "UPDATE sorted_t SET v = " + (row.getInt(1) + 1) + " WHERE id = 1");
                }
            }
        }
        execute(other, "COMMIT");
        assertConflict();
        assertThat(rows(connection, "SELECT v FROM sorted_t WHERE id = 1")).containsExactly("11");
    }

    @Test
    void rowsOfSeveralTablesAndBlocksAreHeldTogether() throws SQLException {
        execute(connection, "BEGIN ISOLATION LEVEL READ COMMITTED");
        assertThat(rows(connection, "SELECT h.v FROM hash_t h JOIN sorted_t s ON h.id = s.id ORDER BY 1 FOR UPDATE")).hasSize(4);
        execute(connection, "COMMIT");
        execute(connection, "BEGIN ISOLATION LEVEL READ COMMITTED");
        assertThat(rows(connection, "SELECT h.v FROM hash_t h JOIN sorted_t s ON h.id = s.id ORDER BY 1 FOR UPDATE")).hasSize(4);
        execute(other, "UPDATE sorted_t SET v = 0 WHERE id = 1");
        assertConflict();
    }

    @Test
    void itsOwnWritesAreNoConflict() throws SQLException {
        execute(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ");
        execute(connection, "INSERT INTO hash_t VALUES (5, 50)");
        execute(connection, "UPDATE hash_t SET v = 11 WHERE id = 1");
        execute(connection, "UPSERT INTO hash_t VALUES (2, 21)");
        assertThat(rows(connection, "SELECT v FROM hash_t ORDER BY id FOR UPDATE")).containsExactly("11", "21", "30", "40", "50");
        execute(connection, "DELETE FROM hash_t WHERE id = 3");
        execute(connection, "COMMIT");
        assertThat(rows(other, "SELECT v FROM hash_t ORDER BY id")).containsExactly("11", "21", "40", "50");
    }

    @Test
    void withoutATransactionItIsAQuery() throws SQLException {
        assertThat(rows(connection, "SELECT v FROM hash_t ORDER BY id FOR UPDATE")).containsExactly("10", "20", "30", "40");
        assertThat(rows(connection, "VALUES (1) FOR UPDATE")).containsExactly("1");
    }

    @Test
    void aTransactionThatMayOnlyReadDoesNotPromiseAnything() throws SQLException {
        execute(connection, "BEGIN READ ONLY");
        SQLException failure = catchThrowableOfType(SQLException.class, () -> rows(connection, "SELECT v FROM hash_t FOR UPDATE"));
        assertThat(failure.getSQLState()).isEqualTo("25006");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SELECT v FROM hash_t FOR UPDATE NOWAIT                | 0A000 | waits for nobody
            SELECT v FROM hash_t FOR UPDATE SKIP LOCKED           | 0A000 | skips nothing
            SELECT v FROM hash_t h FOR UPDATE OF h                | 0A000 | all tables
            SELECT v FROM hash_t WHERE id = 1 FOR SHARE           | 0A000 | FOR UPDATE
            SELECT v FROM hash_t FOR NO KEY UPDATE                | 0A000 | FOR UPDATE
            SELECT v FROM hash_t FOR KEY SHARE                    | 0A000 | FOR UPDATE
            """)
    void whatItDoesNotDoIsRefusedWithAMend(String sql, String state, String text) {
        SQLException failure = catchThrowableOfType(SQLException.class, () -> rows(connection, sql));
        assertThat(failure.getMessage()).contains(text);
        assertThat(failure.getSQLState()).isEqualTo(state);
    }
}
