package org.coconutdb.avatica.connection;

import java.security.SecureRandom;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.coconutdb.jdbc.session.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All connections of a server. A thread closes those that nobody has used for long. Any thread.
public final class ServerConnections implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerConnections.class);
    private static final int ID_BYTES = 16;
    private static final int ID_LENGTH_MAX = 256;

    /// Opens the sessions of a database.
    public interface SessionOpener {
        /// @param client whose it is
        /// @param schema empty: the database's default
        /// @param timeZone empty: the server's
        Session open(Client client, String schema, String timeZone) throws SQLException;
    }

    private final SessionOpener opener;
    private final ConnectionLimits limits;
    private final Map<String, ServerConnection> connections = new ConcurrentHashMap<>();
    private final Semaphore places;
    private final SecureRandom random = new SecureRandom();
    private final CountDownLatch closing = new CountDownLatch(1);

    public ServerConnections(SessionOpener opener, ConnectionLimits limits) {
        this.opener = opener;
        this.limits = limits;
        this.places = new Semaphore(limits.connections());
    }

    /// Begins to close connections that nobody uses.
    public void start() {
        Thread.ofPlatform().daemon().name("coconut-connections").start(this::expire);
    }

    public ConnectionLimits limits() {
        return limits;
    }

    public int count() {
        return connections.size();
    }

    /// Opens a connection under an id that nobody can guess.
    public ServerConnection open(Client client, String schema, String timeZone) throws SQLException {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return open(HexFormat.of().formatHex(bytes), client, schema, timeZone);
    }

    /// Opens a connection under the client's id. 08002 where that is taken.
    public ServerConnection open(String id, Client client, String schema, String timeZone) throws SQLException {
        if (id.isEmpty() || id.length() > ID_LENGTH_MAX) {
            throw new SQLException("a connection's id has 1 to " + ID_LENGTH_MAX + " characters", "08P01");
        }
        if (!places.tryAcquire()) {
            throw new SQLTransientConnectionException("the server has as many connections as limit.connections allows ("
                    + limits.connections() + "): close some, or try again later.", "53300");
        }
        Session session = null;
        try {
            session = opener.open(client, schema, timeZone);
            ServerConnection opened = new ServerConnection(id, client, session, limits);
            if (connections.putIfAbsent(id, opened) != null) {
                throw new SQLException("a connection with this id is open already: choose another", "08002");
            }
            return opened;
        } catch (SQLException | RuntimeException | Error failure) {
            if (session != null) {
                session.close();
            }
            places.release();
            throw failure;
        }
    }

    /// The connection with its lock, to be left; null where there is none of this id, or it is another user's.
    public @Nullable ServerConnection enter(String id, Client client) {
        ServerConnection found = find(id, client);
        return found != null && found.enter() ? found : null;
    }

    /// The connection without its lock, for what does not wait.
    public @Nullable ServerConnection find(String id, Client client) {
        ServerConnection found = connections.get(id);
        return found != null && found.client().equals(client) ? found : null;
    }

    /// Ends what the connection is at, and closes it. Harmless where there is none.
    public void close(String id, Client client) throws SQLException {
        ServerConnection found = find(id, client);
        if (found != null) {
            close(found);
        }
    }

    private void close(ServerConnection connection) throws SQLException {
        if (connections.remove(connection.id(), connection)) {
            try {
                connection.close();
            } finally {
                places.release();
            }
        }
    }

    /// Ends and closes all that a client has open: its login is no longer good.
    public void closeAll(Client client) {
        connections.values().stream().filter(connection -> connection.client().equals(client)).forEach(this::closeQuietly);
    }

    private void expire() {
        long checkMillis = Math.clamp(limits.idle().toMillis() / 4, 50, 10_000);
        try {
            while (!closing.await(checkMillis, TimeUnit.MILLISECONDS)) {
                long now = System.nanoTime();
                for (ServerConnection connection : connections.values()) {
                    if (connection.isIdle(now)) {
                        LOG.atInfo().addKeyValue("user", connection.client().user()).log("a connection that nobody uses is closed");
                        closeQuietly(connection);
                    }
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeQuietly(ServerConnection connection) {
        try {
            close(connection);
        } catch (SQLException | RuntimeException failure) {
            LOG.atWarn().setCause(failure).log("a connection could not be closed cleanly");
        }
    }

    /// Ends all statements that run.
    public void cancelAll() {
        connections.values().forEach(ServerConnection::cancelAll);
    }

    @Override
    public void close() {
        closing.countDown();
        connections.values().forEach(this::closeQuietly);
    }
}
