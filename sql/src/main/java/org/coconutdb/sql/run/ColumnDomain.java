package org.coconutdb.sql.run;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.UUID;
import org.apache.calcite.avatica.util.ByteString;
import org.coconutdb.engine.row.Column;
import org.coconutdb.engine.row.StorageType;
import org.jspecify.annotations.Nullable;

/// The values that a column can hold: fits values of other types into it, or says that none of its values is equal.
///
/// @param column how it is stored
/// @param charLength of a CHAR column, whose values are padded to it; -1 for all others
public record ColumnDomain(Column column, int charLength) {
    /// An end of a range: a value of the column.
    ///
    /// @param value in storage representation; null: no end, every value is within
    /// @param inclusive whether the value itself belongs to the range
    public record End(@Nullable Object value, boolean inclusive) {
        /// What an end is where it excludes nothing.
        public static final End NONE = new End(null, true);
    }

    /// Whether it holds floating-point numbers, of which two that are equal may differ in bits (0.0 and -0.0).
    public boolean isApproximate() {
        return column.type() == StorageType.FLOAT32 || column.type() == StorageType.FLOAT64;
    }

    /// The value of the column that equals this one, in storage representation; null where there is none, as for NULL itself, and for
    /// 5000000000 or 1.5 in an INTEGER column.
    public @Nullable Object equalTo(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (column.type()) {
            case BOOLEAN -> value instanceof Boolean ? value : null;
            case INT8, INT16, INT32, INT64 -> integer(value);
            case FLOAT32 -> {
                Double number = asDouble(value);
                yield number != null && (number.isNaN() || (double) number.floatValue() == number) ? (Object) number.floatValue() : null;
            }
            case FLOAT64 -> asDouble(value);
            case DECIMAL -> decimal(value);
            case STRING -> value instanceof String text ? padded(text) : null;
            case BYTES -> value instanceof ByteString bytes ? bytes.getBytes() : value instanceof byte[] ? value : null;
            case UUID -> value instanceof UUID ? value : null;
            case ARRAY -> throw new IllegalArgumentException("no condition on arrays is looked at in place");
        };
    }

    /// The lower end of the column's values that are above this one (or equal to it). Null where no value is.
    /// [End#NONE] where all are.
    public @Nullable End lowerEnd(Object value, boolean inclusive) {
        return end(value, inclusive, true);
    }

    /// The upper end of the column's values that are below this one (or equal to it). Null where no value is.
    public @Nullable End upperEnd(Object value, boolean inclusive) {
        return end(value, inclusive, false);
    }

    private @Nullable End end(Object value, boolean inclusive, boolean lower) {
        return switch (column.type()) {
            case INT8, INT16, INT32, INT64, DECIMAL -> numericEnd(exact(value), inclusive, lower);
            case FLOAT32 -> {
                // Comparing stays with the filter: the range only has to hold every value that passes it.
                Double number = asDouble(value);
                yield number == null || number.isNaN() || number == 0 ? End.NONE : new End(toward(number, lower), true);
            }
            case FLOAT64 -> {
                Double number = asDouble(value);
                yield number == null || number.isNaN() || number == 0 ? End.NONE : new End(number, true);
            }
            default -> {
                Object same = equalTo(value);
                yield same == null ? null : new End(same, inclusive);
            }
        };
    }

    private static Float toward(double number, boolean lower) {
        float near = (float) number;
        if (lower) {
            return near > number ? Math.nextDown(near) : near;
        }
        return near < number ? Math.nextUp(near) : near;
    }

    private @Nullable End numericEnd(@Nullable BigDecimal value, boolean inclusive, boolean lower) {
        if (value == null) {
            return End.NONE;
        }
        BigDecimal fitted = value.setScale(column.scale(), lower ? RoundingMode.CEILING : RoundingMode.FLOOR);
        boolean within = inclusive || fitted.compareTo(value) != 0;
        Object stored = equalTo(fitted);
        if (stored != null) {
            return new End(stored, within);
        }
        // Outside of the type: either beyond every value, or before every value.
        return fitted.signum() > 0 == lower ? null : End.NONE;
    }

    private @Nullable Object integer(Object value) {
        long number;
        switch (value) {
            // The value itself, mostly: a lookup makes no other objects of it.
            case Long known when column.type() == StorageType.INT64 -> {
                return known;
            }
            case Byte _,Short _,Integer _,Long _ -> number = ((Number) value).longValue();
            default -> {
                BigDecimal exact = exact(value);
                if (exact == null) {
                    return null;
                }
                try {
                    number = exact.longValueExact();
                } catch (ArithmeticException unfit) {
                    return null;
                }
            }
        }
        return switch (column.type()) {
            case INT8 -> number == (byte) number ? (Object) (byte) number : null;
            case INT16 -> number == (short) number ? (Object) (short) number : null;
            case INT32 -> number == (int) number ? (Object) (int) number : null;
            default -> number;
        };
    }

    private @Nullable BigDecimal decimal(Object value) {
        BigDecimal exact = exact(value);
        if (exact == null) {
            return null;
        }
        BigDecimal bare = exact.signum() == 0 ? BigDecimal.ZERO : exact.stripTrailingZeros();
        if (bare.scale() > column.scale() || bare.precision() - bare.scale() > column.precision() - column.scale()) {
            return null;
        }
        return bare.setScale(column.scale(), RoundingMode.UNNECESSARY);
    }

    /// CHAR compares as if the shorter side were padded; so spaces beyond the column's length do not count.
    private String padded(String text) {
        if (charLength < 0) {
            return text;
        }
        int end = text.length();
        while (end > charLength && text.charAt(end - 1) == ' ') {
            end--;
        }
        return end >= charLength ? text.substring(0, end) : text + " ".repeat(charLength - end);
    }

    private static @Nullable BigDecimal exact(Object value) {
        return switch (value) {
            case BigDecimal decimal -> decimal;
            case Byte _,Short _,Integer _,Long _ -> BigDecimal.valueOf(((Number) value).longValue());
            case Float _,Double _ -> {
                double number = ((Number) value).doubleValue();
                yield Double.isFinite(number) ? new BigDecimal(number) : null;
            }
            default -> null;
        };
    }

    private static @Nullable Double asDouble(Object value) {
        return switch (value) {
            case Double number -> number;
            case Float number -> number.doubleValue();
            case Byte _,Short _,Integer _,Long _ -> {
                long number = ((Number) value).longValue();
                yield (long) (double) number == number ? (double) number : null;
            }
            case BigDecimal number -> number.doubleValue();
            default -> null;
        };
    }
}
