package org.coconutdb.engine.row;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Decimals as unscaled two's complement numbers at their column's scale, in 8 or 16 bytes.
final class Decimals {
    private static final int LONG_DIGITS_MAX = 18;
    private static final BigInteger TWO_POW_64 = BigInteger.ONE.shiftLeft(64);

    private Decimals() {}

    static boolean isLong(Column column) {
        return column.precision() <= LONG_DIGITS_MAX;
    }

    static long unscaledLong(BigDecimal value, Column column) {
        return unscaled(value, column).longValueExact();
    }

    /// High half, low half.
    static long[] unscaledHalves(BigDecimal value, Column column) {
        BigInteger unscaled = unscaled(value, column);
        return new long[] {unscaled.shiftRight(64).longValueExact(), unscaled.longValue()};
    }

    static BigDecimal ofHalves(long high, long low, int scale) {
        BigInteger lowUnsigned = BigInteger.valueOf(low);
        if (low < 0) {
            lowUnsigned = lowUnsigned.add(TWO_POW_64);
        }
        return new BigDecimal(BigInteger.valueOf(high).shiftLeft(64).add(lowUnsigned), scale);
    }

    private static BigInteger unscaled(BigDecimal value, Column column) {
        BigDecimal scaled;
        try {
            scaled = value.setScale(column.scale(), RoundingMode.UNNECESSARY);
        } catch (ArithmeticException failure) {
            throw CoconutException.of(ErrorCode.VALUE_OUT_OF_RANGE, failure)
                    .with("value", value)
                    .with("scale", column.scale())
                    .mend("Round the value to the column's scale.");
        }
        if (scaled.precision() > column.precision()) {
            throw CoconutException.of(ErrorCode.VALUE_OUT_OF_RANGE)
                    .with("value", value)
                    .with("type", "DECIMAL(" + column.precision() + ", " + column.scale() + ")")
                    .mend("Declare the column with more digits.");
        }
        return scaled.unscaledValue();
    }
}
