package org.coconutdb.sql.catalog;

import java.math.BigDecimal;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIntervalLiteral;
import org.apache.calcite.sql.SqlIntervalLiteral.IntervalValue;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.parser.SqlParserUtil;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Options that are a time: whole seconds, or an interval of days to seconds.
final class Durations {
    /// About 68 years.
    static final int SECONDS_MAX = Integer.MAX_VALUE;

    private Durations() {}

    /// The seconds that a number or an interval gives. INVALID_ARGUMENT where they are out of bounds, or it is something else.
    ///
    /// @param never what 0 means, for the mend
    static int seconds(String option, SqlNode value, String never) {
        if (value instanceof SqlNumericLiteral number) {
            return seconds(option, number.getValueAs(BigDecimal.class), value, never);
        }
        if (value instanceof SqlCall call && call.isA(Set.of(SqlKind.MINUS_PREFIX)) && call.operand(
                0) instanceof SqlNumericLiteral number) {
            return seconds(option, number.getValueAs(BigDecimal.class).negate(), value, never);
        }
        if (value instanceof SqlIntervalLiteral literal) {
            IntervalValue interval = literal.getValueAs(IntervalValue.class);
            if (!interval.getIntervalQualifier().isYearMonth()) {
                BigDecimal seconds = BigDecimal.valueOf(SqlParserUtil.intervalToMillis(interval)).movePointLeft(3);
                return seconds(option, seconds, value, never);
            }
        }
        String mend = mend(never);
        throw WithOptions.at(CoconutException.of(ErrorCode.INVALID_ARGUMENT).with("option", option).with("value", value), value)
                .mend(value instanceof SqlDynamicParam ? "An option of a table is a constant. " + mend : mend);
    }

    private static int seconds(String option, BigDecimal seconds, SqlNode place, String never) {
        try {
            return requireWithin(option, seconds.longValueExact(), never);
        } catch (ArithmeticException _) {
            throw WithOptions.at(outside(option, seconds, never), place);
        } catch (CoconutException failure) {
            throw WithOptions.at(failure, place);
        }
    }

    /// The seconds as they are. INVALID_ARGUMENT where they are out of bounds.
    static int requireWithin(String option, long seconds, String never) {
        if (seconds < 0 || seconds > SECONDS_MAX) {
            throw outside(option, seconds, never);
        }
        return (int) seconds;
    }

    private static CoconutException outside(String option, Object seconds, String never) {
        return CoconutException.of(ErrorCode.INVALID_ARGUMENT).with("option", option).with("value", seconds).mend(mend(never));
    }

    private static String mend(String never) {
        return "Give whole seconds, 0 (" + never + ") to " + SECONDS_MAX + ", or an interval such as INTERVAL '10' MINUTE.";
    }
}
