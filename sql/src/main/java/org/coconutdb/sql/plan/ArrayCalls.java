package org.coconutdb.sql.plan;

import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.parser.ArrayTypeName;
import org.coconutdb.sql.parser.Refusals;
import org.coconutdb.sql.parser.TypeNames;
import org.jspecify.annotations.Nullable;

/// Makes calls that have arrays for operands ones that there are functions for, and their operands of the same types, before Calcite looks at
/// them: `||` and `= ANY` with arrays, elements beside arrays, CAST to and from text.
final class ArrayCalls {
    /// With an array for the first argument, and an element behind it.
    private static final Set<String> ELEMENT_SECOND = Set.of("ARRAY_APPEND", "ARRAY_POSITION", "ARRAY_CONTAINS", "ARRAY_REMOVE");

    private final StatementValidator validator;

    ArrayCalls(StatementValidator validator) {
        this.validator = validator;
    }

    /// Before types are known. ARRAY_AGG is ours; an empty array is one of the type that it is cast to.
    static @Nullable SqlNode rewritten(@Nullable SqlNode node) {
        if (!(node instanceof SqlBasicCall call)) {
            return node;
        }
        if (call.getOperator().equals(SqlLibraryOperators.ARRAY_AGG)) {
            call.setOperator(ArrayAgg.FUNCTION);
        } else if (call.getKind() == SqlKind.CAST && call.operand(0) instanceof SqlCall array
                && array.getKind() == SqlKind.ARRAY_VALUE_CONSTRUCTOR && array.operandCount() == 0) {
            call.setOperand(0, SqlLiteral.createCharString("{}", array.getParserPosition()));
        } else if (call.getKind() == SqlKind.UNNEST && call.getOperandList().stream().anyMatch(operand -> SqlUtil.isNullLiteral(operand,
                false))) {
            throw at(call, ErrorCode.INDETERMINATE_TYPE).with("expression", "UNNEST(NULL)").mend(
                    "Say what it would have: CAST(NULL AS INTEGER ARRAY).");
        }
        return node;
    }

    /// Of `ARRAY(SELECT …)`: rows of several columns would be elements that no array of a table can have.
    static void requireOneColumn(SqlCall call, RelDataType array) {
        RelDataType element = array.getComponentType();
        if (element != null && element.isStruct() && element.getFieldCount() > 1) {
            throw at(call, ErrorCode.SYNTAX_ERROR).with("columns", element.getFieldCount()).mend(
                    "The query in ARRAY( ) answers one column: select one, or write ARRAY[ ] of them into it.");
        }
    }

    /// Once the types of its operands can be known.
    void adapt(SqlValidatorScope scope, SqlCall call) {
        SqlOperator operator = call.getOperator();
        String name = operator.getName();
        if (call.getKind() == SqlKind.CAST) {
            adaptCast(scope, call);
        } else if (operator.equals(SqlStdOperatorTable.CONCAT)) {
            adaptConcat(scope, (SqlBasicCall) call);
        } else if (operator instanceof SqlQuantifyOperator && call.operand(1) instanceof SqlNodeList list && list.size() == 1) {
            adaptQuantified(scope, call, list);
        } else if (ELEMENT_SECOND.contains(name) && call.operandCount() == 2) {
            align(scope, call, 0, 1);
        } else if (name.equals("ARRAY_PREPEND") && call.operandCount() == 2) {
            align(scope, call, 1, 0);
        } else if ((name.equals("ARRAY_CONCAT") || name.equals("ARRAY_CAT")) && call.operandCount() == 2) {
            alignAll(scope, call);
        } else if (name.equals("ARRAY_TO_STRING") && call.operandCount() > 1) {
            RelDataType type = array(scope, call.operand(0));
            if (type != null && !isText(innermost(type))) {
                call.setOperand(0, cast(call.operand(0), texts(depth(type))));
            }
        } else if (call.getKind() == SqlKind.ARRAY_VALUE_CONSTRUCTOR && call.operandCount() == 0) {
            throw at(call, ErrorCode.INDETERMINATE_TYPE).with("expression", "ARRAY[]").mend(
                    "Say what it would have: CAST(ARRAY[] AS INTEGER ARRAY).");
        } else if (SqlKind.COMPARISON.contains(call.getKind()) && call.operandCount() == 2
                && !(call.operand(1) instanceof SqlNodeList)) {
            adaptComparison(scope, call);
        } else if (call.getKind() == SqlKind.ITEM) {
            // There is code for places of this type alone.
            RelDataType place = array(scope, call.operand(0)) == null ? null : type(scope, call.operand(1));
            if (place != null && place.getSqlTypeName() == SqlTypeName.BIGINT) {
                call.setOperand(1, cast(call.operand(1), new SqlBasicTypeNameSpec(SqlTypeName.INTEGER, call.getParserPosition())));
            }
        } else if (call.getKind() == SqlKind.UNNEST && call.operandCount() > 1) {
            // One that is shorter than others has NULL behind its end.
            for (int i = 0; i < call.operandCount(); i++) {
                RelDataType type = array(scope, call.operand(i));
                if (type != null) {
                    call.setOperand(i, cast(call.operand(i), spec(type)));
                }
            }
        }
    }

    private void adaptCast(SqlValidatorScope scope, SqlCall cast) {
        if (!(cast.operand(1) instanceof SqlDataTypeSpec target)) {
            return;
        }
        SqlTypeNameSpec name = target.getTypeNameSpec();
        if (name instanceof ArrayTypeName array) {
            int depth = 1;
            SqlTypeNameSpec element = array.getElementTypeName();
            for (; element instanceof ArrayTypeName inner; depth++) {
                element = inner.getElementTypeName();
            }
            if (TypeNames.isJson(element)) {
                throw Refusals.notYet("CAST to an array of JSON",
                        "CAST to VARCHAR ARRAY: a column of JSON ARRAY checks what is stored in it.",
                        target.getParserPosition());
            }
            SqlNode value = cast.operand(0);
            if (isText(type(scope, value))) {
                SqlParserPos position = value.getParserPosition();
                value = ArrayOperators.read(depth)
                        .createCall(position, value, SqlLiteral.createExactNumeric(Integer.toString(depth), position));
                cast.setOperand(0, value);
            }
            if (array.bound() >= 0 && !isBounded(value)) {
                cast.setOperand(0, ArrayOperators.BOUND.createCall(value.getParserPosition(), value, SqlLiteral.createExactNumeric(Integer
                        .toString(array.bound()), value.getParserPosition())));
            }
            return;
        }
        if (name instanceof SqlBasicTypeNameSpec basic && SqlTypeName.CHAR_TYPES.contains(SqlTypeName.get(basic.getTypeName()
                .getSimple()))) {
            RelDataType from = array(scope, cast.operand(0));
            if (from != null) {
                SqlNode texts = cast(cast.operand(0), texts(depth(from)));
                cast.setOperand(0, ArrayOperators.WRITE.createCall(texts.getParserPosition(), texts));
            }
        }
    }

    private static boolean isBounded(SqlNode value) {
        return value instanceof SqlCall call && call.getOperator().equals(ArrayOperators.BOUND);
    }

    private void adaptConcat(SqlValidatorScope scope, SqlBasicCall concat) {
        RelDataType left = array(scope, concat.operand(0));
        RelDataType right = array(scope, concat.operand(1));
        if (left != null && right != null) {
            // One array may be an element of the other.
            int difference = depth(left) - depth(right);
            concat.setOperator(difference == 0 ? ArrayOperators.CONCAT : difference > 0 ? ArrayOperators.APPEND : ArrayOperators.PREPEND);
        } else if (left != null) {
            concat.setOperator(ArrayOperators.APPEND);
        } else if (right != null) {
            concat.setOperator(ArrayOperators.PREPEND);
        } else {
            return;
        }
        adapt(scope, concat);
    }

    private void adaptQuantified(SqlValidatorScope scope, SqlCall call, SqlNodeList list) {
        RelDataType array = array(scope, list.get(0));
        RelDataType component = array == null ? null : array.getComponentType();
        if (array == null || component == null) {
            return;
        }
        RelDataType value = type(scope, call.operand(0));
        RelDataType common = value == null ? component : common(value, component, true);
        if (common == null) {
            return;
        }
        if (value == null || !isSame(value, common)) {
            call.setOperand(0, cast(call.operand(0), spec(common)));
        }
        if (!isSame(component, common)) {
            list.set(0, cast(list.get(0), arrayOf(common)));
        }
    }

    /// Arrays of several element types, and texts that stand for arrays.
    private void adaptComparison(SqlValidatorScope scope, SqlCall call) {
        RelDataType left = array(scope, call.operand(0));
        RelDataType right = array(scope, call.operand(1));
        if (left != null && right != null) {
            pad(call, 0, right);
            pad(call, 1, left);
            alignAll(scope, call);
        } else if (left != null && isLiteralText(call.operand(1))) {
            call.setOperand(1, cast(call.operand(1), spec(left)));
        } else if (right != null && isLiteralText(call.operand(0))) {
            call.setOperand(0, cast(call.operand(0), spec(right)));
        }
    }

    /// Literals of an array that is compared with one of CHAR are as long as its texts.
    private static void pad(SqlCall call, int place, RelDataType other) {
        RelDataType component = other.getComponentType();
        boolean isShorter = component != null && component.getSqlTypeName() == SqlTypeName.CHAR
                && call.operand(place).getKind() == SqlKind.ARRAY_VALUE_CONSTRUCTOR
                && ((SqlCall) call.operand(place)).getOperandList().stream().allMatch(element -> isNoLonger(element, component
                        .getPrecision()));
        if (isShorter) {
            call.setOperand(place, cast(call.operand(place), spec(other)));
        }
    }

    /// Of a literal, which the validator may have cast, or NULL.
    private static boolean isNoLonger(SqlNode element, int length) {
        if (element.getKind() == SqlKind.CAST) {
            return isNoLonger(((SqlCall) element).operand(0), length);
        }
        return SqlUtil.isNullLiteral(element, false)
                || (isLiteralText(element) && ((SqlLiteral) element).getValueAs(String.class).length() <= length);
    }

    private static boolean isLiteralText(SqlNode node) {
        return node instanceof SqlLiteral literal && literal.getTypeName() == SqlTypeName.CHAR;
    }

    private void align(SqlValidatorScope scope, SqlCall call, int arrayPlace, int elementPlace) {
        RelDataType array = array(scope, call.operand(arrayPlace));
        RelDataType component = array == null ? null : array.getComponentType();
        if (component == null) {
            return;
        }
        RelDataType element = type(scope, call.operand(elementPlace));
        RelDataType common = element == null ? component : common(element, component, pads(call.getOperator().getName(), element,
                component));
        if (common == null) {
            throw mixed(call, component, element);
        }
        if (element == null || !isSame(element, common)) {
            call.setOperand(elementPlace, cast(call.operand(elementPlace), spec(common)));
        }
        if (!isSame(component, common)) {
            call.setOperand(arrayPlace, cast(call.operand(arrayPlace), arrayOf(common)));
        }
    }

    private void alignAll(SqlValidatorScope scope, SqlCall call) {
        RelDataType left = array(scope, call.operand(0));
        RelDataType right = array(scope, call.operand(1));
        if (left == null || right == null || isSame(left, right)) {
            return;
        }
        RelDataType common = common(left, right, SqlKind.COMPARISON.contains(call.getKind()));
        if (common == null) {
            throw mixed(call, left, right);
        }
        for (int i = 0; i < 2; i++) {
            if (!isSame(i == 0 ? left : right, common)) {
                call.setOperand(i, cast(call.operand(i), spec(common)));
            }
        }
    }

    private static CoconutException mixed(SqlCall call, RelDataType left, @Nullable RelDataType right) {
        return at(call, ErrorCode.TYPE_MISMATCH)
                .with("function", call.getOperator().getName())
                .with("type", left)
                .with("otherType", String.valueOf(right))
                .mend("CAST one to the other's type.");
    }

    private static CoconutException at(SqlCall call, ErrorCode code) {
        SqlParserPos position = call.getParserPosition();
        return CoconutException.of(code).with("line", position.getLineNum()).with("column", position.getColumnNum());
    }

    /// The type into which both fit; of arrays of several types an array of such. Null where there is none.
    ///
    /// @param pads whether texts of a fixed length are filled up with spaces to the longer one, as comparing them does; else they stay as they are
    private @Nullable RelDataType common(RelDataType left, RelDataType right, boolean pads) {
        RelDataTypeFactory types = validator.getTypeFactory();
        RelDataType first = left.getComponentType();
        RelDataType second = right.getComponentType();
        if (left.getSqlTypeName() == SqlTypeName.ARRAY && right.getSqlTypeName() == SqlTypeName.ARRAY && first != null && second != null) {
            RelDataType component = common(first, second, pads);
            return component == null ? null : types.createArrayType(types.createTypeWithNullability(component, true), -1);
        }
        if (pads && left.getSqlTypeName() == SqlTypeName.CHAR && right.getSqlTypeName() == SqlTypeName.CHAR) {
            return left.getPrecision() >= right.getPrecision() ? left : right;
        }
        if (isText(left) && isText(right)) {
            return left.getSqlTypeName() == SqlTypeName.VARCHAR && left.getPrecision() < 0 ? left
                    : types.createSqlType(SqlTypeName.VARCHAR);
        }
        return types.leastRestrictive(List.of(left, right));
    }

    /// Whether a value is padded beside an array, of which nothing that is answered may be.
    private static boolean pads(String function, RelDataType element, RelDataType component) {
        return switch (function) {
            case "ARRAY_POSITION", "ARRAY_CONTAINS" -> true;
            case "ARRAY_REMOVE" -> element.getPrecision() <= component.getPrecision();
            default -> false;
        };
    }

    private static boolean isText(@Nullable RelDataType type) {
        return type != null && SqlTypeName.CHAR_TYPES.contains(type.getSqlTypeName());
    }

    /// Whether values are alike, whatever may be NULL.
    private boolean isSame(RelDataType left, RelDataType right) {
        RelDataType first = left.getComponentType();
        RelDataType second = right.getComponentType();
        if (first != null && second != null) {
            return isSame(first, second);
        }
        return (left.getSqlTypeName() == SqlTypeName.VARCHAR && right.getSqlTypeName() == SqlTypeName.VARCHAR)
                || SqlTypeUtil.equalSansNullability(validator.getTypeFactory(), left, right);
    }

    /// Null where nothing is known, such as of NULL.
    private @Nullable RelDataType type(SqlValidatorScope scope, SqlNode node) {
        if (node.isA(SqlKind.QUERY) || node instanceof SqlDataTypeSpec) {
            return null;
        }
        RelDataType type = validator.deriveType(scope, node);
        return type.getSqlTypeName() == SqlTypeName.NULL || type.equals(validator.getUnknownType()) ? null : type;
    }

    private @Nullable RelDataType array(SqlValidatorScope scope, SqlNode node) {
        RelDataType type = type(scope, node);
        return type != null && type.getSqlTypeName() == SqlTypeName.ARRAY ? type : null;
    }

    private static RelDataType innermost(RelDataType type) {
        RelDataType component = type.getComponentType();
        return component == null ? type : innermost(component);
    }

    private static int depth(RelDataType type) {
        RelDataType component = type.getComponentType();
        return type.getSqlTypeName() != SqlTypeName.ARRAY || component == null ? 0 : 1 + depth(component);
    }

    private static SqlTypeNameSpec texts(int depth) {
        SqlTypeNameSpec text = new SqlBasicTypeNameSpec(SqlTypeName.VARCHAR, SqlParserPos.ZERO);
        for (int level = 0; level < depth; level++) {
            text = new ArrayTypeName(text, -1, SqlParserPos.ZERO);
        }
        return text;
    }

    private static SqlTypeNameSpec arrayOf(RelDataType component) {
        return new ArrayTypeName(spec(component), -1, SqlParserPos.ZERO);
    }

    private static SqlTypeNameSpec spec(RelDataType type) {
        RelDataType component = type.getComponentType();
        if (component != null) {
            return arrayOf(component);
        }
        SqlTypeName name = type.getSqlTypeName();
        boolean isDecimal = name == SqlTypeName.DECIMAL;
        int precision = name.allowsPrec() ? type.getPrecision() : RelDataType.PRECISION_NOT_SPECIFIED;
        return new SqlBasicTypeNameSpec(name, precision, isDecimal ? type.getScale() : RelDataType.SCALE_NOT_SPECIFIED,
                SqlParserPos.ZERO);
    }

    private static SqlNode cast(SqlNode value, SqlTypeNameSpec type) {
        SqlParserPos position = value.getParserPosition();
        return SqlStdOperatorTable.CAST.createCall(position, value, new SqlDataTypeSpec(type, position));
    }
}
