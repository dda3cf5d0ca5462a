package org.coconutdb.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.function.BooleanSupplier;
import org.coconutdb.jdbc.session.Session;
import org.jspecify.annotations.Nullable;

/// What a statement is told before it runs, and whether it is still open.
abstract class StatementSettings implements Statement {
    private final CoconutConnection connection;
    private long rowsMax;
    private int fieldSizeMax;
    private int queryTimeoutSeconds;
    private int fetchSize;
    private boolean poolable;
    private boolean closeOnCompletion;
    private volatile boolean closed;

    StatementSettings(CoconutConnection connection) {
        this.connection = connection;
    }

    final CoconutConnection connection() {
        return connection;
    }

    /// The bounds of the next execution.
    ///
    /// @param cancelled whether it was cancelled before it began
    final Session.Limits limits(BooleanSupplier cancelled) {
        return new Session.Limits(rowsMax, queryTimeoutSeconds, fetchSize, cancelled);
    }

    final void requireOpen() throws SQLException {
        connection.requireOpen();
        if (closed) {
            throw Failures.invalidState("the statement is closed: create another");
        }
    }

    final void markClosed() {
        closed = true;
    }

    final boolean isMarkedClosed() {
        return closed;
    }

    @Override
    public boolean isClosed() throws SQLException {
        return closed || connection.isClosed();
    }

    @Override
    public CoconutConnection getConnection() throws SQLException {
        requireOpen();
        return connection;
    }

    @Override
    public int getMaxFieldSize() throws SQLException {
        requireOpen();
        return fieldSizeMax;
    }

    /// Longer strings and byte strings of a result set are cut to this many characters or bytes; 0: never.
    @Override
    public void setMaxFieldSize(int max) throws SQLException {
        requireOpen();
        fieldSizeMax = requireNotNegative(max, "the maximum field size");
    }

    @Override
    public int getMaxRows() throws SQLException {
        requireOpen();
        return (int) Math.min(rowsMax, Integer.MAX_VALUE);
    }

    @Override
    public void setMaxRows(int max) throws SQLException {
        setLargeMaxRows(max);
    }

    @Override
    public long getLargeMaxRows() throws SQLException {
        requireOpen();
        return rowsMax;
    }

    @Override
    public void setLargeMaxRows(long max) throws SQLException {
        requireOpen();
        if (max < 0) {
            throw Failures.invalidArgument("the maximum number of rows must be 0 or more, was " + max);
        }
        rowsMax = max;
    }

    @Override
    public int getQueryTimeout() throws SQLException {
        requireOpen();
        return queryTimeoutSeconds;
    }

    @Override
    public void setQueryTimeout(int seconds) throws SQLException {
        requireOpen();
        queryTimeoutSeconds = requireNotNegative(seconds, "the query timeout");
    }

    /// Rows that come from a server at once, as far as they fit a page; 0: as many as fit. In process rows are streamed one by one, so that it
    /// changes nothing.
    @Override
    public void setFetchSize(int rows) throws SQLException {
        requireOpen();
        fetchSize = requireNotNegative(rows, "the fetch size");
    }

    @Override
    public int getFetchSize() throws SQLException {
        requireOpen();
        return fetchSize;
    }

    @Override
    public void setFetchDirection(int direction) throws SQLException {
        requireOpen();
        if (direction != ResultSet.FETCH_FORWARD && direction != ResultSet.FETCH_REVERSE && direction != ResultSet.FETCH_UNKNOWN) {
            throw Failures.invalidArgument("there is no fetch direction " + direction);
        }
    }

    @Override
    public int getFetchDirection() throws SQLException {
        requireOpen();
        return ResultSet.FETCH_FORWARD;
    }

    /// Without effect: the SQL parser itself reads JDBC's escapes, and nothing else means the same characters.
    @Override
    public void setEscapeProcessing(boolean enable) throws SQLException {
        requireOpen();
    }

    /// Without effect, as JDBC wants it where there is no positioned UPDATE.
    @Override
    public void setCursorName(@Nullable String name) throws SQLException {
        requireOpen();
    }

    @Override
    public void setPoolable(boolean poolable) throws SQLException {
        requireOpen();
        this.poolable = poolable;
    }

    @Override
    public boolean isPoolable() throws SQLException {
        requireOpen();
        return poolable;
    }

    final void setPoolableFromStart() {
        poolable = true;
    }

    @Override
    public void closeOnCompletion() throws SQLException {
        requireOpen();
        closeOnCompletion = true;
    }

    @Override
    public boolean isCloseOnCompletion() throws SQLException {
        requireOpen();
        return closeOnCompletion;
    }

    final boolean closesOnCompletion() {
        return closeOnCompletion;
    }

    @Override
    public int getResultSetConcurrency() throws SQLException {
        requireOpen();
        return ResultSet.CONCUR_READ_ONLY;
    }

    @Override
    public int getResultSetType() throws SQLException {
        requireOpen();
        return ResultSet.TYPE_FORWARD_ONLY;
    }

    @Override
    public int getResultSetHoldability() throws SQLException {
        requireOpen();
        return ResultSet.CLOSE_CURSORS_AT_COMMIT;
    }

    @Override
    public @Nullable SQLWarning getWarnings() throws SQLException {
        requireOpen();
        return null;
    }

    @Override
    public void clearWarnings() throws SQLException {
        requireOpen();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return Wrappers.unwrap(this, type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return Wrappers.isWrapperFor(this, type);
    }

    private static int requireNotNegative(int value, String what) throws SQLException {
        if (value < 0) {
            throw Failures.invalidArgument(what + " must be 0 or more, was " + value);
        }
        return value;
    }
}
