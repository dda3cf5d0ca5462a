package org.coconutdb.jdbc.session;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// What a connection talks to: the SQL layer in this process, later a server. The driver's `java.sql` classes stand on this alone,
/// so that types, errors and metadata are the same over every transport.
///
/// Used by one thread at a time, but for [SessionStatement#cancel].
///
/// Values travel as these Java types, in both directions: `Boolean`, `Byte`, `Short`, `Integer`, `Long`, `Float`, `Double`,
/// `BigDecimal`, `String`, `byte[]`, `LocalDate`, `LocalTime`, `LocalDateTime`, `Instant` (TIMESTAMP WITH LOCAL TIME ZONE), `UUID`, and null.
/// A parameter may come as any of them: the session converts it to the parameter's type or refuses it (22018, 22003).
public interface Session extends AutoCloseable {
    /// Parses and plans one statement, or finds its plan.
    SessionStatement prepare(String sql) throws SQLException;

    /// The schema that unqualified names are looked up in.
    String schema() throws SQLException;

    /// 3F000 where there is none of this name.
    void setSchema(String schema) throws SQLException;

    /// The database's product version, such as `0.1.0`.
    String productVersion();

    boolean isClosed();

    @Override
    void close() throws SQLException;

    /// Bounds of one execution.
    ///
    /// @param maxRows rows at most, 0: all
    /// @param timeoutSeconds until STATEMENT_CANCELLED (57014), 0: never
    record Limits(long maxRows, int timeoutSeconds) {
        public static final Limits NONE = new Limits(0, 0);
    }

    /// One answer: rows, or a count of changed rows.
    ///
    /// @param rows null for a statement that answers no rows
    /// @param updateCount rows changed, 0 for DDL, -1 beside rows
    record Answer(@Nullable RowCursor rows, long updateCount) {}
}
