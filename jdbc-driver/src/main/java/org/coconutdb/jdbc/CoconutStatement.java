package org.coconutdb.jdbc;

import java.sql.BatchUpdateException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.KeyRows;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionStatement;
import org.jspecify.annotations.Nullable;

/// Runs SQL text. A statement has at most one current answer; running it again closes the result sets of the runs before.
///
/// Used by one thread at a time, but for `cancel` and `close`.
class CoconutStatement extends StatementSettings {
    // The one column of an answer without keys.
    private static final ColumnInfo NO_KEY =
            new ColumnInfo("GENERATED_KEY", "GENERATED_KEY", "", "", Types.BIGINT, "BIGINT", "java.lang.Long", 19, 0, true);
    private static final @Nullable Object[] NO_PARAMETERS = {};
    private static final int NO_COUNT = -1;

    private final List<CoconutResultSet> openResults = new ArrayList<>(); // guarded by the connection's lock
    private final List<String> batch = new ArrayList<>();
    private boolean resultsEndWithTransaction; // guarded by the connection's lock
    private @Nullable CoconutResultSet current;
    private long updateCount = NO_COUNT;
    private KeyRows keys = KeyRows.EMPTY; // what ran last handed back
    private @Nullable SessionStatement ofText; // prepared for the text that ran last, closed with its result sets
    private volatile @Nullable SessionStatement running; // what cancel() ends
    private volatile boolean isBeginning; // a run is under way
    private volatile boolean cancelled; // cancel() came while a run was under way

    CoconutStatement(CoconutConnection connection) {
        super(connection);
    }

    // ---- running

    @Override
    public ResultSet executeQuery(@Nullable String sql) throws SQLException {
        runText(sql, Session.Wanted.ROWS, KeyRequest.NOTHING);
        return requireCurrent();
    }

    @Override
    public boolean execute(@Nullable String sql) throws SQLException {
        return execute(sql, KeyRequest.NOTHING);
    }

    private boolean execute(@Nullable String sql, KeyRequest request) throws SQLException {
        runText(sql, Session.Wanted.ANYTHING, request);
        return current != null;
    }

    @Override
    public long executeLargeUpdate(@Nullable String sql) throws SQLException {
        return executeLargeUpdate(sql, KeyRequest.NOTHING);
    }

    private long executeLargeUpdate(@Nullable String sql, KeyRequest request) throws SQLException {
        runText(sql, Session.Wanted.COUNT, request);
        return updateCount;
    }

    private void runText(@Nullable String sql, Session.Wanted expectation, KeyRequest request) throws SQLException {
        requireOpen();
        refuseOnPrepared();
        String text = requireSql(sql);
        ReentrantLock lock = connection().lock();
        lock.lock();
        try {
            requireOpen();
            closeResults();
            beginRun();
            SessionStatement prepared = connection().text(text, request);
            boolean kept = false;
            try {
                take(prepared, () -> prepared.run(expectation, limits(this::isCancelled)));
                kept = current != null;
            } finally {
                if (kept) {
                    ofText = prepared;
                } else {
                    running = null;
                    prepared.close();
                }
            }
        } finally {
            endRun();
            lock.unlock();
        }
    }

    /// Runs and makes the answer the current one. The connection's lock is held.
    final void run(SessionStatement prepared, @Nullable Object[] parameters, Session.Wanted expectation) throws SQLException {
        assert connection().lock().isHeldByCurrentThread() : "a session is used by one thread at a time";
        expectation.check(prepared.columns());
        take(prepared, () -> prepared.execute(parameters, limits(this::isCancelled)));
    }

    private void take(SessionStatement prepared, CoconutConnection.SessionQuestion<Session.Answer> execution) throws SQLException {
        running = prepared;
        Session.Answer answer = connection().watched(execution);
        if (answer.rows() == null) {
            running = null;
            updateCount = answer.updateCount();
            keys = prepared.keys();
        } else {
            current = new CoconutResultSet(connection(), this, prepared.columns(), answer.rows(), getMaxFieldSize(), getFetchSize(),
                    connection().timeZone());
            openResults.add(current);
            resultsEndWithTransaction = connection().inTransaction();
        }
    }

    final ResultSet requireCurrent() throws SQLException {
        CoconutResultSet rows = current;
        if (rows == null) {
            throw Failures.wrongKindOfStatement("the statement answered no rows: use executeUpdate() or execute()");
        }
        return rows;
    }

    final long lastUpdateCount() {
        return updateCount;
    }

    /// Ends what runs, or is being read, from any thread; what was executing fails with 57014. Harmless where nothing runs.
    @Override
    public void cancel() throws SQLException {
        requireOpen();
        cancelRunning();
    }

    final void cancelRunning() {
        // First: a run that begins sees this, or is there to be cancelled.
        cancelled = isBeginning;
        SessionStatement target = running;
        if (target != null) {
            target.cancel();
        }
    }

    /// A cancel that comes from here on is of this run: while it is prepared, and before it has begun to execute. The connection's lock is held.
    final void beginRun() {
        cancelled = false;
        isBeginning = true;
    }

    final void endRun() {
        isBeginning = false;
    }

    private boolean isCancelled() {
        return cancelled;
    }

    final void setRunning(@Nullable SessionStatement statement) {
        running = statement;
    }

    // ---- the answer

    @Override
    public @Nullable ResultSet getResultSet() throws SQLException {
        requireOpen();
        return current;
    }

    @Override
    public long getLargeUpdateCount() throws SQLException {
        requireOpen();
        return updateCount;
    }

    @Override
    public int getUpdateCount() throws SQLException {
        return asInt(getLargeUpdateCount());
    }

    @Override
    public boolean getMoreResults() throws SQLException {
        return getMoreResults(CLOSE_CURRENT_RESULT);
    }

    /// False always: a statement gives one answer, so that nothing follows it.
    @Override
    public boolean getMoreResults(int which) throws SQLException {
        requireOpen();
        if (which != CLOSE_CURRENT_RESULT && which != KEEP_CURRENT_RESULT && which != CLOSE_ALL_RESULTS) {
            throw Failures.invalidArgument("there is no way " + which + " to get more results");
        }
        CoconutResultSet before = current;
        current = null;
        updateCount = NO_COUNT;
        if (which == CLOSE_ALL_RESULTS) {
            for (CoconutResultSet result : List.copyOf(openResults)) {
                result.close();
            }
        } else if (which == CLOSE_CURRENT_RESULT && before != null) {
            before.close();
        }
        return false;
    }

    /// What was asked for of the rows that ran last inserted, in their order. Empty where nothing was asked for or nothing inserted.
    @Override
    public ResultSet getGeneratedKeys() throws SQLException {
        requireOpen();
        List<ColumnInfo> columns = keys.columns().isEmpty() ? List.of(NO_KEY) : keys.columns();
        return new CoconutResultSet(connection(), null, columns, new ListRowCursor(keys.rows()), 0, 0, connection().timeZone());
    }

    // ---- generated keys

    @Override
    public boolean execute(@Nullable String sql, int autoGeneratedKeys) throws SQLException {
        return execute(sql, KeyRequests.of(autoGeneratedKeys));
    }

    @Override
    public boolean execute(@Nullable String sql, int @Nullable [] columns) throws SQLException {
        return execute(sql, KeyRequests.of(columns));
    }

    @Override
    public boolean execute(@Nullable String sql, @Nullable String @Nullable [] columns) throws SQLException {
        return execute(sql, KeyRequests.of(columns));
    }

    @Override
    public int executeUpdate(@Nullable String sql) throws SQLException {
        return asInt(executeLargeUpdate(sql));
    }

    @Override
    public int executeUpdate(@Nullable String sql, int autoGeneratedKeys) throws SQLException {
        return asInt(executeLargeUpdate(sql, autoGeneratedKeys));
    }

    @Override
    public int executeUpdate(@Nullable String sql, int @Nullable [] columns) throws SQLException {
        return asInt(executeLargeUpdate(sql, columns));
    }

    @Override
    public int executeUpdate(@Nullable String sql, @Nullable String @Nullable [] columns) throws SQLException {
        return asInt(executeLargeUpdate(sql, columns));
    }

    @Override
    public long executeLargeUpdate(@Nullable String sql, int autoGeneratedKeys) throws SQLException {
        return executeLargeUpdate(sql, KeyRequests.of(autoGeneratedKeys));
    }

    @Override
    public long executeLargeUpdate(@Nullable String sql, int @Nullable [] columns) throws SQLException {
        return executeLargeUpdate(sql, KeyRequests.of(columns));
    }

    @Override
    public long executeLargeUpdate(@Nullable String sql, @Nullable String @Nullable [] columns) throws SQLException {
        return executeLargeUpdate(sql, KeyRequests.of(columns));
    }

    // ---- batches

    @Override
    public void addBatch(@Nullable String sql) throws SQLException {
        requireOpen();
        refuseOnPrepared();
        batch.add(requireSql(sql));
    }

    @Override
    public void clearBatch() throws SQLException {
        requireOpen();
        batch.clear();
    }

    @Override
    public int[] executeBatch() throws SQLException {
        long[] counts = executeLargeBatch();
        int[] narrow = new int[counts.length];
        for (int i = 0; i < counts.length; i++) {
            narrow[i] = counts[i] > Integer.MAX_VALUE ? SUCCESS_NO_INFO : (int) counts[i];
        }
        return narrow;
    }

    /// Runs the batch's statements one after the other; stops at the first that fails. With autocommit on they are one transaction, unless
    /// a table is made or dropped, or a transaction begun or ended, among them: then each is one by itself.
    @Override
    public long[] executeLargeBatch() throws SQLException {
        requireOpen();
        List<String> statements = List.copyOf(batch);
        batch.clear();
        if (statements.isEmpty()) {
            return new long[0];
        }
        ReentrantLock lock = connection().lock();
        lock.lock();
        try {
            requireOpen();
            closeResults();
            beginRun();
            SessionStatement prepared = connection().prepareBatch(statements);
            try {
                return runBatch(prepared, Collections.nCopies(statements.size(), NO_PARAMETERS));
            } finally {
                prepared.close();
            }
        } finally {
            endRun();
            lock.unlock();
        }
    }

    /// Runs a batch; what fails is a BatchUpdateException. The connection's lock is held.
    final long[] runBatch(SessionStatement prepared, List<@Nullable Object[]> rows) throws SQLException {
        try {
            Session.Wanted.COUNT.check(prepared.columns());
            running = prepared;
            long[] counts = connection().watched(() -> prepared.executeBatch(rows, limits(this::isCancelled)));
            keys = prepared.keys();
            return counts;
        } catch (BatchUpdateException failure) {
            throw failure;
        } catch (SQLException failure) {
            throw new BatchUpdateException(failure.getMessage(), failure.getSQLState(), failure.getErrorCode(), new long[0], failure);
        } finally {
            running = null;
        }
    }

    // ---- closing

    /// Closes what runs before gave. The connection's lock is held.
    final void closeResults() throws SQLException {
        current = null;
        updateCount = NO_COUNT;
        keys = KeyRows.EMPTY;
        running = null;
        SQLException failure = null;
        for (CoconutResultSet result : openResults) {
            try {
                result.closeByStatement();
            } catch (SQLException failed) {
                failure = chained(failure, failed);
            }
        }
        openResults.clear();
        SessionStatement prepared = ofText;
        ofText = null;
        if (prepared != null) {
            prepared.close();
        }
        if (failure != null) {
            throw failure;
        }
    }

    /// The transaction is over that its open results were read in. The connection's lock is held.
    final void transactionEnded() throws SQLException {
        if (resultsEndWithTransaction) {
            for (CoconutResultSet result : List.copyOf(openResults)) {
                result.close();
            }
        }
    }

    /// A result set was closed by its reader.
    final void resultSetClosed(CoconutResultSet result) throws SQLException {
        connection().lock().lock();
        try {
            openResults.remove(result);
            if (current == result) {
                running = null;
            }
            if (openResults.isEmpty() && closesOnCompletion()) {
                close();
            }
        } finally {
            connection().lock().unlock();
        }
    }

    @Override
    public final void close() throws SQLException {
        if (isMarkedClosed()) {
            return;
        }
        ReentrantLock lock = connection().lock();
        if (!lock.tryLock()) {
            cancelRunning(); // another thread executes: it shall not hold us up
            lock.lock();
        }
        try {
            if (!isMarkedClosed()) {
                markClosed();
                connection().statementClosed(this);
                try {
                    closeResults();
                } finally {
                    closePrepared();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// For a prepared statement: closes what was prepared. The connection's lock is held.
    void closePrepared() throws SQLException {}

    // ---- small change

    /// For a prepared statement: 0A000, as it has its SQL already.
    void refuseOnPrepared() throws SQLException {}

    static String requireSql(@Nullable String sql) throws SQLException {
        if (sql == null) {
            throw Failures.invalidArgument("the SQL text is null");
        }
        return sql;
    }

    static int asInt(long count) {
        return (int) Math.min(count, Integer.MAX_VALUE);
    }

    static SQLException chained(@Nullable SQLException first, SQLException next) {
        if (first == null) {
            return next;
        }
        first.addSuppressed(next);
        return first;
    }
}
