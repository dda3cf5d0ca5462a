package org.coconutdb.avatica;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;
import org.apache.calcite.avatica.remote.Service.RpcMetadataResponse;
import org.coconutdb.avatica.connection.Client;
import org.coconutdb.avatica.connection.ServerConnections;
import org.coconutdb.avatica.http.HttpServer;
import org.coconutdb.jdbc.CoconutDriver;
import org.coconutdb.jdbc.session.TimeZones;
import org.coconutdb.sql.session.DatabaseLogins;
import org.coconutdb.sql.session.EmbeddedProvider;
import org.coconutdb.sql.session.ServedCluster;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server: one database, kept open while it runs, served on one port. Any thread.
///
/// ```
/// try (CoconutServer server = CoconutServer.start(ServerConfig.of("jdbc:coconut:file:./data"))) {
///     // jdbc:coconut://127.0.0.1:8765
/// }
/// ```
public final class CoconutServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CoconutServer.class);

    private final ServerConfig config;
    private final DatabaseLogins database; // keeps it open
    private final @Nullable FirstAdmin firstAdmin;
    private final @Nullable TlsIdentity tls;
    private final ServerConnections connections;
    private final Gateway gateway;
    private final HttpServer http;
    private boolean stopped;

    private CoconutServer(
            ServerConfig config,
            DatabaseLogins database,
            @Nullable FirstAdmin firstAdmin,
            @Nullable TlsIdentity tls,
            ServerConnections connections,
            Gateway gateway,
            HttpServer http) {
        this.config = config;
        this.database = database;
        this.firstAdmin = firstAdmin;
        this.tls = tls;
        this.connections = connections;
        this.gateway = gateway;
        this.http = http;
    }

    /// Opens the database, which may take as long as reading it, and then listens.
    public static CoconutServer start(ServerConfig config) throws SQLException, IOException {
        InetSocketAddress address = config.address();
        requireOwnDatabase(config.databaseUrl());
        KerberosConfig tickets = config.security().insecure() ? null : config.security().kerberos();
        KerberosAcceptor kerberos = tickets == null ? null : KerberosAcceptor.start(tickets);
        TlsConfig wanted = config.security().tls();
        TlsIdentity tls = wanted == null ? null : TlsIdentity.start(wanted);
        DatabaseLogins database = null;
        try {
            database = DatabaseLogins.open(config.databaseUrl(), properties(config, "", ""));
            FirstAdmin firstAdmin = config.security().insecure() ? null : FirstAdmin.make(database, config.security());
            return start(config, address, database, firstAdmin, tls, kerberos);
        } catch (IOException | SQLException | RuntimeException | Error failure) {
            if (tls != null) {
                tls.close();
            }
            if (database != null) {
                database.close();
            }
            throw failure;
        }
    }

    private static CoconutServer start(
            ServerConfig config,
            InetSocketAddress address,
            DatabaseLogins database,
            @Nullable FirstAdmin firstAdmin,
            @Nullable TlsIdentity tls,
            @Nullable KerberosAcceptor kerberos) throws IOException {
        ServerConnections connections = new ServerConnections((client, schema, timeZone) -> database.open(login(client), properties(config,
                schema, timeZone)), config.connections());
        RpcMetadataResponse origin = new RpcMetadataResponse(config.host() + ":" + config.port());
        AvaticaMetaData metaData = new AvaticaMetaData(client -> CoconutDriver.connection(config.databaseUrl(), client.user(), database
                .open(
                        login(client), properties(config, "", ""))), origin);
        Logins logins = new Logins(config.security().insecure() ? null : database, kerberos, tls != null, connections::closeAll);
        Gateway gateway = new Gateway(logins, new WireService(connections, database.cluster()::blockTable), new AvaticaService(connections,
                metaData, origin), origin);
        HttpServer http = HttpServer.start(address, config.http(), gateway, tls);
        connections.start();
        announce(config, http.address(), database.cluster(), tls != null);
        LOG.atInfo().addKeyValue("address", http.address()).log("a server listens");
        return new CoconutServer(config, database, firstAdmin, tls, connections, gateway, http);
    }

    /// Tells the hosts of the cluster where this one is reached, now that it is.
    private static void announce(ServerConfig config, InetSocketAddress bound, ServedCluster cluster, boolean isTls) {
        switch (config.advertise()) {
            case Advertise.Listening() -> cluster.announce(bound.getAddress().isAnyLocalAddress() ? null : config.host(), bound.getPort(),
                    isTls);
            case Advertise.At(String host, int port) -> cluster.announce(host, port == 0 ? bound.getPort() : port, isTls);
            case Advertise.Nowhere() -> LOG.debug("no driver is told of this server");
        }
    }

    private static DatabaseLogins.@Nullable Login login(Client client) {
        return client.isOwner() ? null : new DatabaseLogins.Login(client.user(), client.stamp());
    }

    private static void requireOwnDatabase(String url) throws SQLException {
        if (!new EmbeddedProvider().accepts(url)) {
            throw new SQLException("a server serves a database of its own: jdbc:coconut:file:directory or jdbc:coconut:mem:name, not "
                    + url,
                    "08001");
        }
    }

    /// @param schema empty: the database's default
    /// @param timeZone empty: the server's
    private static Properties properties(ServerConfig config, String schema, String timeZone) {
        Properties properties = new Properties();
        config.databaseProperties().forEach(properties::setProperty);
        if (!schema.isEmpty()) {
            properties.setProperty("schema", schema);
        }
        if (!timeZone.isEmpty()) {
            properties.setProperty(TimeZones.PROPERTY, timeZone);
        }
        return properties;
    }

    /// The user whom this start has made, where the database had none: its secret is told here and nowhere else.
    public Optional<FirstAdmin> firstAdmin() {
        return Optional.ofNullable(firstAdmin);
    }

    /// Where it listens.
    public InetSocketAddress address() {
        return http.address();
    }

    /// What a driver connects to.
    public String url() {
        InetSocketAddress address = http.address();
        String host = address.getAddress().getHostAddress();
        return "jdbc:coconut://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort() + (tls == null ? "/"
                : "/?tls=true");
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
        database.cluster().withdraw();
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
        if (tls != null) {
            tls.close();
        }
        connections.close();
        try {
            database.close();
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
