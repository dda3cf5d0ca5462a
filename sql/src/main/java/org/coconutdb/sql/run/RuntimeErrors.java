package org.coconutdb.sql.run;

import java.time.DateTimeException;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.regex.PatternSyntaxException;
import org.apache.calcite.runtime.CalciteException;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Gives what a running plan throws its code. Calcite's functions throw whatever Java throws (an overflow is an
/// `ArithmeticException`, text that is no number a `NumberFormatException`), so this is the one place that reads those texts.
public final class RuntimeErrors {
    private RuntimeErrors() {}

    /// The same failure as an exception with a code. What is ours already stays; what nobody expected becomes BROKEN_INVARIANT.
    public static CoconutException translate(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            CoconutException known = known(cause);
            if (known != null) {
                return known;
            }
        }
        if (isInvalidJson(failure)) {
            return CoconutException.of(ErrorCode.INVALID_JSON, failure).mend("Look for IS JSON first, or leave ERROR ON ERROR out.");
        }
        return CoconutException.of(ErrorCode.BROKEN_INVARIANT, failure)
                .with("cause", failure)
                .mend("This is a defect: please report the statement and this message.");
    }

    private static @Nullable CoconutException known(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        return switch (failure) {
            case CoconutException ours -> ours;
            case StackOverflowError deep ->
                    CoconutException.of(ErrorCode.STATEMENT_TOO_COMPLEX, deep).mend(
                            "Nest less deeply, or keep intermediate results in a table.");
            case CancellationException cancelled -> CoconutException.of(ErrorCode.STATEMENT_CANCELLED, cancelled);
            case ArithmeticException arithmetic -> arithmetic(arithmetic, text.toLowerCase(Locale.ROOT));
            case NumberFormatException number -> invalidValue(number, text, "Give a number in digits, or leave the CAST out.");
            case PatternSyntaxException pattern ->
                    CoconutException.of(ErrorCode.INVALID_ARGUMENT, pattern).with("pattern", pattern.getPattern()).mend(
                            "Mend the regular expression.");
            case DateTimeException time -> CoconutException.of(ErrorCode.INVALID_DATETIME, time).with("detail", text);
            case CalciteException calcite -> calcite(calcite, text);
            case IllegalStateException state when text.contains("more than one value") ->
                    CoconutException.of(ErrorCode.CARDINALITY_VIOLATION, state).mend(
                            "Add a condition, LIMIT 1 or an aggregate to the subquery.");
            case IllegalArgumentException argument -> argument(argument, text);
            case StringIndexOutOfBoundsException index -> CoconutException.of(ErrorCode.INVALID_ARGUMENT, index).with("detail", text);
            default -> null;
        };
    }

    /// What the libraries throw that read JSON for Calcite; they are no dependencies of ours.
    private static boolean isInvalidJson(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String name = cause.getClass().getSimpleName();
            if (name.equals("InvalidJsonException") || name.equals("JsonParseException")) {
                return true;
            }
        }
        return false;
    }

    private static CoconutException arithmetic(ArithmeticException failure, String text) {
        // Where a division has failed often, compiled code throws one exception again and again, without a text; overflows have theirs.
        if (failure.getMessage() == null || text.contains("/ by zero") || text.contains("by zero") || text.contains("division undefined")) {
            return CoconutException.of(ErrorCode.DIVISION_BY_ZERO, failure).mend(
                    "Guard the divisor: NULLIF(divisor, 0) gives NULL instead.");
        }
        return CoconutException.of(ErrorCode.VALUE_OUT_OF_RANGE, failure)
                .with("detail", String.valueOf(failure.getMessage()))
                .mend("CAST the operands to a wider type first.");
    }

    private static CoconutException argument(IllegalArgumentException failure, String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("date") || lower.contains("time") || lower.contains(" field is out of range")) {
            return CoconutException.of(ErrorCode.INVALID_DATETIME, failure).with("detail", text).mend("Write it as 2026-12-31 23:59:59.");
        }
        if (lower.contains("uuid")) {
            return invalidValue(failure, text, "Write it as 123e4567-e89b-12d3-a456-426614174000.");
        }
        return CoconutException.of(ErrorCode.INVALID_ARGUMENT, failure).with("detail", text);
    }

    private static CoconutException calcite(CalciteException failure, String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("more than one value")) {
            return CoconutException.of(ErrorCode.CARDINALITY_VIOLATION, failure).mend(
                    "Add a condition, LIMIT 1 or an aggregate to the subquery.");
        }
        if (lower.contains("division by zero")) {
            return CoconutException.of(ErrorCode.DIVISION_BY_ZERO, failure).mend(
                    "Guard the divisor: NULLIF(divisor, 0) gives NULL instead.");
        }
        if (lower.contains(" field is out of range")) {
            return CoconutException.of(ErrorCode.INVALID_DATETIME, failure).with("detail", text).mend("Write it as 2026-12-31 23:59:59.");
        }
        if (lower.contains("out of range") || lower.contains("overflow")) {
            return CoconutException.of(ErrorCode.VALUE_OUT_OF_RANGE, failure).with("detail", text).mend("CAST to a wider type.");
        }
        if (lower.contains("cast") || lower.contains("cannot convert") || lower.contains("invalid character")) {
            return invalidValue(failure, text, "Give a value that can be read as that type.");
        }
        if (failure.getCause() != null) {
            CoconutException inner = known(failure.getCause());
            if (inner != null) {
                return inner;
            }
        }
        return CoconutException.of(ErrorCode.INVALID_ARGUMENT, failure).with("detail", text);
    }

    private static CoconutException invalidValue(Throwable failure, String text, String mend) {
        return CoconutException.of(ErrorCode.INVALID_VALUE, failure).with("detail", text).mend(mend);
    }
}
