package org.coconutdb.jdbc.remote;

import java.sql.SQLException;
import java.util.NoSuchElementException;
import org.coconutdb.jdbc.remote.RemoteSession.Effect;
import org.coconutdb.jdbc.session.RowCursor;
import org.coconutdb.jdbc.wire.Protocol.Ask;
import org.coconutdb.jdbc.wire.Protocol.Operation;
import org.coconutdb.jdbc.wire.WireException;
import org.coconutdb.jdbc.wire.WireReader;
import org.coconutdb.jdbc.wire.WireValues;
import org.jspecify.annotations.Nullable;

/// Rows that come page by page. One thread, but for [#cancelled].
final class RemoteCursor implements RowCursor {
    private final RemoteSession session;
    private final RemoteStatement statement;
    private final int generation;
    private final long execution;
    private final int columnCount;
    private final int pageRows;
    private WireReader page;
    private int rowsLeft;
    private boolean done; // the server has closed its side
    private @Nullable SQLException failure; // behind the rows of the page
    private @Nullable Object @Nullable [] current;
    private boolean closed;
    private boolean ended;
    private volatile boolean cancelled;

    RemoteCursor(RemoteSession session, RemoteStatement statement, Reply first, int columnCount, int pageRows) {
        this.session = session;
        this.statement = statement;
        this.generation = session.generation();
        this.execution = statement.execution();
        this.columnCount = columnCount;
        this.pageRows = pageRows;
        this.page = first.page;
        take(first);
        session.opened(this);
    }

    private void take(Reply reply) {
        page = reply.page;
        rowsLeft = reply.pageRowCount;
        done = reply.done;
        failure = reply.pageFailure;
    }

    @Override
    public boolean next() throws SQLException {
        if (closed) {
            return false;
        }
        if (ended) {
            close();
            throw new SQLException("the result set was closed by going back to a savepoint before it: run the query again", "24000");
        }
        if (cancelled) {
            close();
            throw new SQLException("the statement was cancelled", "57014");
        }
        while (rowsLeft == 0) {
            SQLException behind = failure;
            if (behind != null) {
                close();
                throw behind;
            }
            if (done) {
                current = null;
                return false;
            }
            fetch();
        }
        rowsLeft--;
        try {
            current = WireValues.readRow(page, columnCount);
        } catch (WireException malformed) {
            throw RemoteFailures.malformed(malformed);
        }
        return true;
    }

    private void fetch() throws SQLException {
        if (generation != session.generation()) {
            done = true;
            close();
            throw RemoteFailures.readingLost(null);
        }
        try {
            take(session.ask(Operation.FETCH, Effect.READING, out -> {
                out.number(Ask.STATEMENT, statement.id());
                out.number(Ask.EXECUTION, statement.execution());
                out.number(Ask.PAGE_ROWS, pageRows);
            }));
        } catch (SQLException failed) {
            done = true;
            close();
            throw failed;
        }
    }

    @Override
    public @Nullable Object get(int column) {
        if (current == null) {
            throw new NoSuchElementException("no current row");
        }
        return current[column];
    }

    /// From any thread: what is there already is not shown either.
    void cancelled() {
        cancelled = true;
    }

    /// Number of the execution that opened it.
    long execution() {
        return execution;
    }

    /// Its rows are not to be seen any more; its reader is told at the next.
    void end() {
        ended = true;
        done = true; // the server has closed its side
    }

    /// The server's side is closed by what comes next.
    void forget() {
        closed = true;
        session.closed(this);
        done = true;
    }

    @Override
    public void close() throws SQLException {
        if (closed) {
            return;
        }
        closed = true;
        session.closed(this);
        statement.cursorClosed(this);
        if (!done && generation == session.generation()) {
            session.cursorClosed(statement.id());
        }
    }
}
