package org.coconutdb.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.coconutdb.avatica.CoconutServer;
import org.coconutdb.avatica.ServerConfig;

/// A server of a test class, over a database in memory, on a free port of loopback.
public final class ToolServer implements AutoCloseable {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final CoconutServer server;

    private ToolServer(CoconutServer server) {
        this.server = server;
    }

    public static ToolServer start() {
        return start(embeddedUrl(), 0);
    }

    public static ToolServer start(String database, int port) {
        try {
            return new ToolServer(CoconutServer.start(ServerConfig.of(database).withInsecure(true).withAddress("127.0.0.1", port)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// One that wants a log-in, whose administrator is COCONUT with the password `secret`.
    static ToolServer secured(Path folder) throws IOException, SQLException {
        Path secret = Files.writeString(folder.resolve("secret"), "secret\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        ServerConfig config = ServerConfig.of(embeddedUrl()).withAddress("127.0.0.1", 0);
        return new ToolServer(CoconutServer.start(config.withSecurity(config.security().withAdminSecretFile(secret))));
    }

    void asAdmin(String... statements) throws SQLException {
        try (Connection admin = DriverManager.getConnection(url(), "coconut", "secret")) {
            execute(admin, statements);
        }
    }

    /// A database of its own in this process, there while a connection to it is open.
    public static String embeddedUrl() {
        return "jdbc:coconut:mem:tool-test-" + DATABASES.incrementAndGet() + ";memory.lock=off;blocks=2";
    }

    public String url() {
        return server.url();
    }

    int port() {
        return server.address().getPort();
    }

    public void execute(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url())) {
            execute(connection, statements);
        }
    }

    public static void execute(Connection connection, String... statements) throws SQLException {
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
