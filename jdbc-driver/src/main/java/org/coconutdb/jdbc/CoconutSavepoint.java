package org.coconutdb.jdbc;

import java.sql.SQLException;
import java.sql.Savepoint;
import org.jspecify.annotations.Nullable;

/// A savepoint of a connection. Means nothing any more once it was released, or its transaction is over.
///
/// @param connection that it belongs to
/// @param id by the session
/// @param name null for one without
record CoconutSavepoint(CoconutConnection connection, int id, @Nullable String name) implements Savepoint {
    @Override
    public int getSavepointId() throws SQLException {
        if (name != null) {
            throw Failures.noSuchSavepoint("the savepoint has a name and no number: call getSavepointName()");
        }
        return id;
    }

    @Override
    public String getSavepointName() throws SQLException {
        if (name == null) {
            throw Failures.noSuchSavepoint("the savepoint has a number and no name: call getSavepointId()");
        }
        return name;
    }

    /// Its own id in the session, where it belongs to the connection; 3B001 otherwise.
    static int idOf(@Nullable Savepoint savepoint, CoconutConnection connection) throws SQLException {
        if (savepoint instanceof CoconutSavepoint ours && ours.connection == connection) {
            return ours.id;
        }
        throw Failures.noSuchSavepoint("the savepoint is not one of this connection: set it with setSavepoint()");
    }
}
