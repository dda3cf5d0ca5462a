package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;
import org.coconutdb.sql.plan.NamedFunction.Stability;
import org.coconutdb.sql.run.TextFunctions;
import org.coconutdb.sql.run.TimeFunctions;
import org.jspecify.annotations.Nullable;

/// What casts of times and UUIDs to texts become, see [ZonedRexBuilder]. Those of moments are [ZonedOperators]'.
final class TextOperators {
    private static final SqlOperator TIME = function("$TIME_TEXT", TimeFunctions.class, "timeText", int.class, SqlTypeFamily.TIME);
    private static final SqlOperator TIMESTAMP = function("$TIMESTAMP_TEXT", TimeFunctions.class, "text", long.class,
            SqlTypeFamily.TIMESTAMP);
    private static final SqlOperator UUID = function("$UUID_TEXT", TextFunctions.class, "ofUuid", java.util.UUID.class,
            SqlTypeFamily.ANY);

    private TextOperators() {}

    private static SqlOperator function(String name, Class<?> owner, String method, Class<?> type, SqlTypeFamily argument) {
        return new NamedFunction(name, SqlSyntax.FUNCTION, SqlFunctionCategory.STRING,
                ReturnTypes.explicit(SqlTypeName.VARCHAR).andThen(SqlTypeTransforms.TO_NULLABLE), Stability.ALWAYS, List.of(argument),
                (_, _, operands) -> Expressions.call(owner, method, Expressions.convert_(operands.getFirst(), type)));
    }

    /// Null of a type that Calcite's cast is right for.
    static @Nullable SqlOperator of(SqlTypeName type) {
        return switch (type) {
            case TIME -> TIME;
            case TIMESTAMP -> TIMESTAMP;
            case UUID -> UUID;
            default -> null;
        };
    }

    static boolean isText(SqlOperator operator) {
        return operator.equals(TIME) || operator.equals(TIMESTAMP) || operator.equals(UUID);
    }
}
