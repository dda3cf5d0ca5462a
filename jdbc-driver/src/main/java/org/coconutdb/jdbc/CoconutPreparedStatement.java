package org.coconutdb.jdbc;

import java.sql.ParameterMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionStatement;
import org.jspecify.annotations.Nullable;

/// A statement whose plan is made once. Values stay set from run to run until they are set again or cleared.
final class CoconutPreparedStatement extends ParameterSetters {
    private final SessionStatement prepared;
    private final List<ColumnInfo> parameters;
    private final @Nullable Object[] values;
    private final BitSet set; // parameters that have a value, NULL among them
    private List<@Nullable Object[]> batch = new ArrayList<>();

    CoconutPreparedStatement(CoconutConnection connection, SessionStatement prepared) {
        super(connection);
        this.prepared = prepared;
        this.parameters = prepared.parameters();
        this.values = new Object[parameters.size()];
        this.set = new BitSet(parameters.size());
        setPoolableFromStart(); // what JDBC says of prepared statements
    }

    // ---- parameters

    @Override
    void set(int index, @Nullable Object value) throws SQLException {
        ColumnInfo parameter = parameter(index);
        values[index - 1] = value == null ? null : Parameters.fit(value, parameter, connection().timeZone());
        set.set(index - 1);
    }

    @Override
    boolean isInstant(int index) throws SQLException {
        return JdbcTypes.isInstant(parameter(index));
    }

    private ColumnInfo parameter(int index) throws SQLException {
        requireOpen();
        if (index < 1 || index > parameters.size()) {
            throw Failures.invalidIndex(noSuchParameter(index, parameters.size()));
        }
        return parameters.get(index - 1);
    }

    static String noSuchParameter(int index, int count) {
        return "there is no parameter " + index + ": "
                + (count == 0 ? "the statement has none" : "they are counted from 1 to " + count);
    }

    @Override
    public void clearParameters() throws SQLException {
        requireOpen();
        Arrays.fill(values, null);
        set.clear();
    }

    private void requireAllSet() throws SQLException {
        if (set.cardinality() == values.length) {
            return;
        }
        List<String> missing = new ArrayList<>();
        for (int i = set.nextClearBit(0); i < values.length; i = set.nextClearBit(i + 1)) {
            missing.add(Integer.toString(i + 1));
        }
        throw Failures.missingParameters(
                "no value was set for parameter " + String.join(", ", missing) + " of " + values.length + ": setNull sets NULL");
    }

    @Override
    public ParameterMetaData getParameterMetaData() throws SQLException {
        requireOpen();
        return new CoconutParameterMetaData(parameters);
    }

    /// Null for a statement that answers no rows.
    @Override
    public @Nullable ResultSetMetaData getMetaData() throws SQLException {
        requireOpen();
        List<ColumnInfo> columns = prepared.columns();
        return columns.isEmpty() ? null : new CoconutResultSetMetaData(columns);
    }

    // ---- running

    @Override
    public ResultSet executeQuery() throws SQLException {
        runPrepared(Session.Wanted.ROWS);
        return requireCurrent();
    }

    @Override
    public boolean execute() throws SQLException {
        runPrepared(Session.Wanted.ANYTHING);
        return getResultSet() != null;
    }

    @Override
    public int executeUpdate() throws SQLException {
        return asInt(executeLargeUpdate());
    }

    @Override
    public long executeLargeUpdate() throws SQLException {
        runPrepared(Session.Wanted.COUNT);
        return lastUpdateCount();
    }

    private void runPrepared(Session.Wanted expectation) throws SQLException {
        requireOpen();
        requireAllSet();
        ReentrantLock lock = connection().lock();
        lock.lock();
        try {
            requireOpen();
            closeResults();
            beginRun();
            boolean ran = false;
            try {
                // A copy: the rows are still read while the caller sets the values of the next run.
                run(prepared, values.clone(), expectation);
                ran = true;
            } finally {
                if (!ran) {
                    setRunning(null);
                }
            }
        } finally {
            endRun();
            lock.unlock();
        }
    }

    // ---- batches

    @Override
    public void addBatch() throws SQLException {
        requireOpen();
        requireAllSet();
        batch.add(values.clone());
    }

    @Override
    public void clearBatch() throws SQLException {
        requireOpen();
        batch = new ArrayList<>();
    }

    /// Runs once for each row of parameters; stops at the first that fails. With autocommit on the batch is one transaction: all of it
    /// happens, or nothing.
    @Override
    public long[] executeLargeBatch() throws SQLException {
        requireOpen();
        List<@Nullable Object[]> rows = batch;
        batch = new ArrayList<>();
        if (rows.isEmpty()) {
            return new long[0];
        }
        ReentrantLock lock = connection().lock();
        lock.lock();
        try {
            requireOpen();
            closeResults();
            beginRun();
            return runBatch(prepared, rows);
        } finally {
            endRun();
            lock.unlock();
        }
    }

    // ---- closing, and what is not for prepared statements

    @Override
    void closePrepared() throws SQLException {
        prepared.close();
    }

    @Override
    void refuseOnPrepared() throws SQLException {
        throw Failures.notSupported("a prepared statement has its SQL already: call the method without SQL, or createStatement()");
    }
}
