package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The server does what it is asked, and its answer is lost on the way: what may have changed something is asked once.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LostAnswersTest {
    private TestServer server;
    private Relay relay;
    private Connection connection;
    private Connection direct;

    @BeforeEach
    void connect() throws Exception {
        server = TestServer.start();
        relay = new Relay(server.port());
        direct = server.connect();
        connection = DriverManager.getConnection("jdbc:coconut://127.0.0.1:" + relay.port());
        TestServer.execute(direct, "CREATE TABLE t (id INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n INT)");
    }

    @AfterEach
    void disconnect() throws Exception {
        connection.close();
        direct.close();
        relay.close();
        server.close();
    }

    /// Passes bytes on, but for the next answer after it is told to lose one: then it hangs up.
    private static final class Relay implements AutoCloseable {
        private final ServerSocket acceptor;
        private final int target;
        private final AtomicBoolean losesNext = new AtomicBoolean();

        Relay(int target) throws IOException {
            this.target = target;
            this.acceptor = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(this::accept);
        }

        int port() {
            return acceptor.getLocalPort();
        }

        private void accept() {
            while (!acceptor.isClosed()) {
                try {
                    Socket near = acceptor.accept();
                    Socket far = new Socket("127.0.0.1", target);
                    Thread.ofVirtual().start(() -> pass(near, far, false));
                    Thread.ofVirtual().start(() -> pass(far, near, true));
                } catch (IOException ended) {
                    if (!acceptor.isClosed()) {
                        throw new UncheckedIOException(ended);
                    }
                }
            }
        }

        private void pass(Socket from, Socket to, boolean answers) {
            try (from; to) {
                InputStream in = from.getInputStream();
                byte[] buffer = new byte[8_192];
                for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                    if (answers && losesNext.compareAndSet(true, false)) {
                        return;
                    }
                    to.getOutputStream().write(buffer, 0, count);
                }
            } catch (IOException ended) {
                return; // both are closed
            }
        }

        @Override
        public void close() throws IOException {
            acceptor.close();
        }
    }

    private String stateOfLost(ThrowingCallable call) throws SQLException {
        // Else it would be the answer to opening a connection anew that is lost, which is simply asked again.
        assertThat(connection.isValid(0)).isTrue();
        relay.losesNext.set(true);
        SQLException failure = catchThrowableOfType(SQLException.class, call);
        assertThat(relay.losesNext.get()).as("an answer was lost").isFalse();
        return failure == null ? "none" : failure.getSQLState();
    }

    private int count() throws SQLException {
        try (Statement statement = direct.createStatement(); ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM t")) {
            assertThat(rows.next()).isTrue();
            return rows.getInt(1);
        }
    }

    @Test
    void aChangeIsAskedOnceAndItsOutcomeUnknown() throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (n) VALUES (?)");
                Statement statement = connection.createStatement()) {
            insert.setInt(1, 7);
            assertThat(stateOfLost(insert::executeUpdate)).isEqualTo("08007");
            assertThat(count()).isEqualTo(1);
            assertThat(stateOfLost(() -> statement.execute("INSERT INTO t (n) VALUES (8)"))).isEqualTo("08007");
            assertThat(count()).isEqualTo(2);
            insert.addBatch();
            insert.addBatch();
            assertThat(stateOfLost(insert::executeBatch)).isEqualTo("08007");
            assertThat(count()).isEqualTo(4);
            assertThat(insert.executeUpdate()).as("the connection heals").isEqualTo(1);
        }
    }

    @Test
    void whatAnswersRowsAndWritesIsNoQuery() throws SQLException {
        try (PreparedStatement explained = connection.prepareStatement("EXPLAIN ANALYZE INSERT INTO t (n) VALUES (1)")) {
            assertThat(stateOfLost(explained::executeQuery)).isEqualTo("08007");
            assertThat(count()).isEqualTo(1);
        }
    }

    @Test
    void aQueryIsAskedAgain() throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT COUNT(*) FROM t"); Statement statement = connection
                .createStatement()) {
            assertThat(stateOfLost(() -> query.executeQuery().close())).isEqualTo("none");
            assertThat(stateOfLost(() -> statement.executeQuery("VALUES 1").close())).isEqualTo("none");
        }
    }

    @Test
    void inATransactionNothingIsAskedAgain() throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO t (n) VALUES (1)");
            assertThat(stateOfLost(() -> statement.executeQuery("SELECT COUNT(*) FROM t"))).isEqualTo("40001");
            statement.execute("INSERT INTO t (n) VALUES (2)");
            assertThat(stateOfLost(connection::commit)).isEqualTo("08007");
            assertThat(count()).as("the second commit has happened, the first transaction has not").isEqualTo(1);
            statement.execute("INSERT INTO t (n) VALUES (3)");
            assertThat(stateOfLost(() -> statement.execute("COMMIT"))).isEqualTo("08007");
            assertThat(count()).isEqualTo(2);
            statement.execute("INSERT INTO t (n) VALUES (4)");
            assertThat(stateOfLost(connection::rollback)).isEqualTo("none");
            assertThat(count()).isEqualTo(2);
        }
    }
}
