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
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.Calendar;
import org.jspecify.annotations.Nullable;

/// The setters of a prepared statement: each makes its argument one of the session's types and hands it to [#set].
abstract class ParameterSetters extends CoconutStatement implements PreparedStatement {
    ParameterSetters(CoconutConnection connection) {
        super(connection);
    }

    /// Keeps a value, of a type of the session or null, for the parameter counted from 1; 07009 where there is no such parameter.
    abstract void set(int index, @Nullable Object value) throws SQLException;

    @Override
    public void setNull(int index, int jdbcType) throws SQLException {
        set(index, null);
    }

    @Override
    public void setNull(int index, int jdbcType, @Nullable String typeName) throws SQLException {
        set(index, null);
    }

    @Override
    public void setBoolean(int index, boolean value) throws SQLException {
        set(index, value);
    }

    @Override
    public void setByte(int index, byte value) throws SQLException {
        set(index, value);
    }

    @Override
    public void setShort(int index, short value) throws SQLException {
        set(index, value);
    }

    @Override
    public void setInt(int index, int value) throws SQLException {
        set(index, value);
    }

    @Override
    public void setLong(int index, long value) throws SQLException {
        set(index, value);
    }

    @Override
    public void setFloat(int index, float value) throws SQLException {
        set(index, value);
    }

    @Override
    public void setDouble(int index, double value) throws SQLException {
        set(index, value);
    }

    @Override
    public void setBigDecimal(int index, @Nullable BigDecimal value) throws SQLException {
        set(index, value);
    }

    @Override
    public void setString(int index, @Nullable String value) throws SQLException {
        set(index, value);
    }

    @Override
    public void setNString(int index, @Nullable String value) throws SQLException {
        set(index, value);
    }

    @Override
    public void setBytes(int index, byte @Nullable [] value) throws SQLException {
        set(index, value == null ? null : value.clone());
    }

    @Override
    public void setDate(int index, @Nullable Date value) throws SQLException {
        setDate(index, value, null);
    }

    @Override
    public void setDate(int index, @Nullable Date value, @Nullable Calendar calendar) throws SQLException {
        set(index, value == null ? null : Moments.fromDate(value, calendar));
    }

    @Override
    public void setTime(int index, @Nullable Time value) throws SQLException {
        setTime(index, value, null);
    }

    @Override
    public void setTime(int index, @Nullable Time value, @Nullable Calendar calendar) throws SQLException {
        set(index, value == null ? null : Moments.fromTime(value, calendar));
    }

    @Override
    public void setTimestamp(int index, @Nullable Timestamp value) throws SQLException {
        setTimestamp(index, value, null);
    }

    /// For a parameter that is a point on the time line the calendar says nothing: the Timestamp is one already.
    @Override
    public void setTimestamp(int index, @Nullable Timestamp value, @Nullable Calendar calendar) throws SQLException {
        if (value == null) {
            set(index, null);
        } else {
            set(index, isInstant(index) ? value.toInstant() : Moments.fromTimestamp(value, calendar));
        }
    }

    /// Whether the parameter is a TIMESTAMP WITH TIME ZONE.
    abstract boolean isInstant(int index) throws SQLException;

    @Override
    public void setURL(int index, @Nullable URL value) throws SQLException {
        set(index, value == null ? null : value.toString());
    }

    // ---- objects

    @Override
    public void setObject(int index, @Nullable Object value) throws SQLException {
        if (value instanceof Timestamp timestamp) {
            setTimestamp(index, timestamp);
        } else {
            set(index, value == null ? null : Parameters.toSessionType(value));
        }
    }

    @Override
    public void setObject(int index, @Nullable Object value, int jdbcType) throws SQLException {
        setTarget(index, value, jdbcType, -1);
    }

    /// @param scaleOrLength digits behind the point for DECIMAL and NUMERIC, bytes or characters for streams, otherwise without meaning
    @Override
    public void setObject(int index, @Nullable Object value, int jdbcType, int scaleOrLength) throws SQLException {
        if (scaleOrLength < 0) {
            throw Failures.invalidArgument("the scale or length must be 0 or more, was " + scaleOrLength);
        }
        if (value instanceof InputStream stream) {
            setTarget(index, Streams.readBytes(stream, scaleOrLength), jdbcType, -1);
        } else if (value instanceof Reader reader) {
            setTarget(index, Streams.readText(reader, scaleOrLength), jdbcType, -1);
        } else {
            setTarget(index, value, jdbcType, scaleOrLength);
        }
    }

    @Override
    public void setObject(int index, @Nullable Object value, @Nullable SQLType type) throws SQLException {
        setTarget(index, value, Parameters.typeNumber(type), -1);
    }

    @Override
    public void setObject(int index, @Nullable Object value, @Nullable SQLType type, int scaleOrLength) throws SQLException {
        setObject(index, value, Parameters.typeNumber(type), scaleOrLength);
    }

    private void setTarget(int index, @Nullable Object value, int jdbcType, int scale) throws SQLException {
        if (value == null) {
            set(index, null);
            return;
        }
        boolean isInstant = jdbcType == Types.TIMESTAMP_WITH_TIMEZONE || (isInstant(index) && isOpen(jdbcType));
        // A reading of it in the process's zone would say less, where a clock shows a time twice.
        Object known = value instanceof Timestamp timestamp && isInstant ? timestamp.toInstant() : Parameters.toSessionType(value);
        boolean stays = isInstant && jdbcType == Types.TIMESTAMP && known instanceof Instant;
        set(index, stays ? known : Parameters.toTarget(known, jdbcType, scale, connection().timeZone()));
    }

    /// Whether the type that a caller names for a Timestamp leaves open which of the two kinds it is.
    private static boolean isOpen(int jdbcType) {
        return jdbcType == Types.TIMESTAMP || jdbcType == Types.OTHER || jdbcType == Types.JAVA_OBJECT;
    }

    // ---- streams and locators

    @Override
    public void setAsciiStream(int index, @Nullable InputStream stream) throws SQLException {
        set(index, stream == null ? null : Streams.readAscii(stream));
    }

    @Override
    public void setAsciiStream(int index, @Nullable InputStream stream, int length) throws SQLException {
        setAsciiStream(index, stream, (long) length);
    }

    @Override
    public void setAsciiStream(int index, @Nullable InputStream stream, long length) throws SQLException {
        set(index, stream == null ? null : Streams.readAscii(stream, length));
    }

    @Override
    @Deprecated
    public void setUnicodeStream(int index, @Nullable InputStream stream, int length) throws SQLException {
        throw Failures.notSupported("setUnicodeStream() is long deprecated: use setCharacterStream()");
    }

    @Override
    public void setBinaryStream(int index, @Nullable InputStream stream) throws SQLException {
        set(index, stream == null ? null : Streams.readBytes(stream));
    }

    @Override
    public void setBinaryStream(int index, @Nullable InputStream stream, int length) throws SQLException {
        setBinaryStream(index, stream, (long) length);
    }

    @Override
    public void setBinaryStream(int index, @Nullable InputStream stream, long length) throws SQLException {
        set(index, stream == null ? null : Streams.readBytes(stream, length));
    }

    @Override
    public void setCharacterStream(int index, @Nullable Reader reader) throws SQLException {
        set(index, reader == null ? null : Streams.readText(reader));
    }

    @Override
    public void setCharacterStream(int index, @Nullable Reader reader, int length) throws SQLException {
        setCharacterStream(index, reader, (long) length);
    }

    @Override
    public void setCharacterStream(int index, @Nullable Reader reader, long length) throws SQLException {
        set(index, reader == null ? null : Streams.readText(reader, length));
    }

    @Override
    public void setNCharacterStream(int index, @Nullable Reader reader) throws SQLException {
        setCharacterStream(index, reader);
    }

    @Override
    public void setNCharacterStream(int index, @Nullable Reader reader, long length) throws SQLException {
        setCharacterStream(index, reader, length);
    }

    @Override
    public void setClob(int index, @Nullable Clob value) throws SQLException {
        set(index, value == null ? null : Streams.readText(value));
    }

    @Override
    public void setClob(int index, @Nullable Reader reader) throws SQLException {
        setCharacterStream(index, reader);
    }

    @Override
    public void setClob(int index, @Nullable Reader reader, long length) throws SQLException {
        setCharacterStream(index, reader, length);
    }

    @Override
    public void setNClob(int index, @Nullable NClob value) throws SQLException {
        setClob(index, value);
    }

    @Override
    public void setNClob(int index, @Nullable Reader reader) throws SQLException {
        setCharacterStream(index, reader);
    }

    @Override
    public void setNClob(int index, @Nullable Reader reader, long length) throws SQLException {
        setCharacterStream(index, reader, length);
    }

    @Override
    public void setBlob(int index, @Nullable Blob value) throws SQLException {
        set(index, value == null ? null : Streams.readBytes(value));
    }

    @Override
    public void setBlob(int index, @Nullable InputStream stream) throws SQLException {
        setBinaryStream(index, stream);
    }

    @Override
    public void setBlob(int index, @Nullable InputStream stream, long length) throws SQLException {
        setBinaryStream(index, stream, length);
    }

    @Override
    public void setArray(int index, @Nullable Array value) throws SQLException {
        set(index, value == null ? null : Parameters.toSessionType(value));
    }

    // ---- types that CoconutDB does not have

    @Override
    public void setRef(int index, @Nullable Ref value) throws SQLException {
        throw noSuchType("REF");
    }

    @Override
    public void setRowId(int index, @Nullable RowId value) throws SQLException {
        throw noSuchType("ROWID");
    }

    @Override
    public void setSQLXML(int index, @Nullable SQLXML value) throws SQLException {
        throw noSuchType("XML");
    }

    private static SQLException noSuchType(String type) {
        return Failures.notSupported("CoconutDB has no type " + type);
    }
}
