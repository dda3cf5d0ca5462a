package org.coconutdb.sql.session;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.ReadPolicy;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.KeyRows;
import org.coconutdb.jdbc.session.Session.Answer;
import org.coconutdb.jdbc.session.Session.Limits;
import org.coconutdb.jdbc.session.Session.Wanted;
import org.coconutdb.jdbc.session.SessionStatement;
import org.coconutdb.sql.parser.Secrets;
import org.coconutdb.sql.plan.QueryPlanner;
import org.jspecify.annotations.Nullable;

/// A prepared statement of a session. [StatementRuns] says what transaction an execution belongs to.
final class EmbeddedStatement implements SessionStatement, StatementCursor.Owner {
    private final EmbeddedSession session;
    private final String sql;
    private static final @Nullable Object[] NO_VALUES = {};

    private Database.@Nullable Prepared prepared; // null until it runs, where it is a text that is run once
    // Set by the executing thread, read by the one that cancels.
    private volatile @Nullable ExecutionSignal running;
    private @Nullable StatementCursor cursor;
    private volatile boolean closed;
    private final KeyRequest request;
    private KeyRows keys = KeyRows.EMPTY;

    /// @param prepared null where it is to be prepared by its execution
    EmbeddedStatement(EmbeddedSession session, String sql, Database.@Nullable Prepared prepared, KeyRequest request) {
        this.request = request;
        this.session = session;
        this.sql = sql;
        this.prepared = prepared;
    }

    @Override
    public List<ColumnInfo> columns() {
        Database.Prepared known = prepared;
        return known == null ? List.of() : known.statement().columns();
    }

    @Override
    public List<ColumnInfo> parameters() {
        Database.Prepared known = prepared;
        return known == null ? List.of() : known.parameters();
    }

    @Override
    public Answer execute(@Nullable Object[] parameters, Limits limits) throws SQLException {
        return execute(limits, now -> requireCount(now, parameters), parameters);
    }

    @Override
    public Answer run(Wanted wanted, Limits limits) throws SQLException {
        return execute(limits, now -> {
            if (!now.parameters().isEmpty()) {
                throw new SQLException("the statement has " + now.parameters().size()
                        + " parameters without a value: use prepareStatement", "07001");
            }
            wanted.check(now.statement().columns());
        }, NO_VALUES);
    }

    /// What has to hold of a statement before it is executed.
    private interface Check {
        void of(Database.Prepared prepared) throws SQLException;
    }

    private Answer execute(Limits limits, Check check, @Nullable Object[] parameters) throws SQLException {
        ExecutionSignal signal = begin(limits);
        boolean streams = false;
        try {
            Answer answer = StatementRuns.whileTablesChange(() -> {
                Database.Prepared now = current();
                check.of(now);
                CompiledStatement statement = now.statement();
                @Nullable Object[] values = now.values(parameters);
                if (statement instanceof CompiledStatement.Query query) {
                    StatementCursor opened = session.runs().open(query, now, values, limits.maxRows(), signal, this);
                    cursor = opened;
                    signal.pause();
                    return new Answer(opened, -1);
                }
                if (statement instanceof CompiledStatement.Answering answering) {
                    CompiledStatement.AnsweringRun run = answering.start();
                    signal.count(session.runs().change(now.running(run), values, signal));
                    return new Answer(run.answer(limits.maxRows()), -1);
                }
                long count = session.runs().change(now, values, signal);
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

    /// What it runs now; null: nothing. Any thread.
    @Nullable
    RunningStatement now() {
        ExecutionSignal signal = running;
        return signal == null ? null : new RunningStatement(told(), signal);
    }

    private String told() {
        Database.Prepared known = prepared;
        return known == null || known.isSecret() ? Secrets.hidden(sql) : sql;
    }

    private ExecutionSignal begin(Limits limits) {
        StatementCursor before = cursor;
        if (before != null) {
            before.close();
        }
        keys = KeyRows.EMPTY;
        SlowStatements.Watch watch = session.database().slowStatements().watch(told(), schema());
        ExecutionSignal signal = new ExecutionSignal(limits, request, watch, session.database().queryMemory(), session::timeZone,
                session::viewer);
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

    /// The statement for the catalogue as it is now, and for about as many rows as its tables have.
    private Database.Prepared current() {
        session.requireOpen();
        if (closed) {
            throw CoconutException.of(ErrorCode.OBJECT_CLOSED).with("object", "statement").mend("Prepare it again.");
        }
        ReadPolicy reads = session.reads();
        Database.Prepared now = session.database().engine().knowing(reads, this::known);
        // What changes something goes by the tables as they are.
        return now.statement() instanceof CompiledStatement.Query || !(reads instanceof ReadPolicy.Stale) ? now : known();
    }

    private Database.Prepared known() {
        Database.Prepared now = prepared;
        if (now == null || now.catalogVersion() != session.database().engine().catalogVersion() || now.statement().isOutdated()) {
            String schema = schema();
            ExecutionSignal signal = running;
            now = QueryPlanner.cancellable(() -> signal != null && signal.cancelled().get(), () -> session.database().compile(sql, schema));
            session.requireAllowed(now);
            prepared = now;
        }
        return now;
    }

    private String schema() {
        Database.Prepared known = prepared;
        return known == null ? session.schema() : known.schema();
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
                    Database.Prepared now = current();
                    CompiledStatement.Write write = write(now);
                    requireCounts(now, rows);
                    List<StatementRuns.Step> steps = new ArrayList<>(counts.length);
                    rows.forEach(row -> steps.add(new StatementRuns.Step(write, now.values(row))));
                    long[] written = session.runs().writeAlone(steps, now, signal);
                    signal.count(written);
                    return written;
                });
            }
            Database.Prepared first = current();
            write(first);
            requireCounts(first, rows);
            for (; done < counts.length; done++) {
                @Nullable Object[] row = rows.get(done);
                counts[done] = StatementRuns.whileTablesChange(() -> {
                    Database.Prepared now = current();
                    return session.runs().writeWithin(within, new StatementRuns.Step(write(now), now.values(row)), now, signal);
                });
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

    private static CompiledStatement.Write write(Database.Prepared prepared) throws SQLException {
        if (prepared.statement() instanceof CompiledStatement.Write write) {
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
