package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.coconutdb.sql.run.RowExpression;
import org.coconutdb.sql.run.StoredValues;
import org.coconutdb.sql.run.RowExpression.Operation;
import org.jspecify.annotations.Nullable;

/// Expressions over the fields of an access → [RowExpression], where there is one with the same answers: columns, constants, parameters, and
/// sums, differences and products of exact numbers, as [ExactNumbers] leaves them.
final class RowExpressions {
    private final TableAccess access;
    private final Terms terms;

    RowExpressions(TableAccess access) {
        this.access = access;
        this.terms = new Terms(access.getCluster().getRexBuilder());
    }

    /// Null where there is none.
    @Nullable
    RowExpression compile(RexNode node) {
        return switch (node) {
            case RexInputRef ref -> column(ref);
            // A literal stands for itself only where its representation is the type's own; a number may be a decimal whatever its type.
            case RexLiteral literal when isWhole(literal) || literal.isNull() -> value(literal);
            case RexDynamicParam parameter -> value(parameter);
            case RexCall call -> call(call);
            default -> null;
        };
    }

    private static boolean isWhole(RexNode node) {
        SqlTypeName type = node.getType().getSqlTypeName();
        return type == SqlTypeName.INTEGER || type == SqlTypeName.BIGINT;
    }

    private @Nullable RowExpression column(RexInputRef ref) {
        int column = access.column(ref.getIndex());
        int position = access.queryTable().rowColumn(column);
        boolean differs = StoredValues.differ(access.queryTable().columns().get(column));
        return position < 0 ? null : new RowExpression.Column(position, differs);
    }

    private @Nullable RowExpression value(RexNode node) {
        var term = terms.term(node);
        return term == null ? null : new RowExpression.Value(term);
    }

    private @Nullable RowExpression call(RexCall call) {
        List<RexNode> operands = call.getOperands();
        if (!operands.stream().allMatch(operand -> SqlTypeUtil.isExactNumeric(operand.getType()))) {
            return null;
        }
        SqlOperator operator = call.getOperator();
        if (operator.equals(SqlStdOperatorTable.CHECKED_PLUS)) {
            return whole(Operation.PLUS, call);
        }
        if (operator.equals(SqlStdOperatorTable.CHECKED_MINUS)) {
            return whole(Operation.MINUS, call);
        }
        if (operator.equals(SqlStdOperatorTable.CHECKED_MULTIPLY)) {
            return whole(Operation.TIMES, call);
        }
        boolean isDecimal = call.getType().getSqlTypeName() == SqlTypeName.DECIMAL;
        return switch (call.getKind()) {
            case PLUS -> isDecimal ? decimal(Operation.PLUS, call, -1) : null;
            case MINUS -> isDecimal ? decimal(Operation.MINUS, call, -1) : null;
            case TIMES -> isDecimal ? decimal(Operation.TIMES, call, -1) : null;
            case CAST -> widened(call);
            case OTHER_FUNCTION -> switch (String.valueOf(ExactNumbers.symbol(operator))) {
                case "+" -> decimal(Operation.PLUS, call, call.getType().getScale());
                case "-" -> decimal(Operation.MINUS, call, call.getType().getScale());
                case "*" -> decimal(Operation.TIMES, call, call.getType().getScale());
                default -> null;
            };
            default -> null;
        };
    }

    private @Nullable RowExpression whole(Operation operation, RexCall call) {
        if (!isWhole(call) || !call.getOperands().stream().allMatch(operand -> SqlTypeName.INT_TYPES.contains(operand.getType()
                .getSqlTypeName()))) {
            return null;
        }
        RowExpression left = operand(call.getOperands().get(0));
        RowExpression right = operand(call.getOperands().get(1));
        return left == null || right == null
                ? null
                : new RowExpression.Whole(operation, left, right, call.getType().getSqlTypeName() == SqlTypeName.BIGINT);
    }

    private @Nullable RowExpression decimal(Operation operation, RexCall call, int scale) {
        RowExpression left = operand(call.getOperands().get(0));
        RowExpression right = operand(call.getOperands().get(1));
        return left == null || right == null ? null : new RowExpression.Decimal(operation, left, right, scale);
    }

    /// An operand may have any representation of its number: literals of decimals, and casts that keep the value.
    private @Nullable RowExpression operand(RexNode node) {
        if (node instanceof RexLiteral) {
            return value(node);
        }
        return node.isA(SqlKind.CAST) && node instanceof RexCall cast ? lossless(cast) : compile(node);
    }

    private @Nullable RowExpression lossless(RexCall cast) {
        RexNode from = cast.getOperands().getFirst();
        return SqlTypeUtil.isExactNumeric(from.getType()) && RexUtil.isLosslessCast(from.getType(), cast.getType()) ? operand(from) : null;
    }

    /// A cast whose result is handed out: only one that changes nothing about the representation.
    private @Nullable RowExpression widened(RexCall cast) {
        RexNode from = cast.getOperands().getFirst();
        return from.getType().getSqlTypeName() == cast.getType().getSqlTypeName() && RexUtil.isLosslessCast(from.getType(), cast.getType())
                ? compile(from)
                : null;
    }
}
