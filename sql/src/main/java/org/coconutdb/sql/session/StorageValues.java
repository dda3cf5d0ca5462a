package org.coconutdb.sql.session;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.jdbc.session.ArrayText;
import org.coconutdb.jdbc.session.ZonedTexts;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.CoconutTypeSystem;
import org.coconutdb.sql.catalog.Types;
import org.coconutdb.sql.catalog.ZonedTimes;
import org.coconutdb.sql.run.JsonFunctions;
import org.jspecify.annotations.Nullable;

/// Assignment: a value of any type that [org.coconutdb.jdbc.session.Session] lists → what a column stores, by the standard's rules of
/// store assignment (ISO/IEC 9075-2, 9.2): numbers are rounded to the scale and refused out of range (22003), text is refused where
/// more than spaces would be cut (22001), text is read as the type (22018, 22007), fractions of seconds are cut.
final class StorageValues {
    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder().append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendPattern("[ ]['T']['t']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .toFormatter(Locale.ROOT);

    private StorageValues() {}

    /// The value as the column stores it. NULL_NOT_ALLOWED for null in a column that has none.
    ///
    /// @param zone of the session: what is between readings of a clock and points on the time line
    static @Nullable Object of(ColumnDefinition column, @Nullable Object value, ZoneId zone) {
        if (value == null) {
            if (!column.nullable()) {
                throw CoconutException.of(ErrorCode.NULL_NOT_ALLOWED)
                        .with("column", column.name())
                        .mend("Give the column a value.");
            }
            return null;
        }
        try {
            return switch (column.type()) {
                case BOOLEAN -> bool(column, value);
                case TINYINT -> (byte) whole(column, value, Byte.MIN_VALUE, Byte.MAX_VALUE);
                case SMALLINT -> (short) whole(column, value, Short.MIN_VALUE, Short.MAX_VALUE);
                case INTEGER -> (int) whole(column, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
                case BIGINT -> whole(column, value, Long.MIN_VALUE, Long.MAX_VALUE);
                case DECIMAL -> decimal(column, value);
                case REAL -> real(column, value);
                case DOUBLE -> floating(column, value);
                case CHAR, VARCHAR -> column.json() ? json(column, text(column, value, zone)) : text(column, value, zone);
                case BINARY, VARBINARY -> bytes(column, value);
                case DATE -> Math.toIntExact(date(column, value, zone).toEpochDay());
                case TIME -> (int) cut(column, time(column, value).toNanoOfDay() / 1_000_000L);
                case TIMESTAMP -> cut(column, timestamp(column, value, zone).toInstant(ZoneOffset.UTC).toEpochMilli());
                case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> cut(column, instant(column, value, zone));
                case UUID -> uuid(column, value);
                case ARRAY -> array(column, value, zone);
                default -> throw mismatch(column, value);
            };
        } catch (ArithmeticException failure) {
            throw outOfRange(column, value);
        }
    }

    /// The same of a text in which bytes are written in hexadecimal digits, as COPY and arrays have them.
    static @Nullable Object ofText(ColumnDefinition column, @Nullable String text, ZoneId zone) {
        boolean isBytes = column.type() == SqlTypeName.BINARY || column.type() == SqlTypeName.VARBINARY;
        return of(column, text != null && isBytes ? hexadecimal(column, text) : text, zone);
    }

    private static byte[] hexadecimal(ColumnDefinition column, String text) {
        try {
            if (text.startsWith(EdgeValues.BYTES_PREFIX)) {
                return HexFormat.of().parseHex(text, EdgeValues.BYTES_PREFIX.length(), text.length());
            }
        } catch (IllegalArgumentException notHexadecimal) {
            // Refused below.
        }
        throw unreadable(column, text, "Write bytes in hexadecimal digits behind \\x, such as \\x00FF.");
    }

    private static List<@Nullable Object> array(ColumnDefinition column, Object value, ZoneId zone) {
        return switch (value) {
            case List<?> list -> array(column, list, false, zone);
            case String text -> {
                try {
                    yield array(column, ArrayText.read(text), true, zone);
                } catch (IllegalArgumentException failure) {
                    throw unreadable(column, value, "Write it as {1,2,NULL}, or ARRAY[1, 2, NULL] without quotes: " + failure.getMessage()
                            + ".");
                }
            }
            default -> throw mismatch(column, value);
        };
    }

    /// @param areTexts whether what is no array in it is the text of a value
    private static List<@Nullable Object> array(ColumnDefinition column, List<?> given, boolean areTexts, ZoneId zone) {
        ColumnDefinition element = column.elementOrThrow();
        if (column.precision() >= 0 && given.size() > column.precision()) {
            throw CoconutException.of(ErrorCode.ARRAY_TOO_LONG)
                    .with("column", column.name())
                    .with("type", Types.text(column))
                    .with("elements", given.size())
                    .mend("Give fewer elements, or make a column that takes more of them.");
        }
        List<@Nullable Object> stored = new ArrayList<>(given.size());
        for (Object each : given) {
            boolean isArray = element.type() == SqlTypeName.ARRAY && each instanceof List<?>;
            stored.add(isArray ? array(element, (List<?>) each, areTexts, zone)
                    : areTexts && each instanceof String text ? ofText(element, text, zone) : of(element, each, zone));
        }
        return Collections.unmodifiableList(stored);
    }

    private static String json(ColumnDefinition column, String text) {
        try {
            return JsonFunctions.checked(text);
        } catch (CoconutException invalid) {
            throw invalid.copy().with("column", column.name()).with("value", EdgeValues.text(text));
        }
    }

    private static boolean bool(ColumnDefinition column, Object value) {
        return switch (value) {
            case Boolean known -> known;
            case String text -> switch (text.strip().toLowerCase(Locale.ROOT)) {
                case "true", "t", "yes", "y", "on", "1" -> true;
                case "false", "f", "no", "n", "off", "0" -> false;
                default -> throw unreadable(column, value, "Write TRUE or FALSE.");
            };
            default -> throw mismatch(column, value);
        };
    }

    private static BigDecimal number(ColumnDefinition column, Object value) {
        return switch (value) {
            case BigDecimal decimal -> decimal;
            case BigInteger integer -> new BigDecimal(integer);
            case Byte _,Short _,Integer _,Long _ -> BigDecimal.valueOf(((Number) value).longValue());
            case Float _,Double _ -> {
                double number = ((Number) value).doubleValue();
                if (Double.isNaN(number) || Double.isInfinite(number)) {
                    throw outOfRange(column, value);
                }
                yield value instanceof Float ? new BigDecimal(value.toString()) : BigDecimal.valueOf(number);
            }
            case String text -> {
                try {
                    BigDecimal decimal = new BigDecimal(text.strip());
                    // Written out it would fill the memory: 1E999999999.
                    if (Math.abs((long) decimal.precision() - decimal.scale()) > 1000) {
                        throw outOfRange(column, value);
                    }
                    yield decimal;
                } catch (NumberFormatException failure) {
                    throw unreadable(column, value, "Write a number in digits.");
                }
            }
            default -> throw mismatch(column, value);
        };
    }

    private static long whole(ColumnDefinition column, Object value, long min, long max) {
        long number = switch (value) {
            case Byte _,Short _,Integer _,Long _ -> ((Number) value).longValue();
            default -> number(column, value).setScale(0, RoundingMode.HALF_UP).longValueExact();
        };
        if (number < min || number > max) {
            throw outOfRange(column, value);
        }
        return number;
    }

    private static BigDecimal decimal(ColumnDefinition column, Object value) {
        BigDecimal decimal = number(column, value);
        if ((long) decimal.precision() - decimal.scale() > (long) column.precision() - column.scale() + 1) {
            throw outOfRange(column, value);
        }
        decimal = decimal.setScale(column.scale(), RoundingMode.HALF_UP);
        if (decimal.precision() > column.precision() && decimal.signum() != 0) {
            throw outOfRange(column, value);
        }
        return decimal;
    }

    private static float real(ColumnDefinition column, Object value) {
        double number = floating(column, value);
        float real = (float) number;
        if (Float.isInfinite(real) && !Double.isInfinite(number)) {
            throw outOfRange(column, value);
        }
        return real;
    }

    private static double floating(ColumnDefinition column, Object value) {
        return switch (value) {
            case Double number -> number;
            case Float number -> number;
            case String text -> {
                try {
                    yield Double.parseDouble(text.strip());
                } catch (NumberFormatException failure) {
                    throw unreadable(column, value, "Write a number in digits.");
                }
            }
            default -> {
                double number = number(column, value).doubleValue();
                if (Double.isInfinite(number)) {
                    throw outOfRange(column, value);
                }
                yield number;
            }
        };
    }

    private static String text(ColumnDefinition column, Object value, ZoneId zone) {
        String text = switch (value) {
            case String known -> known;
            case Byte _,Short _,Integer _,Long _,Float _,Double _,Boolean _,UUID _,LocalDate _ -> value.toString();
            case LocalTime time -> ZonedTexts.write(time);
            case BigDecimal decimal -> decimal.toPlainString();
            case LocalDateTime moment -> ZonedTexts.write(moment);
            case Instant moment -> ZonedTimes.write(moment, zone);
            case List<?> _ -> EdgeValues.written(value, zone);
            default -> throw mismatch(column, value);
        };
        int max = Types.precision(column);
        int length = text.codePointCount(0, text.length());
        if (length > max) {
            int end = text.offsetByCodePoints(0, max);
            if (!text.substring(end).isBlank()) {
                throw CoconutException.of(ErrorCode.STRING_TOO_LONG)
                        .with("column", column.name())
                        .with("type", Types.text(column))
                        .with("characters", length)
                        .mend("Shorten the value, or make the column longer.");
            }
            text = text.substring(0, end);
        } else if (column.type() == SqlTypeName.CHAR && length < max) {
            text += " ".repeat(max - length);
        }
        if (!isUnicode(text)) {
            throw unreadable(column, value, "The text has half of a surrogate pair: it is no Unicode text.");
        }
        return text;
    }

    /// Whether all surrogates come in pairs.
    private static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (Character.isSurrogate(unit)) {
                boolean isPair = Character.isHighSurrogate(unit) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
                if (!isPair) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    private static byte[] bytes(ColumnDefinition column, Object value) {
        if (!(value instanceof byte[] bytes)) {
            throw mismatch(column, value);
        }
        int max = Types.precision(column);
        if (bytes.length > max) {
            throw CoconutException.of(ErrorCode.STRING_TOO_LONG)
                    .with("column", column.name())
                    .with("type", Types.text(column))
                    .with("bytes", bytes.length)
                    .mend("Shorten the value, or make the column longer.");
        }
        return column.type() == SqlTypeName.BINARY ? Arrays.copyOf(bytes, max) : bytes;
    }

    private static LocalDate date(ColumnDefinition column, Object value, ZoneId zone) {
        LocalDate date = switch (value) {
            case LocalDate known -> known;
            case LocalDateTime moment -> moment.toLocalDate();
            case Instant moment -> moment.atZone(zone).toLocalDate();
            case String text -> {
                try {
                    yield LocalDate.parse(text.strip());
                } catch (DateTimeException failure) {
                    throw invalidTime(column, value, "Write it as 2026-12-31.");
                }
            }
            default -> throw mismatch(column, value);
        };
        requireYear(column, value, date.getYear());
        return date;
    }

    // The calendar of the standard; also what java.sql's types can hold without surprises.
    private static void requireYear(ColumnDefinition column, Object value, int year) {
        if (year < 1 || year > 9999) {
            throw CoconutException.of(ErrorCode.INVALID_DATETIME)
                    .with("column", column.name())
                    .with("value", EdgeValues.text(value))
                    .mend("Years are 0001 to 9999.");
        }
    }

    private static LocalTime time(ColumnDefinition column, Object value) {
        return switch (value) {
            case LocalTime known -> known;
            case LocalDateTime moment -> moment.toLocalTime();
            case String text -> {
                try {
                    yield LocalTime.parse(text.strip());
                } catch (DateTimeException failure) {
                    throw invalidTime(column, value, "Write it as 23:59:59.");
                }
            }
            default -> throw mismatch(column, value);
        };
    }

    private static LocalDateTime timestamp(ColumnDefinition column, Object value, ZoneId zone) {
        LocalDateTime timestamp = switch (value) {
            case LocalDateTime known -> known;
            case LocalDate date -> date.atStartOfDay();
            case Instant moment -> LocalDateTime.ofInstant(moment, zone);
            case String text -> {
                String stripped = text.strip();
                try {
                    yield stripped.length() <= 10 ? LocalDate.parse(stripped).atStartOfDay() : LocalDateTime.parse(stripped, TIMESTAMP);
                } catch (DateTimeException failure) {
                    throw invalidTime(column, value, "Write it as 2026-12-31 23:59:59.");
                }
            }
            default -> throw mismatch(column, value);
        };
        requireYear(column, value, timestamp.getYear());
        return timestamp;
    }

    private static long instant(ColumnDefinition column, Object value, ZoneId zone) {
        try {
            return switch (value) {
                case Instant known -> ZonedTimes.millis(known, value);
                case String text -> ZonedTimes.read(text, zone);
                default -> ZonedTimes.millis(timestamp(column, value, zone).atZone(zone).toInstant(), value);
            };
        } catch (CoconutException invalid) {
            throw invalid.code() == ErrorCode.INVALID_DATETIME ? invalid.copy().with("column", column.name()) : invalid;
        }
    }

    /// Cuts milliseconds to the column's fractional digits, towards the past.
    private static long cut(ColumnDefinition column, long millis) {
        int digits = column.precision() < 0 ? CoconutTypeSystem.FRACTION_DIGITS_MAX : column.precision();
        long unit = switch (digits) {
            case 0 -> 1000;
            case 1 -> 100;
            case 2 -> 10;
            default -> 1;
        };
        return Math.floorDiv(millis, unit) * unit;
    }

    private static UUID uuid(ColumnDefinition column, Object value) {
        return switch (value) {
            case UUID known -> known;
            case String text -> {
                try {
                    yield UUID.fromString(text.strip());
                } catch (IllegalArgumentException failure) {
                    throw unreadable(column, value, "Write it as 123e4567-e89b-12d3-a456-426614174000.");
                }
            }
            default -> throw mismatch(column, value);
        };
    }

    private static CoconutException outOfRange(ColumnDefinition column, Object value) {
        return CoconutException.of(ErrorCode.VALUE_OUT_OF_RANGE)
                .with("column", column.name())
                .with("type", Types.text(column))
                .with("value", EdgeValues.text(value))
                .mend("Give a smaller number, or make the column wider.");
    }

    private static CoconutException unreadable(ColumnDefinition column, Object value, String mend) {
        return CoconutException.of(ErrorCode.INVALID_VALUE)
                .with("column", column.name())
                .with("type", Types.text(column))
                .with("value", EdgeValues.text(value))
                .mend(mend);
    }

    private static CoconutException invalidTime(ColumnDefinition column, Object value, String mend) {
        return CoconutException.of(ErrorCode.INVALID_DATETIME)
                .with("column", column.name())
                .with("value", EdgeValues.text(value))
                .mend(mend);
    }

    private static CoconutException mismatch(ColumnDefinition column, Object value) {
        return CoconutException.of(ErrorCode.TYPE_MISMATCH)
                .with("column", column.name())
                .with("type", Types.text(column))
                .with("value", EdgeValues.text(value))
                .with("valueType", value instanceof List<?> ? "ARRAY" : value.getClass().getSimpleName())
                .mend("CAST the value to the column's type.");
    }
}
