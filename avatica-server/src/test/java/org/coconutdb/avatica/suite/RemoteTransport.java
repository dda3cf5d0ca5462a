package org.coconutdb.avatica.suite;

import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.coconutdb.avatica.CoconutServer;
import org.coconutdb.avatica.ServerConfig;
import org.coconutdb.avatica.ServerSecurity;
import org.coconutdb.jdbc.remote.RemoteSession;
import org.coconutdb.jdbc.remote.RemoteUrl;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionProvider;
import org.jspecify.annotations.Nullable;

/// Puts a server between an embedded database and who connects to it, while it is switched on: each database gets one, on a port of its own,
/// with its first session, and loses it with its last, as embedded databases are opened and closed.
///
/// It stands before the embedded provider on the class path of this module's tests, so that the driver finds it first.
public final class RemoteTransport implements SessionProvider {
    private static final Map<String, Served> SERVED = new HashMap<>();
    private static final ThreadLocal<Boolean> IN_SERVER = ThreadLocal.withInitial(() -> false);
    private static volatile boolean isOn;
    private static volatile long opened;
    private static int privateNames;

    private static final class Served {
        private final CoconutServer server;
        private int sessions;

        Served(CoconutServer server) {
            this.server = server;
        }
    }

    static void switchOn(boolean on) {
        isOn = on;
        opened = 0;
    }

    /// Sessions that were opened through a server.
    static long openedCount() {
        return opened;
    }

    @Override
    public boolean accepts(String url) {
        // The server's own sessions are of the embedded provider, and so are those that statements of its tests open.
        return isOn && !IN_SERVER.get() && (url.startsWith("jdbc:coconut:mem:") || url.startsWith("jdbc:coconut:file:"));
    }

    @Override
    public Session open(String url, Properties properties) throws SQLException {
        synchronized (SERVED) {
            int end = url.indexOf(';');
            String database = end < 0 ? url : url.substring(0, end);
            String key = database.equals("jdbc:coconut:mem:") ? database + "private-of-a-test-" + ++privateNames : database;
            Served served = SERVED.get(key);
            if (served == null) {
                served = new Served(start(key + (end < 0 ? "" : url.substring(end)), properties));
                SERVED.put(key, served);
            }
            served.sessions++;
            try {
                Properties own = new Properties();
                String schema = schema(url, properties);
                if (schema != null) {
                    own.setProperty("schema", schema);
                }
                Session session = new ServedSession(RemoteSession.open(RemoteUrl.parse(served.server.url(), own)), () -> release(key));
                opened++;
                return session;
            } catch (SQLException | RuntimeException failure) {
                release(key);
                throw failure;
            }
        }
    }

    private static CoconutServer start(String url, Properties properties) throws SQLException {
        Map<String, String> ofDatabase = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> ofDatabase.put(name, properties.getProperty(name)));
        ServerConfig plain = ServerConfig.of(url);
        ServerConfig config = new ServerConfig(url, ofDatabase, "127.0.0.1", 0, plain.advertise(), plain.connections(), plain.http(), plain
                .stopWait(),
                ServerSecurity.DEFAULT.withInsecure(true));
        IN_SERVER.set(true);
        try {
            return CoconutServer.start(config);
        } catch (IOException failure) {
            throw new SQLException("no server could be started", failure);
        } finally {
            IN_SERVER.set(false);
        }
    }

    private static @Nullable String schema(String url, Properties properties) {
        for (String part : url.split(";", -1)) {
            if (part.startsWith("schema=")) {
                return part.substring("schema=".length());
            }
        }
        return properties.getProperty("schema");
    }

    private static void release(String key) {
        synchronized (SERVED) {
            Served served = SERVED.get(key);
            if (served != null && --served.sessions == 0) {
                SERVED.remove(key);
                served.server.stop();
            }
        }
    }
}
