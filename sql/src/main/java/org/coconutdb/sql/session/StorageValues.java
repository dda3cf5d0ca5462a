package org.coconutdb.sql.session;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.CoconutTypeSystem;
import org.coconutdb.sql.catalog.Types;
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
    static @Nullable Object of(ColumnDefinition column, @Nullable Object value) {
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
                case CHAR, VARCHAR -> column.json() ? json(column, text(column, value)) : text(column, value);
                case BINARY, VARBINARY -> bytes(column, value);
                case DATE -> Math.toIntExact(date(column, value).toEpochDay());
                case TIME -> (int) cut(column, time(column, value).toNanoOfDay() / 1_000_000L);
                case TIMESTAMP -> cut(column, timestamp(column, value).toInstant(ZoneOffset.UTC).toEpochMilli());
                case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> cut(column, instant(column, value).toEpochMilli());
                case UUID -> uuid(column, value);
                default -> throw mismatch(column, value);
            };
        } catch (ArithmeticException failure) {
            throw outOfRange(column, value);
        }
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

    private static String text(ColumnDefinition column, Object value) {
        String text = switch (value) {
            case String known -> known;
            case Byte _,Short _,Integer _,Long _,Float _,Double _,Boolean _,UUID _,LocalDate _,LocalTime _ -> value.toString();
            case BigDecimal decimal -> decimal.toPlainString();
            case LocalDateTime moment -> moment.toString().replace('T', ' ');
            case Instant moment -> moment.toString();
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
        } else if (column.type() == org.apache.calcite.sql.type.SqlTypeName.CHAR && length < max) {
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
        return column.type() == org.apache.calcite.sql.type.SqlTypeName.BINARY ? Arrays.copyOf(bytes, max) : bytes;
    }

    private static LocalDate date(ColumnDefinition column, Object value) {
        LocalDate date = switch (value) {
            case LocalDate known -> known;
            case LocalDateTime moment -> moment.toLocalDate();
            case Instant moment -> moment.atZone(ZoneId.systemDefault()).toLocalDate();
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

    private static LocalDateTime timestamp(ColumnDefinition column, Object value) {
        LocalDateTime timestamp = switch (value) {
            case LocalDateTime known -> known;
            case LocalDate date -> date.atStartOfDay();
            case Instant moment -> LocalDateTime.ofInstant(moment, ZoneId.systemDefault());
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

    private static Instant instant(ColumnDefinition column, Object value) {
        Instant instant = switch (value) {
            case Instant known -> known;
            case String text -> {
                try {
                    yield OffsetDateTime.parse(text.strip().replace(' ', 'T')).toInstant();
                } catch (DateTimeException failure) {
                    yield timestamp(column, value).atZone(ZoneId.systemDefault()).toInstant();
                }
            }
            default -> timestamp(column, value).atZone(ZoneId.systemDefault()).toInstant();
        };
        requireYear(column, value, instant.atOffset(ZoneOffset.UTC).getYear());
        return instant;
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
                .with("valueType", value.getClass().getSimpleName())
                .mend("CAST the value to the column's type.");
    }
}
