package org.coconutdb.jdbc.remote;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.coconutdb.jdbc.remote.RemoteSession.Effect;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.KeyRows;
import org.coconutdb.jdbc.session.Session.Answer;
import org.coconutdb.jdbc.session.Session.Limits;
import org.coconutdb.jdbc.session.Session.Wanted;
import org.coconutdb.jdbc.session.SessionStatement;
import org.coconutdb.jdbc.wire.Protocol;
import org.coconutdb.jdbc.wire.Protocol.Ask;
import org.coconutdb.jdbc.wire.Protocol.Operation;
import org.coconutdb.jdbc.wire.WireColumns;
import org.coconutdb.jdbc.wire.WireValues;
import org.coconutdb.jdbc.wire.WireWriter;
import org.jspecify.annotations.Nullable;

/// A statement of a remote session, known to the server by a number of the client's. The server gets the text with the first request, and
/// again where it has forgotten the statement. An execution is one round trip.
final class RemoteStatement implements SessionStatement {
    private final RemoteSession session;
    private final int id;
    private final String sql;
    private final KeyRequest request;
    private final boolean once;
    private List<ColumnInfo> columns = List.of();
    private List<ColumnInfo> parameters = List.of();
    private KeyRows keys = KeyRows.EMPTY;
    private int knownIn; // generation of the session in which the server knows it; 0: in none
    private @Nullable RemoteCursor cursor;
    private volatile long running; // execution that cancel() ends, 0: none
    private boolean closed;

    /// @param once a text that is run and then closed: the server need not keep it
    RemoteStatement(RemoteSession session, int id, String sql, KeyRequest request, boolean once) {
        this.session = session;
        this.id = id;
        this.sql = sql;
        this.request = request;
        this.once = once;
    }

    int id() {
        return id;
    }

    /// Prepares it at the server.
    void describe() throws SQLException {
        Reply reply = session.ask(Operation.PREPARE, Effect.NONE, out -> {
            out.number(Ask.STATEMENT, id);
            out.element(Ask.SQL, sql);
            WireColumns.writeKeys(out, Ask.KEYS, request);
        });
        knownIn = session.generation();
        columns = List.copyOf(reply.columns);
        parameters = List.copyOf(reply.parameters);
    }

    @Override
    public List<ColumnInfo> columns() {
        return columns;
    }

    @Override
    public List<ColumnInfo> parameters() {
        return parameters;
    }

    @Override
    public Answer run(Wanted wanted, Limits limits) throws SQLException {
        if (!once) {
            return SessionStatement.super.run(wanted, limits);
        }
        return execute(limits, effect(), out -> out.number(Ask.WANTED, Protocol.number(wanted)));
    }

    @Override
    public Answer execute(@Nullable Object[] values, Limits limits) throws SQLException {
        return execute(limits, effect(), out -> {
            WireWriter row = new WireWriter(64);
            WireValues.writeRow(row, values);
            out.message(Ask.ROWS, row);
            // How many values these are is the server's to know; it refuses too many and too few.
            out.number(Ask.ROW_COUNT, 1);
            out.number(Ask.NUMBER, values.length);
        });
    }

    private Answer execute(Limits limits, Effect effect, RemoteSession.Fields fields) throws SQLException {
        begin();
        long execution = session.nextExecution();
        running = execution;
        boolean streams = false;
        try {
            if (limits.cancelled().getAsBoolean()) {
                throw new SQLException("the statement was cancelled before it was sent", "57014");
            }
            Reply reply = ask(Operation.EXECUTE, effect == Effect.NONE && !session.canRepeat() ? Effect.READING : effect, out -> {
                out.number(Ask.EXECUTION, execution);
                out.number(Ask.MAX_ROWS, limits.maxRows());
                out.number(Ask.TIMEOUT_SECONDS, limits.timeoutSeconds());
                out.number(Ask.PAGE_ROWS, limits.pageRows());
                fields.write(out);
            });
            if (!reply.columns.isEmpty()) {
                columns = List.copyOf(reply.columns);
            }
            keys = reply.keys;
            if (!reply.hasRows) {
                return new Answer(null, reply.updateCount);
            }
            RemoteCursor opened = new RemoteCursor(session, this, reply, columns.size(), limits.pageRows());
            cursor = opened;
            streams = true;
            return new Answer(opened, -1);
        } finally {
            if (!streams) {
                running = 0;
            }
        }
    }

    private void begin() throws SQLException {
        if (closed) {
            throw new SQLException("the statement is closed: prepare it again", "24000");
        }
        keys = KeyRows.EMPTY;
        RemoteCursor before = cursor;
        if (before != null) {
            // The server closes its side with the execution.
            before.forget();
        }
    }

    /// Asks with the text where the server may not know the statement.
    private Reply ask(int operation, Effect effect, RemoteSession.Fields fields) throws SQLException {
        for (boolean again = false;; again = true) {
            Reply reply = session.ask(operation, effect, out -> {
                out.number(Ask.STATEMENT, id);
                if (knownIn != session.generation()) {
                    out.element(Ask.SQL, sql);
                    WireColumns.writeKeys(out, Ask.KEYS, request);
                }
                fields.write(out);
            });
            if (!reply.noStatement || again) {
                knownIn = once ? 0 : session.generation();
                return reply;
            }
            knownIn = 0;
        }
    }

    /// By its first word. That it answers rows does not make it a query: what writes can answer them too.
    private Effect effect() {
        return switch (firstWord()) {
            case "SELECT", "VALUES", "TABLE", "SHOW", "DESCRIBE" -> Effect.NONE;
            case "COMMIT", "END" -> Effect.COMMIT;
            default -> Effect.CHANGE;
        };
    }

    private String firstWord() {
        int from = 0;
        while (from < sql.length() && Character.isWhitespace(sql.charAt(from))) {
            from++;
        }
        int to = from;
        while (to < sql.length() && Character.isLetter(sql.charAt(to))) {
            to++;
        }
        return sql.substring(from, to).toUpperCase(Locale.ROOT);
    }

    @Override
    public long[] executeBatch(List<@Nullable Object[]> rows, Limits limits) throws SQLException {
        begin();
        long execution = session.nextExecution();
        running = execution;
        try {
            Reply reply = ask(Operation.BATCH, Effect.CHANGE, out -> {
                WireWriter values = new WireWriter(Math.max(64, rows.size() * 16));
                int width = rows.isEmpty() ? 0 : rows.get(0).length;
                rows.forEach(row -> WireValues.writeRow(values, row));
                out.number(Ask.EXECUTION, execution);
                out.number(Ask.TIMEOUT_SECONDS, limits.timeoutSeconds());
                out.message(Ask.ROWS, values);
                out.number(Ask.ROW_COUNT, rows.size());
                out.number(Ask.NUMBER, width);
            });
            keys = reply.keys;
            return reply.counts.stream().mapToLong(Long::longValue).toArray();
        } finally {
            running = 0;
        }
    }

    @Override
    public KeyRows keys() {
        return keys;
    }

    @Override
    public void cancel() {
        long execution = running;
        if (execution != 0) {
            RemoteCursor open = cursor;
            if (open != null) {
                open.cancelled();
            }
            session.cancel(id, execution);
        }
    }

    void cursorClosed(RemoteCursor ended) {
        if (cursor == ended) {
            cursor = null;
            running = 0;
        }
    }

    long execution() {
        return running;
    }

    @Override
    public void close() throws SQLException {
        if (closed) {
            return;
        }
        closed = true;
        RemoteCursor open = cursor;
        if (open != null) {
            open.close();
        }
        if (knownIn == session.generation() && knownIn != 0) {
            session.statementClosed(id);
        }
    }
}
