package org.coconutdb.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Connections and statements over a session that is not a database: [FakeSession] says what its words do.
class ConnectionTest {
    private final FakeSession session = new FakeSession();
    private final CoconutConnection connection = new CoconutConnection("jdbc:coconut:mem:x", "", session);

    private static String stateOf(ThrowingCallable call) {
        SQLException failure = catchThrowableOfType(SQLException.class, call);
        assertThat((Throwable) failure).isNotNull();
        assertThat(failure.getMessage()).isNotBlank();
        return failure.getSQLState();
    }

    // ---- URLs

    @ParameterizedTest
    @CsvSource({
            "jdbc:coconut:mem:a, jdbc:coconut:mem:a",
            "JDBC:Coconut:MEM:Name, jdbc:coconut:mem:Name",
            "jdbc:coconut:mem:a;blocks=2, jdbc:coconut:mem:a;blocks=2",
            "jdbc:coconut:mem:, jdbc:coconut:mem:",
    })
    void aUrlReachesItsProviderWithItsSchemeInLowerCase(String url, String given) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "me");

        try (Connection opened = DriverManager.getConnection(url, properties)) {
            assertThat(FakeProvider.lastUrl).isEqualTo(given);
            assertThat(FakeProvider.lastProperties.getProperty("user")).isEqualTo("me");
            assertThat(opened.getMetaData().getURL()).isEqualTo(url);
            assertThat(opened.getMetaData().getUserName()).isEqualTo("me");
            assertThat(opened.getMetaData().getDatabaseProductVersion()).isEqualTo("7.8.9-test");
            assertThat(opened.getMetaData().getDatabaseMajorVersion()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @CsvSource({
            "jdbc:coconut:file: , 08001, jdbc:coconut:file:directory",
            "jdbc:coconut:tape:x, 08001, jdbc:coconut:mem:name",
            "jdbc:coconut:, 08001, jdbc:coconut:mem:name",
            "jdbc:coconut://localhost:1, 08001, no server could be reached: localhost:1",
            "jdbc:coconut://localhost:coconut, 08001, no number from 1 to 65535",
            "jdbc:coconut:///schema, 08001, names no host",
            "jdbc:coconut://localhost?connectTimeout=5s, 08001, Did you mean connect.timeout?",
            "jdbc:coconut://localhost?network.timeout=soon, 08001, write a duration",
            "jdbc:coconut://localhost?discover=no, 08001, discover is 'no': write true or false",
            "jdbc:coconut://localhost?time.zone=Europe/Berlim, 08001, such as Europe/Berlin",
            "jdbc:coconut://localhost?authentication=DIGEST, 08001, write BASIC",
            "jdbc:coconut://localhost?principal=joe@EXAMPLE.COM, 08001, principal is of authentication=SPNEGO",
            "jdbc:coconut://localhost?authentication=SPNEGO&user=joe, 08001, user is of authentication=BASIC",
            "jdbc:coconut://localhost?authentication=SPNEGO&keytab=joe.keytab, 08001, say principal",
            "jdbc:coconut:file:dir, 08001, coconut-sql",
    })
    void aUrlThatCannotBeUsedIsRefusedWithWhatCan(String url, String state, String mend) {
        SQLException refused = catchThrowableOfType(SQLException.class, () -> new CoconutDriver().connect(url, null));

        assertThat(refused.getSQLState()).isEqualTo(state);
        assertThat(refused.getMessage()).contains(mend);
    }

    @Test
    void propertiesOfAServersUrlAreDescribed() {
        Properties given = new Properties();
        given.setProperty("user", "me");

        assertThat(new CoconutDriver().getPropertyInfo("jdbc:coconut://host", given)).extracting(info -> info.name + "=" + info.value)
                .containsExactly("user=me", "password=", "schema=PUBLIC", "time.zone=" + ZoneId.systemDefault(), "read=local",
                        "connect.timeout=5s",
                        "network.timeout=0", "discover=true", "authentication=BASIC", "principal=", "keytab=", "service.principal=",
                        "tls=false", "tls.ca=",
                        "truststore=", "truststorePassword=",
                        "tls.pin=", "tls.verify.host=true");
        assertThat(new CoconutDriver().getPropertyInfo("jdbc:coconut:mem:", null)).isEmpty();
    }

    @Test
    void anotherDriversUrlIsLeftToIt() throws SQLException {
        assertThat(new CoconutDriver().connect("jdbc:other:x", null)).isNull();
        assertThat(new CoconutDriver().acceptsURL("jdbc:other:x")).isFalse();
        assertThat(stateOf(() -> new CoconutDriver().connect(null, null))).isEqualTo("08001");
    }

    @Test
    void aDataSourceOpensItsUrl() throws SQLException {
        CoconutDataSource source = new CoconutDataSource("jdbc:coconut:mem:ds");

        try (Connection opened = source.getConnection("me", "secret")) {
            assertThat(opened.isValid(1)).isTrue();
            assertThat(FakeProvider.lastProperties).containsEntry("user", "me").containsEntry("password", "secret");
        }
        assertThat(stateOf(() -> new CoconutDataSource().getConnection())).isEqualTo("08001");
        assertThat(source.unwrap(CoconutDataSource.class)).isSameAs(source);
    }

    // ---- statements

    @Test
    void rowsAndCountsAreAskedForByTheRightMethod() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            assertThat(statement.execute("ROWS 2")).isTrue();
            assertThat(statement.getUpdateCount()).isEqualTo(-1);
            assertThat(statement.execute("COUNT 3")).isFalse();
            assertThat(statement.getUpdateCount()).isEqualTo(3);
            assertThat(statement.getResultSet()).isNull();
            assertThat(statement.getMoreResults()).isFalse();
            assertThat(statement.getUpdateCount()).isEqualTo(-1);
            assertThat(stateOf(() -> statement.executeQuery("COUNT 3"))).isEqualTo("07005");
            assertThat(stateOf(() -> statement.executeUpdate("ROWS 3"))).isEqualTo("07005");
            assertThat(stateOf(() -> statement.execute("SELEKT"))).isEqualTo("42601");
            assertThat(stateOf(() -> statement.execute("ECHO VARCHAR"))).isEqualTo("07001");
            assertThat(stateOf(() -> statement.execute(null))).isEqualTo("22023");
        }
        assertThat(session.log).doesNotContain("ROWS 3 maxRows=0 timeout=0");
    }

    @Test
    void largeCountsAreCappedWhereTheyDoNotFit() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("COUNT 5000000000")).isEqualTo(Integer.MAX_VALUE);
            assertThat(statement.getLargeUpdateCount()).isEqualTo(5_000_000_000L);
        }
    }

    @Test
    void limitsTravelWithTheExecution() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setMaxRows(2);
            statement.setQueryTimeout(9);
            statement.setFetchSize(100);

            ResultSet rows = statement.executeQuery("ROWS 5");

            int count = 0;
            while (rows.next()) {
                count++;
            }
            assertThat(count).isEqualTo(2);
            assertThat(rows.getFetchSize()).isEqualTo(100);
            assertThat(session.log).contains("ROWS 5 maxRows=2 timeout=9");
            assertThat(stateOf(() -> statement.setMaxRows(-1))).isEqualTo("22023");
            assertThat(stateOf(() -> statement.setQueryTimeout(-1))).isEqualTo("22023");
            assertThat(stateOf(() -> statement.setFetchSize(-1))).isEqualTo("22023");
        }
    }

    @Test
    void aResultSetSaysWhereItStands() throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("ROWS 2")) {
            assertThat(rows.isBeforeFirst()).isTrue();
            assertThat(stateOf(() -> rows.getInt(1))).isEqualTo("24000");
            assertThat(rows.next()).isTrue();
            assertThat(rows.isFirst()).isTrue();
            assertThat(rows.getInt("n")).isEqualTo(1);
            assertThat(stateOf(() -> rows.getInt("M"))).isEqualTo("42703");
            assertThat(stateOf(() -> rows.getInt(2))).isEqualTo("07009");
            assertThat(stateOf(() -> rows.getInt(0))).isEqualTo("07009");
            assertThat(rows.next()).isTrue();
            assertThat(rows.getRow()).isEqualTo(2);
            assertThat(rows.next()).isFalse();
            assertThat(rows.isAfterLast()).isTrue();
            assertThat(stateOf(() -> rows.getInt(1))).isEqualTo("24000");
            assertThat(stateOf(() -> rows.previous())).isEqualTo("0A000");
            assertThat(stateOf(() -> rows.updateInt(1, 1))).isEqualTo("0A000");
            assertThat(session.log).contains("cursor closed");
        }
    }

    @Test
    void generatedKeysAreAnEmptyResultWhereTheSessionHandsNoneBack() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("COUNT 1", Statement.RETURN_GENERATED_KEYS);

            assertThat(statement.getGeneratedKeys().next()).isFalse();
            assertThat(stateOf(() -> statement.executeUpdate("COUNT 1", new String[] {null}))).isEqualTo("22023");
            assertThat(stateOf(() -> connection.prepareStatement("COUNT 1", 77))).isEqualTo("22023");
        }
    }

    @Test
    void aBatchOfTextStopsAtTheFirstFailure() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.addBatch("COUNT 1");
            statement.addBatch("COUNT 2");
            statement.addBatch("FAIL 23505");
            statement.addBatch("COUNT 4");

            BatchUpdateException failure = catchThrowableOfType(BatchUpdateException.class, statement::executeBatch);

            assertThat(failure.getLargeUpdateCounts()).containsExactly(1, 2);
            assertThat(failure.getSQLState()).isEqualTo("23505");
            assertThat(statement.executeBatch()).as("the batch is used up").isEmpty();
        }
    }

    @Test
    void aBatchOfParametersGoesToTheSessionAtOnce() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("STORE VARCHAR VARCHAR")) {
            String[][] rows = {{"a", "1"}, {"b", "2"}};
            for (String[] row : rows) {
                statement.setString(1, row[0]);
                statement.setString(2, row[1]);
                statement.addBatch();
            }
            assertThat(statement.executeBatch()).containsExactly(1, 1);
            assertThat(session.log).contains("batch [a, 1]", "batch [b, 2]");

            statement.addBatch();
            statement.setString(1, "refuse");
            statement.addBatch();
            BatchUpdateException failure = catchThrowableOfType(BatchUpdateException.class, statement::executeLargeBatch);
            assertThat(failure.getUpdateCounts()).containsExactly(1);
            assertThat(statement.executeLargeBatch()).isEmpty();
        }
    }

    // ---- parameters

    @Test
    void everyParameterMustHaveAValue() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("ECHO VARCHAR VARCHAR VARCHAR")) {
            statement.setString(2, null);

            SQLException refused = catchThrowableOfType(SQLException.class, statement::executeQuery);

            assertThat(refused.getSQLState()).isEqualTo("07001");
            assertThat(refused.getMessage()).contains("1, 3").contains("setNull");
            assertThat(stateOf(() -> statement.setInt(4, 1))).isEqualTo("07009");
            assertThat(stateOf(() -> statement.setInt(0, 1))).isEqualTo("07009");
            assertThat(stateOf(() -> statement.execute("COUNT 1"))).isEqualTo("0A000");
        }
    }

    @Test
    void valuesStayFromRunToRunUntilTheyAreCleared() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("ECHO VARCHAR INTEGER")) {
            statement.setString(1, "stays");
            statement.setInt(2, 1);
            ResultSet first = statement.executeQuery();
            first.next();
            assertThat(first.getInt(2)).isEqualTo(1);

            statement.setInt(2, 2);
            ResultSet second = statement.executeQuery();
            second.next();

            assertThat(first.isClosed()).isTrue();
            assertThat(second.getString(1)).isEqualTo("stays");
            assertThat(second.getInt(2)).isEqualTo(2);
            statement.clearParameters();
            assertThat(stateOf(statement::executeQuery)).isEqualTo("07001");
        }
    }

    @Test
    void datesAndTimesBecomeWhatTheParameterIs() throws SQLException {
        LocalDateTime reading = LocalDateTime.of(2024, 2, 29, 13, 14, 15, 123_000_000);
        Instant instant = Timestamp.valueOf(reading).toInstant();
        try (PreparedStatement statement = connection.prepareStatement("ECHO DATE TIME TIMESTAMP INSTANT INSTANT")) {
            statement.setObject(1, reading);
            statement.setObject(2, reading);
            statement.setObject(3, instant);
            statement.setTimestamp(4, Timestamp.valueOf(reading));
            statement.setObject(5, reading);

            ResultSet row = statement.executeQuery();
            row.next();

            assertThat(row.getObject(1, LocalDate.class)).isEqualTo(reading.toLocalDate());
            assertThat(row.getObject(2, LocalTime.class)).isEqualTo(reading.toLocalTime());
            assertThat(row.getObject(3, LocalDateTime.class)).isEqualTo(reading);
            assertThat(row.getObject(4, Instant.class)).isEqualTo(instant);
            assertThat(row.getObject(5, Instant.class)).isEqualTo(instant);
        }
    }

    @Test
    void streamsAndLobsAreReadWhenTheyAreSet() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("ECHO VARCHAR VARCHAR VARCHAR")) {
            statement.setCharacterStream(1, new StringReader("reader"), 4);
            statement.setBinaryStream(2, new ByteArrayInputStream(new byte[] {1, 2}));
            byte[] bytes = {7, 8};
            statement.setBytes(3, bytes);
            bytes[0] = 0;

            ResultSet row = statement.executeQuery();
            row.next();

            assertThat(row.getString(1)).isEqualTo("read");
            assertThat(row.getBytes(2)).containsExactly(1, 2);
            assertThat(row.getBytes(3)).as("the caller may reuse its array").containsExactly(7, 8);
            assertThat(stateOf(() -> statement.setCharacterStream(1, new StringReader("short"), 10))).isEqualTo("22023");
            assertThat(stateOf(() -> statement.setCharacterStream(1, new StringReader("x"), -1))).isEqualTo("22023");
        }
    }

    @Test
    void setObjectConvertsToTheTypeThatIsNamed() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("ECHO VARCHAR VARCHAR")) {
            statement.setObject(1, "12.345", Types.DECIMAL, 2);
            statement.setObject(2, 1, Types.BOOLEAN);

            ResultSet row = statement.executeQuery();
            row.next();

            assertThat(row.getString(1)).isEqualTo("12.35");
            assertThat(row.getObject(2)).isEqualTo(true);
            assertThat(stateOf(() -> statement.setObject(1, "x", Types.INTEGER))).isEqualTo("22018");
            assertThat(stateOf(() -> statement.setObject(1, 300, Types.TINYINT))).isEqualTo("22003");
            assertThat(stateOf(() -> statement.setObject(1, "x", Types.STRUCT))).isEqualTo("0A000");
            assertThat(stateOf(() -> statement.setObject(1, "x", 4711))).isEqualTo("22023");
            assertThat(stateOf(() -> statement.setObject(1, new Object()))).isEqualTo("07006");
        }
    }

    // ---- closing

    @Test
    void closingAConnectionClosesItsStatementsAndTheirCursors() throws SQLException {
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("ROWS 3");
        rows.next();
        PreparedStatement prepared = connection.prepareStatement("COUNT 1");

        connection.close();
        connection.close();

        assertThat(session.log).contains("cursor closed", "closed ROWS 3", "closed COUNT 1").endsWith("session closed");
        assertThat(rows.isClosed()).isTrue();
        assertThat(statement.isClosed()).isTrue();
        assertThat(prepared.isClosed()).isTrue();
        assertThat(stateOf(connection::createStatement)).isEqualTo("08003");
        assertThat(stateOf(prepared::execute)).isEqualTo("08003");
        assertThat(stateOf(rows::next)).isIn("24000", "08003");
        assertThat(connection.isValid(0)).isFalse();
    }

    @Test
    void closeOnCompletionClosesTheStatementWithItsLastResult() throws SQLException {
        Statement statement = connection.createStatement();
        statement.closeOnCompletion();
        ResultSet rows = statement.executeQuery("ROWS 1");

        rows.close();

        assertThat(statement.isClosed()).isTrue();
        assertThat(stateOf(() -> statement.execute("COUNT 1"))).isEqualTo("24000");
        assertThatCode(statement::close).doesNotThrowAnyException();
    }

    @Test
    void runningAgainClosesTheResultBefore() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            ResultSet first = statement.executeQuery("ROWS 3");
            ResultSet second = statement.executeQuery("ROWS 2");

            assertThat(first.isClosed()).isTrue();
            assertThat(second.next()).isTrue();
            assertThat(stateOf(first::next)).isEqualTo("24000");
        }
    }

    @Test
    void anotherThreadCancelsClosesAndAborts() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            Statement statement = connection.createStatement();
            Future<String> state = threads.submit(() -> stateOf(() -> statement.execute("WAIT")));
            assertThat(session.waiting.await(120, TimeUnit.SECONDS)).isTrue();

            statement.cancel();

            assertThat(state.get(120, TimeUnit.SECONDS)).isEqualTo("57014");
            assertThatCode(statement::cancel).as("nothing runs").doesNotThrowAnyException();

            FakeSession other = new FakeSession();
            CoconutConnection second = new CoconutConnection("jdbc:coconut:mem:x", "", other);
            Statement waits = second.createStatement();
            Future<String> ended = threads.submit(() -> stateOf(() -> waits.execute("WAIT")));
            assertThat(other.waiting.await(120, TimeUnit.SECONDS)).isTrue();

            second.abort(Runnable::run);

            assertThat(ended.get(120, TimeUnit.SECONDS)).isEqualTo("57014");
            assertThat(second.isClosed()).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    // ---- transactions

    @Test
    void commitAndRollbackWithAutocommitOnAreRefused() throws SQLException {
        assertThat(connection.getAutoCommit()).isTrue();
        assertThat(stateOf(connection::commit)).isEqualTo("25000");
        assertThat(stateOf(connection::rollback)).isEqualTo("25000");
        assertThat(stateOf(connection::setSavepoint)).isEqualTo("25000");

        connection.setAutoCommit(false);
        connection.commit();
        connection.rollback();
        connection.setAutoCommit(true);

        assertThat(session.log).containsExactly("commit", "commit", "rollback", "commit");
        assertThat(connection.getAutoCommit()).isTrue();
    }

    @Test
    void resultSetsAreClosedWithTheirTransactionHoweverItEnds() throws SQLException {
        try (Statement statement = connection.createStatement(); Statement other = connection.createStatement()) {
            ResultSet alone = connection.createStatement().executeQuery("ROWS 3");
            connection.setAutoCommit(false);
            ResultSet first = statement.executeQuery("ROWS 3");
            assertThat(first.next()).isTrue();
            connection.commit();
            assertThat(first.isClosed()).isTrue();
            assertThat(stateOf(first::next)).isEqualTo("24000");

            ResultSet second = statement.executeQuery("ROWS 3");
            other.execute("END");
            assertThat(second.isClosed()).isTrue();

            ResultSet third = statement.executeQuery("ROWS 3");
            session.conflicting = true;
            assertThat(stateOf(connection::commit)).isEqualTo("40001");
            assertThat(third.isClosed()).isTrue();
            assertThat(alone.next()).as("one with a snapshot of its own").isTrue();
        }
    }

    @Test
    void aTransactionThatSqlHasBegunEndsByTheMethodsToo() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN");
            connection.commit();
            assertThat(stateOf(connection::commit)).isEqualTo("25000");
            statement.execute("BEGIN");
            connection.rollback();

            assertThat(session.log).contains("commit", "rollback");
            assertThat(connection.getAutoCommit()).isTrue();
        }
    }

    @Test
    void savepointsBelongToTheirConnection() throws SQLException {
        connection.setAutoCommit(false);
        Savepoint numbered = connection.setSavepoint();
        Savepoint named = connection.setSavepoint("here");

        connection.rollback(named);
        connection.releaseSavepoint(numbered);

        assertThat(session.log).containsExactly("commit", "savepoint 1 null", "savepoint 2 here", "rollback to 2", "release 1");
        assertThat(numbered.getSavepointId()).isEqualTo(1);
        assertThat(named.getSavepointName()).isEqualTo("here");
        assertThat(stateOf(named::getSavepointId)).isEqualTo("3B001");
        assertThat(stateOf(numbered::getSavepointName)).isEqualTo("3B001");
        assertThat(stateOf(() -> connection.rollback(null))).isEqualTo("3B001");
        assertThat(stateOf(() -> connection.setSavepoint(null))).isEqualTo("22023");
        Connection another = DriverManager.getConnection(connection.getMetaData().getURL());
        another.setAutoCommit(false);
        assertThat(stateOf(() -> another.releaseSavepoint(named))).isEqualTo("3B001");
        another.close();
    }

    @Test
    void theIsolationLevelIsTheSessions() throws SQLException {
        assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);

        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);

        assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
        assertThat(stateOf(() -> connection.setTransactionIsolation(Connection.TRANSACTION_NONE))).isEqualTo("0A000");
        assertThat(stateOf(() -> connection.setTransactionIsolation(99))).isEqualTo("22023");
    }

    // ---- what there is none of

    @Test
    void aReadOnlyConnectionRefusesChanges() throws SQLException {
        connection.setReadOnly(true);
        try (Statement statement = connection.createStatement()) {
            assertThat(statement.executeQuery("ROWS 1").next()).isTrue();
            assertThat(stateOf(() -> statement.executeUpdate("COUNT 1"))).isEqualTo("25006");
            connection.setReadOnly(false);
            assertThat(statement.executeUpdate("COUNT 1")).isEqualTo(1);
        }
    }

    @Test
    void resultSetsOfOtherKindsAreRefused() {
        assertThat(stateOf(() -> connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)))
                .isEqualTo("0A000");
        assertThat(stateOf(() -> connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE)))
                .isEqualTo("0A000");
        assertThat(stateOf(() -> connection.createStatement(1, 2, 3))).isEqualTo("22023");
        assertThat(stateOf(() -> connection.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT))).isEqualTo("0A000");
        assertThat(stateOf(() -> connection.prepareCall("{call x}"))).isEqualTo("0A000");
        assertThat(stateOf(connection::createBlob)).isEqualTo("0A000");
    }

    @Test
    void theSchemaIsTheSessions() throws SQLException {
        assertThat(connection.getSchema()).isEqualTo("PUBLIC");
        connection.setSchema("SYSTEM");
        assertThat(connection.getSchema()).isEqualTo("SYSTEM");
        assertThat(stateOf(() -> connection.setSchema("NOWHERE"))).isEqualTo("3F000");
        assertThat(stateOf(() -> connection.setSchema(null))).isEqualTo("22023");
    }

    @Test
    void unknownClientInfoIsAWarning() throws SQLException {
        connection.setClientInfo("ApplicationName", "test");
        connection.setClientInfo("Other", "test");

        assertThat(connection.getWarnings().getMessage()).contains("ApplicationName");
        assertThat(connection.getWarnings().getNextWarning().getMessage()).contains("Other");
        connection.clearWarnings();
        assertThat((Throwable) connection.getWarnings()).isNull();
    }

    @Test
    void objectsUnwrapToThemselves() throws SQLException {
        assertThat(connection.unwrap(CoconutConnection.class)).isSameAs(connection);
        assertThat(connection.isWrapperFor(String.class)).isFalse();
        assertThat(stateOf(() -> connection.unwrap(String.class))).isEqualTo("22023");
    }
}
