package org.coconutdb.jdbc;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import javax.sql.rowset.serial.SerialBlob;
import javax.sql.rowset.serial.SerialClob;
import org.coconutdb.jdbc.session.ArrayText;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.ElementTypes;
import org.jspecify.annotations.Nullable;

/// Values of a session (its types are listed at [org.coconutdb.jdbc.session.Session]) as the Java types that JDBC callers ask for.
/// No method takes null. Between points on the time line and readings of a clock stands the session's zone, as [Moments] has it.
final class Values {
    private Values() {}

    static String toText(Object value, ZoneId zone) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof List<?> values) {
            return ArrayText.write(values, element -> elementText(element, zone));
        }
        String moment = Moments.toText(value, zone);
        return moment == null ? value.toString() : moment;
    }

    /// Of an element of an array, which may be read back.
    private static String elementText(Object value, ZoneId zone) {
        return value instanceof byte[] ? "\\x" + toText(value, zone) : toText(value, zone);
    }

    static byte[] toBytes(Object value) throws SQLException {
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        if (value instanceof String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        if (value instanceof UUID uuid) {
            byte[] bytes = new byte[16];
            for (int i = 0; i < 8; i++) {
                bytes[i] = (byte) (uuid.getMostSignificantBits() >>> (56 - 8 * i));
                bytes[8 + i] = (byte) (uuid.getLeastSignificantBits() >>> (56 - 8 * i));
            }
            return bytes;
        }
        throw Failures.noConversion(typeOf(value), "VARBINARY");
    }

    static UUID toUuid(Object value) throws SQLException {
        if (value instanceof UUID uuid) {
            return uuid;
        }
        if (value instanceof String text) {
            String stripped = text.strip();
            // UUID.fromString reads "1-1-1-1-1" too, which is a typing error rather than a UUID.
            if (stripped.length() == 36) {
                try {
                    return UUID.fromString(stripped);
                } catch (IllegalArgumentException notAUuid) {
                    throw Failures.unreadable(text, "UUID");
                }
            }
            throw Failures.unreadable(text, "UUID");
        }
        if (value instanceof byte[] bytes && bytes.length == 16) {
            long[] halves = new long[2];
            for (int i = 0; i < 16; i++) {
                halves[i / 8] = (halves[i / 8] << 8) | (bytes[i] & 0xFF);
            }
            return new UUID(halves[0], halves[1]);
        }
        throw Failures.noConversion(typeOf(value), "UUID");
    }

    static Reader toReader(Object value, ZoneId zone) {
        return new StringReader(toText(value, zone));
    }

    static InputStream toAsciiStream(Object value, ZoneId zone) {
        return new ByteArrayInputStream(toText(value, zone).getBytes(StandardCharsets.US_ASCII));
    }

    static InputStream toBinaryStream(Object value) throws SQLException {
        return new ByteArrayInputStream(toBytes(value));
    }

    static Clob toClob(Object value, ZoneId zone) throws SQLException {
        return new SerialClob(toText(value, zone).toCharArray());
    }

    static Blob toBlob(Object value) throws SQLException {
        return new SerialBlob(toBytes(value));
    }

    static URL toUrl(Object value, ZoneId zone) throws SQLException {
        try {
            return URI.create(toText(value, zone).strip()).toURL();
        } catch (MalformedURLException | IllegalArgumentException notAUrl) {
            throw Failures.unreadable(value, "a URL");
        }
    }

    /// What `getObject` without a class answers: JDBC's own mapping (specification, table B-3), UUID and OffsetDateTime beside it.
    static Object toDefault(Object value, int jdbcType, ZoneId zone) throws SQLException {
        if (value instanceof Byte || value instanceof Short) {
            return ((Number) value).intValue();
        }
        if (value instanceof LocalDate) {
            return Moments.toDate(value, null, zone);
        }
        if (value instanceof LocalTime) {
            return Moments.toTime(value, null, zone);
        }
        if (value instanceof LocalDateTime) {
            return Moments.toTimestamp(value, null, zone);
        }
        if (value instanceof Instant) {
            return Moments.toZonedDateTime(value, zone).toOffsetDateTime();
        }
        if (value instanceof Float number && (jdbcType == Types.DOUBLE || jdbcType == Types.FLOAT)) {
            return number.doubleValue();
        }
        return value;
    }

    /// The class of what [#toDefault] answers for a column.
    static String defaultClassName(ColumnInfo column) {
        return switch (column.jdbcType()) {
            case Types.BOOLEAN, Types.BIT -> "java.lang.Boolean";
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER -> "java.lang.Integer";
            case Types.BIGINT -> "java.lang.Long";
            case Types.REAL -> "java.lang.Float";
            case Types.FLOAT, Types.DOUBLE -> "java.lang.Double";
            case Types.DECIMAL, Types.NUMERIC -> "java.math.BigDecimal";
            case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR -> "java.lang.String";
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY -> "[B";
            case Types.DATE -> "java.sql.Date";
            case Types.TIME -> "java.sql.Time";
            case Types.TIMESTAMP -> "java.sql.Timestamp";
            case Types.TIMESTAMP_WITH_TIMEZONE -> "java.time.OffsetDateTime";
            case Types.ARRAY -> "java.sql.Array";
            default -> column.className();
        };
    }

    /// 07006 where the class is none of those that a value can become.
    static <T> T toClass(Object value, ColumnInfo column, Class<T> type, ZoneId zone) throws SQLException {
        int jdbcType = column.jdbcType();
        if (value instanceof List<?> values && type.isArray() && type != byte[].class) {
            return type.cast(ArrayValues.toClass(values, ElementTypes.of(column), type.getComponentType(), zone));
        }
        if (type == Object.class) {
            return type.cast(toDefault(value, jdbcType, zone));
        }
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        @SuppressWarnings("unchecked") // a primitive class is asked for as its box
        Class<T> boxed = type.isPrimitive() ? (Class<T>) box(type) : type;
        Object converted = convert(value, jdbcType, boxed, zone);
        if (!boxed.isInstance(converted)) {
            throw Failures.noConversion(typeOf(value), type.getName());
        }
        return boxed.cast(converted);
    }

    private static Object convert(Object value, int jdbcType, Class<?> type, ZoneId zone) throws SQLException {
        if (type == String.class || type == CharSequence.class) {
            return toText(value, zone);
        } else if (type == Boolean.class) {
            return Numbers.toBoolean(value);
        } else if (type == Byte.class) {
            return Numbers.toByte(value);
        } else if (type == Short.class) {
            return Numbers.toShort(value);
        } else if (type == Integer.class) {
            return Numbers.toInt(value);
        } else if (type == Long.class) {
            return Numbers.toLong(value);
        } else if (type == Float.class) {
            return Numbers.toFloat(value);
        } else if (type == Double.class) {
            return Numbers.toDouble(value);
        } else if (type == BigDecimal.class) {
            return Numbers.toBigDecimal(value);
        } else if (type == BigInteger.class) {
            return Numbers.toBigInteger(value);
        } else if (type == Number.class) {
            return Numbers.toBigDecimal(value);
        } else if (type == byte[].class) {
            return toBytes(value);
        } else if (type == UUID.class) {
            return toUuid(value);
        } else if (type == Character.class) {
            return toCharacter(value, zone);
        } else if (type == InputStream.class) {
            return toBinaryStream(value);
        } else if (type == Reader.class) {
            return toReader(value, zone);
        } else if (type == Clob.class) {
            return toClob(value, zone);
        } else if (type == Blob.class) {
            return toBlob(value);
        } else if (type == URL.class) {
            return toUrl(value, zone);
        }
        Object moment = convertToMoment(value, type, zone);
        return moment == null ? toDefault(value, jdbcType, zone) : moment;
    }

    /// Null where the class is none of dates and times.
    private static @Nullable Object convertToMoment(Object value, Class<?> type, ZoneId zone) throws SQLException {
        if (type == LocalDate.class) {
            return Moments.toLocalDate(value, zone);
        } else if (type == LocalTime.class) {
            return Moments.toLocalTime(value, zone);
        } else if (type == LocalDateTime.class) {
            return Moments.toLocalDateTime(value, zone);
        } else if (type == Instant.class) {
            return Moments.toInstant(value, zone);
        } else if (type == OffsetDateTime.class) {
            return Moments.toZonedDateTime(value, zone).toOffsetDateTime();
        } else if (type == ZonedDateTime.class) {
            return Moments.toZonedDateTime(value, zone);
        } else if (type == Date.class) {
            return Moments.toDate(value, null, zone);
        } else if (type == Time.class) {
            return Moments.toTime(value, null, zone);
        } else if (type == Timestamp.class || type == java.util.Date.class) {
            return Moments.toTimestamp(value, null, zone);
        } else if (type == Calendar.class || type == GregorianCalendar.class) {
            return GregorianCalendar.from(Moments.toZonedDateTime(value, zone));
        }
        return null;
    }

    private static Character toCharacter(Object value, ZoneId zone) throws SQLException {
        String text = toText(value, zone);
        if (text.length() != 1) {
            throw Failures.unreadable(text, "one character");
        }
        return text.charAt(0);
    }

    private static Class<?> box(Class<?> primitive) {
        if (primitive == int.class) {
            return Integer.class;
        } else if (primitive == long.class) {
            return Long.class;
        } else if (primitive == boolean.class) {
            return Boolean.class;
        } else if (primitive == double.class) {
            return Double.class;
        } else if (primitive == float.class) {
            return Float.class;
        } else if (primitive == short.class) {
            return Short.class;
        } else if (primitive == byte.class) {
            return Byte.class;
        } else if (primitive == char.class) {
            return Character.class;
        }
        return Void.class;
    }

    /// The SQL name of a value's type, for messages.
    static String typeOf(Object value) {
        if (value instanceof String) {
            return "VARCHAR";
        } else if (value instanceof byte[]) {
            return "VARBINARY";
        } else if (value instanceof Boolean) {
            return "BOOLEAN";
        } else if (value instanceof Number) {
            return value instanceof Double || value instanceof Float ? "DOUBLE" : value instanceof BigDecimal ? "DECIMAL" : "an integer";
        } else if (value instanceof LocalDate) {
            return "DATE";
        } else if (value instanceof LocalTime) {
            return "TIME";
        } else if (value instanceof LocalDateTime) {
            return "TIMESTAMP";
        } else if (value instanceof Instant) {
            return "TIMESTAMP WITH TIME ZONE";
        } else if (value instanceof UUID) {
            return "UUID";
        } else if (value instanceof List) {
            return "ARRAY";
        }
        return value.getClass().getName();
    }
}
