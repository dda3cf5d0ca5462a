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
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Calendar;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.ElementTypes;
import org.coconutdb.jdbc.session.RowCursor;
import org.jspecify.annotations.Nullable;

/// Rows of an answer, read once from first to last.
///
/// Rows are streamed: the cursor's snapshot stays open until the last row was read or the result set is closed. Used by one thread at a
/// time; `close` may come from another.
final class CoconutResultSet extends LabelledResultSet {
    private enum Position {
        BEFORE_FIRST, ON_ROW, AFTER_LAST
    }

    private final CoconutConnection connection;
    private final @Nullable CoconutStatement statement;
    private final List<ColumnInfo> columns;
    private final RowCursor cursor;
    private final int fieldSizeMax;
    private final ZoneId zone; // the session's when the statement was executed
    private @Nullable Map<String, Integer> columnsByLabel; // made at the first search
    private Position position = Position.BEFORE_FIRST;
    private boolean rowIsWaiting; // the cursor stands on the first row, and next() was not called yet
    private boolean cursorClosed;
    private long rowNumber;
    private boolean wasNull;
    private int fetchSize;
    private volatile boolean closed;

    /// @param statement null for an answer of metadata
    /// @param fieldSizeMax characters or bytes of a string that the caller wants at most, 0: all
    /// @param zone that points on the time line are shown in
    CoconutResultSet(
            CoconutConnection connection,
            @Nullable CoconutStatement statement,
            List<ColumnInfo> columns,
            RowCursor cursor,
            int fieldSizeMax,
            int fetchSize,
            ZoneId zone) {
        this.connection = connection;
        this.statement = statement;
        this.columns = columns;
        this.cursor = cursor;
        this.fieldSizeMax = fieldSizeMax;
        this.fetchSize = fetchSize;
        this.zone = zone;
    }

    // ---- rows

    @Override
    public boolean next() throws SQLException {
        requireOpen();
        if (position == Position.AFTER_LAST) {
            return false;
        }
        boolean found = rowIsWaiting || advance();
        rowIsWaiting = false;
        if (found) {
            position = Position.ON_ROW;
            rowNumber++;
        } else {
            position = Position.AFTER_LAST;
        }
        return found;
    }

    private boolean advance() throws SQLException {
        connection.lock().lock();
        try {
            requireOpen(); // another thread may have closed it meanwhile
            boolean found = cursor.next();
            if (!found) {
                closeCursor(); // its snapshot need not wait for the caller's close()
            }
            return found;
        } finally {
            connection.lock().unlock();
        }
    }

    @Override
    public boolean isBeforeFirst() throws SQLException {
        requireOpen();
        if (position == Position.BEFORE_FIRST && !rowIsWaiting) {
            rowIsWaiting = !cursorClosed && advance();
        }
        return position == Position.BEFORE_FIRST && rowIsWaiting;
    }

    @Override
    public boolean isAfterLast() throws SQLException {
        requireOpen();
        return position == Position.AFTER_LAST && rowNumber > 0;
    }

    @Override
    public boolean isFirst() throws SQLException {
        requireOpen();
        return position == Position.ON_ROW && rowNumber == 1;
    }

    @Override
    public int getRow() throws SQLException {
        requireOpen();
        return position == Position.ON_ROW ? (int) Math.min(rowNumber, Integer.MAX_VALUE) : 0;
    }

    @Override
    public void close() throws SQLException {
        if (closed) {
            return;
        }
        try {
            closeByStatement();
        } finally {
            if (statement != null) {
                statement.resultSetClosed(this);
            }
        }
    }

    /// Closes without telling the statement, which is the caller.
    void closeByStatement() throws SQLException {
        if (closed) {
            return;
        }
        connection.lock().lock();
        try {
            closed = true;
            closeCursor();
        } finally {
            connection.lock().unlock();
        }
    }

    private void closeCursor() throws SQLException {
        if (!cursorClosed) {
            cursorClosed = true;
            cursor.close();
        }
    }

    @Override
    public boolean isClosed() {
        return closed || connection.isMarkedClosed();
    }

    private void requireOpen() throws SQLException {
        if (closed) {
            throw Failures.invalidState("the result set is closed: its statement was closed or executed again, its transaction is over, or "
                    + "it was closed itself");
        }
        if (connection.isMarkedClosed()) {
            throw Failures.connectionClosed();
        }
    }

    // ---- columns

    @Override
    public int findColumn(@Nullable String label) throws SQLException {
        requireOpen();
        Map<String, Integer> known = columnsByLabel;
        if (known == null) {
            known = new HashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                String name = columns.get(i).label();
                known.putIfAbsent(name, i + 1);
                known.putIfAbsent(foldedLabel(name), i + 1);
            }
            columnsByLabel = known;
        }
        Integer exact = label == null ? null : known.get(label);
        Integer found = exact == null && label != null ? known.get(foldedLabel(label)) : exact;
        if (found == null) {
            throw Failures.noSuchColumn(label);
        }
        return found;
    }

    // A line feed cannot stand in front of a label that somebody wrote, so folded labels and labels as written do not meet.
    private static String foldedLabel(String label) {
        return "\n" + label.toUpperCase(Locale.ROOT);
    }

    /// The raw value, and `wasNull` set.
    private @Nullable Object value(int column) throws SQLException {
        requireOpen();
        if (position != Position.ON_ROW) {
            throw Failures.invalidState(
                    position == Position.BEFORE_FIRST
                            ? "the result set stands before its first row: call next()"
                            : "the result set stands behind its last row");
        }
        requireColumn(column);
        Object value = cursor.get(column - 1);
        wasNull = value == null;
        return fieldSizeMax > 0 && value != null ? cut(value, columns.get(column - 1).jdbcType()) : value;
    }

    private void requireColumn(int column) throws SQLException {
        if (column < 1 || column > columns.size()) {
            throw Failures.invalidIndex("there is no column " + column + ": they are counted from 1 to " + columns.size());
        }
    }

    private Object cut(Object value, int jdbcType) {
        boolean bounded = switch (jdbcType) {
            case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY -> true;
            default -> false;
        };
        if (bounded && value instanceof String text && text.length() > fieldSizeMax) {
            return text.substring(0, fieldSizeMax);
        }
        if (bounded && value instanceof byte[] bytes && bytes.length > fieldSizeMax) {
            return Arrays.copyOf(bytes, fieldSizeMax);
        }
        return value;
    }

    @Override
    public boolean wasNull() throws SQLException {
        requireOpen();
        return wasNull;
    }

    @Override
    public @Nullable String getString(int column) throws SQLException {
        Object value = value(column);
        return value == null ? null : Values.toText(value, zone);
    }

    @Override
    public boolean getBoolean(int column) throws SQLException {
        Object value = value(column);
        return value != null && Numbers.toBoolean(value);
    }

    @Override
    public byte getByte(int column) throws SQLException {
        Object value = value(column);
        return value == null ? 0 : Numbers.toByte(value);
    }

    @Override
    public short getShort(int column) throws SQLException {
        Object value = value(column);
        return value == null ? 0 : Numbers.toShort(value);
    }

    @Override
    public int getInt(int column) throws SQLException {
        Object value = value(column);
        return value == null ? 0 : Numbers.toInt(value);
    }

    @Override
    public long getLong(int column) throws SQLException {
        Object value = value(column);
        return value == null ? 0 : Numbers.toLong(value);
    }

    @Override
    public float getFloat(int column) throws SQLException {
        Object value = value(column);
        return value == null ? 0 : Numbers.toFloat(value);
    }

    @Override
    public double getDouble(int column) throws SQLException {
        Object value = value(column);
        return value == null ? 0 : Numbers.toDouble(value);
    }

    @Override
    public @Nullable BigDecimal getBigDecimal(int column) throws SQLException {
        Object value = value(column);
        return value == null ? null : Numbers.toBigDecimal(value);
    }

    @Override
    @Deprecated
    public @Nullable BigDecimal getBigDecimal(int column, int scale) throws SQLException {
        Object value = value(column);
        return value == null ? null : Numbers.toBigDecimal(value, scale);
    }

    @Override
    public byte @Nullable [] getBytes(int column) throws SQLException {
        Object value = value(column);
        return value == null ? null : Values.toBytes(value);
    }

    @Override
    public @Nullable Date getDate(int column) throws SQLException {
        return getDate(column, null);
    }

    @Override
    public @Nullable Date getDate(int column, @Nullable Calendar calendar) throws SQLException {
        Object value = value(column);
        return value == null ? null : Moments.toDate(value, calendar, zone);
    }

    @Override
    public @Nullable Time getTime(int column) throws SQLException {
        return getTime(column, null);
    }

    @Override
    public @Nullable Time getTime(int column, @Nullable Calendar calendar) throws SQLException {
        Object value = value(column);
        return value == null ? null : Moments.toTime(value, calendar, zone);
    }

    @Override
    public @Nullable Timestamp getTimestamp(int column) throws SQLException {
        return getTimestamp(column, null);
    }

    @Override
    public @Nullable Timestamp getTimestamp(int column, @Nullable Calendar calendar) throws SQLException {
        Object value = value(column);
        return value == null ? null : Moments.toTimestamp(value, calendar, zone);
    }

    @Override
    public @Nullable Object getObject(int column) throws SQLException {
        Object value = value(column);
        if (value instanceof List<?> values) {
            return array(values, column);
        }
        return value == null ? null : Values.toDefault(value, columns.get(column - 1).jdbcType(), zone);
    }

    @Override
    public @Nullable Object getObject(int column, @Nullable Map<String, Class<?>> map) throws SQLException {
        if (map != null && !map.isEmpty()) {
            throw Failures.notSupported("CoconutDB has no types of the user's own: pass no type map");
        }
        return getObject(column);
    }

    @Override
    public <T> @Nullable T getObject(int column, @Nullable Class<T> type) throws SQLException {
        if (type == null) {
            throw Failures.invalidArgument("the class to read column " + column + " as is null");
        }
        Object value = value(column);
        if (value instanceof List<?> values && type.isAssignableFrom(CoconutArray.class)) {
            return type.cast(array(values, column));
        }
        return value == null ? null : Values.toClass(value, columns.get(column - 1), type, zone);
    }

    @Override
    public @Nullable InputStream getAsciiStream(int column) throws SQLException {
        Object value = value(column);
        return value == null ? null : Values.toAsciiStream(value, zone);
    }

    @Override
    @Deprecated
    public InputStream getUnicodeStream(int column) throws SQLException {
        throw Failures.notSupported("getUnicodeStream() is long deprecated: use getCharacterStream()");
    }

    @Override
    public @Nullable InputStream getBinaryStream(int column) throws SQLException {
        Object value = value(column);
        return value == null ? null : Values.toBinaryStream(value);
    }

    @Override
    public @Nullable Reader getCharacterStream(int column) throws SQLException {
        Object value = value(column);
        return value == null ? null : Values.toReader(value, zone);
    }

    @Override
    public @Nullable String getNString(int column) throws SQLException {
        return getString(column);
    }

    @Override
    public @Nullable Reader getNCharacterStream(int column) throws SQLException {
        return getCharacterStream(column);
    }

    @Override
    public @Nullable Clob getClob(int column) throws SQLException {
        Object value = value(column);
        return value == null ? null : Values.toClob(value, zone);
    }

    @Override
    public @Nullable Blob getBlob(int column) throws SQLException {
        Object value = value(column);
        return value == null ? null : Values.toBlob(value);
    }

    @Override
    public @Nullable URL getURL(int column) throws SQLException {
        Object value = value(column);
        return value == null ? null : Values.toUrl(value, zone);
    }

    @Override
    public Ref getRef(int column) throws SQLException {
        throw noSuchType("REF");
    }

    @Override
    public @Nullable Array getArray(int column) throws SQLException {
        Object value = value(column);
        if (value == null) {
            return null;
        }
        if (value instanceof List<?> values) {
            return array(values, column);
        }
        throw Failures.noConversion(Values.typeOf(value), "ARRAY");
    }

    private CoconutArray array(List<?> values, int column) {
        return new CoconutArray(connection, ElementTypes.of(columns.get(column - 1)), values);
    }

    @Override
    public RowId getRowId(int column) throws SQLException {
        throw noSuchType("ROWID");
    }

    @Override
    public NClob getNClob(int column) throws SQLException {
        throw noSuchType("NCLOB");
    }

    @Override
    public SQLXML getSQLXML(int column) throws SQLException {
        throw noSuchType("XML");
    }

    private static SQLException noSuchType(String type) {
        return Failures.notSupported("CoconutDB has no type " + type);
    }

    // ---- about the result set

    @Override
    public ResultSetMetaData getMetaData() throws SQLException {
        requireOpen();
        return new CoconutResultSetMetaData(columns);
    }

    @Override
    public @Nullable Statement getStatement() throws SQLException {
        requireOpen();
        return statement;
    }

    @Override
    public @Nullable SQLWarning getWarnings() throws SQLException {
        requireOpen();
        return null;
    }

    @Override
    public void clearWarnings() throws SQLException {
        requireOpen();
    }

    @Override
    public String getCursorName() throws SQLException {
        throw Failures.notSupported("cursors have no names: there is no positioned UPDATE or DELETE");
    }

    @Override
    public void setFetchDirection(int direction) throws SQLException {
        requireOpen();
        if (direction != FETCH_FORWARD) {
            throw Failures.notSupported("a result set is read forward only");
        }
    }

    @Override
    public int getFetchDirection() throws SQLException {
        requireOpen();
        return FETCH_FORWARD;
    }

    @Override
    public void setFetchSize(int rows) throws SQLException {
        requireOpen();
        if (rows < 0) {
            throw Failures.invalidArgument("the fetch size must be 0 or more rows, was " + rows);
        }
        fetchSize = rows;
    }

    @Override
    public int getFetchSize() throws SQLException {
        requireOpen();
        return fetchSize;
    }

    @Override
    public int getType() throws SQLException {
        requireOpen();
        return TYPE_FORWARD_ONLY;
    }

    @Override
    public int getConcurrency() throws SQLException {
        requireOpen();
        return CONCUR_READ_ONLY;
    }

    @Override
    public int getHoldability() throws SQLException {
        requireOpen();
        return CLOSE_CURSORS_AT_COMMIT;
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
