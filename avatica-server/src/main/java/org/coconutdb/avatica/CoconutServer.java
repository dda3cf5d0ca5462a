package org.coconutdb.avatica;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import java.util.ServiceLoader;
import org.apache.calcite.avatica.remote.Service.RpcMetadataResponse;
import org.coconutdb.avatica.connection.ServerConnections;
import org.coconutdb.avatica.http.HttpServer;
import org.coconutdb.jdbc.CoconutDriver;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server: one database, kept open while it runs, served on one port. Any thread.
///
/// ```
/// try (CoconutServer server = CoconutServer.start(ServerConfig.of("jdbc:coconut:file:./data").withInsecure(true))) {
///     // jdbc:coconut://127.0.0.1:8765
/// }
/// ```
public final class CoconutServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CoconutServer.class);

    private final ServerConfig config;
    private final Session anchor; // keeps the database open
    private final ServerConnections connections;
    private final Gateway gateway;
    private final HttpServer http;
    private boolean stopped;

    private CoconutServer(ServerConfig config, Session anchor, ServerConnections connections, Gateway gateway, HttpServer http) {
        this.config = config;
        this.anchor = anchor;
        this.connections = connections;
        this.gateway = gateway;
        this.http = http;
    }

    /// Opens the database, which may take as long as reading it, and then listens.
    public static CoconutServer start(ServerConfig config) throws SQLException, IOException {
        if (!config.insecure()) {
            throw new ServerConfigException("CoconutDB has no users yet: a server is started with --insecure, by which everybody who "
                    + "can connect may do everything, and listens on loopback only");
        }
        InetSocketAddress address = config.address();
        SessionProvider provider = provider(config.databaseUrl());
        Session anchor = provider.open(config.databaseUrl(), properties(config, ""));
        try {
            ServerConnections connections =
                    new ServerConnections(schema -> provider.open(config.databaseUrl(), properties(config, schema)), config.connections());
            RpcMetadataResponse origin = new RpcMetadataResponse(config.host() + ":" + config.port());
            AvaticaMetaData metaData = new AvaticaMetaData(() -> connection(config), origin);
            Gateway gateway = new Gateway(_ -> new Gateway.Login.Outcome("", null), new WireService(connections),
                    new AvaticaService(connections, metaData, origin), origin);
            HttpServer http = HttpServer.start(address, config.http(), gateway);
            connections.start();
            LOG.atInfo().addKeyValue("address", http.address()).log("a server listens");
            return new CoconutServer(config, anchor, connections, gateway, http);
        } catch (IOException | RuntimeException | Error failure) {
            anchor.close();
            throw failure;
        }
    }

    private static SessionProvider provider(String url) throws SQLException {
        for (SessionProvider candidate : ServiceLoader.load(SessionProvider.class, CoconutServer.class.getClassLoader())) {
            if (candidate.accepts(url)) {
                return candidate;
            }
        }
        throw new SQLException("a server serves a database of its own: jdbc:coconut:file:directory or jdbc:coconut:mem:name, not " + url,
                "08001");
    }

    private static Properties properties(ServerConfig config, String schema) {
        Properties properties = new Properties();
        config.databaseProperties().forEach(properties::setProperty);
        if (!schema.isEmpty()) {
            properties.setProperty("schema", schema);
        }
        return properties;
    }

    private static Connection connection(ServerConfig config) throws SQLException {
        return Objects.requireNonNull(new CoconutDriver().connect(config.databaseUrl(), properties(config, "")), "a URL of ours");
    }

    /// Where it listens.
    public InetSocketAddress address() {
        return http.address();
    }

    /// What a driver connects to.
    public String url() {
        InetSocketAddress address = http.address();
        String host = address.getAddress().getHostAddress();
        return "jdbc:coconut://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort() + "/";
    }

    /// Connections that are open.
    public int connectionCount() {
        return connections.count();
    }

    /// Requests that were answered so far.
    public long requestCount() {
        return http.requestCount();
    }

    /// Sockets that are open.
    public int socketCount() {
        return http.socketCount();
    }

    /// Takes no more requests, lets those under way end within [ServerConfig#stopWait] and cancels the rest, rolls open transactions back, and
    /// closes the database. Once is enough.
    ///
    /// @return whether all requests ended by themselves
    public synchronized boolean stop() {
        if (stopped) {
            return true;
        }
        stopped = true;
        gateway.retire();
        http.stop();
        boolean clean = false;
        try {
            clean = http.awaitAnswers(config.stopWait());
            if (!clean) {
                LOG.warn("statements run longer than stop.wait.max allows: they are cancelled");
                connections.cancelAll();
                boolean _ = http.awaitAnswers(config.stopWait());
            }
        } catch (InterruptedException hurry) {
            connections.cancelAll();
            Thread.currentThread().interrupt();
        }
        http.close();
        connections.close();
        try {
            anchor.close();
        } catch (SQLException failure) {
            LOG.atError().setCause(failure).log("the database could not be closed cleanly");
            return false;
        }
        return clean;
    }

    @Override
    public void close() {
        stop();
    }
}
