package org.coconutdb.sql.session;

import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionStatement;

/// A session on a database in this process. One thread at a time, but for [EmbeddedStatement#cancel].
final class EmbeddedSession implements Session {
    private static final String VERSION = "0.1.0";

    private final Databases.Share share;
    private final Set<EmbeddedStatement> statements = ConcurrentHashMap.newKeySet();
    private String schema;
    private volatile boolean closed;

    EmbeddedSession(Databases.Share share, String schema) {
        this.share = share;
        this.schema = known(schema);
    }

    private String known(String name) {
        if (!share.database().catalog().snapshot().schemas().contains(name)) {
            throw CoconutException.of(ErrorCode.UNDEFINED_SCHEMA)
                    .with("schema", name)
                    .mend("Schemas are " + String.join(", ", share.database().catalog().snapshot().schemas()) + ".");
        }
        return name;
    }

    Database database() {
        return share.database();
    }

    @Override
    public SessionStatement prepare(String sql) throws SQLException {
        try {
            requireOpen();
            EmbeddedStatement statement = new EmbeddedStatement(this, sql, database().compile(sql, schema));
            statements.add(statement);
            return statement;
        } catch (RuntimeException | Error failure) {
            throw SqlErrors.of(failure, closed ? null : database().catalog().snapshot());
        }
    }

    void requireOpen() {
        if (closed) {
            throw CoconutException.of(ErrorCode.CONNECTION_CLOSED).mend("Open another one.");
        }
    }

    void forget(EmbeddedStatement statement) {
        statements.remove(statement);
    }

    @Override
    public String schema() {
        return schema;
    }

    @Override
    public void setSchema(String name) throws SQLException {
        try {
            requireOpen();
            schema = known(name);
        } catch (CoconutException failure) {
            throw SqlErrors.of(failure, null);
        }
    }

    @Override
    public String productVersion() {
        return VERSION;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    /// Closes its statements and their cursors too, so that the database can be closed behind the last session.
    @Override
    public void close() throws SQLException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            for (EmbeddedStatement statement : statements) {
                statement.close();
            }
            share.close();
        } catch (RuntimeException | Error failure) {
            throw SqlErrors.of(failure, null);
        }
    }
}
