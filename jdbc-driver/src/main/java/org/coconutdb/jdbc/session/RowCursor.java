package org.coconutdb.jdbc.session;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Rows of an answer, streamed. Closing it ends the statement's snapshot, where that is not its transaction's; with the transaction it has
/// ended (24000).
public interface RowCursor extends AutoCloseable {
    boolean next() throws SQLException;

    /// Value of the current row, column counted from 0, in one of the types that [Session] lists.
    @Nullable
    Object get(int column);

    @Override
    void close() throws SQLException;
}
