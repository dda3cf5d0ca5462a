package org.coconutdb.sql.plan;

import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIntervalLiteral;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlUnknownLiteral;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.sql.catalog.ZonedTimes;
import org.coconutdb.sql.parser.ZonedSyntax;
import org.jspecify.annotations.Nullable;

/// What the parser knows of time zones and Calcite's validator does not, in words that it does, before it looks.
final class ZonedCalls {
    private ZonedCalls() {}

    /// The same node where it is none of these.
    static @Nullable SqlNode rewritten(@Nullable SqlNode node) {
        return switch (node) {
            case SqlUnknownLiteral literal when literal.tag.equals(ZonedSyntax.LITERAL) || literal.tag.equals(ZonedSyntax.LOCAL_LITERAL) ->
                    literal(literal);
            case SqlCall call when call.getOperator().equals(ZonedSyntax.AT_TIME_ZONE) ->
                    ZonedOperators.AT_TIME_ZONE.createCall(call.getParserPosition(), zone(call.operand(1)), call.operand(0));
            case SqlCall call when call.getOperator().equals(ZonedSyntax.AT_LOCAL) ->
                    ZonedOperators.AT_LOCAL.createCall(call.getParserPosition(), List.of(call.operand(0)));
            case SqlCall call when call.getKind() == SqlKind.EXTRACT && call.operand(0) instanceof SqlIntervalQualifier unit
                    && unit.timeFrameName != null -> {
                SqlOperator part = part(unit.timeFrameName);
                yield part == null ? call : part.createCall(call.getParserPosition(), List.of(call.operand(1)));
            }
            case null, default -> node;
        };
    }

    private static @Nullable SqlOperator part(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "TIMEZONE" -> ZonedOperators.OFFSET;
            case "TIMEZONE_HOUR" -> ZonedOperators.OFFSET_HOURS;
            case "TIMEZONE_MINUTE" -> ZonedOperators.OFFSET_MINUTES;
            default -> null;
        };
    }

    /// A literal is the cast of its text, so that one without a zone is of each session's own.
    private static SqlNode literal(SqlUnknownLiteral literal) {
        SqlParserPos position = literal.getParserPosition();
        String text = literal.getValueAs(String.class);
        try {
            ZonedTimes.read(text, ZoneOffset.UTC);
        } catch (CoconutException invalid) {
            throw invalid.with("line", position.getLineNum()).with("column", position.getColumnNum());
        }
        return SqlStdOperatorTable.CAST.createCall(position, SqlLiteral.createCharString(text, position),
                new SqlDataTypeSpec(new SqlBasicTypeNameSpec(SqlTypeName.TIMESTAMP_TZ, position), position));
    }

    private static SqlNode zone(SqlNode written) {
        return written instanceof SqlIntervalLiteral interval
                ? SqlLiteral.createCharString(ZonedSyntax.zone(interval).getId(), interval.getParserPosition())
                : written;
    }
}
