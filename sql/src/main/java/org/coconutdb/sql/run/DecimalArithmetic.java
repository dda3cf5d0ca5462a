package org.coconutdb.sql.run;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.apache.calcite.linq4j.function.Strict;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Arithmetic of decimals whose result may have more than 38 digits. Exact up to the scale of the result, rounded half up, and
/// VALUE_OUT_OF_RANGE beyond 38 digits. Generated code calls it; not with NULL.
public final class DecimalArithmetic {
    private static final int DIGITS_MAX = 38;

    private DecimalArithmetic() {}

    @Strict
    public static BigDecimal add(BigDecimal left, BigDecimal right, int scale) {
        return fitted(left.add(right), scale);
    }

    @Strict
    public static BigDecimal subtract(BigDecimal left, BigDecimal right, int scale) {
        return fitted(left.subtract(right), scale);
    }

    @Strict
    public static BigDecimal multiply(BigDecimal left, BigDecimal right, int scale) {
        return fitted(left.multiply(right), scale);
    }

    /// Calcite's own division rounds to 16 digits in all. DIVISION_BY_ZERO.
    @Strict
    public static BigDecimal divide(BigDecimal dividend, BigDecimal divisor, int scale) {
        if (divisor.signum() == 0) {
            throw CoconutException.of(ErrorCode.DIVISION_BY_ZERO).mend("Guard the divisor: NULLIF(divisor, 0) gives NULL instead.");
        }
        return fitted(dividend.divide(divisor, scale, RoundingMode.HALF_UP), scale);
    }

    /// Below, at or above 0.
    @Strict
    public static int compare(BigDecimal left, BigDecimal right) {
        return left.compareTo(right);
    }

    /// The same, checked.
    @Strict
    public static BigDecimal fit(BigDecimal value, int scale) {
        return fitted(value, scale);
    }

    private static BigDecimal fitted(BigDecimal exact, int scale) {
        BigDecimal result = exact.scale() > scale ? exact.setScale(scale, RoundingMode.HALF_UP) : exact;
        if (result.precision() - result.scale() > DIGITS_MAX - scale) {
            throw CoconutException.of(ErrorCode.VALUE_OUT_OF_RANGE)
                    .with("digitsMax", DIGITS_MAX)
                    .with("scale", scale)
                    .mend("CAST an operand to a smaller scale first, or to DOUBLE.");
        }
        return result;
    }
}
