package org.coconutdb.avatica.connection;

import java.sql.SQLException;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.coconutdb.jdbc.session.BlockTable;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionStatement;
import org.jspecify.annotations.Nullable;

/// A client's connection: a session and its statements, under one lock. Requests take the lock ([#enter], [#leave]), so that a session is used
/// by one thread at a time; cancelling does not.
///
/// Invariant: a connection that is closed stays closed, and who entered it before sees that when it has the lock.
public final class ServerConnection {
    private static final long NOT_WANTED = -1;

    private final String id;
    private final Client client;
    private final Session session;
    private final ConnectionLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, ServerStatement> statements = new ConcurrentHashMap<>();
    private int lastStatement;
    private @Nullable String schemaTold;
    private @Nullable ZoneId timeZoneTold;
    private @Nullable String readTold;
    private long epochTold = NOT_WANTED;
    private volatile long usedAt = System.nanoTime();
    private volatile boolean closed;

    ServerConnection(String id, Client client, Session session, ConnectionLimits limits) {
        this.id = id;
        this.client = client;
        this.session = session;
        this.limits = limits;
    }

    public String id() {
        return id;
    }

    /// Whose it is: nobody else may use it.
    public Client client() {
        return client;
    }

    public Session session() {
        assert lock.isHeldByCurrentThread() : "a session is used by one thread at a time";
        return session;
    }

    public ConnectionLimits limits() {
        return limits;
    }

    /// Takes the lock; false, and without it, where the connection has been closed.
    boolean enter() {
        lock.lock();
        if (closed) {
            lock.unlock();
            return false;
        }
        return true;
    }

    public void leave() {
        usedAt = System.nanoTime();
        lock.unlock();
    }

    boolean isIdle(long now) {
        return now - usedAt > limits.idle().toNanos() && !lock.isLocked();
    }

    // ---- statements, with the lock

    public @Nullable ServerStatement statement(int statement) {
        return statements.get(statement);
    }

    /// A number that no statement of the connection has.
    public int nextStatement() {
        do {
            lastStatement = lastStatement == Integer.MAX_VALUE ? 1 : lastStatement + 1;
        } while (statements.containsKey(lastStatement));
        return lastStatement;
    }

    /// Prepares a statement; one that has the number already is closed.
    public ServerStatement prepare(int statement, String sql, KeyRequest keys) throws SQLException {
        requireRoom();
        return add(statement, session.prepare(sql, keys), false);
    }

    /// A text that is run once; it is there, and can be cancelled, before it is planned.
    public ServerStatement text(int statement, String sql, KeyRequest keys) throws SQLException {
        requireRoom();
        return add(statement, session.text(sql, keys), true);
    }

    /// Gives a statement that is there another text, also where no more would be allowed.
    public ServerStatement replace(int statement, String sql) throws SQLException {
        return add(statement, session.prepare(sql, KeyRequest.NOTHING), false);
    }

    /// Keeps a statement under its number, so that it can be cancelled.
    public ServerStatement add(int statement, SessionStatement prepared, boolean once) throws SQLException {
        ServerStatement added = new ServerStatement(statement, prepared, once);
        ServerStatement before = statements.put(statement, added);
        if (before != null) {
            close(before);
        }
        return added;
    }

    public void requireRoom() throws SQLException {
        if (statements.size() >= limits.statements()) {
            throw new SQLException("the connection has " + statements.size()
                    + " statements open, as many as limit.statements allows: close those that are not needed.", "53400");
        }
    }

    /// Harmless where there is none of this number.
    public void closeStatement(int statement) throws SQLException {
        ServerStatement found = statements.remove(statement);
        if (found != null) {
            close(found);
        }
    }

    /// Closes the cursor of a statement, and a statement that was to be run once.
    public void closeCursor(int statement) throws SQLException {
        ServerStatement found = statements.get(statement);
        if (found != null) {
            found.closeCursor();
            if (found.isOnce()) {
                closeStatement(statement);
            }
        }
    }

    private static void close(ServerStatement statement) throws SQLException {
        try {
            statement.closeCursor();
        } finally {
            statement.statement().close();
        }
    }

    public int statementCount() {
        return statements.size();
    }

    /// The schema, where the client has not been told of it.
    public @Nullable String schemaNews() throws SQLException {
        String current = session.schema();
        if (current.equals(schemaTold)) {
            return null;
        }
        schemaTold = current;
        return current;
    }

    /// The time zone, where the client has not been told of it.
    public @Nullable String timeZoneNews() {
        ZoneId current = session.timeZone();
        if (current.equals(timeZoneTold)) {
            return null;
        }
        timeZoneTold = current;
        return current.getId();
    }

    /// On what reads rest, where the client has not been told of it.
    public @Nullable String readNews() {
        String current = session.readPolicy();
        if (current.equals(readTold)) {
            return null;
        }
        readTold = current;
        return current;
    }

    /// From now on the client is told the cluster's block table when it has another.
    ///
    /// @param epoch of the one that it has; 0: none
    public void wantBlockTable(long epoch) {
        epochTold = epoch;
    }

    /// The cluster's block table, where the client wants it and has not been told of it.
    ///
    /// @param current null: the database is no cluster's
    public @Nullable BlockTable blockTableNews(Supplier<@Nullable BlockTable> current) {
        BlockTable table = epochTold == NOT_WANTED ? null : current.get();
        if (table == null || table.epoch() == epochTold) {
            return null;
        }
        epochTold = table.epoch();
        return table;
    }

    // ---- without the lock

    /// Ends what a statement executes.
    ///
    /// @param execution 0: whichever
    public void cancel(int statement, long execution) {
        ServerStatement found = statements.get(statement);
        if (found != null) {
            found.cancel(execution);
        }
    }

    void cancelAll() {
        statements.values().forEach(statement -> statement.cancel(0));
    }

    /// Ends what runs, rolls back and closes.
    void close() throws SQLException {
        closed = true;
        cancelAll();
        lock.lock();
        try {
            session.close(); // its statements and their cursors with it
            statements.clear();
        } finally {
            lock.unlock();
        }
    }
}
