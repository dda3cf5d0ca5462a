package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.UnaryOperator;

/// A server of a test, over a database in memory, on a port of its own.
record TestServer(CoconutServer server) implements AutoCloseable {
    private static int databases;

    static TestServer start() {
        return start(config -> config);
    }

    static synchronized TestServer start(UnaryOperator<ServerConfig> change) {
        databases++;
        return of(change.apply(ServerConfig.of("jdbc:coconut:mem:server-test-" + databases + ";memory.lock=off;blocks=2")));
    }

    static TestServer of(ServerConfig config) {
        try {
            return new TestServer(CoconutServer.start(config.withInsecure(true).withAddress("127.0.0.1", config.port() == 8765 ? 0 : config
                    .port())));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// One that wants a log-in: ADMIN's password is `secret`, and there are the users JOE and EVE, whose passwords are `joes` and `eves`.
    static synchronized TestServer secured(UnaryOperator<ServerConfig> change) {
        databases++;
        try {
            Path secret = Files.createTempFile("secret", ".txt");
            try {
                Files.writeString(secret, "secret\n");
                Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
                ServerConfig config = ServerConfig.of("jdbc:coconut:mem:secured-test-" + databases + ";memory.lock=off;blocks=2")
                        .withAddress("127.0.0.1", 0);
                TestServer server = new TestServer(CoconutServer.start(change.apply(config.withSecurity(config.security()
                        .withAdminSecretFile(secret)))));
                assertThat(server.server.firstAdmin()).hasValueSatisfying(admin -> assertThat(admin.secret()).isNull());
                return server;
            } finally {
                Files.delete(secret);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// The same with users.
    static TestServer secured() throws SQLException {
        TestServer server = secured(config -> config);
        try (Connection admin = server.connect("coconut", "secret")) {
            execute(admin, "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20))", "INSERT INTO t VALUES (1, 'one')",
                    "CREATE USER joe PASSWORD 'joes'", "CREATE USER eve PASSWORD 'eves'", "GRANT SELECT ON t TO joe");
        }
        return server;
    }

    Connection connect(String user, String password) throws SQLException {
        return DriverManager.getConnection(server.url(), user, password);
    }

    int port() {
        return server.address().getPort();
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(server.url());
    }

    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
