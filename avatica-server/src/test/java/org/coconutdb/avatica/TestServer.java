package org.coconutdb.avatica;

import java.io.IOException;
import java.io.UncheckedIOException;
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
