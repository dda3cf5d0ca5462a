package org.coconutdb.jdbc.session;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A prepared statement of a session. May be executed any number of times, one execution at a time.
public interface SessionStatement extends AutoCloseable {
    /// Columns of the answer, empty for a statement that answers no rows.
    List<ColumnInfo> columns();

    /// Parameters in order of their question marks.
    List<ColumnInfo> parameters();

    /// Executes with one value for each parameter; 07001 where their number is wrong.
    Session.Answer execute(@Nullable Object[] parameters, Session.Limits limits) throws SQLException;

    /// Executes a text that is run once. 07001 where it has parameters, 07005 where it answers other than is wanted; then nothing has happened.
    default Session.Answer run(Session.Wanted wanted, Session.Limits limits) throws SQLException {
        int parameterCount = parameters().size();
        if (parameterCount > 0) {
            throw new SQLException("the statement has " + parameterCount + " parameters without a value: use prepareStatement", "07001");
        }
        wanted.check(columns());
        return execute(new Object[0], limits);
    }

    /// Executes once for each row of parameters and stops at the first that fails with a `BatchUpdateException`. The timeout of the limits
    /// covers the whole batch.
    ///
    /// In an open transaction each execution is a statement of its own: those before the failure stand, and the exception carries their
    /// counts. With autocommit on the batch is one transaction: all of it happens, or nothing and the exception carries no counts. Only
    /// a batch of texts ([Session#prepareBatch]) that defines tables or speaks of transactions itself runs one by one.
    long[] executeBatch(List<@Nullable Object[]> rows, Session.Limits limits) throws SQLException;

    /// What the last execution, or all of the last batch, hands back of the rows that it inserted.
    default KeyRows keys() {
        return KeyRows.EMPTY;
    }

    /// Ends the execution under way, from any thread: it fails with 57014.
    void cancel();

    @Override
    void close() throws SQLException;
}
