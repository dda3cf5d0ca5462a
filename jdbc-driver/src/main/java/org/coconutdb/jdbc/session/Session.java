package org.coconutdb.jdbc.session;

import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.ZoneId;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What a connection talks to: the SQL layer in this process, or a server. The driver's `java.sql` classes stand on this alone,
/// so that types, errors and metadata are the same over every transport.
///
/// Used by one thread at a time, but for [SessionStatement#cancel].
///
/// A session has at most one open transaction. With autocommit on each statement is a transaction of its own, until SQL's `BEGIN` opens
/// one; with autocommit off the first statement opens one. It ends by [#commit] or [#rollback], by the SQL statements of these names, by
/// [#setAutoCommit] and by [#close], which rolls back. Cursors of its statements end with it. A statement that fails in it is undone by
/// itself and leaves it open.
///
/// Values travel as these Java types, in both directions: `Boolean`, `Byte`, `Short`, `Integer`, `Long`, `Float`, `Double`,
/// `BigDecimal`, `String`, `byte[]`, `LocalDate`, `LocalTime`, `LocalDateTime`, `Instant` (TIMESTAMP WITH TIME ZONE), `UUID`,
/// `List` of these (ARRAY), and null.
/// A parameter may come as any of them: the session converts it to the parameter's type or refuses it (22018, 22003).
public interface Session extends AutoCloseable {
    /// Parses and plans one statement, or finds its plan.
    default SessionStatement prepare(String sql) throws SQLException {
        return prepare(sql, KeyRequest.NOTHING);
    }

    /// The same.
    ///
    /// @param keys what executions hand back of the rows that they insert, for [SessionStatement#keys]
    SessionStatement prepare(String sql, KeyRequest keys) throws SQLException;

    /// A text that is run once, by [SessionStatement#run]: nothing is asked of it before, so that the time and the cancelling of its execution are
    /// those of its planning too.
    default SessionStatement text(String sql, KeyRequest keys) throws SQLException {
        return prepare(sql, keys);
    }

    /// Parses several statements without parameters, to be run by [SessionStatement#executeBatch] with one empty row for each.
    SessionStatement prepareBatch(List<String> statements) throws SQLException;

    boolean autoCommit() throws SQLException;

    /// Commits the open transaction where this changes anything; where that fails, nothing is changed and the transaction is over.
    void setAutoCommit(boolean autoCommit) throws SQLException;

    /// Whether a transaction is open that [#commit] would end.
    boolean inTransaction() throws SQLException;

    /// Commits the open transaction; without effect where none is. It is over, whatever comes: 40001 where another's change is in the way,
    /// and then nothing of it has happened.
    void commit() throws SQLException;

    /// Gives the open transaction up; without effect where none is.
    void rollback() throws SQLException;

    /// Marks the place in the open transaction, or in one that this opens. 25P01 with autocommit on and none open. Answers an id that the
    /// session gives once.
    ///
    /// @param name for SQL's `ROLLBACK TO`; hides an earlier one of this name; null for none
    int setSavepoint(@Nullable String name) throws SQLException;

    /// Undoes what was written since the savepoint, which stays; later ones are gone, and cursors opened since have ended. 3B001 where there
    /// is none of this id.
    void rollbackTo(int savepoint) throws SQLException;

    /// Forgets a savepoint and those after it. 3B001 where there is none of this id.
    void releaseSavepoint(int savepoint) throws SQLException;

    /// Level of the open transaction, else of the next: one of `java.sql.Connection`'s constants, in the beginning SERIALIZABLE.
    int isolation() throws SQLException;

    /// Level of transactions from now on. READ UNCOMMITTED is served as READ COMMITTED. 25001 while one is open.
    void setIsolation(int level) throws SQLException;

    /// Whether the open transaction, else the next, refuses writes.
    boolean isReadOnly() throws SQLException;

    /// Whether transactions from now on refuse writes (25006). 25001 while one is open.
    void setReadOnly(boolean readOnly) throws SQLException;

    /// The schema that unqualified names are looked up in.
    String schema() throws SQLException;

    /// 3F000 where there is none of this name.
    void setSchema(String schema) throws SQLException;

    /// In which readings of clocks are points on the time line, and the other way round; of the `SET TIME ZONE` that came last. Any thread.
    ZoneId timeZone();

    /// On what reads of a cluster rest: `local`, `primary` or `stale(age)`, of the `SET READ` that came last. Any thread but while a statement runs.
    String readPolicy();

    /// The database's product version, such as `0.1.0`.
    String productVersion();

    boolean isClosed();

    /// Whether statements can be run: a session elsewhere asks its server, and opens itself anew where that has been started anew.
    ///
    /// @param timeoutSeconds to wait for the answer, 0: as long as it takes
    default boolean isValid(int timeoutSeconds) throws SQLException {
        return !isClosed();
    }

    /// How long to wait for an answer over a network, 0: for ever. 0A000 where there is no network.
    default void setNetworkTimeout(int millis) throws SQLException {
        if (millis > 0) {
            throw new SQLFeatureNotSupportedException(
                    "an embedded database has no network: Statement.setQueryTimeout bounds a statement", "0A000");
        }
    }

    default int networkTimeout() {
        return 0;
    }

    /// Lets go of what is waited for over a network, from any thread; the session is of no use then but to be closed.
    default void abort() {
        // A session in this process waits for none.
    }

    @Override
    void close() throws SQLException;

    /// Bounds of one execution.
    ///
    /// @param maxRows rows at most, 0: all
    /// @param timeoutSeconds until STATEMENT_CANCELLED (57014), 0: never
    /// @param pageRows rows that are fetched at once where the session is elsewhere, 0: as many as fit a page
    /// @param cancelled whether it was cancelled before it began: then it ends as soon as it does
    record Limits(long maxRows, int timeoutSeconds, int pageRows, BooleanSupplier cancelled) {
        public static final Limits NONE = new Limits(0, 0);

        /// Of one that was not cancelled.
        public Limits(long maxRows, int timeoutSeconds) {
            this(maxRows, timeoutSeconds, 0, () -> false);
        }
    }

    /// What the caller expects of a statement.
    enum Wanted {
        ANYTHING, ROWS, COUNT;

        /// Refuses a statement that answers something else (07005), before anything has happened.
        public void check(List<ColumnInfo> columns) throws SQLException {
            if (this == ROWS && columns.isEmpty()) {
                throw new SQLException("the statement answers no rows: use executeUpdate() or execute()", "07005");
            }
            if (this == COUNT && !columns.isEmpty()) {
                throw new SQLException("the statement answers rows: use executeQuery() or execute()", "07005");
            }
        }
    }

    /// One answer: rows, or a count of changed rows.
    ///
    /// @param rows null for a statement that answers no rows
    /// @param updateCount rows changed, 0 for DDL, -1 beside rows
    record Answer(@Nullable RowCursor rows, long updateCount) {}
}
