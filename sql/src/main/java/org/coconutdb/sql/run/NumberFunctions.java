package org.coconutdb.sql.run;

import java.math.BigDecimal;
import java.util.UUID;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Functions of numbers that have no value everywhere: they fail where Java answers NaN or an infinity. Generated code calls them; not with
/// NULL.
public final class NumberFunctions {
    private NumberFunctions() {}

    public static double sqrt(double number) {
        if (number < 0) {
            throw undefined("SQRT", number).mend("The root of a negative number is none: guard it by CASE, or take ABS.");
        }
        return Math.sqrt(number);
    }

    public static double power(double base, double exponent) {
        double result = Math.pow(base, exponent);
        if (base == 0 && exponent < 0) {
            throw undefined("POWER", base).with("exponent", exponent).mend("Zero has no negative powers: guard it by NULLIF(base, 0).");
        }
        if (Double.isNaN(result) && !Double.isNaN(base) && !Double.isNaN(exponent)) {
            throw undefined("POWER", base).with("exponent", exponent).mend("A negative number has whole powers only.");
        }
        return finite("POWER", result, Double.isInfinite(base) || Double.isInfinite(exponent));
    }

    public static double exp(double number) {
        return finite("EXP", Math.exp(number), Double.isInfinite(number));
    }

    private static CoconutException undefined(String function, double number) {
        return CoconutException.of(ErrorCode.INVALID_ARGUMENT).with("function", function).with("argument", number);
    }

    private static double finite(String function, double result, boolean mayBeInfinite) {
        if (Double.isInfinite(result) && !mayBeInfinite) {
            throw CoconutException.of(ErrorCode.VALUE_OUT_OF_RANGE)
                    .with("function", function)
                    .mend("The result is beyond the largest DOUBLE, about 1.8E308.");
        }
        return result;
    }

    /// Another one at each call.
    ///
    /// @param place in the statement: calls at two places are not taken for one expression
    public static UUID randomUuid(int place) {
        return UUID.randomUUID();
    }

    /// What a frame counts: rows, or a distance. INVALID_FRAME_SIZE where it is NULL or below 0.
    public static Number frameSize(@Nullable Number size) {
        boolean isValid = switch (size) {
            case null -> false;
            case BigDecimal decimal -> decimal.signum() >= 0;
            default -> size.doubleValue() >= 0;
        };
        if (size == null || !isValid) {
            throw invalidFrameSize(size);
        }
        return size;
    }

    public static CoconutException invalidFrameSize(@Nullable Number size) {
        return CoconutException.of(ErrorCode.INVALID_FRAME_SIZE).with("size", String.valueOf(size)).mend(
                "Count from 0 on; FOLLOWING counts the other way than PRECEDING.");
    }
}
