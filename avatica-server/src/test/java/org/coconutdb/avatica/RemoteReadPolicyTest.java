package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Properties;
import org.coconutdb.jdbc.remote.RemoteSession;
import org.coconutdb.jdbc.remote.RemoteUrl;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionStatement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On what reads rest is said in the URL or by SET, and goes with the connection.
class RemoteReadPolicyTest {
    private static ServerConfig config(Path directory, int port, String more) {
        return ServerConfig.of("jdbc:coconut:file:" + directory + ";memory.lock=off;blocks=2" + more).withAddress("127.0.0.1", port);
    }

    private static RemoteSession open(TestServer server, String more) throws SQLException {
        return RemoteSession.open(RemoteUrl.parse(server.server().url() + more, new Properties()));
    }

    private static void run(Session session, String sql) throws SQLException {
        try (SessionStatement statement = session.prepare(sql)) {
            statement.execute(new Object[0], Session.Limits.NONE);
        }
    }

    @Test
    void thePolicyGoesWithTheConnectionToANewServer(@TempDir Path directory) throws SQLException {
        TestServer first = TestServer.of(config(directory, 0, ""));
        int port = first.port();
        try (RemoteSession plain = open(first, ""); RemoteSession session = open(first, "?read=stale(5s)")) {
            assertThat(plain.readPolicy()).isEqualTo("local");
            assertThat(session.readPolicy()).isEqualTo("stale(5s)");
            run(session, "SET READ PRIMARY");
            assertThat(session.readPolicy()).isEqualTo("primary");
            first.close();

            try (TestServer _ = TestServer.of(config(directory, port, ""))) {
                run(session, "VALUES 1");
                assertThat(session.readPolicy()).isEqualTo("primary");
            }
        }
    }

    @Test
    void theServersOwnCountsWhereTheUrlSaysNothing(@TempDir Path directory) throws SQLException {
        try (TestServer server = TestServer.of(config(directory, 0, ";read=primary"));
                RemoteSession plain = open(server, "");
                RemoteSession session = open(server, "?read=local")) {
            assertThat(plain.readPolicy()).isEqualTo("primary");
            assertThat(session.readPolicy()).isEqualTo("local");
        }
    }

    @Test
    void anotherWordIsRefusedWithThoseThatThereAre(@TempDir Path directory) {
        try (TestServer server = TestServer.of(config(directory, 0, ""))) {
            SQLException failure = catchThrowableOfType(SQLException.class, () -> open(server, "?read=nearest").close());
            assertThat(failure.getSQLState()).isEqualTo("22023");
            assertThat(failure.getMessage()).contains("nearest", "local, primary or stale(age)");
        }
    }
}
