package org.coconutdb.avatica.connection;

import java.sql.SQLException;
import java.util.List;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.RowCursor;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionStatement;
import org.jspecify.annotations.Nullable;

/// A statement that a client has prepared, or runs. With its connection's lock, but for [#cancel].
public final class ServerStatement {
    private final int id;
    private final SessionStatement statement;
    private final boolean once;
    private @Nullable RowCursor cursor;
    private @Nullable List<ColumnInfo> told;
    private long offset;
    private long rowsMax;
    private volatile long execution; // under way or being read, 0: none

    /// @param once a text that is run once: it is closed with its cursor
    ServerStatement(int id, SessionStatement statement, boolean once) {
        this.id = id;
        this.statement = statement;
        this.once = once;
    }

    public int id() {
        return id;
    }

    public SessionStatement statement() {
        return statement;
    }

    boolean isOnce() {
        return once;
    }

    public @Nullable RowCursor cursor() {
        return cursor;
    }

    public void setCursor(@Nullable RowCursor opened) {
        cursor = opened;
        offset = 0;
    }

    /// Rows that an execution answers at most, 0: all. For clients that say so when they prepare.
    public void setRowsMax(long rows) {
        rowsMax = rows;
    }

    public Session.Limits limits() {
        return rowsMax == 0 ? Session.Limits.NONE : new Session.Limits(rowsMax, 0);
    }

    /// Rows that were read of the cursor.
    public long offset() {
        return offset;
    }

    public void advance(long rows) {
        offset += rows;
    }

    /// Whether the client knows other columns, or none; from now on it knows these.
    @SuppressWarnings("ReferenceEquality") // a statement that is compiled anew has another list; comparing values would cost more than sending them
    public boolean isNews(List<ColumnInfo> columns) {
        boolean isNews = told != columns;
        told = columns;
        return isNews;
    }

    public void setExecution(long number) {
        execution = number;
    }

    /// Ends the execution of this number, where it is still the one. Any thread.
    ///
    /// @param number 0: whichever
    public void cancel(long number) {
        long current = execution;
        if (current != 0 && (number == 0 || current == number)) {
            statement.cancel();
        }
    }

    /// Closes the cursor, where one is open.
    public void closeCursor() throws SQLException {
        RowCursor open = cursor;
        cursor = null;
        execution = 0;
        if (open != null) {
            open.close();
        }
    }
}
