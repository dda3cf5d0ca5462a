package org.coconutdb.sql.parser;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlIntervalLiteral;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlPostfixOperator;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.SqlUnknownLiteral;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.parser.SqlParserUtil;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.ZonedTimes;

/// What the grammar makes of time zones. TIMESTAMP WITH TIME ZONE and TIMESTAMP WITH LOCAL TIME ZONE are one type: a point on the time line.
public final class ZonedSyntax {
    /// What the literals are marked with.
    public static final String LITERAL = "TIMESTAMP WITH TIME ZONE";
    public static final String LOCAL_LITERAL = "TIMESTAMP WITH LOCAL TIME ZONE";

    private static final BigDecimal SECONDS_OF_HOUR = BigDecimal.valueOf(3600);
    // Above arithmetic, as in the standard's grammar.
    private static final int PRECEDENCE = 72;

    /// `value AT TIME ZONE zone`.
    public static final SqlBinaryOperator AT_TIME_ZONE = new SqlBinaryOperator("AT TIME ZONE", SqlKind.OTHER, PRECEDENCE, true,
            ReturnTypes.ARG0, null, OperandTypes.ANY_ANY);
    /// `value AT LOCAL`.
    public static final SqlPostfixOperator AT_LOCAL = new SqlPostfixOperator("AT LOCAL", SqlKind.OTHER, PRECEDENCE, ReturnTypes.ARG0, null,
            OperandTypes.ANY);

    private ZonedSyntax() {}

    /// SET TIME ZONE to one of a name. INVALID_ARGUMENT where there is none.
    public static SessionSetting named(String name) {
        return new SessionSetting.TimeZone(ZonedTimes.zone(name));
    }

    /// SET TIME ZONE to so many hours from UTC, or an interval.
    public static SessionSetting distance(SqlNode value, boolean isNegative) {
        BigDecimal seconds = value instanceof SqlIntervalLiteral interval
                ? BigDecimal.valueOf(millis(interval)).movePointLeft(3)
                : ((SqlLiteral) value).getValueAs(BigDecimal.class).multiply(SECONDS_OF_HOUR);
        return new SessionSetting.TimeZone(offset(isNegative ? seconds.negate() : seconds));
    }

    /// The zone that an interval is the distance from UTC of.
    public static ZoneId zone(SqlIntervalLiteral interval) {
        return offset(BigDecimal.valueOf(millis(interval)).movePointLeft(3));
    }

    private static long millis(SqlIntervalLiteral interval) {
        SqlIntervalLiteral.IntervalValue value = interval.getValueAs(SqlIntervalLiteral.IntervalValue.class);
        if (value.getIntervalQualifier().isYearMonth()) {
            throw tooFar(interval);
        }
        return value.getSign() * SqlParserUtil.intervalToMillis(value);
    }

    private static ZoneId offset(BigDecimal seconds) {
        try {
            return ZoneOffset.ofTotalSeconds(seconds.intValueExact());
        } catch (DateTimeException | ArithmeticException tooFar) {
            throw tooFar(seconds + " s");
        }
    }

    private static CoconutException tooFar(Object value) {
        return CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                .with("timeZone", value)
                .mend("A zone is at most 18 hours from UTC: write its name, such as 'Europe/Berlin', or a distance, such as '+02:00'.");
    }

    /// NOT_SUPPORTED for TIME WITH TIME ZONE, by whatever name.
    static void refuseTimes(SqlTypeNameSpec type, SqlParserPos position) {
        String name = type.getTypeName().getSimple();
        if (name.equals(SqlTypeName.TIME_TZ.name()) || name.equals(SqlTypeName.TIME_WITH_LOCAL_TIME_ZONE.name())) {
            throw noTimes(position);
        }
    }

    /// The same of a literal.
    static void refuseTimes(SqlUnknownLiteral literal) {
        if (literal.tag.startsWith("TIME WITH ")) {
            throw noTimes(literal.getParserPosition());
        }
    }

    /// NOT_SUPPORTED: how far a clock is from UTC depends on the day.
    public static CoconutException noTimes(SqlParserPos position) {
        return Refusals.notYet("TIME WITH TIME ZONE",
                "How far a clock is from UTC depends on the day: use TIMESTAMP WITH TIME ZONE, or TIME and a column for the zone.",
                position);
    }
}
