package org.coconutdb.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URL;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.ElementTypes;
import org.jspecify.annotations.Nullable;

/// Java objects as values that travel to a session.
final class Parameters {
    private Parameters() {}

    /// One of the session's types; 07006 for an object of another kind. Arrays and collections are copied, streams are read to their end.
    static Object toSessionType(Object value) throws SQLException {
        if (value instanceof String
                || value instanceof Boolean
                || value instanceof Byte
                || value instanceof Short
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Float
                || value instanceof Double
                || value instanceof BigDecimal
                || value instanceof LocalDate
                || value instanceof LocalTime
                || value instanceof LocalDateTime
                || value instanceof Instant
                || value instanceof UUID) {
            return value;
        } else if (value instanceof byte[] bytes) {
            return bytes.clone(); // the caller may reuse the array before the batch runs
        } else if (value instanceof Character || value instanceof CharSequence || value instanceof URL) {
            return value.toString();
        } else if (value instanceof BigInteger number) {
            return new BigDecimal(number);
        } else if (value instanceof Date date) {
            return Moments.fromDate(date, null);
        } else if (value instanceof Time time) {
            return Moments.fromTime(time, null);
        } else if (value instanceof Timestamp timestamp) {
            return Moments.fromTimestamp(timestamp, null);
        } else if (value instanceof java.util.Date date) {
            return date.toInstant();
        } else if (value instanceof Calendar calendar) {
            return calendar.toInstant();
        } else if (value instanceof OffsetDateTime timestamp) {
            return timestamp.toInstant();
        } else if (value instanceof ZonedDateTime timestamp) {
            return timestamp.toInstant();
        } else if (value instanceof OffsetTime) {
            throw Failures.noConversion("java.time.OffsetTime", "a type of CoconutDB, which has no time of day with a zone: use LocalTime");
        } else if (value instanceof InputStream stream) {
            return Streams.readBytes(stream);
        } else if (value instanceof Reader reader) {
            return Streams.readText(reader);
        } else if (value instanceof Blob blob) {
            return Streams.readBytes(blob);
        } else if (value instanceof Clob clob) {
            return Streams.readText(clob);
        }
        List<@Nullable Object> array = ArrayValues.toList(value);
        if (array != null) {
            return array;
        }
        throw Failures.noConversion(value.getClass().getName(), "a type of CoconutDB");
    }

    /// A date or time as the kind that the parameter is of, where the two differ by the session's zone or by a part that is left out. All
    /// other conversions are the session's.
    static Object fit(Object value, ColumnInfo parameter, ZoneId zone) throws SQLException {
        if (value instanceof List<?> values) {
            return parameter.jdbcType() == Types.ARRAY ? fitAll(values, ElementTypes.of(parameter), zone) : value;
        }
        boolean reading = value instanceof LocalDateTime || value instanceof LocalDate;
        boolean instant = value instanceof Instant;
        if (!reading && !instant) {
            return value;
        }
        if (JdbcTypes.isInstant(parameter)) {
            return instant ? value : Moments.toInstant(value, zone);
        }
        return switch (parameter.jdbcType()) {
            case Types.DATE -> Moments.toLocalDate(value, zone);
            case Types.TIME -> value instanceof LocalDate ? value : Moments.toLocalTime(value, zone);
            case Types.TIMESTAMP -> Moments.toLocalDateTime(value, zone);
            default -> value;
        };
    }

    private static List<@Nullable Object> fitAll(List<?> values, ColumnInfo element, ZoneId zone) throws SQLException {
        List<@Nullable Object> fitted = new ArrayList<>(values.size());
        for (Object value : values) {
            fitted.add(value == null ? null : fit(value, element, zone));
        }
        return Collections.unmodifiableList(fitted);
    }

    /// Elements as the type that `createArrayOf` names; of arrays within, theirs.
    static List<@Nullable Object> toElements(List<?> values, int jdbcType, ZoneId zone) throws SQLException {
        List<@Nullable Object> elements = new ArrayList<>(values.size());
        for (Object value : values) {
            elements.add(value == null ? null
                    : value instanceof List<?> inner ? toElements(inner, jdbcType, zone) : jdbcType == Types.ARRAY ? value
                    : toTarget(value, jdbcType, -1, zone));
        }
        return Collections.unmodifiableList(elements);
    }

    /// A value as the type that the caller named, for `setObject`.
    ///
    /// @param scale digits behind the point for DECIMAL and NUMERIC, -1: as they come
    /// @param zone of the session
    static Object toTarget(Object value, int jdbcType, int scale, ZoneId zone) throws SQLException {
        return switch (jdbcType) {
            case Types.BOOLEAN, Types.BIT -> Numbers.toBoolean(value);
            case Types.TINYINT -> Numbers.toByte(value);
            case Types.SMALLINT -> Numbers.toShort(value);
            case Types.INTEGER -> Numbers.toInt(value);
            case Types.BIGINT -> Numbers.toLong(value);
            case Types.REAL -> Numbers.toFloat(value);
            case Types.FLOAT, Types.DOUBLE -> Numbers.toDouble(value);
            case Types.DECIMAL, Types.NUMERIC -> scale < 0 ? Numbers.toBigDecimal(value) : Numbers.toBigDecimal(value, scale);
            case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.NCHAR, Types.NVARCHAR, Types.LONGNVARCHAR, Types.CLOB, Types.NCLOB,
                    Types.DATALINK ->
                    Values.toText(value, zone);
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> Values.toBytes(value);
            case Types.DATE -> Moments.toLocalDate(value, zone);
            case Types.TIME -> Moments.toLocalTime(value, zone);
            case Types.TIMESTAMP -> Moments.toLocalDateTime(value, zone);
            case Types.TIMESTAMP_WITH_TIMEZONE -> Moments.toInstant(value, zone);
            case Types.OTHER, Types.JAVA_OBJECT, Types.NULL -> value;
            // Text may be an array, too.
            case Types.ARRAY -> value;
            case Types.DISTINCT, Types.REF, Types.REF_CURSOR, Types.ROWID, Types.SQLXML, Types.STRUCT,
                    Types.TIME_WITH_TIMEZONE ->
                    throw Failures.notSupported("CoconutDB has no such type: java.sql.Types " + jdbcType);
            default -> throw Failures.invalidArgument("there is no type " + jdbcType + " in java.sql.Types");
        };
    }

    /// The number in `java.sql.Types` of a type object.
    static int typeNumber(@Nullable SQLType type) throws SQLException {
        Integer number = type == null ? null : type.getVendorTypeNumber();
        if (number == null) {
            throw Failures.invalidArgument("the target type is null");
        }
        return number;
    }
}
