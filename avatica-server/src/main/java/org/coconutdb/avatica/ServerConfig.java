package org.coconutdb.avatica;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import org.coconutdb.avatica.connection.ConnectionLimits;
import org.coconutdb.avatica.http.HttpLimits;

/// What a server is started with; [ServerConfigFile] reads it.
///
/// @param databaseUrl of an embedded database: `jdbc:coconut:file:directory` or `jdbc:coconut:mem:name`
/// @param databaseProperties what it is opened with, as behind its URL
/// @param host name or address to listen on
/// @param port to listen on, 0: one that is free
/// @param advertise where drivers of a cluster are told to reach it
/// @param stopWait how long statements may still run when the server stops
/// @param security who may use it, and how it is reached
public record ServerConfig(String databaseUrl, Map<String, String> databaseProperties, String host, int port, Advertise advertise,
        ConnectionLimits connections, HttpLimits http, Duration stopWait, ServerSecurity security) {
    public static final int DEFAULT_PORT = 8765;
    public static final String DEFAULT_HOST = "127.0.0.1";
    // A connection of our driver is a socket, and one more for a moment when it cancels.
    static final int SOCKETS_BEYOND_CONNECTIONS = 100;

    public ServerConfig {
        databaseProperties = Map.copyOf(databaseProperties);
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("listen.port must be a number from 0 to 65535, was " + port);
        }
    }

    /// With everything else as it is without a file.
    public static ServerConfig of(String databaseUrl) {
        return ServerConfigFile.defaults(databaseUrl);
    }

    public ServerConfig withAddress(String newHost, int newPort) {
        return new ServerConfig(databaseUrl, databaseProperties, newHost, newPort, advertise, connections, http, stopWait, security);
    }

    public ServerConfig withInsecure(boolean isInsecure) {
        return new ServerConfig(databaseUrl, databaseProperties, host, port, advertise, connections, http, stopWait, security.withInsecure(
                isInsecure));
    }

    public ServerConfig withConnections(ConnectionLimits limits) {
        return new ServerConfig(databaseUrl, databaseProperties, host, port, advertise, limits, http, stopWait, security);
    }

    public ServerConfig withHttp(HttpLimits limits) {
        return new ServerConfig(databaseUrl, databaseProperties, host, port, advertise, connections, limits, stopWait, security);
    }

    public ServerConfig withSecurity(ServerSecurity other) {
        return new ServerConfig(databaseUrl, databaseProperties, host, port, advertise, connections, http, stopWait, other);
    }

    public ServerConfig withStopWait(Duration wait) {
        return new ServerConfig(databaseUrl, databaseProperties, host, port, advertise, connections, http, wait, security);
    }

    /// CONFIG errors as [ServerConfigException]: a host that there is not, or one that the world can reach where nobody logs in.
    InetSocketAddress address() {
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException unknown) {
            throw new ServerConfigException("listen.host is " + host + ", which has no address here");
        }
        if (!security.insecure() && !address.isLoopbackAddress() && security.tls() == null && !security.plainIsSaid()) {
            throw new ServerConfigException("listen.host is " + host
                    + ", which the world may reach, and passwords would go there in the clear: set tls.certificate and tls.key, or say tls = off");
        }
        if (security.insecure() && !address.isLoopbackAddress()) {
            throw new ServerConfigException("listen.host is " + host
                    + ", and without a log-in a server listens on loopback only: leave listen.host out, or set it to 127.0.0.1");
        }
        return new InetSocketAddress(address, port);
    }
}
