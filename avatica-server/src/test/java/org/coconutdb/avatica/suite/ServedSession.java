package org.coconutdb.avatica.suite;

import java.sql.SQLException;
import java.time.ZoneId;
import java.util.List;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionStatement;
import org.jspecify.annotations.Nullable;

/// A session that tells when it is closed.
record ServedSession(Session session, Runnable closed) implements Session {
    @Override
    public SessionStatement prepare(String sql, KeyRequest keys) throws SQLException {
        return session.prepare(sql, keys);
    }

    @Override
    public SessionStatement text(String sql, KeyRequest keys) throws SQLException {
        return session.text(sql, keys);
    }

    @Override
    public SessionStatement prepareBatch(List<String> statements) throws SQLException {
        return session.prepareBatch(statements);
    }

    @Override
    public boolean autoCommit() throws SQLException {
        return session.autoCommit();
    }

    @Override
    public void setAutoCommit(boolean autoCommit) throws SQLException {
        session.setAutoCommit(autoCommit);
    }

    @Override
    public boolean inTransaction() throws SQLException {
        return session.inTransaction();
    }

    @Override
    public void commit() throws SQLException {
        session.commit();
    }

    @Override
    public void rollback() throws SQLException {
        session.rollback();
    }

    @Override
    public int setSavepoint(@Nullable String name) throws SQLException {
        return session.setSavepoint(name);
    }

    @Override
    public void rollbackTo(int savepoint) throws SQLException {
        session.rollbackTo(savepoint);
    }

    @Override
    public void releaseSavepoint(int savepoint) throws SQLException {
        session.releaseSavepoint(savepoint);
    }

    @Override
    public int isolation() throws SQLException {
        return session.isolation();
    }

    @Override
    public void setIsolation(int level) throws SQLException {
        session.setIsolation(level);
    }

    @Override
    public boolean isReadOnly() throws SQLException {
        return session.isReadOnly();
    }

    @Override
    public void setReadOnly(boolean readOnly) throws SQLException {
        session.setReadOnly(readOnly);
    }

    @Override
    public String schema() throws SQLException {
        return session.schema();
    }

    @Override
    public void setSchema(String schema) throws SQLException {
        session.setSchema(schema);
    }

    @Override
    public ZoneId timeZone() {
        return session.timeZone();
    }

    @Override
    public String readPolicy() {
        return session.readPolicy();
    }

    @Override
    public String productVersion() {
        return session.productVersion();
    }

    @Override
    public boolean isClosed() {
        return session.isClosed();
    }

    @Override
    public boolean isValid(int timeoutSeconds) throws SQLException {
        return session.isValid(timeoutSeconds);
    }

    @Override
    public void setNetworkTimeout(int millis) throws SQLException {
        session.setNetworkTimeout(millis);
    }

    @Override
    public int networkTimeout() {
        return session.networkTimeout();
    }

    @Override
    public void abort() {
        session.abort();
    }

    @Override
    public void close() throws SQLException {
        if (!session.isClosed()) {
            try {
                session.close();
            } finally {
                closed.run();
            }
        }
    }
}
