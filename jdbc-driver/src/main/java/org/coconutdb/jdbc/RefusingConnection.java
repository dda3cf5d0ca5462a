package org.coconutdb.jdbc;

import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.ClientInfoStatus;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.NClob;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Struct;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// The half of `Connection` that has one fixed answer: what CoconutDB does not have is refused with 0A000, what it need not know is
/// accepted without effect where JDBC allows that.
abstract class RefusingConnection implements Connection {
    abstract void requireOpen() throws SQLException;

    abstract void warn(String sentence);

    static void requireForwardReadOnly(int type, int concurrency, int holdability) throws SQLException {
        switch (type) {
            case ResultSet.TYPE_FORWARD_ONLY -> {
            }
            case ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.TYPE_SCROLL_SENSITIVE ->
                    throw Failures.notSupported("a result set is read forward only: ask for TYPE_FORWARD_ONLY");
            default -> throw Failures.invalidArgument("there is no result set type " + type);
        }
        switch (concurrency) {
            case ResultSet.CONCUR_READ_ONLY -> {
            }
            case ResultSet.CONCUR_UPDATABLE ->
                    throw Failures.notSupported("a result set cannot be changed: ask for CONCUR_READ_ONLY and run UPDATE statements");
            default -> throw Failures.invalidArgument("there is no result set concurrency " + concurrency);
        }
        requireCloseAtCommit(holdability);
    }

    private static void requireCloseAtCommit(int holdability) throws SQLException {
        switch (holdability) {
            case ResultSet.CLOSE_CURSORS_AT_COMMIT -> {
            }
            case ResultSet.HOLD_CURSORS_OVER_COMMIT ->
                    throw Failures.notSupported("a result set is closed with its transaction: ask for CLOSE_CURSORS_AT_COMMIT, and with "
                            + "autocommit on each has a snapshot of its own");
            default -> throw Failures.invalidArgument("there is no holdability " + holdability);
        }
    }

    @Override
    public void setHoldability(int holdability) throws SQLException {
        requireOpen();
        requireCloseAtCommit(holdability);
    }

    @Override
    public int getHoldability() throws SQLException {
        requireOpen();
        return ResultSet.CLOSE_CURSORS_AT_COMMIT;
    }

    // ---- catalogs: one

    /// Without effect, as JDBC wants it where there is nothing to choose.
    @Override
    public void setCatalog(@Nullable String catalog) throws SQLException {
        requireOpen();
    }

    @Override
    public String getCatalog() throws SQLException {
        requireOpen();
        return CoconutDatabaseMetaData.CATALOG;
    }

    // ---- procedures: none

    @Override
    public CallableStatement prepareCall(@Nullable String sql, int type, int concurrency) throws SQLException {
        return prepareCall(sql);
    }

    @Override
    public CallableStatement prepareCall(@Nullable String sql, int type, int concurrency, int holdability) throws SQLException {
        return prepareCall(sql);
    }

    // ---- types that CoconutDB does not have

    @Override
    public Map<String, Class<?>> getTypeMap() throws SQLException {
        requireOpen();
        return new LinkedHashMap<>();
    }

    @Override
    public void setTypeMap(@Nullable Map<String, Class<?>> map) throws SQLException {
        requireOpen();
        if (map != null && !map.isEmpty()) {
            throw Failures.notSupported("CoconutDB has no types of the user's own: the type map must be empty");
        }
    }

    @Override
    public Clob createClob() throws SQLException {
        throw noSuchType("CLOB", "a VARCHAR takes a String or a Reader");
    }

    @Override
    public Blob createBlob() throws SQLException {
        throw noSuchType("BLOB", "a VARBINARY takes a byte[] or an InputStream");
    }

    @Override
    public NClob createNClob() throws SQLException {
        throw noSuchType("NCLOB", "a VARCHAR takes a String or a Reader");
    }

    @Override
    public SQLXML createSQLXML() throws SQLException {
        throw noSuchType("XML", "keep it in a VARCHAR");
    }

    @Override
    public Struct createStruct(@Nullable String typeName, @Nullable Object @Nullable [] attributes) throws SQLException {
        throw noSuchType("STRUCT", "keep the attributes as columns");
    }

    private SQLException noSuchType(String type, String mend) throws SQLException {
        requireOpen();
        return Failures.notSupported("CoconutDB has no type " + type + ": " + mend);
    }

    // ---- client info: no property is known

    @Override
    public void setClientInfo(@Nullable String name, @Nullable String value) throws SQLClientInfoException {
        requireOpenForClientInfo(Map.of());
        warn("the client info property " + name + " is not known and was left out");
    }

    @Override
    public void setClientInfo(@Nullable Properties properties) throws SQLClientInfoException {
        Map<String, ClientInfoStatus> failed = new LinkedHashMap<>();
        if (properties != null) {
            properties.stringPropertyNames().forEach(name -> failed.put(name, ClientInfoStatus.REASON_UNKNOWN));
        }
        requireOpenForClientInfo(failed);
        failed.keySet().forEach(name -> warn("the client info property " + name + " is not known and was left out"));
    }

    private void requireOpenForClientInfo(Map<String, ClientInfoStatus> failed) throws SQLClientInfoException {
        try {
            requireOpen();
        } catch (SQLException closed) {
            throw new SQLClientInfoException(closed.getMessage(), closed.getSQLState(), failed, closed);
        }
    }

    @Override
    public @Nullable String getClientInfo(@Nullable String name) throws SQLException {
        requireOpen();
        return null;
    }

    @Override
    public Properties getClientInfo() throws SQLException {
        requireOpen();
        return new Properties();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return Wrappers.unwrap(this, type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return Wrappers.isWrapperFor(this, type);
    }
}
