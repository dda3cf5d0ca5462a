package org.coconutdb.sql.catalog;

import java.math.BigDecimal;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIntervalLiteral;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlIntervalLiteral.IntervalValue;
import org.apache.calcite.sql.parser.SqlParserUtil;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.parser.OptionClause;
import org.jspecify.annotations.Nullable;

/// The option `TTL`: time to live, in whole seconds or as an interval of days to seconds.
public final class TtlOption {
    /// About 68 years.
    public static final int SECONDS_MAX = Integer.MAX_VALUE;

    private static final String NAME = "TTL";
    private static final String EXAMPLE = "WITH (TTL = 60)";
    private static final String MEND = "Give whole seconds, 0 (never expires) to " + SECONDS_MAX
            + ", or an interval such as INTERVAL '10' MINUTE.";

    private TtlOption() {}

    /// What the options of WITH (…) give it, null where there are none. INVALID_STATEMENT for any other option.
    public static @Nullable SqlNode of(List<OptionClause> options) {
        SqlNode value = null;
        for (OptionClause option : options) {
            String name = option.name().getSimple();
            if (!name.equals(NAME)) {
                throw at(CoconutException.of(ErrorCode.INVALID_STATEMENT).with("option", name), option.name())
                        .mend("There is no such option. Did you mean " + NAME + "? It is the only one: " + EXAMPLE + ".");
            }
            if (value != null) {
                throw at(CoconutException.of(ErrorCode.INVALID_STATEMENT).with("option", name), option.name())
                        .mend("Give the option once: " + EXAMPLE + ".");
            }
            value = option.value();
        }
        return value;
    }

    /// The seconds that a number or an interval gives. INVALID_ARGUMENT where they are out of bounds, or it is something else.
    public static int seconds(SqlNode value) {
        if (value instanceof SqlNumericLiteral number) {
            return seconds(number.getValueAs(BigDecimal.class), value);
        }
        if (value instanceof SqlCall call && call.isA(java.util.Set.of(SqlKind.MINUS_PREFIX))
                && call.operand(0) instanceof SqlNumericLiteral number) {
            return seconds(number.getValueAs(BigDecimal.class).negate(), value);
        }
        if (value instanceof SqlIntervalLiteral literal) {
            IntervalValue interval = literal.getValueAs(IntervalValue.class);
            if (!interval.getIntervalQualifier().isYearMonth()) {
                return seconds(BigDecimal.valueOf(SqlParserUtil.intervalToMillis(interval)).movePointLeft(3), value);
            }
        }
        throw at(CoconutException.of(ErrorCode.INVALID_ARGUMENT).with("option", NAME).with("value", value), value)
                .mend(value instanceof SqlDynamicParam ? "A table's time to live is a constant. " + MEND : MEND);
    }

    private static int seconds(BigDecimal seconds, SqlNode place) {
        try {
            return requireWithin(seconds.longValueExact());
        } catch (ArithmeticException _) {
            throw at(outside(seconds), place);
        } catch (CoconutException failure) {
            throw at(failure, place);
        }
    }

    /// The seconds as they are. INVALID_ARGUMENT where they are out of bounds.
    public static int requireWithin(long seconds) {
        if (seconds < 0 || seconds > SECONDS_MAX) {
            throw outside(seconds);
        }
        return (int) seconds;
    }

    private static CoconutException outside(Object seconds) {
        return CoconutException.of(ErrorCode.INVALID_ARGUMENT).with("option", NAME).with("value", seconds).mend(MEND);
    }

    private static CoconutException at(CoconutException error, SqlNode place) {
        return error.with("line", place.getParserPosition().getLineNum()).with("column", place.getParserPosition().getColumnNum());
    }
}
