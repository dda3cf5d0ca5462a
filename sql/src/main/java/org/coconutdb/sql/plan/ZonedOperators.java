package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.adapter.enumerable.NotNullImplementor;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CoconutTypeSystem;
import org.coconutdb.sql.plan.NamedFunction.Stability;
import org.coconutdb.sql.run.ZonedFunctions;

/// The functions of time zones: those that statements can call, and those that casts and other operators become, see [ZonedExpressions]. What
/// depends on the session's zone is computed when the statement runs, never while planning.
final class ZonedOperators {
    private static final SqlTypeName MOMENT = SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE;
    private static final SqlReturnTypeInference MOMENT_LIKE_FIRST = nullable(MOMENT);
    private static final SqlReturnTypeInference LONG = nullable(SqlTypeName.BIGINT);

    /// `TIMEZONE(zone, value)`, PostgreSQL's name of `value AT TIME ZONE zone`: a reading of that zone's clock becomes a moment, a moment a reading.
    static final SqlOperator AT_TIME_ZONE = new NamedFunction("TIMEZONE", SqlSyntax.FUNCTION, SqlFunctionCategory.TIMEDATE,
            binding -> converse(binding, 1), Stability.ALWAYS, List.of(SqlTypeFamily.CHARACTER, SqlTypeFamily.TIMESTAMP),
            (_, call, operands) -> Expressions.call(ZonedFunctions.class, method(call, 1), Expressions.convert_(operands.get(0),
                    String.class), asLong(operands.get(1))));

    /// `TIMEZONE(value)` of `value AT LOCAL`: the same by the session's zone.
    static final SqlOperator AT_LOCAL = new NamedFunction("TIMEZONE", SqlSyntax.FUNCTION, SqlFunctionCategory.TIMEDATE,
            binding -> converse(binding, 0), Stability.IN_A_STATEMENT, List.of(SqlTypeFamily.TIMESTAMP),
            (translator, call, operands) -> Expressions.call(ZonedFunctions.class, method(call, 0), translator.getRoot(), asLong(operands
                    .get(0))));

    /// A moment as text.
    static final SqlOperator TEXT = ofSession("$ZONED_TEXT", "toText", nullable(SqlTypeName.VARCHAR), SqlTypeFamily.TIMESTAMP);
    /// A moment of text.
    static final SqlOperator READ = ofSession("$ZONED_READ", "read", MOMENT_LIKE_FIRST, SqlTypeFamily.CHARACTER);
    /// The moment of a reading that was computed from that of a moment.
    static final SqlOperator NEAR = ofSession("$ZONED_NEAR", "toMomentNear", MOMENT_LIKE_FIRST, SqlTypeFamily.TIMESTAMP,
            SqlTypeFamily.TIMESTAMP);
    /// A moment and an interval of days, with 1 or -1.
    static final SqlOperator PLUS_DAYS = ofSession("$ZONED_PLUS_DAYS", "plusDays", MOMENT_LIKE_FIRST, SqlTypeFamily.TIMESTAMP,
            SqlTypeFamily.INTERVAL_DAY_TIME, SqlTypeFamily.INTEGER);
    /// A moment and an interval of months, with 1 or -1.
    static final SqlOperator PLUS_MONTHS = ofSession("$ZONED_PLUS_MONTHS", "plusMonths", MOMENT_LIKE_FIRST, SqlTypeFamily.TIMESTAMP,
            SqlTypeFamily.INTERVAL_YEAR_MONTH, SqlTypeFamily.INTEGER);
    /// Bounds of the readings that are of a moment, and earlier and later.
    static final SqlOperator LEAST_READING = ofSession("$LEAST_READING", "leastReading", nullable(SqlTypeName.TIMESTAMP),
            SqlTypeFamily.TIMESTAMP);
    static final SqlOperator GREATEST_READING = ofSession("$GREATEST_READING", "greatestReading", nullable(SqlTypeName.TIMESTAMP),
            SqlTypeFamily.TIMESTAMP);

    /// Of EXTRACT: how far the session's clock is from UTC at a moment.
    static final SqlOperator OFFSET = ofSession("$TIMEZONE", "offset", LONG, SqlTypeFamily.TIMESTAMP);
    static final SqlOperator OFFSET_HOURS = ofSession("$TIMEZONE_HOUR", "offsetHours", LONG, SqlTypeFamily.TIMESTAMP);
    static final SqlOperator OFFSET_MINUTES = ofSession("$TIMEZONE_MINUTE", "offsetMinutes", LONG, SqlTypeFamily.TIMESTAMP);

    private static final SqlOperator NOW = clock("CURRENT_TIMESTAMP", MOMENT, "now");

    /// All of them.
    static final List<SqlOperator> ALL = List.of(AT_TIME_ZONE, AT_LOCAL, TEXT, READ, NEAR, PLUS_DAYS, PLUS_MONTHS, LEAST_READING,
            GREATEST_READING, OFFSET, OFFSET_HOURS, OFFSET_MINUTES, NOW, clockOfDigits("CURRENT_TIMESTAMP", MOMENT, "now"),
            clock("LOCALTIMESTAMP", SqlTypeName.TIMESTAMP, "localNow"),
            clockOfDigits("LOCALTIMESTAMP", SqlTypeName.TIMESTAMP, "localNow"),
            new FunctionAlias("NOW", NOW, OperandTypes.NILADIC));

    private ZonedOperators() {}

    private static SqlReturnTypeInference nullable(SqlTypeName type) {
        return ReturnTypes.explicit(type).andThen(SqlTypeTransforms.TO_NULLABLE);
    }

    /// A moment of a reading, a reading of a moment, with as many digits.
    private static RelDataType converse(SqlOperatorBinding binding, int operand) {
        RelDataType type = binding.getOperandType(operand);
        SqlTypeName other = ZonedRexBuilder.isMoment(type) ? SqlTypeName.TIMESTAMP : MOMENT;
        int precision = SqlTypeFamily.TIMESTAMP.getTypeNames().contains(type.getSqlTypeName()) && type.getPrecision() >= 0
                ? type.getPrecision()
                : CoconutTypeSystem.FRACTION_DIGITS_MAX;
        boolean isNullable = false;
        for (int i = 0; i < binding.getOperandCount(); i++) {
            isNullable |= binding.getOperandType(i).isNullable();
        }
        return binding.getTypeFactory().createTypeWithNullability(binding.getTypeFactory().createSqlType(other, precision), isNullable);
    }

    private static String method(RexCall call, int operand) {
        return ZonedRexBuilder.isMoment(call.getOperands().get(operand).getType()) ? "toReading" : "toMoment";
    }

    private static Expression asLong(Expression value) {
        return Expressions.convert_(value, long.class);
    }

    private static SqlOperator ofSession(String name, String method, SqlReturnTypeInference type, SqlTypeFamily... arguments) {
        NotNullImplementor code = (translator, _, operands) -> {
            Expression[] all = new Expression[operands.size() + 1];
            all[0] = translator.getRoot();
            for (int i = 0; i < operands.size(); i++) {
                all[i + 1] = operands.get(i);
            }
            return Expressions.call(ZonedFunctions.class, method, all);
        };
        return new NamedFunction(name, SqlSyntax.FUNCTION, SqlFunctionCategory.TIMEDATE, type, Stability.IN_A_STATEMENT, List.of(arguments),
                code);
    }

    private static SqlOperator clock(String name, SqlTypeName type, String method) {
        return new NamedFunction(name, SqlSyntax.FUNCTION_ID, SqlFunctionCategory.TIMEDATE, ReturnTypes.explicit(type),
                Stability.IN_A_STATEMENT, List.of(), (translator, _, _) -> Expressions.call(ZonedFunctions.class, method, translator
                        .getRoot(), Expressions.constant(CoconutTypeSystem.FRACTION_DIGITS_MAX)));
    }

    private static SqlOperator clockOfDigits(String name, SqlTypeName type, String method) {
        return new NamedFunction(name, SqlSyntax.FUNCTION, SqlFunctionCategory.TIMEDATE,
                binding -> binding.getTypeFactory().createSqlType(type, digits(binding)), Stability.IN_A_STATEMENT,
                List.of(SqlTypeFamily.INTEGER),
                (translator, call, _) -> Expressions.call(ZonedFunctions.class, method, translator.getRoot(), Expressions.constant(call
                        .getType().getPrecision())));
    }

    private static int digits(SqlOperatorBinding binding) {
        Integer digits = binding.isOperandLiteral(0, false) ? binding.getOperandLiteralValue(0, Integer.class) : null;
        if (digits == null || digits < 0 || digits > CoconutTypeSystem.FRACTION_DIGITS_MAX) {
            throw CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                    .with("what", "digits of " + binding.getOperator().getName())
                    .mend("Times are kept in milliseconds: write 0 to " + CoconutTypeSystem.FRACTION_DIGITS_MAX + ".");
        }
        return digits;
    }
}
