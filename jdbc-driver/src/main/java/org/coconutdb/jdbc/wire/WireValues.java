package org.coconutdb.jdbc.wire;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Values of parameters and rows as bytes: a byte that says the type, and the value. The types are those that
/// [org.coconutdb.jdbc.session.Session] lists, and each comes back as it went.
///
/// | byte | type | value |
/// |---|---|---|
/// | 0 | null | |
/// | 1, 2 | false, true | |
/// | 3, 4, 5, 6 | byte, short, int, long | zigzag varint |
/// | 7, 8 | float, double | 4, 8 bytes, little-endian |
/// | 9 | decimal | scale as zigzag varint, length, unscaled two's complement, big-endian |
/// | 10 | string | length, UTF-8 |
/// | 11 | bytes | length, bytes |
/// | 12 | date | day since 1970 as zigzag varint |
/// | 13 | time | nanosecond of the day as varint |
/// | 14 | timestamp | date and time |
/// | 15 | instant | second since 1970 as zigzag varint, nanosecond as varint |
/// | 16 | UUID | 16 bytes |
/// | 17 | array | number of elements as varint, the elements |
public final class WireValues {
    private static final int NULL = 0;
    private static final int FALSE = 1;
    private static final int TRUE = 2;
    private static final int BYTE = 3;
    private static final int SHORT = 4;
    private static final int INT = 5;
    private static final int LONG = 6;
    private static final int FLOAT = 7;
    private static final int DOUBLE = 8;
    private static final int DECIMAL = 9;
    private static final int STRING = 10;
    private static final int BINARY = 11;
    private static final int DATE = 12;
    private static final int TIME = 13;
    private static final int TIMESTAMP = 14;
    private static final int INSTANT = 15;
    private static final int UNIQUE_ID = 16;
    private static final int ARRAY = 17;

    /// Arrays in each other; no type has as many.
    private static final int DEPTH_MAX = 16;

    private WireValues() {}

    /// The values of a row, one after the other.
    public static void writeRow(WireWriter out, @Nullable Object[] row) {
        for (@Nullable Object value : row) {
            write(out, value);
        }
    }

    public static @Nullable Object[] readRow(WireReader in, int columns) {
        @Nullable Object[] row = new Object[columns];
        for (int i = 0; i < columns; i++) {
            row[i] = read(in);
        }
        return row;
    }

    public static void write(WireWriter out, @Nullable Object value) {
        if (value == null) {
            out.octet(NULL);
        } else if (value instanceof String text) {
            out.octet(STRING);
            out.text(text);
        } else if (value instanceof Integer number) {
            out.octet(INT);
            out.zigzag(number);
        } else if (value instanceof Long number) {
            out.octet(LONG);
            out.zigzag(number);
        } else if (value instanceof Boolean truth) {
            out.octet(truth ? TRUE : FALSE);
        } else if (value instanceof BigDecimal decimal) {
            out.octet(DECIMAL);
            out.zigzag(decimal.scale());
            out.octets(decimal.unscaledValue().toByteArray());
        } else if (value instanceof Double number) {
            out.octet(DOUBLE);
            out.fixed64(Double.doubleToRawLongBits(number));
        } else if (value instanceof Float number) {
            out.octet(FLOAT);
            out.fixed32(Float.floatToRawIntBits(number));
        } else if (value instanceof Short number) {
            out.octet(SHORT);
            out.zigzag(number);
        } else if (value instanceof Byte number) {
            out.octet(BYTE);
            out.zigzag(number);
        } else if (value instanceof byte[] bytes) {
            out.octet(BINARY);
            out.octets(bytes);
        } else {
            writeOther(out, value);
        }
    }

    private static void writeOther(WireWriter out, Object value) {
        if (value instanceof LocalDate date) {
            out.octet(DATE);
            out.zigzag(date.toEpochDay());
        } else if (value instanceof LocalTime time) {
            out.octet(TIME);
            out.varint(time.toNanoOfDay());
        } else if (value instanceof LocalDateTime timestamp) {
            out.octet(TIMESTAMP);
            out.zigzag(timestamp.toLocalDate().toEpochDay());
            out.varint(timestamp.toLocalTime().toNanoOfDay());
        } else if (value instanceof Instant instant) {
            out.octet(INSTANT);
            out.zigzag(instant.getEpochSecond());
            out.varint(instant.getNano());
        } else if (value instanceof UUID uuid) {
            out.octet(UNIQUE_ID);
            out.fixed64(uuid.getMostSignificantBits());
            out.fixed64(uuid.getLeastSignificantBits());
        } else if (value instanceof List<?> values) {
            out.octet(ARRAY);
            out.varint(values.size());
            for (Object element : values) {
                write(out, element);
            }
        } else {
            throw new IllegalArgumentException("no value of a session: " + value.getClass().getName());
        }
    }

    public static @Nullable Object read(WireReader in) {
        return read(in, 0);
    }

    private static @Nullable Object read(WireReader in, int depth) {
        int type = in.octet();
        return switch (type) {
            case NULL -> null;
            case FALSE -> false;
            case TRUE -> true;
            case BYTE -> (byte) in.zigzag();
            case SHORT -> (short) in.zigzag();
            case INT -> (int) in.zigzag();
            case LONG -> in.zigzag();
            case FLOAT -> Float.intBitsToFloat(in.fixed32());
            case DOUBLE -> Double.longBitsToDouble(in.fixed64());
            case DECIMAL -> decimal(in);
            case STRING -> in.string();
            case BINARY -> in.octets();
            case DATE, TIME, TIMESTAMP, INSTANT -> moment(type, in);
            case UNIQUE_ID -> new UUID(in.fixed64(), in.fixed64());
            case ARRAY -> array(in, depth + 1);
            default -> throw new WireException("a value of the unknown type " + type);
        };
    }

    private static List<@Nullable Object> array(WireReader in, int depth) {
        if (depth > DEPTH_MAX) {
            throw new WireException("more than " + DEPTH_MAX + " arrays in each other");
        }
        List<@Nullable Object> values = new ArrayList<>();
        // Not believed before the elements are there.
        for (long left = in.varint(); left > 0; left--) {
            values.add(read(in, depth));
        }
        return Collections.unmodifiableList(values);
    }

    private static BigDecimal decimal(WireReader in) {
        long scale = in.zigzag();
        byte[] unscaled = in.octets();
        if (scale != (int) scale || unscaled.length == 0) {
            throw new WireException("a decimal with scale " + scale + " and " + unscaled.length + " bytes");
        }
        return new BigDecimal(new BigInteger(unscaled), (int) scale);
    }

    private static Object moment(int type, WireReader in) {
        try {
            return switch (type) {
                case DATE -> LocalDate.ofEpochDay(in.zigzag());
                case TIME -> LocalTime.ofNanoOfDay(in.varint());
                case TIMESTAMP -> LocalDateTime.of(LocalDate.ofEpochDay(in.zigzag()), LocalTime.ofNanoOfDay(in.varint()));
                default -> Instant.ofEpochSecond(in.zigzag(), in.varint());
            };
        } catch (DateTimeException | ArithmeticException bad) {
            throw new WireException("a date or time that there is not");
        }
    }
}
