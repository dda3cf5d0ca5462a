package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.coconutdb.sql.catalog.CoconutTypeSystem;
import org.jspecify.annotations.Nullable;

/// What type a question mark has: the one that the operands beside it have, else the one that its operator wants, else the one that is
/// wanted of the whole expression, else VARCHAR. Calcite knows the first of these for some operators, and the last for none.
///
/// An expression is *open* while a question mark in it, but for those in its subqueries, has no type. One validator, one thread.
final class ParameterTypes {
    /// More question marks in one call of a function are not tried: the tries are a power of it.
    private static final int TRIED_MAX = 4;

    private static final int ARITHMETIC_SCALE = 10;

    /// The first that a function takes: text, as PostgreSQL prefers it; exact numbers before others, so that no digit is lost.
    private static final List<SqlTypeName> TRIED = List.of(
            SqlTypeName.VARCHAR,
            SqlTypeName.DECIMAL,
            SqlTypeName.DOUBLE,
            SqlTypeName.INTEGER,
            SqlTypeName.TIMESTAMP,
            SqlTypeName.DATE,
            SqlTypeName.BOOLEAN,
            SqlTypeName.VARBINARY);

    private final StatementValidator validator;

    ParameterTypes(StatementValidator validator) {
        this.validator = validator;
    }

    boolean areOpenIn(SqlNode node) {
        boolean[] found = {false};
        node.accept(new SqlBasicVisitor<@Nullable Void>() {
            @Override
            public @Nullable Void visit(SqlDynamicParam parameter) {
                found[0] |= isOpen(parameter);
                return null;
            }

            @Override
            public @Nullable Void visit(SqlCall call) {
                return found[0] || (isApart(call) && !call.equals(node)) ? null : super.visit(call);
            }
        });
        return found[0];
    }

    private boolean isOpen(SqlDynamicParam parameter) {
        RelDataType type = validator.getValidatedNodeTypeIfKnown(parameter);
        return type == null || type.equals(validator.getUnknownType());
    }

    /// Subqueries and windows are validated by themselves.
    private static boolean isApart(SqlNode node) {
        return node.isA(SqlKind.QUERY) || node instanceof SqlWindow;
    }

    /// Gives each question mark of an expression a type.
    ///
    /// @param wanted type of the whole; null where any will do
    void settle(SqlValidatorScope around, SqlNode node, @Nullable RelDataType wanted) {
        if (!areOpenIn(node) || isApart(node)) {
            return;
        }
        SqlValidatorScope scope = validator.scope(node, around);
        switch (node) {
            case SqlDynamicParam parameter -> set(parameter, wanted == null ? type(SqlTypeName.VARCHAR) : wanted);
            case SqlNodeList list -> list.forEach(item -> settle(scope, item, wanted));
            case SqlCase branches -> settleCase(scope, branches, wanted);
            case SqlCall call -> settleCall(scope, call, wanted);
            default -> {
                // Nothing else has operands.
            }
        }
    }

    private void settleCall(SqlValidatorScope scope, SqlCall call, @Nullable RelDataType wanted) {
        List<SqlNode> operands = call.getOperandList();
        switch (call.getKind()) {
            case EQUALS, NOT_EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL, IS_DISTINCT_FROM,
                    IS_NOT_DISTINCT_FROM, IN, NOT_IN, BETWEEN, NULLIF ->
                    settleAlike(scope, operands, null);
            case SOME, ALL -> settleQuantified(scope, operands);
            case ARRAY_VALUE_CONSTRUCTOR -> settleAlike(scope, operands, wanted == null ? null : wanted.getComponentType());
            case COALESCE, GREATEST, LEAST, GREATEST_PG, LEAST_PG -> settleAlike(scope, operands, wanted);
            case TIMES, DIVIDE -> settleFactors(scope, operands, wanted);
            case PLUS, MINUS, MOD, MINUS_PREFIX, PLUS_PREFIX -> settleAlike(scope, operands, numberOr(wanted));
            case AND, OR, NOT, IS_TRUE, IS_FALSE, IS_NOT_TRUE, IS_NOT_FALSE, IS_UNKNOWN ->
                    settleEach(scope, operands, type(SqlTypeName.BOOLEAN));
            case CAST, SAFE_CAST -> settleAlike(scope, operands, null);
            case AS, DESCENDING, NULLS_FIRST, NULLS_LAST, FILTER, WITHIN_GROUP, OVER, RESPECT_NULLS, IGNORE_NULLS ->
                    settleFirst(scope, operands, wanted);
            default -> {
                if (call.getOperator() instanceof SqlFunction function) {
                    settleArguments(scope, call, function);
                } else {
                    // `||`, LIKE and their kin, IS NULL, a row: text, where the operator does not say more.
                    settleEach(scope, operands, null);
                }
            }
        }
    }

    /// `value = ANY (array)`: a question mark alone in the parentheses is an array, as in PostgreSQL.
    private void settleQuantified(SqlValidatorScope scope, List<SqlNode> operands) {
        SqlNode value = operands.getFirst();
        if (!(operands.getLast() instanceof SqlNodeList list) || list.size() != 1) {
            settleAlike(scope, operands, null);
            return;
        }
        SqlNode array = list.get(0);
        RelDataType arrayType = areOpenIn(array) || isApart(array) ? null : typeOf(scope, array);
        if (arrayType == null || arrayType.getSqlTypeName() != SqlTypeName.ARRAY) {
            if (isApart(array) || (arrayType != null)) {
                settleAlike(scope, operands, null);
                return;
            }
            RelDataType known = areOpenIn(value) ? null : typeOf(scope, value);
            RelDataType element = validator.getTypeFactory()
                    .createTypeWithNullability(known == null ? type(SqlTypeName.VARCHAR) : known, true);
            settle(scope, array, validator.getTypeFactory().createArrayType(element, -1));
            settle(scope, value, element);
        } else {
            settle(scope, value, arrayType.getComponentType());
        }
    }

    /// Beside an interval stands how many of it there are.
    private void settleFactors(SqlValidatorScope scope, List<SqlNode> operands, @Nullable RelDataType wanted) {
        RelDataType known = known(scope, operands);
        if (known != null && SqlTypeName.INTERVAL_TYPES.contains(known.getSqlTypeName())) {
            settleEach(scope, operands, type(SqlTypeName.INTEGER));
        } else {
            settleAlike(scope, operands, numberOr(wanted));
        }
    }

    private RelDataType numberOr(@Nullable RelDataType wanted) {
        return wanted != null && SqlTypeName.NUMERIC_TYPES.contains(wanted.getSqlTypeName()) ? wanted : type(SqlTypeName.DECIMAL);
    }

    /// The first is the expression; of the others, what is a condition.
    private void settleFirst(SqlValidatorScope scope, List<SqlNode> operands, @Nullable RelDataType wanted) {
        settle(scope, operands.getFirst(), wanted);
        settleEach(scope, operands.subList(1, operands.size()), type(SqlTypeName.BOOLEAN));
    }

    private void settleEach(SqlValidatorScope scope, List<@Nullable SqlNode> operands, @Nullable RelDataType wanted) {
        for (SqlNode operand : operands) {
            if (operand != null) {
                settle(scope, operand, wanted);
            }
        }
    }

    private void settleCase(SqlValidatorScope scope, SqlCase branches, @Nullable RelDataType wanted) {
        SqlNode value = branches.getValueOperand();
        List<SqlNode> whens = branches.getWhenOperands().getList();
        if (value == null) {
            settleEach(scope, whens, type(SqlTypeName.BOOLEAN));
        } else {
            List<SqlNode> compared = new ArrayList<>(whens);
            compared.add(value);
            settleAlike(scope, compared, null);
        }
        List<SqlNode> results = new ArrayList<>(branches.getThenOperands().getList());
        if (branches.getElseOperand() != null) {
            results.add(branches.getElseOperand());
        }
        settleAlike(scope, results, wanted);
    }

    /// The rows of a VALUES list, or those of an IN list: column by column.
    void settleRows(SqlValidatorScope scope, List<SqlNode> rows) {
        int columns = rows.stream().mapToInt(row -> ((SqlCall) row).operandCount()).min().orElse(0);
        for (int i = 0; i < columns; i++) {
            int column = i;
            settleAlike(scope, rows.stream().map(row -> ((SqlCall) row).getOperandList().get(column)).toList(), null);
        }
    }

    /// Operands that are compared, or stand for each other: the first that has a type says that of the rest.
    private void settleAlike(SqlValidatorScope scope, List<SqlNode> operands, @Nullable RelDataType wanted) {
        List<SqlNode> all = new ArrayList<>();
        for (SqlNode operand : operands) {
            if (operand instanceof SqlNodeList list) {
                all.addAll(list.getList());
            } else if (operand != null) {
                all.add(operand);
            }
        }
        if (!all.isEmpty() && all.stream().allMatch(operand -> operand.getKind() == SqlKind.ROW)) {
            settleRows(scope, all);
            return;
        }
        RelDataType known = known(scope, all);
        // Expressions before bare question marks: they may know a type by themselves.
        for (SqlNode operand : all) {
            if (operand instanceof SqlCall && !isApart(operand) && areOpenIn(operand)) {
                settle(scope, operand, known == null ? wanted : known);
                known = known == null ? typeOf(scope, operand) : known;
            }
        }
        RelDataType type = known == null ? wanted : known;
        all.forEach(operand -> settle(scope, operand, type));
    }

    /// The type that all operands which have one fit into, or that of the first; null where none has one.
    private @Nullable RelDataType known(SqlValidatorScope scope, List<SqlNode> operands) {
        List<RelDataType> types = new ArrayList<>();
        for (SqlNode operand : operands) {
            RelDataType type = areOpenIn(operand) ? null : typeOf(scope, operand);
            if (type != null) {
                types.add(type);
            }
        }
        RelDataType common = types.isEmpty() ? null : validator.getTypeFactory().leastRestrictive(types);
        return common == null && !types.isEmpty() ? types.getFirst() : common;
    }

    /// The type that an operand suggests; null where it suggests none, such as NULL, a unit of time or a query of several columns.
    private @Nullable RelDataType typeOf(SqlValidatorScope scope, SqlNode operand) {
        if (SqlUtil.isNullLiteral(operand, false) || operand instanceof SqlIntervalQualifier) {
            return null;
        }
        RelDataType type = validator.deriveType(scope, operand);
        if (type.isStruct()) {
            return type.getFieldCount() == 1 ? type.getFieldList().getFirst().getType() : null;
        }
        return switch (type.getSqlTypeName()) {
            case UNKNOWN, NULL, SYMBOL, ANY -> null;
            // As long as the text beside it: the value would be cut, or padded.
            case CHAR -> operand.getKind() == SqlKind.LITERAL ? type(SqlTypeName.VARCHAR) : type;
            case MULTISET -> null;
            default -> type;
        };
    }

    /// Arguments of a function: the types with which it can be called. The type of those beside it is tried first, but for numbers: how many
    /// digits ROUND leaves says nothing about what it rounds.
    private void settleArguments(SqlValidatorScope scope, SqlCall call, SqlFunction written) {
        List<SqlNode> operands = call.getOperandList();
        for (SqlNode operand : operands) {
            if (operand instanceof SqlCall) {
                settle(scope, operand, null);
            }
        }
        List<SqlDynamicParam> open = new ArrayList<>();
        List<SqlNode> settled = new ArrayList<>();
        for (SqlNode operand : operands) {
            if (operand instanceof SqlDynamicParam parameter && isOpen(parameter)) {
                open.add(parameter);
            } else if (operand != null) {
                settled.add(operand);
            }
        }
        if (!open.isEmpty() && open.size() <= TRIED_MAX) {
            RelDataType known = known(scope, settled);
            RelDataType beside = known == null || SqlTypeName.NUMERIC_TYPES.contains(known.getSqlTypeName()) ? null : known;
            SqlCallBinding binding = new WithoutCoercion(validator, scope, call);
            boolean substring = written.getName().equals("SUBSTRING");
            for (SqlOperator function : FunctionOverloads.of(validator, written)) {
                // SUBSTRING checks by itself.
                boolean checks = substring || function.getOperandTypeChecker() != null;
                if (checks && function.getOperandCountRange().isValidCount(operands.size())
                        && isTaken(open, 0, beside, substring, function, binding)) {
                    return;
                }
            }
        }
        open.forEach(parameter -> set(parameter, type(SqlTypeName.VARCHAR)));
    }

    /// Whether the function takes some types for the question marks from this one on, which then have them.
    private boolean isTaken(
            List<SqlDynamicParam> open,
            int index,
            @Nullable RelDataType beside,
            boolean substring,
            SqlOperator function,
            SqlCallBinding binding) {
        if (index == open.size()) {
            return function.checkOperandTypes(binding, false);
        }
        List<RelDataType> types = new ArrayList<>();
        if (beside != null) {
            types.add(beside);
        }
        // SUBSTRING of three texts is a search by pattern, which nobody means who leaves the types open.
        boolean isPlace = substring && binding.getCall().getOperandList().indexOf(open.get(index)) > 0;
        TRIED.stream().filter(name -> !isPlace || name == SqlTypeName.INTEGER).forEach(name -> types.add(type(name)));
        for (RelDataType type : types) {
            set(open.get(index), type);
            if (isTaken(open, index + 1, beside, substring, function, binding)) {
                return true;
            }
        }
        return false;
    }

    private void set(SqlDynamicParam parameter, RelDataType type) {
        validator.setValidatedNodeType(parameter, validator.getTypeFactory().createTypeWithNullability(type, true));
    }

    private RelDataType type(SqlTypeName name) {
        return name == SqlTypeName.DECIMAL
                ? validator.getTypeFactory().createSqlType(name, CoconutTypeSystem.DECIMAL_DIGITS_MAX, ARITHMETIC_SCALE)
                : validator.getTypeFactory().createSqlType(name);
    }

    /// Asks a checker of types without letting it change the call.
    private static final class WithoutCoercion extends SqlCallBinding {
        WithoutCoercion(StatementValidator validator, SqlValidatorScope scope, SqlCall call) {
            super(validator, scope, call);
        }

        @Override
        public boolean isTypeCoercionEnabled() {
            return false;
        }
    }
}
