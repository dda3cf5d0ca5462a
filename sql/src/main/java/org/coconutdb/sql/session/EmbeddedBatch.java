package org.coconutdb.sql.session;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.Session.Answer;
import org.coconutdb.jdbc.session.Session.Limits;
import org.coconutdb.jdbc.session.SessionStatement;
import org.coconutdb.sql.plan.QueryPlanner;
import org.coconutdb.sql.parser.Secrets;
import org.jspecify.annotations.Nullable;

/// Several statements without parameters, as a batch. Where all are writes, and no transaction is open, they are one.
final class EmbeddedBatch implements SessionStatement {
    private static final @Nullable Object[] NO_VALUES = {};

    private final EmbeddedSession session;
    private final List<String> texts;
    // Set by the executing thread, read by the one that cancels.
    private volatile @Nullable ExecutionSignal running;

    EmbeddedBatch(EmbeddedSession session, List<String> texts) {
        this.session = session;
        this.texts = List.copyOf(texts);
    }

    /// What it runs now; null: nothing. Any thread.
    @Nullable
    RunningStatement now() {
        ExecutionSignal signal = running;
        return signal == null ? null : new RunningStatement(Secrets.hidden(String.join("; ", texts)), signal);
    }

    @Override
    public List<ColumnInfo> columns() {
        return List.of();
    }

    @Override
    public List<ColumnInfo> parameters() {
        return List.of();
    }

    @Override
    public Answer execute(@Nullable Object[] parameters, Limits limits) throws SQLException {
        throw new SQLException("several statements are executed as a batch. Call executeBatch().", "07005");
    }

    @Override
    public long[] executeBatch(List<@Nullable Object[]> rows, Limits limits) throws SQLException {
        ExecutionSignal signal = new ExecutionSignal(limits, KeyRequest.NOTHING, session.database()
                .slowStatements()
                .watch(Secrets.hidden(String.join("; ", texts)), session.schema()), session.database().queryMemory(), session::timeZone,
                session::viewer);
        running = signal;
        session.runs(this);
        long[] counts = new long[texts.size()];
        int done = 0;
        boolean isAlone = false;
        try {
            session.requireOpen();
            // Until one of them is found to be no write.
            isAlone = session.transactions().forStatement() == null;
            isAlone = isAlone && areAllWrites(signal);
            if (isAlone) {
                long[] written = StatementRuns.whileTablesChange(() -> writeAll(signal));
                signal.count(written);
                return written;
            }
            for (; done < counts.length; done++) {
                int index = done;
                // Not before those before it have run: it may need the table that they make.
                counts[done] = StatementRuns.whileTablesChange(() -> {
                    Database.Prepared prepared = compile(index, signal);
                    return session.runs().change(prepared, prepared.values(NO_VALUES), signal);
                });
            }
            signal.count(counts);
            return counts;
        } catch (SQLException | RuntimeException | Error failure) {
            SQLException told = failure instanceof SQLException known ? known : session.told(failure, signal);
            throw isAlone ? EmbeddedStatement.wholeFailure(told) : EmbeddedStatement.partFailure(told, Arrays.copyOf(counts, done));
        } finally {
            running = null;
            session.runs(null);
            signal.end();
        }
    }

    /// Else they run one by one.
    private boolean areAllWrites(ExecutionSignal signal) throws SQLException {
        for (int i = 0; i < texts.size(); i++) {
            if (!(compile(i, signal).statement() instanceof CompiledStatement.Write)) {
                return false;
            }
        }
        return true;
    }

    private long[] writeAll(ExecutionSignal signal) throws SQLException {
        List<StatementRuns.Step> steps = new ArrayList<>();
        Database.@Nullable Prepared first = null;
        for (int i = 0; i < texts.size(); i++) {
            Database.Prepared prepared = compile(i, signal);
            first = first == null ? prepared : first;
            steps.add(new StatementRuns.Step((CompiledStatement.Write) prepared.statement(), prepared.values(NO_VALUES)));
        }
        return first == null ? new long[0] : session.runs().writeAlone(steps, first, signal);
    }

    private Database.Prepared compile(int index, ExecutionSignal signal) throws SQLException {
        String schema = session.schema();
        Database.Prepared prepared = QueryPlanner.cancellable(signal.cancelled()::get, () -> session.database()
                .compile(texts.get(index), schema));
        session.requireAllowed(prepared);
        CompiledStatement statement = prepared.statement();
        if (!statement.columns().isEmpty()) {
            throw new SQLException("statement " + (index + 1) + " of the batch answers rows: use executeQuery()", "07005");
        }
        if (!prepared.parameters().isEmpty()) {
            throw new SQLException("statement " + (index + 1) + " of the batch has parameters without a value: use prepareStatement()",
                    "07001");
        }
        return prepared;
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
        // Holds nothing between executions.
    }
}
