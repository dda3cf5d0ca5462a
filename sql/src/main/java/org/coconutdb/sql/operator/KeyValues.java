package org.coconutdb.sql.operator;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which values of a key are the same, as GROUP BY, DISTINCT and the equality of joins have it: numbers by what they are worth, so 1.0 and 1.00, and 0.0 and
/// -0.0; NaN is NaN; NULL is NULL, where it counts at all.
final class KeyValues {
    private static final int MULTIPLIER = 0x9E3779B9;

    private KeyValues() {}

    static int hash(@Nullable Object value) {
        // One question after the other, the most frequent first: a switch over types takes longer.
        if (value instanceof Long number) {
            return ofLong(number);
        }
        if (value instanceof Integer number) {
            return ofLong(number);
        }
        if (value instanceof String text) {
            return text.hashCode();
        }
        return value == null ? 0 : ofOther(value);
    }

    private static int ofOther(Object value) {
        return switch (value) {
            case BigDecimal number -> number.stripTrailingZeros().hashCode();
            case Double number -> Double.hashCode(number + 0.0);
            case Float number -> Double.hashCode(number + 0.0);
            case Short number -> ofLong(number);
            case Byte number -> ofLong(number);
            case Object[] values -> ofAll(Arrays.asList(values));
            case List<?> list -> ofAll(list);
            case byte[] bytes -> Arrays.hashCode(bytes);
            default -> value.hashCode();
        };
    }

    static int ofLong(long number) {
        return Long.hashCode(number * 0x9E3779B97F4A7C15L);
    }

    private static int ofAll(List<?> values) {
        int hash = 1;
        for (Object value : values) {
            hash = combined(hash, hash(value));
        }
        return hash;
    }

    static int combined(int hash, int next) {
        return 31 * hash + next;
    }

    /// Bits that have nothing to do with those of another level: rows that fell together there are apart here.
    static int mixed(int hash, int level) {
        int bits = (hash ^ (level * 0x85EBCA6B)) * MULTIPLIER;
        bits = (bits ^ (bits >>> 15)) * 0xC2B2AE35;
        return bits ^ (bits >>> 13);
    }

    @SuppressWarnings("ReferenceEquality") // what is one object is the same, quickly
    static boolean same(@Nullable Object left, @Nullable Object right) {
        if (left == right) {
            return true;
        }
        if (left == null || right == null) {
            return false;
        }
        if (left instanceof Long number) {
            return isInteger(right) && number == ((Number) right).longValue();
        }
        if (left instanceof Integer number) {
            return isInteger(right) && number == ((Number) right).longValue();
        }
        return left instanceof String text ? text.equals(right) : sameOthers(left, right);
    }

    private static boolean sameOthers(Object left, Object right) {
        return switch (left) {
            case Short number -> isInteger(right) && number == ((Number) right).longValue();
            case Byte number -> isInteger(right) && number == ((Number) right).longValue();
            case BigDecimal number -> right instanceof BigDecimal other && number.compareTo(other) == 0;
            case Double number -> right instanceof Number other && sameNumbers(number, other.doubleValue());
            case Float number -> right instanceof Number other && sameNumbers(number, other.doubleValue());
            case Object[] values -> right instanceof Object[] others && sameLists(Arrays.asList(values), Arrays.asList(others));
            case List<?> list -> right instanceof List<?> other && sameLists(list, other);
            case byte[] bytes -> right instanceof byte[] other && Arrays.equals(bytes, other);
            default -> left.equals(right);
        };
    }

    static boolean isInteger(@Nullable Object value) {
        return value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte;
    }

    private static boolean sameNumbers(double left, double right) {
        return left == right || (Double.isNaN(left) && Double.isNaN(right));
    }

    private static boolean sameLists(List<?> left, List<?> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!same(left.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }
}
