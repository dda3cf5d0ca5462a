package org.coconutdb.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.Ref;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The getters by label, each the getter by number of the column that `findColumn` finds.
abstract class LabelledResultSet extends ReadOnlyResultSet {
    @Override
    public @Nullable String getString(@Nullable String label) throws SQLException {
        return getString(findColumn(label));
    }

    @Override
    public boolean getBoolean(@Nullable String label) throws SQLException {
        return getBoolean(findColumn(label));
    }

    @Override
    public byte getByte(@Nullable String label) throws SQLException {
        return getByte(findColumn(label));
    }

    @Override
    public short getShort(@Nullable String label) throws SQLException {
        return getShort(findColumn(label));
    }

    @Override
    public int getInt(@Nullable String label) throws SQLException {
        return getInt(findColumn(label));
    }

    @Override
    public long getLong(@Nullable String label) throws SQLException {
        return getLong(findColumn(label));
    }

    @Override
    public float getFloat(@Nullable String label) throws SQLException {
        return getFloat(findColumn(label));
    }

    @Override
    public double getDouble(@Nullable String label) throws SQLException {
        return getDouble(findColumn(label));
    }

    @Override
    @Deprecated
    public @Nullable BigDecimal getBigDecimal(@Nullable String label, int scale) throws SQLException {
        return getBigDecimal(findColumn(label), scale);
    }

    @Override
    public byte @Nullable [] getBytes(@Nullable String label) throws SQLException {
        return getBytes(findColumn(label));
    }

    @Override
    public @Nullable Date getDate(@Nullable String label) throws SQLException {
        return getDate(findColumn(label));
    }

    @Override
    public @Nullable Time getTime(@Nullable String label) throws SQLException {
        return getTime(findColumn(label));
    }

    @Override
    public @Nullable Timestamp getTimestamp(@Nullable String label) throws SQLException {
        return getTimestamp(findColumn(label));
    }

    @Override
    public @Nullable InputStream getAsciiStream(@Nullable String label) throws SQLException {
        return getAsciiStream(findColumn(label));
    }

    @Override
    @Deprecated
    public @Nullable InputStream getUnicodeStream(@Nullable String label) throws SQLException {
        return getUnicodeStream(findColumn(label));
    }

    @Override
    public @Nullable InputStream getBinaryStream(@Nullable String label) throws SQLException {
        return getBinaryStream(findColumn(label));
    }

    @Override
    public @Nullable Object getObject(@Nullable String label) throws SQLException {
        return getObject(findColumn(label));
    }

    @Override
    public @Nullable Reader getCharacterStream(@Nullable String label) throws SQLException {
        return getCharacterStream(findColumn(label));
    }

    @Override
    public @Nullable BigDecimal getBigDecimal(@Nullable String label) throws SQLException {
        return getBigDecimal(findColumn(label));
    }

    @Override
    public @Nullable Object getObject(@Nullable String label, @Nullable Map<String, Class<?>> map) throws SQLException {
        return getObject(findColumn(label), map);
    }

    @Override
    public @Nullable Ref getRef(@Nullable String label) throws SQLException {
        return getRef(findColumn(label));
    }

    @Override
    public @Nullable Blob getBlob(@Nullable String label) throws SQLException {
        return getBlob(findColumn(label));
    }

    @Override
    public @Nullable Clob getClob(@Nullable String label) throws SQLException {
        return getClob(findColumn(label));
    }

    @Override
    public @Nullable Array getArray(@Nullable String label) throws SQLException {
        return getArray(findColumn(label));
    }

    @Override
    public @Nullable Date getDate(@Nullable String label, @Nullable Calendar calendar) throws SQLException {
        return getDate(findColumn(label), calendar);
    }

    @Override
    public @Nullable Time getTime(@Nullable String label, @Nullable Calendar calendar) throws SQLException {
        return getTime(findColumn(label), calendar);
    }

    @Override
    public @Nullable Timestamp getTimestamp(@Nullable String label, @Nullable Calendar calendar) throws SQLException {
        return getTimestamp(findColumn(label), calendar);
    }

    @Override
    public @Nullable URL getURL(@Nullable String label) throws SQLException {
        return getURL(findColumn(label));
    }

    @Override
    public @Nullable RowId getRowId(@Nullable String label) throws SQLException {
        return getRowId(findColumn(label));
    }

    @Override
    public @Nullable NClob getNClob(@Nullable String label) throws SQLException {
        return getNClob(findColumn(label));
    }

    @Override
    public @Nullable SQLXML getSQLXML(@Nullable String label) throws SQLException {
        return getSQLXML(findColumn(label));
    }

    @Override
    public @Nullable String getNString(@Nullable String label) throws SQLException {
        return getNString(findColumn(label));
    }

    @Override
    public @Nullable Reader getNCharacterStream(@Nullable String label) throws SQLException {
        return getNCharacterStream(findColumn(label));
    }

    @Override
    public <T> @Nullable T getObject(@Nullable String label, Class<T> type) throws SQLException {
        return getObject(findColumn(label), type);
    }
}
