package org.coconutdb.sql.session;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.RowCursor;
import org.coconutdb.jdbc.session.Session.Answer;
import org.coconutdb.jdbc.session.Session.Limits;
import org.coconutdb.jdbc.session.SessionStatement;
import org.jspecify.annotations.Nullable;

/// A prepared statement of a session. Each execution is a transaction of its own; one that meets another's change is run again, up to
/// [#ATTEMPTS_MAX] times.
final class EmbeddedStatement implements SessionStatement {
    private static final int ATTEMPTS_MAX = 50;
    /// Executions of a batch that share a transaction, where they read nothing.
    private static final int BATCH_ROWS_MAX = 1000;

    private final EmbeddedSession session;
    private final String sql;
    private Database.Prepared prepared;
    // Set by the executing thread, read by the one that cancels.
    private volatile @Nullable Signal running;
    private @Nullable EmbeddedCursor cursor;
    private volatile boolean closed;

    EmbeddedStatement(EmbeddedSession session, String sql, Database.Prepared prepared) {
        this.session = session;
        this.sql = sql;
        this.prepared = prepared;
    }

    /// Tells an execution to end, and why.
    private static final class Signal {
        final AtomicBoolean cancelled = new AtomicBoolean();
        volatile boolean timedOut;
    }

    @Override
    public List<ColumnInfo> columns() {
        return prepared.statement().columns();
    }

    @Override
    public List<ColumnInfo> parameters() {
        return prepared.statement().parameters();
    }

    @Override
    public Answer execute(@Nullable Object[] parameters, Limits limits) throws SQLException {
        Signal signal = new Signal();
        ScheduledFuture<?> deadline = begin(signal, limits);
        boolean streams = false;
        try {
            CompiledStatement statement = current();
            requireCount(statement, parameters);
            if (statement instanceof CompiledStatement.Query query) {
                EmbeddedCursor opened = open(query, parameters, limits, signal, deadline);
                streams = true;
                return new Answer(opened, -1);
            }
            if (statement instanceof CompiledStatement.Write write) {
                return new Answer(null, write(write, List.<@Nullable Object[]> of(parameters), signal)[0]);
            }
            ((CompiledStatement.Definition) statement).run(session.database());
            return new Answer(null, 0);
        } catch (RuntimeException | Error failure) {
            throw failed(failure, signal, limits);
        } finally {
            if (!streams) {
                end(deadline);
            }
        }
    }

    private @Nullable ScheduledFuture<?> begin(Signal signal, Limits limits) {
        EmbeddedCursor before = cursor;
        if (before != null) {
            before.close();
        }
        running = signal;
        if (limits.timeoutSeconds() <= 0) {
            return null;
        }
        return Deadlines.after(limits.timeoutSeconds(), () -> {
            signal.timedOut = true;
            signal.cancelled.set(true);
        });
    }

    private void end(@Nullable ScheduledFuture<?> deadline) {
        running = null;
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    /// The statement for the catalogue as it is now.
    private CompiledStatement current() {
        session.requireOpen();
        if (closed) {
            throw CoconutException.of(ErrorCode.OBJECT_CLOSED).with("object", "statement").mend("Prepare it again.");
        }
        if (prepared.catalogVersion() != session.database().engine().catalogVersion()) {
            prepared = session.database().compile(sql, prepared.schema());
        }
        return prepared.statement();
    }

    private static void requireCount(CompiledStatement statement, @Nullable Object[] parameters) throws SQLException {
        if (parameters.length != statement.parameters().size()) {
            throw new SQLException("the statement has " + statement.parameters().size() + " parameters and " + parameters.length
                    + " values were given. Give one for each question mark.", "07001");
        }
    }

    private EmbeddedCursor open(
            CompiledStatement.Query query,
            @Nullable Object[] parameters,
            Limits limits,
            Signal signal,
            @Nullable ScheduledFuture<?> deadline) {
        Transaction transaction = session.database().engine().beginReadOnly();
        try {
            CompiledStatement.Rows rows = query.open(new Execution(transaction, prepared.schema(), signal.cancelled), parameters);
            EmbeddedCursor opened = new EmbeddedCursor(rows, transaction, limits, signal, deadline);
            cursor = opened;
            transaction.rest();
            return opened;
        } catch (Throwable failure) {
            transaction.close();
            throw failure;
        }
    }

    /// Runs the write once for each row of parameters, all in one transaction, until it commits. Answers the counts.
    private long[] write(CompiledStatement.Write write, List<@Nullable Object[]> rows, Signal signal) {
        for (int attempt = 1;; attempt++) {
            try (Transaction transaction = session.database().engine().begin()) {
                Execution execution = new Execution(transaction, prepared.schema(), signal.cancelled);
                long[] counts = new long[rows.size()];
                for (int i = 0; i < counts.length; i++) {
                    counts[i] = write.run(execution, rows.get(i));
                }
                execution.checkCancelled();
                transaction.commit();
                return counts;
            } catch (CoconutException failure) {
                boolean again = failure.code() == ErrorCode.SERIALIZATION_CONFLICT
                        || (failure.code() == ErrorCode.DUPLICATE_KEY && write.retriesDuplicates());
                if (!again || attempt == ATTEMPTS_MAX || signal.cancelled.get()) {
                    throw failure;
                }
                // Longer and longer, and each differently, so that those who meet do not meet again.
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(20_000L << Math.min(attempt, 9)));
            }
        }
    }

    @Override
    public long[] executeBatch(List<@Nullable Object[]> rows, Limits limits) throws SQLException {
        Signal signal = new Signal();
        ScheduledFuture<?> deadline = begin(signal, limits);
        long[] counts = new long[rows.size()];
        int done = 0;
        try {
            CompiledStatement statement = current();
            for (@Nullable Object[] row : rows) {
                requireCount(statement, row);
            }
            if (!(statement instanceof CompiledStatement.Write write)) {
                throw new SQLException("a batch takes INSERT, UPSERT, UPDATE and DELETE. Execute the others one by one.", "07005");
            }
            boolean shares = write instanceof InsertStatement insert && insert.isBlind();
            while (done < counts.length) {
                int end = shares ? Math.min(counts.length, done + BATCH_ROWS_MAX) : done + 1;
                long[] part;
                try {
                    part = write(write, rows.subList(done, end), signal);
                } catch (CoconutException failure) {
                    if (end - done == 1 || failure.code() == ErrorCode.OUTCOME_UNKNOWN || signal.cancelled.get()) {
                        throw failure;
                    }
                    // One of them is refused: those before it stand, so they run one by one up to it.
                    shares = false;
                    continue;
                }
                System.arraycopy(part, 0, counts, done, part.length);
                done = end;
            }
            return counts;
        } catch (RuntimeException | Error failure) {
            SQLException told = failed(failure, signal, limits);
            throw new BatchUpdateException(told.getMessage(), told.getSQLState(), told.getErrorCode(), Arrays.copyOf(counts, done), told);
        } finally {
            end(deadline);
        }
    }

    private SQLException failed(Throwable failure, Signal signal, Limits limits) {
        SQLException told = SqlErrors.of(failure, session.isClosed() ? null : session.database().catalog().snapshot());
        if (ErrorCode.STATEMENT_CANCELLED.sqlState().equals(told.getSQLState()) && signal.timedOut) {
            return new SQLTimeoutException("the statement took longer than its query timeout of " + limits.timeoutSeconds()
                    + " s. Give it more time (setQueryTimeout), or make it read less.", told.getSQLState(), told);
        }
        return told;
    }

    @Override
    public void cancel() {
        Signal signal = running;
        if (signal != null) {
            signal.cancelled.set(true);
        }
    }

    @Override
    public void close() {
        closed = true;
        EmbeddedCursor open = cursor;
        if (open != null) {
            open.close();
        }
        session.forget(this);
    }

    private final class EmbeddedCursor implements RowCursor {
        private final CompiledStatement.Rows rows;
        private final Transaction transaction;
        private final Limits limits;
        private final Signal signal;
        private final @Nullable ScheduledFuture<?> deadline;
        private long returned;
        private boolean isClosed;

        EmbeddedCursor(
                CompiledStatement.Rows rows,
                Transaction transaction,
                Limits limits,
                Signal signal,
                @Nullable ScheduledFuture<?> deadline) {
            this.rows = rows;
            this.transaction = transaction;
            this.limits = limits;
            this.signal = signal;
            this.deadline = deadline;
        }

        @Override
        public boolean next() throws SQLException {
            if (isClosed || (limits.maxRows() > 0 && returned >= limits.maxRows())) {
                return false;
            }
            try {
                transaction.resume();
                boolean found = rows.next();
                returned++;
                // The row's values are copies: a client that stops here holds no memory for longer than `snapshot.age.max`.
                transaction.rest();
                return found;
            } catch (RuntimeException | Error failure) {
                SQLException told = failed(failure, signal, limits);
                close();
                throw told;
            }
        }

        @Override
        public @Nullable Object get(int column) {
            return rows.get(column);
        }

        @Override
        public void close() {
            if (isClosed) {
                return;
            }
            isClosed = true;
            if (cursor == this) {
                cursor = null;
            }
            try {
                rows.close();
            } finally {
                transaction.close();
                end(deadline);
            }
        }
    }
}
