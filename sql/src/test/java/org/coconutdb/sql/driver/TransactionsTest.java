package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Transactions of several statements, by JDBC's methods and by SQL's statements.
class TransactionsTest {
    private static final String URL = "jdbc:coconut:mem:transactions-test;memory.lock=off;blocks=2";

    private Connection connection;
    private Connection other;

    @BeforeEach
    void connect() throws SQLException {
        connection = DriverManager.getConnection(URL);
        other = DriverManager.getConnection(URL);
        execute("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(10))");
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
        other.close();
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private void execute(String... statements) throws SQLException {
        execute(connection, statements);
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

    private static List<String> ids(Connection connection) throws SQLException {
        return rows(connection, "SELECT id FROM t ORDER BY id");
    }

    private static String stateOf(ThrowingCallable call) {
        SQLException failure = catchThrowableOfType(SQLException.class, call);
        assertThat((Throwable) failure).as("a failure").isNotNull();
        return failure.getSQLState();
    }

    private String stateOf(String sql) {
        return stateOf(() -> execute(sql));
    }

    // ---- how they begin and end

    @Test
    void statementsHappenTogetherAtCommitAndNotAtAllAtRollback() throws SQLException {
        connection.setAutoCommit(false);
        execute("INSERT INTO t VALUES (1, 'a')", "INSERT INTO t VALUES (2, 'b'), (3, 'c')");
        assertThat(ids(other)).isEmpty();
        connection.commit();
        assertThat(ids(other)).containsExactly("1", "2", "3");

        execute("DELETE FROM t", "INSERT INTO t VALUES (4, 'd')");
        assertThat(ids(connection)).containsExactly("4");
        connection.rollback();

        assertThat(ids(connection)).containsExactly("1", "2", "3");
        assertThat(ids(other)).containsExactly("1", "2", "3");
    }

    @Test
    void switchingAutocommitOnCommits() throws SQLException {
        connection.setAutoCommit(false);
        execute("INSERT INTO t VALUES (1, 'a')");
        connection.setAutoCommit(true);
        assertThat(ids(other)).containsExactly("1");

        execute("INSERT INTO t VALUES (2, 'b')");
        assertThat(ids(other)).containsExactly("1", "2");
        assertThat(stateOf(connection::commit)).isEqualTo("25000");
    }

    @Test
    void closingTheConnectionRollsBack() throws SQLException {
        Connection third = DriverManager.getConnection(URL);
        third.setAutoCommit(false);
        execute(third, "INSERT INTO t VALUES (1, 'a')");
        ResultSet open = third.createStatement().executeQuery("SELECT * FROM t");
        assertThat(open.next()).isTrue();

        third.close();

        assertThat(open.isClosed()).isTrue();
        assertThat(ids(other)).isEmpty();
    }

    @Test
    void whatPoolsDoLeavesNothingBehind() throws SQLException {
        for (int i = 0; i < 20; i++) {
            connection.setAutoCommit(false);
            connection.setReadOnly(i % 3 == 0);
            if (i % 3 == 0) {
                assertThat(ids(connection)).hasSameSizeAs(ids(other));
            } else {
                execute("INSERT INTO t VALUES (" + i + ", 'x')");
            }
            if (i % 2 == 0) {
                connection.commit();
            }
            connection.rollback();
            connection.setReadOnly(false);
            connection.setAutoCommit(true);
        }

        assertThat(ids(other)).containsExactly("2", "4", "8", "10", "14", "16");
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEGIN", "BEGIN WORK", "begin transaction", "START TRANSACTION", "START TRANSACTION READ WRITE",
            "BEGIN ISOLATION LEVEL SERIALIZABLE, READ WRITE", "START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ WRITE"})
    void sqlBeginsAndEndsThemToo(String begin) throws SQLException {
        execute(begin, "INSERT INTO t VALUES (1, 'a')", "INSERT INTO t VALUES (2, 'b')");
        assertThat(connection.getAutoCommit()).isTrue();
        assertThat(ids(other)).isEmpty();
        execute("ROLLBACK");
        assertThat(ids(connection)).isEmpty();

        execute(begin, "INSERT INTO t VALUES (1, 'a')", "INSERT INTO t VALUES (2, 'b')", "COMMIT WORK");
        assertThat(ids(other)).containsExactly("1", "2");
        execute("INSERT INTO t VALUES (3, 'c')");
        assertThat(ids(other)).containsExactly("1", "2", "3");
    }

    @Test
    void bothWaysShareOneTransaction() throws SQLException {
        execute("BEGIN", "INSERT INTO t VALUES (1, 'a')");
        connection.commit();
        assertThat(ids(other)).containsExactly("1");

        connection.setAutoCommit(false);
        execute("INSERT INTO t VALUES (2, 'b')", "COMMIT", "INSERT INTO t VALUES (3, 'c')", "ROLLBACK");
        assertThat(ids(other)).containsExactly("1", "2");
        execute("BEGIN", "INSERT INTO t VALUES (4, 'd')");
        assertThat(stateOf("BEGIN")).isEqualTo("25001");
        connection.setAutoCommit(true);
        assertThat(ids(other)).containsExactly("1", "2", "4");
    }

    @Test
    void endingNoneIsHarmlessAndMarkingNoneIsRefused() throws SQLException {
        execute("COMMIT", "ROLLBACK");

        assertThat(stateOf("SAVEPOINT a")).isEqualTo("25P01");
        assertThat(stateOf("ROLLBACK TO a")).isEqualTo("25P01");
        assertThat(stateOf("RELEASE a")).isEqualTo("25P01");
        assertThat(stateOf("SET TRANSACTION READ ONLY")).isEqualTo("25P01");
        assertThat(stateOf("BEGIN READ ONLY READ WRITE")).isEqualTo("42601");
        assertThat(stateOf("COMMIT TO a")).isEqualTo("42601");
    }

    // ---- failures

    @Test
    void aFailedStatementIsUndoneByItselfAndLeavesTheTransactionOpen() throws SQLException {
        execute("INSERT INTO t VALUES (1, 'a')");
        connection.setAutoCommit(false);
        execute("INSERT INTO t VALUES (2, 'b')");

        assertThat(stateOf("INSERT INTO t VALUES (3, 'c'), (4, 'd'), (2, 'again')")).isEqualTo("23505");
        assertThat(stateOf("INSERT INTO t VALUES (5, 'e'), (1, 'again')")).isEqualTo("23505");
        assertThat(stateOf("UPDATE t SET v = CAST(10 / (id - 2) AS VARCHAR(10)) WHERE id <= 2")).isEqualTo("22012");
        assertThat(stateOf("UPDATE t SET v = 'much too long for it'")).isEqualTo("22001");
        assertThat(stateOf("SELECT * FROM nowhere")).isEqualTo("42P01");

        assertThat(rows(connection, "SELECT id || v FROM t ORDER BY id")).containsExactly("1a", "2b");
        execute("INSERT INTO t VALUES (3, 'c')");
        connection.commit();
        assertThat(rows(other, "SELECT id || v FROM t ORDER BY id")).containsExactly("1a", "2b", "3c");
    }

    @Test
    void aConflictIsNotTriedAgainAndUndoesTheWholeTransaction() throws SQLException {
        execute("INSERT INTO t VALUES (1, 'a')");
        connection.setAutoCommit(false);
        execute("UPDATE t SET v = 'mine' WHERE id = 1", "INSERT INTO t VALUES (2, 'b')");
        execute(other, "UPDATE t SET v = 'theirs' WHERE id = 1");

        SQLException conflict = catchThrowableOfType(SQLException.class, connection::commit);

        assertThat((Throwable) conflict).isInstanceOf(SQLTransactionRollbackException.class);
        assertThat(conflict.getSQLState()).isEqualTo("40001");
        assertThat(conflict.getMessage()).contains("PUBLIC.T").contains("ID=1").contains("run the transaction again");
        assertThat(rows(connection, "SELECT v FROM t")).containsExactly("theirs");
        execute("UPDATE t SET v = 'mine' WHERE id = 1");
        connection.commit();
        assertThat(rows(other, "SELECT v FROM t")).containsExactly("mine");
    }

    @Test
    void whatASerializableTransactionHasReadMustStillHold() throws SQLException {
        execute("INSERT INTO t VALUES (1, 'on'), (2, 'on')");
        for (Connection each : List.of(connection, other)) {
            each.setAutoCommit(false);
            assertThat(rows(each, "SELECT COUNT(*) FROM t WHERE v = 'on'")).containsExactly("2");
        }
        execute("UPDATE t SET v = 'off' WHERE id = 1");
        execute(other, "UPDATE t SET v = 'off' WHERE id = 2");

        connection.commit();

        assertThat(stateOf(other::commit)).isEqualTo("40001");
        assertThat(rows(other, "SELECT COUNT(*) FROM t WHERE v = 'on'")).containsExactly("1");
    }

    @Test
    void aCancelledStatementLeavesTheTransactionAsItWas() throws SQLException {
        execute("CREATE TABLE many (id INT PRIMARY KEY)");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO many VALUES (?)")) {
            for (int i = 0; i < 1000; i++) {
                insert.setInt(1, i);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        connection.setAutoCommit(false);
        execute("INSERT INTO t VALUES (1, 'a')");
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            assertThat(stateOf(() -> statement.executeUpdate(
                    "INSERT INTO t SELECT a.id + 10, 'x' FROM many a, many b, many c WHERE a.id + b.id + c.id < 0 OR (a.id < 5 AND b.id = 0 AND c.id = 0)")))
                            .isEqualTo("57014");
        }
        connection.commit();

        assertThat(ids(other)).containsExactly("1");
    }

    // ---- savepoints

    @Test
    void savepointsAreGoneBackToOneInAnother() throws SQLException {
        connection.setAutoCommit(false);
        Savepoint start = connection.setSavepoint();
        execute("INSERT INTO t VALUES (1, 'a')");
        Savepoint one = connection.setSavepoint("one");
        execute("INSERT INTO t VALUES (2, 'b')", "UPDATE t SET v = 'A' WHERE id = 1");
        Savepoint two = connection.setSavepoint("two");
        execute("DELETE FROM t");
        assertThat(ids(connection)).isEmpty();

        connection.rollback(two);
        assertThat(rows(connection, "SELECT id || v FROM t ORDER BY id")).containsExactly("1A", "2b");
        execute("INSERT INTO t VALUES (3, 'c')");
        connection.rollback(two);
        connection.rollback(one);
        assertThat(rows(connection, "SELECT id || v FROM t ORDER BY id")).containsExactly("1a");
        assertThat(stateOf(() -> connection.rollback(two))).isEqualTo("3B001");
        execute("INSERT INTO t VALUES (4, 'd')");
        connection.releaseSavepoint(one);
        assertThat(stateOf(() -> connection.rollback(one))).isEqualTo("3B001");
        assertThat(ids(connection)).containsExactly("1", "4");
        connection.rollback(start);
        assertThat(ids(connection)).isEmpty();
        execute("INSERT INTO t VALUES (5, 'e')");
        connection.commit();

        assertThat(ids(other)).containsExactly("5");
        assertThat(stateOf(() -> connection.rollback(start))).isEqualTo("3B001");
    }

    @Test
    void savepointsOfSqlHideEarlierOnesOfTheirName() throws SQLException {
        execute("BEGIN", "INSERT INTO t VALUES (1, 'a')", "SAVEPOINT here", "INSERT INTO t VALUES (2, 'b')", "SAVEPOINT here",
                "INSERT INTO t VALUES (3, 'c')", "ROLLBACK TO SAVEPOINT here");
        assertThat(ids(connection)).containsExactly("1", "2");
        execute("RELEASE here", "ROLLBACK TO here");
        assertThat(ids(connection)).containsExactly("1");
        assertThat(stateOf("ROLLBACK TO there")).isEqualTo("3B001");
        execute("RELEASE SAVEPOINT here");
        assertThat(stateOf("RELEASE SAVEPOINT here")).isEqualTo("3B001");
        connection.setSavepoint("mixed Case");
        execute("INSERT INTO t VALUES (4, 'd')", "ROLLBACK TO \"mixed Case\"", "COMMIT");

        assertThat(ids(other)).containsExactly("1");
    }

    @Test
    void goingBackEndsResultSetsThatWereOpenedSince() throws SQLException {
        connection.setAutoCommit(false);
        execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
        try (Statement before = connection.createStatement(); Statement since = connection.createStatement()) {
            ResultSet kept = before.executeQuery("SELECT id FROM t ORDER BY id");
            Savepoint savepoint = connection.setSavepoint();
            execute("INSERT INTO t VALUES (3, 'c')");
            ResultSet ended = since.executeQuery("SELECT id FROM t ORDER BY id");
            assertThat(ended.next()).isTrue();

            connection.rollback(savepoint);

            assertThat(stateOf(ended::next)).isEqualTo("24000");
            assertThat(kept.next()).isTrue();
            assertThat(kept.next()).isTrue();
            assertThat(kept.next()).isFalse();
        }
    }

    // ---- result sets

    @Test
    void resultSetsEndWithTheirTransaction() throws SQLException {
        execute("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')");
        try (Statement statement = connection.createStatement(); Statement second = connection.createStatement()) {
            ResultSet alone = second.executeQuery("SELECT id FROM t ORDER BY id");
            connection.setAutoCommit(false);
            ResultSet rows = statement.executeQuery("SELECT id FROM t ORDER BY id");
            assertThat(rows.getHoldability()).isEqualTo(ResultSet.CLOSE_CURSORS_AT_COMMIT);
            assertThat(rows.next()).isTrue();

            execute("COMMIT");

            assertThat(rows.isClosed()).isTrue();
            assertThat(stateOf(rows::next)).isEqualTo("24000");
            assertThat(alone.next()).as("one of its own transaction").isTrue();
        }
    }

    // ---- isolation, and reading only

    @Test
    void isolationIsSetForTheConnectionOrForOneTransaction() throws SQLException {
        execute("INSERT INTO t VALUES (1, 'a')");
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED);
        assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
        connection.setAutoCommit(false);
        assertThat(ids(connection)).containsExactly("1");
        execute(other, "INSERT INTO t VALUES (2, 'b')");
        assertThat(ids(connection)).as("each statement reads what is committed by now").containsExactly("1", "2");
        assertThat(stateOf(() -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE))).isEqualTo("25001");
        assertThat(stateOf("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")).isEqualTo("25001");
        connection.commit();

        execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
        assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
        assertThat(ids(connection)).containsExactly("1", "2");
        execute(other, "INSERT INTO t VALUES (3, 'c')");
        assertThat(ids(connection)).containsExactly("1", "2");
        connection.commit();
        assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);

        connection.setAutoCommit(true);
        execute("BEGIN", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
        assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
        execute("COMMIT", "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ");
        assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aReadOnlyConnectionReadsOneSnapshotAndChangesNothing(boolean autoCommit) throws SQLException {
        execute("INSERT INTO t VALUES (1, 'a')");
        connection.setReadOnly(true);
        connection.setAutoCommit(autoCommit);

        assertThat(ids(connection)).containsExactly("1");
        execute(other, "INSERT INTO t VALUES (2, 'b')");
        assertThat(ids(connection)).hasSize(autoCommit ? 2 : 1);
        for (String write : List.of("INSERT INTO t VALUES (3, 'c')", "UPDATE t SET v = 'x'", "DELETE FROM t",
                "UPSERT INTO t VALUES (1, 'x')",
                "DROP TABLE t", "CREATE TABLE u (id INT PRIMARY KEY)")) {
            assertThat(stateOf(write)).as(write).isEqualTo("25006");
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (9, 'x')")) {
            insert.addBatch();
            assertThat(stateOf(insert::executeBatch)).isEqualTo("25006");
        }
        if (!autoCommit) {
            assertThat(stateOf(() -> connection.setReadOnly(false))).isEqualTo("25001");
            connection.commit();
        }
        connection.setReadOnly(false);
        execute("INSERT INTO t VALUES (3, 'c')");
    }

    @Test
    void oneTransactionCanBeReadOnly() throws SQLException {
        execute("BEGIN READ ONLY");
        assertThat(connection.isReadOnly()).isTrue();
        assertThat(stateOf("DELETE FROM t")).isEqualTo("25006");
        execute("COMMIT", "START TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY");
        assertThat(ids(connection)).isEmpty();
        execute(other, "INSERT INTO t VALUES (1, 'a')");
        assertThat(ids(connection)).containsExactly("1");
        assertThat(stateOf("DELETE FROM t")).isEqualTo("25006");
        execute("ROLLBACK", "DELETE FROM t");
    }

    // ---- definitions

    @Test
    void tablesAreNeitherMadeNorDroppedInATransaction() throws SQLException {
        execute("BEGIN");
        assertThat(stateOf("CREATE TABLE u (id INT PRIMARY KEY)")).isEqualTo("25001");
        assertThat(stateOf("DROP TABLE t")).isEqualTo("25001");
        execute("INSERT INTO t VALUES (1, 'a')", "COMMIT");

        connection.setAutoCommit(false);
        assertThat(ids(connection)).containsExactly("1");
        execute("CREATE TABLE u (id INT PRIMARY KEY)", "INSERT INTO u VALUES (1)");
        assertThat(stateOf("DROP TABLE u")).isEqualTo("25001");
        assertThat(rows(connection, "SELECT id FROM u")).containsExactly("1");
        connection.rollback();

        assertThat(rows(other, "SELECT id FROM u")).as("the table stays").isEmpty();
        execute("DROP TABLE u");
    }

    // ---- batches

    @Test
    void aBatchWithAutocommitOnIsOneTransaction() throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, 'x')")) {
            for (int id : new int[] {1, 2, 3}) {
                insert.setInt(1, id);
                insert.addBatch();
            }
            assertThat(insert.executeBatch()).containsExactly(1, 1, 1);
            for (int id : new int[] {4, 5, 2, 6}) {
                insert.setInt(1, id);
                insert.addBatch();
            }

            BatchUpdateException failure = catchThrowableOfType(BatchUpdateException.class, insert::executeBatch);

            assertThat(failure.getSQLState()).isEqualTo("23505");
            assertThat(failure.getUpdateCounts()).isEmpty();
            assertThat(failure.getMessage()).contains("ID=2").endsWith("Nothing of the batch was done.");
        }
        assertThat(ids(other)).containsExactly("1", "2", "3");
        try (PreparedStatement update = connection.prepareStatement("UPDATE t SET v = v || CAST(? AS VARCHAR(10)) WHERE id = 1")) {
            for (String text : List.of("a", "b", "c")) {
                update.setString(1, text);
                update.addBatch();
            }
            update.executeBatch();
        }
        assertThat(rows(other, "SELECT v FROM t WHERE id = 1")).as("each sees those before it").containsExactly("xabc");
    }

    @Test
    void aBatchPastTheSizeOfATransactionIsRefusedWhole() throws SQLException {
        execute("CREATE TABLE wide (id INT PRIMARY KEY, b VARBINARY(1000000))");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO wide VALUES (?, ?)")) {
            byte[] value = new byte[1_000_000];
            for (int i = 0; i < 70; i++) {
                insert.setInt(1, i);
                insert.setBytes(2, value);
                insert.addBatch();
            }
            BatchUpdateException failure = catchThrowableOfType(BatchUpdateException.class, insert::executeBatch);
            assertThat(failure.getSQLState()).isEqualTo("54000");
            assertThat(failure.getMessage()).contains("bytesMax");
        }
        assertThat(rows(other, "SELECT COUNT(*) FROM wide")).containsExactly("0");
    }

    @Test
    void inATransactionEachOfABatchIsAStatement() throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, 'x'), (? + 10, 'y')")) {
            for (int id : new int[] {1, 2, 11, 3}) {
                insert.setInt(1, id);
                insert.setInt(2, id);
                insert.addBatch();
            }
            BatchUpdateException failure = catchThrowableOfType(BatchUpdateException.class, insert::executeBatch);
            assertThat(failure.getUpdateCounts()).containsExactly(2, 2);
        }
        assertThat(ids(connection)).containsExactly("1", "2", "11", "12");
        connection.rollback();
        assertThat(ids(connection)).isEmpty();
    }

    @Test
    void aBatchOfTextsIsOneTransactionUnlessItMakesTables() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.addBatch("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
            statement.addBatch("UPDATE t SET v = 'c'");
            statement.addBatch("DELETE FROM t WHERE id = 2");
            assertThat(statement.executeBatch()).containsExactly(2, 2, 1);

            for (String last : List.of("INSERT INTO t VALUES (1, 'again')", "INSERT INTO nowhere VALUES (1)", "SELECT * FROM t",
                    "INSERT INTO t VALUES (?, 'x')")) {
                statement.addBatch("INSERT INTO t VALUES (7, 'g')");
                statement.addBatch(last);
                BatchUpdateException failure = catchThrowableOfType(BatchUpdateException.class, statement::executeBatch);
                assertThat(failure.getUpdateCounts()).as(last).isEmpty();
                assertThat(Arrays.asList("23505", "42P01", "07005", "07001")).contains(failure.getSQLState());
            }
            assertThat(rows(other, "SELECT id || v FROM t")).containsExactly("1c");

            statement.addBatch("CREATE TABLE u (id INT PRIMARY KEY)");
            statement.addBatch("INSERT INTO u VALUES (1)");
            statement.addBatch("INSERT INTO u VALUES (1)");
            BatchUpdateException failure = catchThrowableOfType(BatchUpdateException.class, statement::executeBatch);
            assertThat(failure.getUpdateCounts()).containsExactly(0, 1);
            assertThat(rows(other, "SELECT id FROM u")).containsExactly("1");
        }
    }

    // ---- metadata

    @Test
    void metadataSaysSo() throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();

        assertThat(meta.supportsTransactions()).isTrue();
        assertThat(meta.supportsSavepoints()).isTrue();
        assertThat(meta.getDefaultTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
        for (int level : new int[] {1, 2, 4, 8}) {
            assertThat(meta.supportsTransactionIsolationLevel(level)).isTrue();
        }
        assertThat(meta.supportsTransactionIsolationLevel(Connection.TRANSACTION_NONE)).isFalse();
        assertThat(meta.getResultSetHoldability()).isEqualTo(ResultSet.CLOSE_CURSORS_AT_COMMIT);
        assertThat(meta.supportsResultSetHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT)).isFalse();
        assertThat(meta.supportsDataManipulationTransactionsOnly()).isTrue();
        connection.setAutoCommit(false);
        try (ResultSet tables = meta.getTables(null, "PUBLIC", "%", null)) {
            connection.commit();
            assertThat(tables.next()).as("not a part of the transaction").isTrue();
        }
    }
}
