package org.coconutdb.jdbc;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.util.Locale;

/// Values as numbers and booleans. Fractions are cut off towards zero where an integer is asked for; what does not fit is 22003, a string
/// that is no number 22018, a type without a meaning as number 07006.
final class Numbers {
    // Wider than any integer asked for; keeps 1E999999999 from being written out digit by digit.
    private static final int INTEGER_DIGITS_MAX = 400;

    private Numbers() {}

    static byte toByte(Object value) throws SQLException {
        long number = toLong(value, "TINYINT");
        if (number != (byte) number) {
            throw Failures.outOfRange(value, "TINYINT");
        }
        return (byte) number;
    }

    static short toShort(Object value) throws SQLException {
        long number = toLong(value, "SMALLINT");
        if (number != (short) number) {
            throw Failures.outOfRange(value, "SMALLINT");
        }
        return (short) number;
    }

    static int toInt(Object value) throws SQLException {
        if (value instanceof Integer number) {
            return number;
        }
        long number = toLong(value, "INTEGER");
        if (number != (int) number) {
            throw Failures.outOfRange(value, "INTEGER");
        }
        return (int) number;
    }

    static long toLong(Object value) throws SQLException {
        return toLong(value, "BIGINT");
    }

    private static long toLong(Object value, String type) throws SQLException {
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Boolean flag) {
            return flag ? 1 : 0;
        }
        BigInteger number = toBigInteger(value, type);
        if (number.bitLength() > 63) {
            throw Failures.outOfRange(value, type);
        }
        return number.longValue();
    }

    static BigInteger toBigInteger(Object value) throws SQLException {
        return toBigInteger(value, "an integer");
    }

    private static BigInteger toBigInteger(Object value, String type) throws SQLException {
        BigDecimal number = toBigDecimal(value, type);
        if ((long) number.precision() - number.scale() > INTEGER_DIGITS_MAX) {
            throw Failures.outOfRange(value, type);
        }
        return number.scale() > INTEGER_DIGITS_MAX && number.precision() < number.scale() ? BigInteger.ZERO : number.toBigInteger();
    }

    static float toFloat(Object value) throws SQLException {
        if (value instanceof Float number) {
            return number;
        }
        double wide = toDouble(value, "REAL");
        float narrow = (float) wide;
        if (Float.isInfinite(narrow) && !Double.isInfinite(wide)) {
            throw Failures.outOfRange(value, "REAL");
        }
        return narrow;
    }

    static double toDouble(Object value) throws SQLException {
        return toDouble(value, "DOUBLE");
    }

    private static double toDouble(Object value, String type) throws SQLException {
        if (value instanceof Number number) {
            double wide = number.doubleValue();
            if (Double.isInfinite(wide) && !(value instanceof Double) && !(value instanceof Float)) {
                throw Failures.outOfRange(value, type);
            }
            return wide;
        }
        if (value instanceof Boolean flag) {
            return flag ? 1 : 0;
        }
        if (value instanceof String text) {
            switch (text.strip().toLowerCase(Locale.ROOT)) {
                case "nan":
                    return Double.NaN;
                case "infinity", "inf":
                    return Double.POSITIVE_INFINITY;
                case "-infinity", "-inf":
                    return Double.NEGATIVE_INFINITY;
                default:
                    double wide = toBigDecimal(text, type).doubleValue();
                    if (Double.isInfinite(wide)) {
                        throw Failures.outOfRange(text, type);
                    }
                    return wide;
            }
        }
        throw Failures.noConversion(Values.typeOf(value), type);
    }

    static BigDecimal toBigDecimal(Object value) throws SQLException {
        return toBigDecimal(value, "DECIMAL");
    }

    /// With `scale` digits behind the point, rounded half up.
    static BigDecimal toBigDecimal(Object value, int scale) throws SQLException {
        if (scale < 0 || scale > INTEGER_DIGITS_MAX) {
            throw Failures.invalidArgument("a scale must be between 0 and " + INTEGER_DIGITS_MAX + ", was " + scale);
        }
        BigDecimal number = toBigDecimal(value);
        if ((long) number.precision() - number.scale() > INTEGER_DIGITS_MAX) {
            throw Failures.outOfRange(value, "DECIMAL");
        }
        return number.setScale(scale, RoundingMode.HALF_UP);
    }

    private static BigDecimal toBigDecimal(Object value, String type) throws SQLException {
        if (value instanceof BigDecimal number) {
            return number;
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return BigDecimal.valueOf(((Number) value).longValue());
        }
        if (value instanceof BigInteger number) {
            return new BigDecimal(number);
        }
        if (value instanceof Double || value instanceof Float) {
            double wide = ((Number) value).doubleValue();
            if (Double.isNaN(wide) || Double.isInfinite(wide)) {
                throw Failures.outOfRange(value, type);
            }
            return new BigDecimal(value.toString()); // the shortest digits that mean this number, as a person reads it
        }
        if (value instanceof Boolean flag) {
            return flag ? BigDecimal.ONE : BigDecimal.ZERO;
        }
        if (value instanceof String text) {
            try {
                return new BigDecimal(text.strip());
            } catch (NumberFormatException notANumber) {
                throw Failures.unreadable(text, type);
            }
        }
        throw Failures.noConversion(Values.typeOf(value), type);
    }

    /// Numbers other than 0 are true; strings read as SQL and people write them.
    static boolean toBoolean(Object value) throws SQLException {
        if (value instanceof Boolean flag) {
            return flag;
        }
        if (value instanceof BigDecimal number) {
            return number.signum() != 0;
        }
        if (value instanceof BigInteger number) {
            return number.signum() != 0;
        }
        if (value instanceof Double || value instanceof Float) {
            return ((Number) value).doubleValue() != 0;
        }
        if (value instanceof Number number) {
            return number.longValue() != 0;
        }
        if (value instanceof String text) {
            return switch (text.strip().toLowerCase(Locale.ROOT)) {
                case "true", "t", "yes", "y", "on", "1" -> true;
                case "false", "f", "no", "n", "off", "0" -> false;
                default -> throw Failures.unreadable(text, "BOOLEAN");
            };
        }
        throw Failures.noConversion(Values.typeOf(value), "BOOLEAN");
    }
}
