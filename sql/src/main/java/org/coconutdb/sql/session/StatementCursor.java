package org.coconutdb.sql.session;

import java.sql.SQLException;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.jdbc.session.RowCursor;
import org.jspecify.annotations.Nullable;

/// Rows of a query, at the snapshot of its own transaction or at what its statement saw in the session's. One thread.
final class StatementCursor implements RowCursor {
    /// Whom it belongs to.
    interface Owner {
        /// The failure as the client is told it.
        SQLException told(Throwable failure, ExecutionSignal signal);

        void closed(StatementCursor cursor);
    }

    private final Owner owner;
    private final CompiledStatement.Rows rows;
    private final Transaction transaction;
    // The session's; null where the cursor has one of its own.
    private final @Nullable OpenTransaction within;
    private final Transaction.@Nullable Reading reading;
    private final long rowsMax;
    private final ExecutionSignal signal;
    private long returned;
    private boolean isClosed;
    private @Nullable String whyEnded;

    StatementCursor(
            Owner owner,
            CompiledStatement.Rows rows,
            Transaction transaction,
            @Nullable OpenTransaction within,
            long rowsMax,
            ExecutionSignal signal) {
        this.owner = owner;
        this.rows = rows;
        this.transaction = transaction;
        this.within = within;
        this.reading = within == null ? null : transaction.reading();
        this.rowsMax = rowsMax;
        this.signal = signal;
        if (within != null) {
            within.opened(this);
        }
    }

    /// The statement of the session's transaction that opened it.
    int openedAt() {
        return reading == null ? 0 : reading.statement();
    }

    @Override
    public boolean next() throws SQLException {
        String why = whyEnded;
        if (why != null) {
            throw owner.told(CoconutException.of(ErrorCode.OBJECT_CLOSED).with("object", "result set").mend(why), signal);
        }
        if (isClosed || (rowsMax > 0 && returned >= rowsMax)) {
            return false;
        }
        SlowStatements.Watch watch = signal.watch();
        if (watch != null) {
            watch.resume();
        }
        try {
            transaction.resume();
            boolean found = advance();
            returned++;
            // The row's values are copies: a client that stops here holds no memory for longer than `snapshot.age.max`.
            transaction.rest();
            if (watch != null) {
                watch.addRows(found ? 1 : 0);
                watch.pause();
            }
            return found;
        } catch (RuntimeException | Error failure) {
            SQLException told = owner.told(failure, signal);
            close();
            throw told;
        }
    }

    private boolean advance() {
        Transaction.Reading mine = reading;
        if (mine == null) {
            return rows.next();
        }
        // Statements since then have written, and rows that are looked up now must not show that.
        Transaction.Reading latest = transaction.readAs(mine);
        try {
            return rows.next();
        } finally {
            transaction.readAs(latest);
        }
    }

    @Override
    public @Nullable Object get(int column) {
        return rows.get(column);
    }

    /// Closes it before its client does, who is told why at the next row.
    void end(String why) {
        if (!isClosed) {
            whyEnded = why;
            close();
        }
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        try {
            rows.close();
        } finally {
            if (within == null) {
                transaction.close();
            } else {
                transaction.rest();
                within.closed(this);
            }
            signal.end();
            owner.closed(this);
        }
    }
}
