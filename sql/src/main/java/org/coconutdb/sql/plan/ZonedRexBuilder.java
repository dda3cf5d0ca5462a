package org.coconutdb.sql.plan;

import java.time.ZoneOffset;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.TimestampString;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CoconutTypeSystem;
import org.coconutdb.sql.catalog.ZonedTimes;
import org.jspecify.annotations.Nullable;

/// Makes casts between TIMESTAMP WITH TIME ZONE and texts, dates and times calls of functions that ask for the session's zone when they run,
/// and casts of times and UUIDs to texts ones of functions of ours: Calcite's leave the fractions of seconds out, and have no code for UUIDs.
///
/// Calcite's own casts are computed while planning where their operand is known, in the zone of the planner, and a plan serves sessions of all
/// zones; of text they read no zone, and they write none. Rules that make casts, or simplify them, come by here too.
final class ZonedRexBuilder extends RexBuilder {
    ZonedRexBuilder(RelDataTypeFactory typeFactory) {
        super(typeFactory);
    }

    @Override
    public RexNode makeCast(
            SqlParserPos pos,
            RelDataType type,
            RexNode exp,
            boolean matchNullability,
            boolean safe,
            RexLiteral format) {
        RexNode converted = converted(pos, type, exp, format, matchNullability);
        return converted == null ? super.makeCast(pos, type, exp, matchNullability, safe, format) : converted;
    }

    @Override
    public RexNode makeAbstractCast(SqlParserPos pos, RelDataType type, RexNode exp, boolean safe) {
        RexNode converted = converted(pos, type, exp, null, true);
        return converted == null ? super.makeAbstractCast(pos, type, exp, safe) : converted;
    }

    @Override
    public RexNode makeAbstractCast(SqlParserPos pos, RelDataType type, RexNode exp, boolean safe, RexLiteral format) {
        RexNode converted = converted(pos, type, exp, format, true);
        return converted == null ? super.makeAbstractCast(pos, type, exp, safe, format) : converted;
    }

    static boolean isMoment(RelDataType type) {
        return type.getSqlTypeName() == SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE;
    }

    /// Null where no zone stands between the two types.
    ///
    /// @param matchNullability whether a literal becomes one that could be NULL, where the type says so
    private @Nullable RexNode converted(
            SqlParserPos pos,
            RelDataType type,
            RexNode exp,
            @Nullable RexLiteral format,
            boolean matchNullability) {
        boolean isFromMoment = isMoment(exp.getType());
        SqlOperator written = SqlTypeName.CHAR_TYPES.contains(type.getSqlTypeName()) ? TextOperators.of(exp.getType().getSqlTypeName())
                : null;
        if (written != null && (format == null || format.isNull()) && !(exp instanceof RexLiteral none && none.isNull())) {
            RexNode text = function(SqlTypeName.VARCHAR, written, exp);
            return text.getType().equals(type) ? text : super.makeAbstractCast(pos, type, text, false);
        }
        if (isFromMoment == isMoment(type) || (exp instanceof RexLiteral literal && literal.isNull())) {
            return null;
        }
        SqlTypeName other = isFromMoment ? type.getSqlTypeName() : exp.getType().getSqlTypeName();
        RexNode converted = switch (other) {
            case TIMESTAMP -> isFromMoment ? reading(exp) : moment(exp);
            case DATE, TIME -> isFromMoment ? reading(exp) : moment(
                    super.makeAbstractCast(pos, like(SqlTypeName.TIMESTAMP, exp), exp, false));
            case CHAR, VARCHAR -> isFromMoment ? text(exp) : read(exp);
            default -> null;
        };
        if (converted == null) {
            return null;
        }
        if (format != null && !format.isNull()) {
            throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                    .with("what", "CAST … FORMAT of TIMESTAMP WITH TIME ZONE")
                    .mend("CAST a TIMESTAMP, made by AT TIME ZONE.");
        }
        RelDataType wanted = converted instanceof RexLiteral && !matchNullability
                ? getTypeFactory().createTypeWithNullability(type, false)
                : type;
        return converted.getType().equals(wanted) ? converted : super.makeAbstractCast(pos, wanted, converted, false);
    }

    private RelDataType like(SqlTypeName type, RexNode operand) {
        return getTypeFactory().createTypeWithNullability(getTypeFactory().createSqlType(type), operand.getType().isNullable());
    }

    private RexNode function(SqlTypeName type, SqlOperator function, RexNode operand) {
        return makeCall(like(type, operand), function, List.of(operand));
    }

    /// The reading of the session's clock at a moment.
    RexNode reading(RexNode moment) {
        return function(SqlTypeName.TIMESTAMP, ZonedOperators.AT_LOCAL, moment);
    }

    /// The moment of a reading of the session's clock.
    RexNode moment(RexNode reading) {
        return function(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, ZonedOperators.AT_LOCAL, reading);
    }

    private RexNode text(RexNode moment) {
        return function(SqlTypeName.VARCHAR, ZonedOperators.TEXT, moment);
    }

    /// A text that says its zone is the same moment for all sessions.
    private RexNode read(RexNode text) {
        String known = text instanceof RexLiteral literal ? literal.getValueAs(String.class) : null;
        if (known != null && ZonedTimes.namesZone(known)) {
            try {
                long moment = ZonedTimes.read(known, ZoneOffset.UTC);
                return makeTimestampWithLocalTimeZoneLiteral(TimestampString.fromMillisSinceEpoch(moment),
                        CoconutTypeSystem.FRACTION_DIGITS_MAX);
            } catch (CoconutException unreadable) {
                // Told when the statement runs, if it gets there.
                return function(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, ZonedOperators.READ, text);
            }
        }
        return function(SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, ZonedOperators.READ, text);
    }
}
