package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.coconutdb.sql.SqlClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// SYSTEM.SESSIONS and KILL QUERY.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class KillQueryTest {
    private static final String URL = "jdbc:coconut:mem:kill-query-test;memory.lock=off;blocks=1";
    private static final String LONG = "SELECT COUNT(*) FROM TABLE(GENERATE_SERIES(1, 1000000000000)) AS s (i) WHERE i < 0";

    private SqlClient owner;

    @BeforeEach
    void connect() throws SQLException {
        owner = SqlClient.open(URL);
        owner.execute("CREATE USER joe PASSWORD 'joes'", "CREATE USER eve PASSWORD 'eves'");
    }

    @AfterEach
    void disconnect() throws SQLException {
        owner.close();
    }

    private static SqlClient as(String user) throws SQLException {
        return new SqlClient(DriverManager.getConnection(URL, user, user + "s"));
    }

    /// The session that runs a text, as somebody sees it.
    private static String awaitRunning(SqlClient client, String text) throws InterruptedException, SQLException {
        while (true) {
            List<String> found = client.rows("SELECT session_id FROM SYSTEM.SESSIONS WHERE statement = '" + text
                    + "' AND running_millis >= 0");
            if (!found.isEmpty()) {
                return found.getFirst();
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @Test
    void whatAnotherSessionRunsIsEndedAndTheSessionGoesOn() throws Exception {
        try (ExecutorService threads = Executors.newSingleThreadExecutor();
                Connection killed = DriverManager.getConnection(URL, "joe", "joes");
                Statement statement = killed.createStatement()) {
            Future<?> running = threads.submit(() -> statement.executeQuery(LONG));

            String session = awaitRunning(owner, LONG);
            assertThat(owner.rows("SELECT user_name FROM SYSTEM.SESSIONS WHERE session_id = " + session)).containsExactly("JOE");
            owner.execute("KILL QUERY " + session);

            assertThatThrownBy(running::get).cause().isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState())
                    .isEqualTo("57014"));
            assertThat(statement.execute("VALUES 1")).isTrue();
            // Where its rows have been read it runs nothing.
            statement.getResultSet().close();
            assertThat(owner.rows("SELECT statement FROM SYSTEM.SESSIONS WHERE session_id = " + session)).containsExactly("null");
            owner.execute("KILL QUERY " + session);
        }
    }

    @Test
    void aBatchIsEndedToo() throws Exception {
        owner.execute("CREATE TABLE t (id INT PRIMARY KEY, n BIGINT)", "INSERT INTO t VALUES (1, 0)");
        String update = "UPDATE t SET n = (" + LONG + ")";
        try (ExecutorService threads = Executors.newSingleThreadExecutor();
                Connection killed = DriverManager.getConnection(URL);
                Statement statement = killed.createStatement()) {
            statement.addBatch("UPDATE t SET n = 7");
            statement.addBatch(update);
            Future<int[]> running = threads.submit(statement::executeBatch);

            String session = awaitRunning(owner, "UPDATE t SET n = 7; " + update);
            owner.execute("KILL QUERY " + session);

            assertThatThrownBy(running::get).cause().isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState())
                    .isEqualTo("57014"));
            assertThat(owner.rows("SELECT n FROM t")).containsExactly("0");
            assertThat(owner.rows("SELECT statement FROM SYSTEM.SESSIONS WHERE session_id = " + session)).containsExactly("null");
        }
    }

    @Test
    void usersSeeAndEndTheirOwn() throws Exception {
        try (ExecutorService threads = Executors.newSingleThreadExecutor();
                SqlClient joe = as("joe");
                SqlClient eve = as("eve");
                Connection killed = DriverManager.getConnection(URL, "joe", "joes");
                Statement statement = killed.createStatement()) {
            Future<?> running = threads.submit(() -> statement.executeQuery(LONG));
            String session = awaitRunning(joe, LONG);

            assertThat(eve.rows("SELECT DISTINCT user_name FROM SYSTEM.SESSIONS")).containsExactly("EVE");
            eve.refused("KILL QUERY " + session, "42704", "SYSTEM.SESSIONS");
            joe.execute("KILL QUERY " + session);
            assertThatThrownBy(running::get).cause().isInstanceOf(SQLException.class);
        }
    }

    @Test
    void sessionsThatEndAreGone() throws Exception {
        SqlClient joe = as("joe");
        String session = owner.rows("SELECT session_id FROM SYSTEM.SESSIONS WHERE user_name = 'JOE'").getFirst();
        joe.close();

        assertThat(owner.rows("SELECT session_id FROM SYSTEM.SESSIONS WHERE user_name = 'JOE'")).isEmpty();
        owner.refused("KILL QUERY " + session, "42704");
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL QUERY 0", "KILL QUERY 999999999", "KILL QUERY 99999999999999999999999", "KILL QUERY 1.5"})
    void whatIsNoSessionIsRefused(String sql) {
        owner.refused(sql, "42704", "no such session");
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "KILL QUERY", "KILL QUERY x", "KILL QUERY -1", "KILL 1"})
    void whatIsNoKillIsRefused(String sql) {
        owner.refused(sql, "42601");
    }

    /// They were names before.
    @Test
    void itsWordsAreNames() throws SQLException {
        owner.execute("CREATE TABLE kill (query INT PRIMARY KEY)", "INSERT INTO kill (query) VALUES (1)");

        assertThat(owner.rows("SELECT kill.query FROM kill")).containsExactly("1");
    }
}
