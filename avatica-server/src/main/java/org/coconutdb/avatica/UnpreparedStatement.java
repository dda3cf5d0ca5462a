package org.coconutdb.avatica;

import java.sql.SQLException;
import java.util.List;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionStatement;
import org.jspecify.annotations.Nullable;

/// A statement that an Avatica client has made and not yet given a text.
final class UnpreparedStatement implements SessionStatement {
    @Override
    public List<ColumnInfo> columns() {
        return List.of();
    }

    @Override
    public List<ColumnInfo> parameters() {
        return List.of();
    }

    @Override
    public Session.Answer execute(@Nullable Object[] parameters, Session.Limits limits) throws SQLException {
        throw new SQLException("the statement has no text yet: send it with its execution", "08P01");
    }

    @Override
    public long[] executeBatch(List<@Nullable Object[]> rows, Session.Limits limits) throws SQLException {
        throw new SQLException("the statement has no text yet: send it with its execution", "08P01");
    }

    @Override
    public void cancel() {
        // Nothing runs.
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
