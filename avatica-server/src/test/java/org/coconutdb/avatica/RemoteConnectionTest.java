package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.coconutdb.avatica.connection.ConnectionLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is the remote driver's alone: round trips, pages, a server that goes away, limits.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RemoteConnectionTest {
    /// Joins of everything with everything: planned for seconds.
    private static final String LONG_TO_PLAN = "EXPLAIN " + IntStream.range(0, 4)
            .mapToObj(part -> "SELECT COUNT(*) + " + part + " FROM p AS p0 " + IntStream.range(1, 29)
                    .mapToObj(i -> "JOIN p AS p" + i + " ON p0.a = p" + i + ".a AND p" + (i - 1) + ".b = p" + i + ".b")
                    .collect(Collectors.joining(" ")))
            .collect(Collectors.joining(" UNION ALL "));
    private static final String FOREVER = "SELECT COUNT(*) FROM GENERATE_SERIES(1, 2000000) AS a (n) "
            + "JOIN GENERATE_SERIES(1, 2000000) AS b (m) ON a.n + b.m < 0";

    private static String stateOf(ThrowingCallable call) {
        SQLException failure = catchThrowableOfType(SQLException.class, call);
        assertThat(failure != null).as("it fails").isTrue();
        return failure.getSQLState();
    }

    private static int only(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getInt(1);
        }
    }

    // ---- round trips

    @Test
    void aLookupAndANewTextAreOneRoundTripEach() throws SQLException {
        try (TestServer server = TestServer.start(); Connection connection = server.connect()) {
            TestServer.execute(connection, "CREATE TABLE t (id INT PRIMARY KEY, text VARCHAR(10))", "INSERT INTO t VALUES (1, 'one')");
            try (PreparedStatement lookup = connection.prepareStatement("SELECT text FROM t WHERE id = ?");
                    Statement statement = connection.createStatement()) {
                long before = server.server().requestCount();
                for (int i = 0; i < 10; i++) {
                    lookup.setInt(1, 1);
                    try (ResultSet rows = lookup.executeQuery()) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getString(1)).isEqualTo("one");
                        assertThat(rows.next()).isFalse();
                    }
                }
                assertThat(server.server().requestCount() - before).isEqualTo(10);

                for (int i = 0; i < 10; i++) {
                    assertThat(only(statement, "SELECT " + i + " + id FROM t")).isEqualTo(i + 1);
                    assertThat(statement.executeUpdate("UPDATE t SET text = 'n" + i + "'")).isEqualTo(1);
                }
                assertThat(server.server().requestCount() - before).isEqualTo(30);
                assertThat(connection.getAutoCommit()).isTrue();
                assertThat(connection.getSchema()).isEqualTo("PUBLIC");
                assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
                assertThat(server.server().requestCount() - before).as("state is known").isEqualTo(30);
            }
        }
    }

    @Test
    void rowsComeInPagesOfBoundedRowsAndBytes() throws SQLException {
        try (TestServer server = TestServer.start(config -> config.withConnections(
                new ConnectionLimits(10, 10, 2_000, 50, config.connections().idle()))); Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            TestServer.execute(connection, "CREATE TABLE t (id INT PRIMARY KEY, text VARCHAR(2000)) USING SORTED");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
                for (int i = 0; i < 200; i++) {
                    insert.setInt(1, i);
                    insert.setString(2, "x".repeat(1_000));
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            assertThat(requestsFor(server, statement, "SELECT id FROM t ORDER BY id", 0)).as("50 rows a page").isEqualTo(5);
            assertThat(requestsFor(server, statement, "SELECT id, text FROM t ORDER BY id", 0)).as("2 rows a page").isEqualTo(101);
            assertThat(requestsFor(server, statement, "SELECT id FROM t ORDER BY id", 40)).as("40 rows a page").isEqualTo(6);
        }
    }

    private static long requestsFor(TestServer server, Statement statement, String query, int fetchSize) throws SQLException {
        long before = server.server().requestCount();
        statement.setFetchSize(fetchSize);
        int count = 0;
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                assertThat(rows.getInt(1)).isEqualTo(count);
                count++;
            }
        }
        assertThat(count).isEqualTo(200);
        return server.server().requestCount() - before;
    }

    // ---- ending statements

    @Test
    void cancelEndsWhatAnotherThreadExecutes() throws Exception {
        try (TestServer server = TestServer.start(); Connection connection = server.connect();
                Statement statement = connection.createStatement(); ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<String> state = threads.submit(() -> stateOf(() -> only(statement, FOREVER)));
            while (!state.isDone()) {
                statement.cancel();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            assertThat(state.get()).isEqualTo("57014");
            assertThat(only(statement, "VALUES 7")).isEqualTo(7);
        }
    }

    @Test
    void theQueryTimeoutIsTheServers() throws SQLException {
        try (TestServer server = TestServer.start(); Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            SQLException failure = catchThrowableOfType(SQLException.class, () -> only(statement, FOREVER));
            assertThat(failure.getSQLState()).isEqualTo("57014");
            assertThat(failure.getClass()).isEqualTo(SQLTimeoutException.class);
        }
    }

    @Test
    void planningIsCancelledAndEndedByTheQueryTimeoutToo() throws Exception {
        try (TestServer server = TestServer.start(); Connection connection = server.connect();
                Statement statement = connection.createStatement(); ExecutorService threads = Executors.newSingleThreadExecutor()) {
            statement.execute("CREATE TABLE p (k INT PRIMARY KEY, a INT, b INT)");
            Future<String> state = threads.submit(() -> stateOf(() -> only(statement, LONG_TO_PLAN)));
            while (!state.isDone()) {
                statement.cancel();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            assertThat(state.get()).isEqualTo("57014");

            statement.setQueryTimeout(1);
            SQLException failure = catchThrowableOfType(SQLException.class, () -> only(statement, LONG_TO_PLAN));
            assertThat(failure.getClass()).isEqualTo(SQLTimeoutException.class);
            // The planner may be busy with what was given up.
            statement.setQueryTimeout(0);
            assertThat(only(statement, "VALUES 7")).isEqualTo(7);
        }
    }

    @Test
    void abortLetsGoOfAServerThatDoesNotAnswer() throws Exception {
        try (TestServer server = TestServer.start(); ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Connection connection = server.connect();
            Statement statement = connection.createStatement();
            Future<String> state = threads.submit(() -> stateOf(() -> only(statement, FOREVER)));
            connection.abort(Runnable::run);
            assertThat(state.get()).startsWith("08");
            assertThat(connection.isClosed()).isTrue();
        }
    }

    // ---- a server that goes away

    private static ServerConfig onDisk(java.nio.file.Path directory, int port) {
        return ServerConfig.of("jdbc:coconut:file:" + directory + ";memory.lock=off;blocks=2").withAddress("127.0.0.1", port);
    }

    @Test
    void preparedStatementsOutliveTheServer(@TempDir java.nio.file.Path directory) throws SQLException {
        TestServer first = TestServer.of(onDisk(directory, 0));
        int port = first.port();
        try (Connection connection = first.connect()) {
            TestServer.execute(connection, "CREATE TABLE t (id INT PRIMARY KEY, n INT)", "INSERT INTO t VALUES (1, 10)");
            PreparedStatement lookup = connection.prepareStatement("SELECT n FROM t WHERE id = ?");
            PreparedStatement change = connection.prepareStatement("UPDATE t SET n = n + 1 WHERE id = ?");
            lookup.setInt(1, 1);
            change.setInt(1, 1);
            assertThat(change.executeUpdate()).isEqualTo(1);
            connection.setReadOnly(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            first.close();

            assertThat(connection.isValid(5)).isFalse();
            assertThat(stateOf(change::executeUpdate)).isEqualTo("08006");
            try (TestServer second = TestServer.of(onDisk(directory, port))) {
                assertThat(change.executeUpdate()).isEqualTo(1);
                try (ResultSet rows = lookup.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt(1)).as("each update once").isEqualTo(12);
                }
                assertThat(connection.isValid(5)).isTrue();
                assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
                assertThat(second.server().connectionCount()).isEqualTo(1);
            }
        }
    }

    private static String zone(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SHOW TIME ZONE")) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Test
    void theTimeZoneIsTheClientsAndGoesWithTheConnectionToANewServer(@TempDir java.nio.file.Path directory) throws SQLException {
        TestServer first = TestServer.of(onDisk(directory, 0));
        int port = first.port();
        try (Connection plain = first.connect();
                Connection connection = DriverManager.getConnection(first.server().url() + "?time.zone=asia/tokyo")) {
            assertThat(zone(plain)).isEqualTo(java.time.ZoneId.systemDefault().getId());
            assertThat(zone(connection)).isEqualTo("Asia/Tokyo");
            TestServer.execute(connection, "SET TIME ZONE 'America/New_York'");
            PreparedStatement query = connection.prepareStatement("VALUES TIMESTAMP WITH TIME ZONE '2026-07-01 12:00:00Z'");
            first.close();

            try (TestServer _ = TestServer.of(onDisk(directory, port)); ResultSet rows = query.executeQuery()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).isEqualTo("2026-07-01 08:00:00-04:00");
                assertThat(zone(connection)).isEqualTo("America/New_York");
                TestServer.execute(connection, "SET TIME ZONE DEFAULT");
                assertThat(zone(connection)).as("the first").isEqualTo("Asia/Tokyo");
            }
        }
    }

    @Test
    void aTransactionInFlightIsToldAndNotRunAgain(@TempDir java.nio.file.Path directory) throws SQLException {
        TestServer first = TestServer.of(onDisk(directory, 0));
        int port = first.port();
        try (Connection connection = first.connect()) {
            TestServer.execute(connection, "CREATE TABLE t (id INT PRIMARY KEY)");
            connection.setAutoCommit(false);
            TestServer.execute(connection, "INSERT INTO t VALUES (1)");
            first.close();
            try (TestServer second = TestServer.of(onDisk(directory, port)); Statement statement = connection.createStatement()) {
                assertThat(stateOf(() -> statement.executeUpdate("INSERT INTO t VALUES (2)"))).isEqualTo("40001");
                assertThat(only(statement, "SELECT COUNT(*) FROM t")).isZero();
                assertThat(connection.getAutoCommit()).isFalse();
                statement.executeUpdate("INSERT INTO t VALUES (1)");
                connection.commit();
                assertThat(only(statement, "SELECT COUNT(*) FROM t")).isEqualTo(1);
                assertThat(second.server().connectionCount()).isEqualTo(1);
            }
        }
    }

    @Test
    void aTransactionThatIsValidFindsLostIsStillTold(@TempDir java.nio.file.Path directory) throws SQLException {
        TestServer first = TestServer.of(onDisk(directory, 0));
        int port = first.port();
        try (Connection connection = first.connect()) {
            TestServer.execute(connection, "CREATE TABLE t (id INT PRIMARY KEY)");
            connection.setAutoCommit(false);
            TestServer.execute(connection, "INSERT INTO t VALUES (1)");
            first.close();
            try (TestServer _ = TestServer.of(onDisk(directory, port))) {
                assertThat(connection.isValid(5)).isFalse();
                assertThat(stateOf(connection::commit)).isEqualTo("40001");
                connection.rollback();
                try (Statement statement = connection.createStatement()) {
                    assertThat(only(statement, "SELECT COUNT(*) FROM t")).isZero();
                }
            }
        }
    }

    @Test
    void aDeadHostIsLeftForTheNext() throws SQLException {
        try (TestServer one = TestServer.start(); TestServer two = TestServer.start()) {
            String hosts = "127.0.0.1:" + one.port() + ",127.0.0.1:" + two.port();
            try (Connection connection = DriverManager.getConnection("jdbc:coconut://" + hosts + "/PUBLIC?connect.timeout=2s");
                    Statement statement = connection.createStatement()) {
                assertThat(one.server().connectionCount()).isEqualTo(1);
                one.server().stop();
                assertThat(only(statement, "VALUES 3")).isEqualTo(3);
                assertThat(two.server().connectionCount()).isEqualTo(1);
            }
        }
    }

    @Test
    void aHostThatTakesConnectionsAndDoesNotAnswerIsLeftToo() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress()); TestServer server = TestServer.start()) {
            String mute = "jdbc:coconut://127.0.0.1:" + silent.getLocalPort();
            assertThat(stateOf(() -> DriverManager.getConnection(mute + "/?network.timeout=100ms"))).isEqualTo("08001");
            try (Connection connection = DriverManager.getConnection(mute + ",127.0.0.1:" + server.port() + "/?network.timeout=10s");
                    Statement statement = connection.createStatement()) {
                assertThat(connection.getNetworkTimeout()).isEqualTo(10_000);
                assertThat(only(statement, "VALUES 4")).isEqualTo(4);
            }
        }
    }

    @Test
    void pastTheNetworkTimeoutTheAnswerIsNotWaitedFor() throws SQLException {
        try (TestServer server = TestServer.start(); Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            connection.setNetworkTimeout(Runnable::run, 300);
            assertThat(stateOf(() -> only(statement, FOREVER))).isEqualTo("08006");
            connection.setNetworkTimeout(Runnable::run, 0);
            assertThat(only(statement, "VALUES 5")).isEqualTo(5);
            while (server.server().connectionCount() > 1) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20)); // the one that is given up ends with its statement
            }
        }
    }

    // ---- limits

    @Test
    void oneConnectionMoreThanAllowedIsRefusedAndOthersGoOn() throws SQLException {
        try (TestServer server = TestServer.start(config -> config.withConnections(
                new ConnectionLimits(3, 2, 1_000, 100, config.connections().idle())))) {
            List<Connection> open = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                open.add(server.connect());
            }
            assertThat(stateOf(server::connect)).isEqualTo("53300");
            try (Statement statement = open.get(0).createStatement()) {
                assertThat(only(statement, "VALUES 1")).isEqualTo(1);
            }
            PreparedStatement kept = open.get(1).prepareStatement("VALUES 1");
            open.get(1).prepareStatement("VALUES 2");
            assertThat(stateOf(() -> open.get(1).prepareStatement("VALUES 3"))).isEqualTo("53400");
            kept.close();
            open.get(1).prepareStatement("VALUES 3").close();
            for (Connection connection : open) {
                connection.close();
            }
            assertThat(server.server().connectionCount()).isZero();
            server.connect().close();
        }
    }

    @Test
    void anIdleConnectionIsClosedAndOpensItselfAgain() throws SQLException {
        try (TestServer server = TestServer.start(config -> config.withConnections(
                new ConnectionLimits(3, 10, 1_000, 100, Duration.ofMillis(300)))); Connection connection = server.connect()) {
            TestServer.execute(connection, "CREATE TABLE t (id INT PRIMARY KEY)");
            PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?)");
            while (server.server().connectionCount() > 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            insert.setInt(1, 1);
            assertThat(insert.executeUpdate()).isEqualTo(1);
            connection.setAutoCommit(false);
            insert.setInt(1, 2);
            insert.executeUpdate();
            while (server.server().connectionCount() > 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            assertThat(stateOf(connection::commit)).isEqualTo("40001");
            try (Statement statement = connection.createStatement()) {
                assertThat(only(statement, "SELECT COUNT(*) FROM t")).isEqualTo(1);
            }
        }
    }

    @Test
    void aRequestThatIsTooLargeIsRefusedAndTheConnectionGoesOn() throws SQLException {
        try (TestServer server = TestServer.start(config -> config.withHttp(new org.coconutdb.avatica.http.HttpLimits(10, 4_096, 100_000,
                Duration.ofMinutes(5), Duration.ofMinutes(5)))); Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            String text = "VALUES '" + "x".repeat(200_000) + "'";
            assertThat(stateOf(() -> statement.executeQuery(text))).isEqualTo("54000");
            assertThat(only(statement, "VALUES 1")).isEqualTo(1);
        }
    }

    @Test
    void stoppingWaitsForStatementsAndCancelsThoseThatTakeTooLong() throws Exception {
        try (TestServer server = TestServer.start(config -> config.withStopWait(Duration.ofMillis(200)));
                ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Connection connection = server.connect();
            Statement statement = connection.createStatement();
            long before = server.server().requestCount();
            Future<String> state = threads.submit(() -> stateOf(() -> only(statement, FOREVER)));
            // Once it has arrived; nothing tells from outside that it runs.
            while (server.server().requestCount() == before && !state.isDone() && !runs(server)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            assertThat(server.server().stop()).isFalse();
            assertThat(state.get()).isIn("57014", "08006", "08007");
            assertThat(stateOf(server::connect)).isEqualTo("08001");
        }
    }

    private static boolean runs(TestServer server) {
        return Thread.getAllStackTraces()
                .entrySet()
                .stream()
                .filter(thread -> thread.getKey().getName().startsWith("coconut-http-"))
                .anyMatch(thread -> List.of(thread.getValue()).stream().anyMatch(frame -> frame.getMethodName().equals("execute")));
    }
}
