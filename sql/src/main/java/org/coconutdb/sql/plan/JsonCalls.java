package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlJsonEmptyOrError;
import org.apache.calcite.sql.SqlJsonExistsErrorBehavior;
import org.apache.calcite.sql.SqlJsonQueryEmptyOrErrorBehavior;
import org.apache.calcite.sql.SqlJsonQueryWrapperBehavior;
import org.apache.calcite.sql.SqlJsonValueEmptyOrErrorBehavior;
import org.apache.calcite.sql.SqlJsonValueReturning;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLambda;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.sql.parser.JsonArrows;
import org.coconutdb.sql.parser.Refusals;
import org.coconutdb.sql.parser.TypeNames;
import org.jspecify.annotations.Nullable;

/// Puts functions of ours in the place of what reads JSON, before it is validated: Calcite's lose digits of numbers, know another language of paths than
/// the standard's, and take for JSON what only begins as such. The texts that say what is done ON EMPTY and ON ERROR are those of
/// [org.coconutdb.sql.run.JsonFunctions].
final class JsonCalls {
    /// Names of the functions, none of which anybody writes.
    static final String VALUE = "$JSON_VALUE";
    static final String QUERY = "$JSON_QUERY";
    static final String EXISTS = "$JSON_EXISTS";
    static final String IS_JSON = "$IS_JSON";
    static final String CHECKED = "$JSON";
    static final String GET = "$JSON_GET";
    static final String GET_TEXT = "$JSON_GET_TEXT";

    private static final Map<SqlOperator, String> PREDICATES = Map.of(
            SqlStdOperatorTable.IS_JSON_VALUE, "VALUE",
            SqlStdOperatorTable.IS_JSON_OBJECT, "OBJECT",
            SqlStdOperatorTable.IS_JSON_ARRAY, "ARRAY",
            SqlStdOperatorTable.IS_JSON_SCALAR, "SCALAR",
            SqlStdOperatorTable.IS_NOT_JSON_VALUE, "VALUE",
            SqlStdOperatorTable.IS_NOT_JSON_OBJECT, "OBJECT",
            SqlStdOperatorTable.IS_NOT_JSON_ARRAY, "ARRAY",
            SqlStdOperatorTable.IS_NOT_JSON_SCALAR, "SCALAR");

    private JsonCalls() {}

    /// The same node where it is none of these.
    static @Nullable SqlNode rewritten(@Nullable SqlNode node) {
        if (!(node instanceof SqlCall call)) {
            return node;
        }
        SqlOperator operator = call.getOperator();
        if (operator.equals(SqlStdOperatorTable.JSON_VALUE)) {
            return value(call);
        }
        if (operator.equals(SqlStdOperatorTable.JSON_QUERY)) {
            return query(call);
        }
        if (operator.equals(SqlStdOperatorTable.JSON_EXISTS)) {
            return exists(call);
        }
        if (PREDICATES.containsKey(operator)) {
            return isJson(call, operator);
        }
        if (operator.equals(JsonArrows.GET) || operator.equals(JsonArrows.GET_TEXT)) {
            return function(operator.equals(JsonArrows.GET) ? GET : GET_TEXT, call, List.of(call.operand(0), call.operand(1)));
        }
        if (operator.equals(SqlStdOperatorTable.JSON_OBJECT) || operator.equals(SqlStdOperatorTable.JSON_ARRAY)) {
            return nesting(call);
        }
        if (call instanceof SqlLambda) {
            throw Refusals.notYet("-> behind a name alone as an argument", "Write the table before the column: f(t.doc -> 'key').",
                    call.getParserPosition());
        }
        if (call.getKind() == SqlKind.CAST && call.operand(1) instanceof SqlDataTypeSpec type && TypeNames.isJson(type.getTypeNameSpec())) {
            return function(CHECKED, call, List.of(cast(call.operand(0), type.getParserPosition())));
        }
        return node;
    }

    private static SqlNode function(String name, SqlCall of, List<SqlNode> arguments) {
        return Functions.own(name).createCall(of.getParserPosition(), arguments);
    }

    private static SqlNode text(String text, SqlParserPos position) {
        return SqlLiteral.createCharString(text, position);
    }

    private static SqlNode cast(SqlNode value, SqlParserPos position) {
        return SqlStdOperatorTable.CAST.createCall(position, value,
                new SqlDataTypeSpec(new SqlBasicTypeNameSpec(SqlTypeName.VARCHAR, position), position));
    }

    private static SqlNode value(SqlCall call) {
        SqlParserPos position = call.getParserPosition();
        List<SqlNode> operands = call.getOperandList();
        SqlNode onEmpty = text("N", position);
        SqlNode onError = text("N", position);
        SqlNode returned = null;
        for (int i = 2; i < operands.size(); i++) {
            Object symbol = operands.get(i) instanceof SqlLiteral literal ? literal.getValue() : null;
            if (symbol == SqlJsonValueReturning.RETURNING) {
                i++;
                returned = operands.get(i);
            } else if (symbol instanceof SqlJsonValueEmptyOrErrorBehavior behaviour) {
                SqlNode otherwise = text(behaviour == SqlJsonValueEmptyOrErrorBehavior.ERROR ? "E" : "N", position);
                if (behaviour == SqlJsonValueEmptyOrErrorBehavior.DEFAULT) {
                    i++;
                    otherwise = otherwise(operands.get(i), position);
                }
                i++;
                if (((SqlLiteral) operands.get(i)).getValue() == SqlJsonEmptyOrError.EMPTY) {
                    onEmpty = otherwise;
                } else {
                    onError = otherwise;
                }
            }
        }
        SqlNode value = function(VALUE, call, List.of(json(operands.get(0)), operands.get(1), onEmpty, onError));
        return returned == null ? value : SqlStdOperatorTable.CAST.createCall(position, value, returned);
    }

    /// A default may be NULL, and no argument.
    private static SqlNode otherwise(SqlNode value, SqlParserPos position) {
        SqlNode marked = SqlStdOperatorTable.CONCAT.createCall(position, text("D", position), cast(value, position));
        return SqlStdOperatorTable.COALESCE.createCall(position, marked, text("N", position));
    }

    private static SqlNode query(SqlCall call) {
        SqlParserPos position = call.getParserPosition();
        List<@Nullable SqlNode> operands = new ArrayList<>(call.getOperandList());
        Object wrapper = symbol(operands, 2);
        String kind = wrapper == SqlJsonQueryWrapperBehavior.WITH_UNCONDITIONAL_ARRAY
                ? "W"
                : wrapper == SqlJsonQueryWrapperBehavior.WITH_CONDITIONAL_ARRAY ? "C" : "N";
        return function(QUERY, call, List.of(json(call.operand(0)), call.operand(1), text(kind, position),
                text(behaviour(symbol(operands, 3)), position), text(behaviour(symbol(operands, 4)), position)));
    }

    private static @Nullable Object symbol(List<@Nullable SqlNode> operands, int index) {
        return index < operands.size() && operands.get(index) instanceof SqlLiteral literal ? literal.getValue() : null;
    }

    private static String behaviour(@Nullable Object symbol) {
        return switch (symbol) {
            case SqlJsonQueryEmptyOrErrorBehavior.ERROR -> "E";
            case SqlJsonQueryEmptyOrErrorBehavior.EMPTY_ARRAY -> "D[]";
            case SqlJsonQueryEmptyOrErrorBehavior.EMPTY_OBJECT -> "D{}";
            case null, default -> "N";
        };
    }

    private static SqlNode exists(SqlCall call) {
        Object symbol = symbol(new ArrayList<>(call.getOperandList()), 2);
        String onError = symbol instanceof SqlJsonExistsErrorBehavior behaviour
                ? switch (behaviour) {
                    case TRUE -> "T";
                    case FALSE -> "F";
                    case UNKNOWN -> "N";
                    case ERROR -> "E";
                }
                : "F";
        return function(EXISTS, call, List.of(json(call.operand(0)), call.operand(1), text(onError, call.getParserPosition())));
    }

    private static SqlNode isJson(SqlCall call, SqlOperator operator) {
        SqlParserPos position = call.getParserPosition();
        SqlNode is = function(IS_JSON, call, List.of(call.operand(0), text(String.valueOf(PREDICATES.get(operator)), position)));
        boolean isNegated = operator.getName().contains("NOT");
        return isNegated ? SqlStdOperatorTable.NOT.createCall(position, is) : is;
    }

    /// `text FORMAT JSON` is the text here.
    private static SqlNode json(SqlNode node) {
        return node instanceof SqlCall call && call.getOperator().equals(SqlStdOperatorTable.JSON_VALUE_EXPRESSION) ? call.operand(0)
                : node;
    }

    /// What is JSON by itself stands in objects and arrays as such, and not as a text.
    private static SqlNode nesting(SqlCall call) {
        List<@Nullable SqlNode> operands = new ArrayList<>(call.getOperandList());
        for (int i = 0; i < operands.size(); i++) {
            if (operands.get(i) instanceof SqlCall inner && isJsonItself(inner)) {
                operands.set(i, SqlStdOperatorTable.JSON_VALUE_EXPRESSION.createCall(inner.getParserPosition(), inner));
            }
        }
        return call.getOperator().createCall(call.getParserPosition(), operands);
    }

    private static boolean isJsonItself(SqlCall call) {
        String name = call.getOperator().getName();
        return name.equals(QUERY) || name.equals(CHECKED) || name.equals(GET);
    }
}
