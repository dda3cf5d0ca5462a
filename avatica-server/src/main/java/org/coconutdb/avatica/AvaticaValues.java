package org.coconutdb.avatica;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.apache.calcite.avatica.ColumnMetaData.Rep;
import org.apache.calcite.avatica.remote.TypedValue;
import org.coconutdb.jdbc.session.ZonedTexts;
import org.jspecify.annotations.Nullable;

/// Values between sessions and Avatica's messages. Avatica has days, milliseconds of a day and milliseconds since 1970 for dates and times
/// without a zone, and nothing for an instant or a UUID: these go as text. Arrays have the same of their elements.
final class AvaticaValues {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private AvaticaValues() {}

    /// A value of a session, or of a result set of metadata, as Avatica's frames take it.
    ///
    /// @param zone of the session
    static @Nullable Object toFrame(@Nullable Object value, ZoneId zone) {
        return switch (value) {
            case null -> null;
            case LocalDate date -> (int) date.toEpochDay();
            case LocalTime time -> (int) (time.toNanoOfDay() / NANOS_PER_MILLI);
            case LocalDateTime timestamp -> timestamp.toInstant(ZoneOffset.UTC).toEpochMilli();
            case java.sql.Date date -> (int) date.toLocalDate().toEpochDay();
            case Instant instant -> ZonedTexts.write(instant, zone);
            case UUID uuid -> uuid.toString();
            case List<?> elements -> {
                List<@Nullable Object> frame = new ArrayList<>(elements.size());
                elements.forEach(element -> frame.add(toFrame(element, zone)));
                yield frame;
            }
            default -> value;
        };
    }

    /// The parameters of an execution, as a session takes them.
    static @Nullable Object[] toSession(@Nullable List<@Nullable TypedValue> values) throws SQLException {
        if (values == null) {
            return new Object[0];
        }
        List<@Nullable Object> row = new ArrayList<>(values.size());
        for (TypedValue value : values) {
            row.add(value == null ? null : toSession(value, row.size() + 1));
        }
        return row.toArray();
    }

    private static @Nullable Object toSession(TypedValue typed, int index) throws SQLException {
        Object value = typed.value;
        if (value == null) {
            return null;
        }
        try {
            return switch (typed.type) {
                case BOOLEAN, PRIMITIVE_BOOLEAN -> value;
                case BYTE, PRIMITIVE_BYTE -> ((Number) value).byteValue();
                case SHORT, PRIMITIVE_SHORT -> ((Number) value).shortValue();
                case INTEGER, PRIMITIVE_INT -> ((Number) value).intValue();
                case LONG, PRIMITIVE_LONG -> ((Number) value).longValue();
                case FLOAT, PRIMITIVE_FLOAT -> ((Number) value).floatValue();
                case DOUBLE, PRIMITIVE_DOUBLE -> ((Number) value).doubleValue();
                case STRING, CHARACTER, PRIMITIVE_CHAR -> value.toString();
                case BYTE_STRING -> Base64.getDecoder().decode((String) value);
                case JAVA_SQL_DATE -> LocalDate.ofEpochDay(((Number) value).longValue());
                case JAVA_SQL_TIME -> LocalTime.ofNanoOfDay(((Number) value).longValue() * NANOS_PER_MILLI);
                case JAVA_SQL_TIMESTAMP, JAVA_UTIL_DATE ->
                        LocalDateTime.ofInstant(Instant.ofEpochMilli(((Number) value).longValue()), ZoneOffset.UTC);
                case NUMBER -> number((Number) value);
                case OBJECT -> object(value);
                case ARRAY -> array(typed, (List<?>) value, index);
                case UBYTE, USHORT, UINTEGER, ULONG, MULTISET, STRUCT ->
                        throw new SQLFeatureNotSupportedException("parameter " + index + " is of the type " + typed.type
                                + ", which CoconutDB does not take: send a number, text, bytes, a date or a time.", "0A000");
            };
        } catch (ClassCastException | IllegalArgumentException | DateTimeException unreadable) {
            throw new SQLDataException("parameter " + index + " is said to be of the type " + typed.type + " and is none.", "22018");
        }
    }

    /// Elements come with their types in protobuf, and without them in JSON.
    private static List<@Nullable Object> array(TypedValue array, List<?> elements, int index) throws SQLException {
        List<@Nullable Object> values = new ArrayList<>(elements.size());
        for (Object element : elements) {
            TypedValue typed = element instanceof TypedValue known ? known
                    : TypedValue.ofSerial(array.componentType == null ? Rep.OBJECT : array.componentType, element);
            values.add(element == null ? null : toSession(typed, index));
        }
        return values;
    }

    private static BigDecimal number(Number value) {
        return switch (value) {
            case BigDecimal decimal -> decimal;
            case BigInteger integer -> new BigDecimal(integer);
            case Double number -> BigDecimal.valueOf(number);
            case Float number -> new BigDecimal(number.toString());
            default -> BigDecimal.valueOf(value.longValue());
        };
    }

    /// What JSON has of a value without a type.
    private static Object object(Object value) {
        if (value instanceof String || value instanceof Boolean) {
            return value;
        }
        return number((Number) value);
    }
}
