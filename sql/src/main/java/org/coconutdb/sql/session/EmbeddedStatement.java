package org.coconutdb.sql.session;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.KeyRows;
import org.coconutdb.jdbc.session.Session.Answer;
import org.coconutdb.jdbc.session.Session.Limits;
import org.coconutdb.jdbc.session.SessionStatement;
import org.coconutdb.sql.plan.QueryPlanner;
import org.jspecify.annotations.Nullable;

/// A prepared statement of a session. [StatementRuns] says what transaction an execution belongs to.
final class EmbeddedStatement implements SessionStatement, StatementCursor.Owner {
    private final EmbeddedSession session;
    private final String sql;
    private Database.Prepared prepared;
    // Set by the executing thread, read by the one that cancels.
    private volatile @Nullable ExecutionSignal running;
    private @Nullable StatementCursor cursor;
    private volatile boolean closed;
    private final KeyRequest request;
    private KeyRows keys = KeyRows.EMPTY;

    EmbeddedStatement(EmbeddedSession session, String sql, Database.Prepared prepared, KeyRequest request) {
        this.request = request;
        this.session = session;
        this.sql = sql;
        this.prepared = prepared;
    }

    @Override
    public List<ColumnInfo> columns() {
        return prepared.statement().columns();
    }

    @Override
    public List<ColumnInfo> parameters() {
        return prepared.parameters();
    }

    @Override
    public Answer execute(@Nullable Object[] parameters, Limits limits) throws SQLException {
        ExecutionSignal signal = begin(limits);
        boolean streams = false;
        try {
            Answer answer = StatementRuns.whileTablesChange(() -> {
                CompiledStatement statement = current();
                requireCount(prepared, parameters);
                @Nullable Object[] values = prepared.values(parameters);
                if (statement instanceof CompiledStatement.Query query) {
                    StatementCursor opened = session.runs().open(query, prepared, values, limits.maxRows(), signal, this);
                    cursor = opened;
                    signal.pause();
                    return new Answer(opened, -1);
                }
                if (statement instanceof CompiledStatement.Answering answering) {
                    CompiledStatement.AnsweringRun run = answering.start();
                    signal.count(session.runs().change(prepared.running(run), values, signal));
                    return new Answer(run.answer(limits.maxRows()), -1);
                }
                long count = session.runs().change(prepared, values, signal);
                signal.count(count);
                return new Answer(null, count);
            });
            streams = answer.rows() instanceof StatementCursor;
            return answer;
        } catch (RuntimeException | Error failure) {
            throw told(failure, signal);
        } finally {
            if (!streams) {
                end(signal);
            }
        }
    }

    private ExecutionSignal begin(Limits limits) {
        StatementCursor before = cursor;
        if (before != null) {
            before.close();
        }
        keys = KeyRows.EMPTY;
        SlowStatements.Watch watch = session.database().slowStatements().watch(sql, prepared.schema());
        ExecutionSignal signal = new ExecutionSignal(limits, request, watch, session.database().queryMemory());
        running = signal;
        // After it can be cancelled: whoever did so before has set the other flag first.
        if (limits.cancelled().getAsBoolean()) {
            signal.cancel();
        }
        return signal;
    }

    private void end(ExecutionSignal signal) {
        KeyCollector collected = signal.keys();
        if (collected != null) {
            keys = collected.keys();
        }
        running = null;
        signal.end();
    }

    /// The statement for the catalogue as it is now.
    private CompiledStatement current() {
        session.requireOpen();
        if (closed) {
            throw CoconutException.of(ErrorCode.OBJECT_CLOSED).with("object", "statement").mend("Prepare it again.");
        }
        if (prepared.catalogVersion() != session.database().engine().catalogVersion()) {
            String schema = prepared.schema();
            ExecutionSignal signal = running;
            prepared = QueryPlanner.cancellable(() -> signal != null && signal.cancelled().get(), () -> session.database().compile(sql,
                    schema));
        }
        return prepared.statement();
    }

    private static void requireCount(Database.Prepared prepared, @Nullable Object[] parameters) throws SQLException {
        if (parameters.length != prepared.parameters().size()) {
            throw new SQLException("the statement has " + prepared.parameters().size() + " parameters and " + parameters.length
                    + " values were given. Give one for each question mark.", "07001");
        }
    }

    private static void requireCounts(Database.Prepared prepared, List<@Nullable Object[]> rows) throws SQLException {
        for (@Nullable Object[] row : rows) {
            requireCount(prepared, row);
        }
    }

    @Override
    public long[] executeBatch(List<@Nullable Object[]> rows, Limits limits) throws SQLException {
        ExecutionSignal signal = begin(limits);
        long[] counts = new long[rows.size()];
        int done = 0;
        boolean isAlone = false;
        try {
            OpenTransaction within = session.transactions().forStatement();
            isAlone = within == null;
            if (within == null) {
                return StatementRuns.whileTablesChange(() -> {
                    CompiledStatement.Write write = currentWrite();
                    requireCounts(prepared, rows);
                    List<StatementRuns.Step> steps = new ArrayList<>(counts.length);
                    rows.forEach(row -> steps.add(new StatementRuns.Step(write, prepared.values(row))));
                    long[] written = session.runs().writeAlone(steps, prepared, signal);
                    signal.count(written);
                    return written;
                });
            }
            currentWrite();
            requireCounts(prepared, rows);
            for (; done < counts.length; done++) {
                @Nullable Object[] row = rows.get(done);
                counts[done] = StatementRuns.whileTablesChange(() -> session.runs()
                        .writeWithin(within, new StatementRuns.Step(currentWrite(), prepared.values(row)), prepared, signal));
            }
            signal.count(counts);
            return counts;
        } catch (RuntimeException | Error failure) {
            SQLException told = told(failure, signal);
            throw isAlone ? wholeFailure(told) : partFailure(told, Arrays.copyOf(counts, done));
        } finally {
            end(signal);
        }
    }

    @Override
    public KeyRows keys() {
        return keys;
    }

    private CompiledStatement.Write currentWrite() throws SQLException {
        if (current() instanceof CompiledStatement.Write write) {
            return write;
        }
        throw new SQLException("a batch takes INSERT, UPSERT, UPDATE and DELETE. Execute the others one by one.", "07005");
    }

    /// The failure of a batch that is one transaction.
    static BatchUpdateException wholeFailure(SQLException failure) {
        boolean isKnown = !ErrorCode.OUTCOME_UNKNOWN.sqlState().equals(failure.getSQLState());
        String text = failure.getMessage() + (isKnown ? " Nothing of the batch was done." : "");
        return new BatchUpdateException(text, failure.getSQLState(), failure.getErrorCode(), new long[0], failure);
    }

    /// The failure of one of several.
    ///
    /// @param counts of those that stand
    static BatchUpdateException partFailure(SQLException failure, long[] counts) {
        return new BatchUpdateException(failure.getMessage(), failure.getSQLState(), failure.getErrorCode(), counts, failure);
    }

    @Override
    public SQLException told(Throwable failure, ExecutionSignal signal) {
        return session.told(failure, signal);
    }

    @Override
    public void closed(StatementCursor ended) {
        if (cursor == ended) {
            cursor = null;
            running = null;
        }
    }

    @Override
    public void cancel() {
        ExecutionSignal signal = running;
        if (signal != null) {
            signal.cancel();
        }
    }

    @Override
    public void close() {
        closed = true;
        StatementCursor open = cursor;
        if (open != null) {
            open.close();
        }
        session.forget(this);
    }
}
