package org.coconutdb.jdbc.remote;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.coconutdb.jdbc.session.BlockTable;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionStatement;
import org.coconutdb.jdbc.session.TimeZones;
import org.coconutdb.jdbc.wire.Protocol;
import org.coconutdb.jdbc.wire.Protocol.Ask;
import org.coconutdb.jdbc.wire.Protocol.Operation;
import org.coconutdb.jdbc.wire.Protocol.Tell;
import org.coconutdb.jdbc.wire.WireException;
import org.coconutdb.jdbc.wire.WireWriter;
import org.jspecify.annotations.Nullable;

/// A session on a server. It knows what each answer tells of the server's session (transaction, autocommit, level, schema, time zone), so that asking
/// for these costs nothing. One thread at a time, but for cancellations and [#abort].
///
/// The server's session lives under an id, the *connection*, for which any socket will do. What becomes of it when the server goes away:
///
/// | found | in a transaction | otherwise |
/// |---|---|---|
/// | before anything was sent, or the server says that it has no such connection | 40001: the transaction has not happened | a connection is opened on the first host that answers, with the session's settings, and the request goes there; prepared statements are prepared again with it |
/// | no host answers | 40001 | 08006: nothing was done |
/// | while an answer is waited for | 40001; of a commit 08007 | a query and what changes nothing is repeated once; the rest: 08007, it may have happened |
///
/// [KnownCluster] says which hosts are tried, and in which order.
///
/// Invariants
/// 1. A request that may have changed something is sent once.
/// 2. A connection whose answer was lost is not used any more: its session may still be at work.
public final class RemoteSession implements Session {
    private static final int CLOSE_MILLIS = 5_000;
    private static final int INITIAL_STATE =
            Tell.STATE_AUTOCOMMIT | Connection.TRANSACTION_SERIALIZABLE << Tell.STATE_ISOLATION_SHIFT;

    /// What may have happened when no answer came.
    enum Effect {
        /// Nothing, and it can be asked again, also of another server.
        NONE,
        /// Nothing, but only this connection can answer.
        READING,
        /// The open transaction, where there is one, has ended without effect.
        ROLLBACK,
        /// Anything.
        CHANGE,
        /// The open transaction may have been committed.
        COMMIT
    }

    /// Writes the fields of a request.
    interface Fields {
        void write(WireWriter out);
    }

    private final RemoteUrl url;
    private @Nullable String connection; // null: to be opened
    private volatile @Nullable String cancellable; // the same, for who cancels
    private final KnownCluster cluster;
    private volatile RemoteUrl.@Nullable Host host; // of the connection, or of the last one
    private volatile @Nullable HttpLink link;
    private volatile int networkMillis;
    private volatile boolean closed;
    private volatile boolean aborted;
    private int state = INITIAL_STATE;
    private boolean lostUntold; // a transaction, found by isValid, which throws nothing
    private String schema;
    private volatile ZoneId timeZone;
    private volatile String readPolicy;
    private String productVersion = "";
    private String tried = ""; // hosts that did not answer, and why
    private int generation; // counts connections: what an older one knew is forgotten
    private int statements;
    private long executions;
    private final List<Integer> closedStatements = new ArrayList<>();
    private final List<Integer> closedCursors = new ArrayList<>();
    private final List<RemoteCursor> cursors = new ArrayList<>();
    private final Map<Integer, Long> savepoints = new HashMap<>(); // executions before each

    private RemoteSession(RemoteUrl url) {
        this.url = url;
        this.cluster = KnownCluster.of(url);
        this.schema = url.schema();
        this.timeZone = url.timeZone();
        this.readPolicy = url.read();
        this.networkMillis = url.networkMillis();
    }

    /// Opens a connection on the first host that answers. 08001 where none does.
    public static RemoteSession open(RemoteUrl url) throws SQLException {
        RemoteSession session = new RemoteSession(url);
        try {
            session.ask(Operation.PING, Effect.NONE, _none -> {
            });
            return session;
        } catch (SQLException failure) {
            session.dropLink();
            throw "08006".equals(failure.getSQLState()) ? RemoteFailures.unreachable(session.tried, failure.getCause()) : failure;
        }
    }

    // ---- asking

    /// Asks the server, and takes note of what the answer tells of its session. What the server refuses is thrown.
    Reply ask(int operation, Effect effect, Fields fields) throws SQLException {
        if (closed) {
            throw RemoteFailures.closed();
        }
        tellLoss(effect);
        boolean again = false;
        while (true) {
            boolean inTransaction = inTransaction();
            awaitConnection(inTransaction, effect);
            Reply reply;
            try {
                reply = exchange(link(), operation, networkMillis, fields);
            } catch (HttpLink.LoginEnded ended) {
                // The server's session is there still, and knows nothing of this request.
                dropLink();
                continue;
            } catch (IOException failure) {
                giveUpConnection();
                SQLException told = told(failure, effect, inTransaction, again);
                if (told != null) {
                    throw told;
                }
                again = true;
                continue;
            } catch (WireException failure) {
                giveUpConnection();
                lostUntold |= inTransaction;
                forgetTransaction();
                throw RemoteFailures.malformed(failure);
            }
            if (!reply.noConnection) {
                note(reply);
                SQLException refused = reply.failure;
                if (refused != null) {
                    throw refused;
                }
                return reply;
            }
            connection = null;
            forgetTransaction();
            if (inTransaction && effect != Effect.ROLLBACK) {
                throw RemoteFailures.transactionLost(null);
            }
            if (effect == Effect.READING || again) {
                throw RemoteFailures.readingLost(null);
            }
            again = true;
        }
    }

    /// Connects. A host that takes connections and does not answer is left for the next, like one that takes none.
    private void awaitConnection(boolean inTransaction, Effect effect) throws SQLException {
        for (int attempts = 1;; attempts++) {
            try {
                connect(inTransaction);
                return;
            } catch (IOException failure) {
                // Nothing was sent but the wish for a connection.
                giveUpConnection();
                forgetTransaction();
                if (aborted) {
                    throw RemoteFailures.closed();
                }
                if (inTransaction && effect != Effect.ROLLBACK) {
                    throw RemoteFailures.transactionLost(failure);
                }
                RemoteUrl.Host silent = host;
                if (silent != null) {
                    cluster.failed(silent);
                    host = null;
                }
                if (attempts > cluster.candidates().size()) {
                    tried = silent + ": " + RemoteFailures.reason(failure);
                    throw RemoteFailures.gone(tried, failure);
                }
            } catch (WireException failure) {
                giveUpConnection();
                throw RemoteFailures.malformed(failure);
            }
        }
    }

    /// A transaction that was lost while nobody was told of it.
    private void tellLoss(Effect effect) throws SQLException {
        if (lostUntold) {
            lostUntold = false;
            if (effect != Effect.ROLLBACK) {
                throw RemoteFailures.transactionLost(null);
            }
        }
    }

    /// What the caller is told when no answer came; null: it is to be asked again.
    private @Nullable SQLException told(IOException failure, Effect effect, boolean inTransaction, boolean again) {
        forgetTransaction();
        if (aborted) {
            return RemoteFailures.closed();
        }
        if (inTransaction) {
            return effect == Effect.COMMIT ? RemoteFailures.outcomeUnknown(failure)
                    : effect == Effect.ROLLBACK ? null : RemoteFailures.transactionLost(failure);
        }
        return switch (effect) {
            // What has been waited for as long as may be is not begun anew.
            case NONE, ROLLBACK -> again || failure instanceof SocketTimeoutException ? RemoteFailures.readingLost(failure) : null;
            case READING -> RemoteFailures.readingLost(failure);
            case CHANGE, COMMIT -> RemoteFailures.outcomeUnknown(failure);
        };
    }

    private HttpLink link() throws IOException {
        HttpLink open = link;
        if (open == null) {
            throw new IOException("the connection was aborted");
        }
        return open;
    }

    private Reply exchange(HttpLink over, int operation, int timeoutMillis, Fields fields) throws IOException, SQLException {
        WireWriter message = new WireWriter();
        message.number(Ask.OPERATION, operation);
        message.text(Ask.CONNECTION, connection);
        fields.write(message);
        closedStatements.forEach(statement -> message.number(Ask.CLOSED, statement));
        closedCursors.forEach(statement -> message.number(Ask.CLOSED_CURSOR, statement));
        HttpLink.Response response = over.exchange(Protocol.wrap(message), timeoutMillis);
        closedStatements.clear();
        closedCursors.clear();
        Reply reply = reply(response);
        KerberosLogin kerberos = url.kerberos();
        if (!response.isProven() && reply.failure == null && kerberos != null) {
            throw RemoteFailures.unproven(kerberos.server(over.host()));
        }
        return reply;
    }

    private static Reply reply(HttpLink.Response response) throws SQLException {
        byte[] bytes = response.bytes();
        if (!Protocol.isOurs(bytes, bytes.length)) {
            throw RemoteFailures.refused(response.status(), new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
        }
        return Reply.read(Protocol.unwrap(bytes, bytes.length));
    }

    private void note(Reply reply) throws SQLException {
        if (reply.state >= 0) {
            state = reply.state;
        }
        String told = reply.schema;
        if (told != null) {
            schema = told;
        }
        BlockTable table = reply.blockTable;
        if (table != null) {
            cluster.learn(table);
        }
        String read = reply.read;
        if (read != null) {
            readPolicy = read;
        }
        String zone = reply.timeZone;
        if (zone != null) {
            timeZone = TimeZones.find(zone).orElseThrow(() -> RemoteFailures.unknownZone(zone));
        }
    }

    // ---- connecting

    /// Makes sure of a link, and of a connection over it.
    private void connect(boolean inTransaction) throws IOException, SQLException {
        HttpLink open = link;
        if (open != null && open.isStale()) {
            dropLink();
            open = null;
        }
        if (open == null) {
            HttpLink made = newLink(inTransaction);
            link = made;
            if (aborted) {
                made.close();
                throw new IOException("the connection was aborted");
            }
        }
        if (connection == null) {
            openConnection();
        }
    }

    /// The connection's host before all others: its session is there.
    private List<RemoteUrl.Host> candidates() {
        RemoteUrl.Host before = host;
        List<RemoteUrl.Host> candidates = new ArrayList<>(cluster.candidates());
        if (before != null) {
            candidates.remove(before);
            candidates.add(0, before);
        }
        return candidates;
    }

    /// To the connection's host; to the next one where that does not answer.
    private HttpLink newLink(boolean inTransaction) throws SQLException {
        StringBuilder attempts = new StringBuilder();
        IOException last = null;
        for (RemoteUrl.Host address : candidates()) {
            try {
                HttpLink made = HttpLink.connect(url, address);
                cluster.answered(address);
                if (!address.equals(host)) {
                    connection = null;
                    host = address;
                    if (inTransaction) {
                        made.close();
                        forgetTransaction();
                        throw RemoteFailures.transactionLost(last);
                    }
                }
                return made;
            } catch (IOException failure) {
                last = failure;
                cluster.failed(address);
                attempts.append(attempts.length() == 0 ? "" : "; ").append(address).append(": ").append(RemoteFailures.reason(failure));
            }
        }
        tried = attempts.toString();
        connection = null;
        forgetTransaction();
        throw inTransaction ? RemoteFailures.transactionLost(last) : RemoteFailures.gone(tried, last);
    }

    private void openConnection() throws IOException, SQLException {
        closedStatements.clear();
        closedCursors.clear();
        int wanted = state;
        String wantedSchema = schema;
        ZoneId wantedZone = timeZone;
        String wantedRead = readPolicy;
        BlockTable known = cluster.table();
        boolean isOfTheTable = known != null && !cluster.isNamed(Objects.requireNonNull(host));
        Reply opened = exchange(link(), Operation.OPEN, networkMillis, out -> {
            out.number(Ask.NUMBER, wanted + 1L);
            out.text(Ask.TEXT, wantedSchema);
            out.text(Ask.USER, url.user());
            out.text(Ask.TIME_ZONE, url.timeZone().getId());
            if (!wantedRead.isEmpty()) {
                out.text(Ask.READ, wantedRead);
            }
            if (!wantedZone.equals(url.timeZone())) {
                out.text(Ask.TIME_ZONE_SET, wantedZone.getId());
            }
            if (cluster.discovers()) {
                out.number(Ask.EPOCH, (known == null ? 0 : known.epoch()) + 1);
            }
            if (isOfTheTable) {
                out.text(Ask.CLUSTER, Objects.requireNonNull(known).cluster());
            }
        });
        SQLException refused = opened.failure;
        if (refused != null) {
            if (isOfTheTable && "08004".equals(refused.getSQLState())) {
                // Somebody else has that address by now, or the host is stopping.
                throw new IOException(refused.getMessage(), refused);
            }
            throw refused;
        }
        connection = Objects.requireNonNull(opened.connection, "an id of the connection");
        cancellable = connection;
        productVersion = opened.version;
        generation++;
        note(opened);
    }

    /// No answer came: what the server's session is at is not known.
    private void giveUpConnection() {
        dropLink();
        String lost = connection;
        connection = null;
        cancellable = null;
        if (lost != null && !aborted) {
            closeElsewhere(lost);
        }
    }

    /// So that the server does not go on for nobody, where it still lives.
    private void closeElsewhere(String lost) {
        RemoteUrl.Host at = host;
        if (at == null) {
            return;
        }
        try (HttpLink own = HttpLink.connect(url, at)) {
            WireWriter message = new WireWriter();
            message.number(Ask.OPERATION, Operation.CLOSE);
            message.text(Ask.CONNECTION, lost);
            own.exchange(Protocol.wrap(message), CLOSE_MILLIS);
        } catch (IOException | SQLException gone) {
            // Its session went with it, or ends when nobody has used it for long.
            return;
        }
    }

    private void dropLink() {
        HttpLink open = link;
        link = null;
        if (open != null) {
            open.close();
        }
    }

    private void forgetTransaction() {
        state &= ~Tell.STATE_IN_TRANSACTION;
    }

    /// Which connection statements and cursors belong to.
    int generation() {
        return generation;
    }

    long nextExecution() {
        return ++executions;
    }

    /// Whether a query that got no answer can be asked again: nothing was written before it that it would have to see.
    boolean canRepeat() {
        return !inTransaction();
    }

    // ---- statements

    @Override
    public SessionStatement prepare(String sql, KeyRequest keys) throws SQLException {
        RemoteStatement statement = new RemoteStatement(this, ++statements, sql, keys, false);
        statement.describe();
        return statement;
    }

    @Override
    public SessionStatement text(String sql, KeyRequest keys) {
        return new RemoteStatement(this, ++statements, sql, keys, true);
    }

    @Override
    public SessionStatement prepareBatch(List<String> texts) {
        return new RemoteBatch(this, ++statements, texts);
    }

    void opened(RemoteCursor cursor) {
        cursors.add(cursor);
    }

    void closed(RemoteCursor cursor) {
        cursors.remove(cursor);
    }

    /// The server is told with the next request.
    void statementClosed(int statement) {
        if (!closed) {
            closedStatements.add(statement);
        }
    }

    /// The server is told at once: a cursor keeps old versions of rows.
    void cursorClosed(int statement) throws SQLException {
        if (!closed && connection != null) {
            closedCursors.add(statement);
            ask(Operation.PING, Effect.NONE, _none -> {
            });
        }
    }

    /// Ends what a statement executes, over a link of its own. What cannot be reached needs no end.
    void cancel(int statement, long execution) {
        String target = cancellable;
        RemoteUrl.Host at = host;
        if (target == null || at == null || closed) {
            return;
        }
        try (HttpLink own = HttpLink.connect(url, at)) {
            WireWriter message = new WireWriter();
            message.number(Ask.OPERATION, Operation.CANCEL);
            message.text(Ask.CONNECTION, target);
            message.number(Ask.STATEMENT, statement);
            message.number(Ask.EXECUTION, execution);
            own.exchange(Protocol.wrap(message), CLOSE_MILLIS);
        } catch (IOException | SQLException gone) {
            return;
        }
    }

    // ---- transactions

    @Override
    public boolean autoCommit() {
        return (state & Tell.STATE_AUTOCOMMIT) != 0;
    }

    @Override
    public void setAutoCommit(boolean autoCommit) throws SQLException {
        if (autoCommit == autoCommit() && connection != null) {
            return;
        }
        ask(Operation.SET_AUTOCOMMIT, inTransaction() ? Effect.COMMIT : Effect.NONE, out -> out.flag(Ask.NUMBER, autoCommit));
    }

    @Override
    public boolean inTransaction() {
        return (state & Tell.STATE_IN_TRANSACTION) != 0;
    }

    @Override
    public void commit() throws SQLException {
        tellLoss(Effect.COMMIT);
        if (inTransaction()) {
            ask(Operation.COMMIT, Effect.COMMIT, _none -> {
            });
        }
    }

    @Override
    public void rollback() throws SQLException {
        tellLoss(Effect.ROLLBACK);
        if (inTransaction()) {
            ask(Operation.ROLLBACK, Effect.ROLLBACK, _none -> {
            });
        }
    }

    @Override
    public int setSavepoint(@Nullable String name) throws SQLException {
        if (!inTransaction()) {
            savepoints.clear();
        }
        int savepoint = (int) ask(Operation.SAVEPOINT, Effect.NONE, out -> {
            if (name != null) {
                out.element(Ask.TEXT, name);
            }
        }).number;
        savepoints.put(savepoint, executions);
        return savepoint;
    }

    @Override
    public void rollbackTo(int savepoint) throws SQLException {
        ask(Operation.ROLLBACK_TO, Effect.NONE, out -> out.signed(Ask.NUMBER, savepoint));
        long before = savepoints.getOrDefault(savepoint, Long.MAX_VALUE);
        // Rows that are here already came from what was undone.
        for (RemoteCursor cursor : cursors) {
            if (cursor.execution() > before) {
                cursor.end();
            }
        }
    }

    @Override
    public void releaseSavepoint(int savepoint) throws SQLException {
        ask(Operation.RELEASE, Effect.NONE, out -> out.signed(Ask.NUMBER, savepoint));
    }

    @Override
    public int isolation() {
        return state >> Tell.STATE_ISOLATION_SHIFT;
    }

    @Override
    public void setIsolation(int level) throws SQLException {
        ask(Operation.SET_ISOLATION, Effect.NONE, out -> out.number(Ask.NUMBER, level));
    }

    @Override
    public boolean isReadOnly() {
        return (state & Tell.STATE_READ_ONLY) != 0;
    }

    @Override
    public void setReadOnly(boolean readOnly) throws SQLException {
        ask(Operation.SET_READ_ONLY, Effect.NONE, out -> out.flag(Ask.NUMBER, readOnly));
    }

    // ---- state of the session

    @Override
    public String schema() {
        return schema;
    }

    @Override
    public void setSchema(String wanted) throws SQLException {
        ask(Operation.SET_SCHEMA, Effect.NONE, out -> out.element(Ask.TEXT, wanted));
    }

    @Override
    public ZoneId timeZone() {
        return timeZone;
    }

    @Override
    public String readPolicy() {
        return readPolicy;
    }

    @Override
    public String productVersion() {
        return productVersion;
    }

    @Override
    public void setNetworkTimeout(int millis) {
        networkMillis = millis;
    }

    @Override
    public int networkTimeout() {
        return networkMillis;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public boolean isValid(int timeoutSeconds) {
        boolean inTransaction = inTransaction();
        int before = networkMillis;
        int bound = (int) Math.min(timeoutSeconds * 1_000L, Integer.MAX_VALUE);
        networkMillis = bound == 0 || (before > 0 && before < bound) ? before : bound;
        try {
            ask(Operation.PING, Effect.NONE, _none -> {
            });
            return true;
        } catch (SQLException notValid) {
            lostUntold |= inTransaction && !inTransaction();
            return false;
        } finally {
            networkMillis = before;
        }
    }

    @Override
    public void abort() {
        aborted = true;
        dropLink();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        HttpLink open = link;
        if (connection != null && open != null) {
            try {
                exchange(open, Operation.CLOSE, CLOSE_MILLIS, _none -> {
                });
            } catch (IOException | SQLException | WireException gone) {
                // The server's session went with it, or ends when nobody has used it for long.
                connection = null;
            }
        }
        dropLink();
    }
}
