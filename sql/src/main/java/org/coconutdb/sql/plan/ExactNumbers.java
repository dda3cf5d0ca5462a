package org.coconutdb.sql.plan;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.schema.impl.ScalarFunctionImpl;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlUserDefinedFunction;
import org.coconutdb.sql.catalog.CoconutTypeSystem;
import org.coconutdb.sql.run.DecimalArithmetic;
import org.jspecify.annotations.Nullable;

/// Makes arithmetic on exact numbers exact, or an error (22003): Calcite's operators wrap around, and its decimal division rounds to 16
/// digits.
///
/// - whole numbers and intervals take Calcite's checked operators;
/// - decimals whose result may be cut to 38 digits, and all their divisions, are left to [DecimalArithmetic]; others cannot overflow;
/// - SUM and AVG of BIGINT run on decimals;
/// - decimals that no type holds both of are compared by a function;
/// - REAL and DOUBLE are rounded where they are cast to whole numbers.
final class ExactNumbers extends RelHomogeneousShuttle {
    private static final SqlOperator ADD = function("add", ReturnTypes.DECIMAL_SUM_NULLABLE);
    private static final SqlOperator SUBTRACT = function("subtract", ReturnTypes.DECIMAL_SUM_NULLABLE);
    private static final SqlOperator MULTIPLY = function("multiply", ReturnTypes.DECIMAL_PRODUCT_NULLABLE);
    private static final SqlOperator DIVIDE = function("divide", ReturnTypes.DECIMAL_QUOTIENT_NULLABLE);
    private static final SqlOperator COMPARE = function("compare", ReturnTypes.INTEGER_NULLABLE, BigDecimal.class, BigDecimal.class);
    private static final SqlOperator FIT = function("fit", ReturnTypes.ARG0, BigDecimal.class, int.class);

    private final RexBuilder rexBuilder;
    private final Expressions expressions = new Expressions();

    private final boolean last;

    private ExactNumbers(RexBuilder rexBuilder, boolean last) {
        this.rexBuilder = rexBuilder;
        this.last = last;
    }

    /// Before all rules.
    static RelNode apply(RelNode rel) {
        return rel.accept(new ExactNumbers(rel.getCluster().getRexBuilder(), false));
    }

    /// The same of one expression.
    static RexNode apply(RexBuilder rexBuilder, RexNode expression) {
        return expression.accept(new ExactNumbers(rexBuilder, false).expressions);
    }

    /// Again, once, after the rules that introduce arithmetic of their own; checks the results of SUM too.
    static RelNode applyLast(RelNode rel) {
        return rel.accept(new ExactNumbers(rel.getCluster().getRexBuilder(), true));
    }

    /// @param type the one of Calcite's own operator: rules derive the type anew
    private static SqlOperator function(String method, SqlReturnTypeInference type) {
        return function(method, type, BigDecimal.class, BigDecimal.class, int.class);
    }

    private static SqlOperator function(String method, SqlReturnTypeInference type, Class<?>... parameters) {
        return new SqlUserDefinedFunction(
                new SqlIdentifier("DECIMAL_" + method.toUpperCase(Locale.ROOT), SqlParserPos.ZERO),
                SqlKind.OTHER_FUNCTION,
                type,
                InferTypes.ANY_NULLABLE,
                null,
                ScalarFunctionImpl.create(Types.lookupMethod(DecimalArithmetic.class, method, parameters)));
    }

    /// Whether it answers its first operand, or an error.
    static boolean isCheck(RexCall call) {
        return call.getOperator().equals(FIT);
    }

    /// How the operator of one of our functions is written; null of any other.
    static @Nullable String symbol(SqlOperator operator) {
        return switch (operator.getName()) {
            case "DECIMAL_ADD" -> "+";
            case "DECIMAL_SUBTRACT" -> "-";
            case "DECIMAL_MULTIPLY" -> "*";
            case "DECIMAL_DIVIDE" -> "/";
            default -> null;
        };
    }

    @Override
    public RelNode visit(RelNode other) {
        RelNode node = super.visit(other).accept(expressions);
        if (!(node instanceof LogicalAggregate aggregate)) {
            return node;
        }
        RelNode wide = wideSums(aggregate);
        return last ? fittedSums(wide) : wide;
    }

    /// A sum of decimals grows beyond 38 digits unseen: the result is checked in a projection above.
    private RelNode fittedSums(RelNode aggregated) {
        LogicalAggregate aggregate = (LogicalAggregate) aggregated;
        List<RexNode> projects = new ArrayList<>();
        boolean any = false;
        int groups = aggregate.getGroupCount();
        for (int i = 0; i < aggregate.getRowType().getFieldCount(); i++) {
            RexNode field = RexInputRef.of(i, aggregate.getRowType());
            RelDataType type = field.getType();
            boolean sum = i >= groups && isSum(aggregate.getAggCallList().get(i - groups).getAggregation().getKind())
                    && type.getSqlTypeName() == SqlTypeName.DECIMAL;
            any |= sum;
            projects.add(sum ? rexBuilder.makeCall(type, FIT, List.of(field, scale(type))) : field);
        }
        return any
                ? LogicalProject.create(aggregate, List.of(), projects, aggregate.getRowType().getFieldNames(), Set.of())
                : aggregate;
    }

    private RexNode scale(RelDataType type) {
        return rexBuilder.makeExactLiteral(BigDecimal.valueOf(type.getScale()));
    }

    private RelNode wideSums(LogicalAggregate aggregate) {
        List<RelDataType> fields = aggregate.getInput().getRowType().getFieldList().stream().map(field -> field.getType()).toList();
        if (aggregate.getAggCallList().stream().noneMatch(call -> isWide(call, fields))) {
            return aggregate;
        }
        List<RexNode> projects = new ArrayList<>();
        List<String> names = new ArrayList<>(aggregate.getInput().getRowType().getFieldNames());
        for (int i = 0; i < fields.size(); i++) {
            projects.add(RexInputRef.of(i, aggregate.getInput().getRowType()));
        }
        List<AggregateCall> calls = new ArrayList<>();
        for (AggregateCall call : aggregate.getAggCallList()) {
            if (isWide(call, fields)) {
                RexNode argument = projects.get(call.getArgList().getFirst());
                calls.add(call.withArgList(List.of(projects.size())));
                names.add("$wide" + projects.size());
                projects.add(decimal(argument));
            } else {
                calls.add(call);
            }
        }
        RelNode input = LogicalProject.create(aggregate.getInput(), List.of(), projects, names, Set.of());
        return aggregate.copy(aggregate.getTraitSet(), input, aggregate.getGroupSet(), aggregate.getGroupSets(), calls);
    }

    private static boolean isWide(AggregateCall call, List<RelDataType> fields) {
        return isSum(call.getAggregation().getKind())
                && call.getArgList().size() == 1
                && fields.get(call.getArgList().getFirst()).getSqlTypeName() == SqlTypeName.BIGINT;
    }

    private static boolean isSum(SqlKind kind) {
        return kind == SqlKind.SUM || kind == SqlKind.SUM0 || kind == SqlKind.AVG;
    }

    /// A whole number as a decimal; what is one stays.
    private RexNode decimal(RexNode number) {
        RelDataType type = number.getType();
        if (!SqlTypeUtil.isExactNumeric(type) || type.getSqlTypeName() == SqlTypeName.DECIMAL) {
            return number;
        }
        RelDataTypeFactory factory = rexBuilder.getTypeFactory();
        RelDataType wide = factory.createSqlType(SqlTypeName.DECIMAL, type.getPrecision(), 0);
        return rexBuilder.makeAbstractCast(factory.createTypeWithNullability(wide, type.isNullable()), number, false);
    }

    private final class Expressions extends RexShuttle {
        @Override
        public RexNode visitSubQuery(RexSubQuery subQuery) {
            RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subQuery);
            return visited.clone(visited.rel.accept(ExactNumbers.this));
        }

        @Override
        public RexNode visitOver(RexOver over) {
            RexNode visited = super.visitOver(over);
            if (!(visited instanceof RexOver window) || !isSum(window.getAggOperator().getKind()) || window.getOperands().size() != 1
                    || window.getOperands().getFirst().getType().getSqlTypeName() != SqlTypeName.BIGINT) {
                return visited;
            }
            return rexBuilder.makeOver(
                    window.getParserPosition(),
                    window.getType(),
                    window.getAggOperator(),
                    List.of(decimal(window.getOperands().getFirst())),
                    window.getWindow().partitionKeys,
                    window.getWindow().orderKeys,
                    window.getWindow().getLowerBound(),
                    window.getWindow().getUpperBound(),
                    window.getWindow().getExclude(),
                    window.getWindow().isRows(),
                    true,
                    false,
                    window.isDistinct(),
                    window.ignoreNulls());
        }

        @Override
        public RexNode visitCall(RexCall original) {
            RexNode visited = super.visitCall(original);
            if (!(visited instanceof RexCall call)) {
                return visited;
            }
            RelDataType type = call.getType();
            if (call.getKind() == SqlKind.CAST && SqlTypeName.INT_TYPES.contains(type.getSqlTypeName())) {
                return rounded(call, type);
            }
            if (type.getSqlTypeName() == SqlTypeName.DECIMAL) {
                return exactDecimal(call, type);
            }
            if (SqlKind.COMPARISON.contains(call.getKind()) && call.getOperands().size() == 2) {
                return exactComparison(call);
            }
            boolean checked = SqlTypeName.INT_TYPES.contains(type.getSqlTypeName())
                    || (SqlTypeName.INTERVAL_TYPES.contains(type.getSqlTypeName())
                            && call.getOperands().stream().anyMatch(operand -> SqlTypeName.INTERVAL_TYPES.contains(operand.getType()
                                    .getSqlTypeName())));
            if (checked && call.getOperator().equals(SqlStdOperatorTable.ABS) && RexUtil.isDeterministic(call)) {
                return absolute(call);
            }
            SqlOperator operator = checked ? checked(call) : call.getOperator();
            return operator.equals(call.getOperator()) ? call : rexBuilder.makeCall(call.getParserPosition(), type, operator, call
                    .getOperands());
        }

        private RexNode exactDecimal(RexCall call, RelDataType type) {
            boolean mayOverflow = type.getPrecision() >= CoconutTypeSystem.DECIMAL_DIGITS_MAX;
            SqlOperator operator = switch (call.getKind()) {
                case PLUS -> mayOverflow ? ADD : null;
                case MINUS -> mayOverflow ? SUBTRACT : null;
                case TIMES -> mayOverflow ? MULTIPLY : null;
                case DIVIDE -> DIVIDE;
                default -> null;
            };
            List<RexNode> operands = call.getOperands();
            if (operator == null || operands.size() != 2 || !operands.stream().allMatch(operand -> SqlTypeUtil.isExactNumeric(operand
                    .getType()))) {
                return call;
            }
            return rexBuilder.makeCall(type, operator, List.of(decimal(operands.get(0)), decimal(operands.get(1)), scale(type)));
        }

        /// Numbers that no common type holds are compared as they are: the type that Calcite casts them to may have no room for one of them.
        private RexNode exactComparison(RexCall call) {
            RexNode left = call.getOperands().get(0);
            RexNode right = call.getOperands().get(1);
            if (!isTight(left) && !isTight(right)) {
                return call;
            }
            RexNode compared = rexBuilder.makeCall(COMPARE, List.of(decimal(uncast(left)), decimal(uncast(right))));
            return rexBuilder.makeCall(call.getParserPosition(), call.getType(), call.getOperator(),
                    List.of(compared, rexBuilder.makeExactLiteral(BigDecimal.ZERO)));
        }

        /// Whether it is a cast of a number that keeps its digits behind the point, and for which those before it may be too many.
        private static boolean isTight(RexNode node) {
            return isNumberCast(node) && !RexUtil.isLosslessCast(((RexCall) node).getOperands().getFirst().getType(), node.getType());
        }

        private static boolean isNumberCast(RexNode node) {
            if (node.getKind() != SqlKind.CAST || node.getType().getSqlTypeName() != SqlTypeName.DECIMAL) {
                return false;
            }
            RelDataType from = ((RexCall) node).getOperands().getFirst().getType();
            return SqlTypeUtil.isExactNumeric(from) && from.getScale() <= node.getType().getScale()
                    && node.getType().getPrecision() == CoconutTypeSystem.DECIMAL_DIGITS_MAX;
        }

        private static RexNode uncast(RexNode node) {
            return isNumberCast(node) ? ((RexCall) node).getOperands().getFirst() : node;
        }

        /// Calcite cuts a REAL or DOUBLE that becomes a whole number, but rounds it to BIGINT: by way of a decimal it is rounded as all others are.
        private RexNode rounded(RexCall cast, RelDataType type) {
            RexNode number = cast.getOperands().getFirst();
            if (!SqlTypeName.APPROX_TYPES.contains(number.getType().getSqlTypeName())) {
                return cast;
            }
            RelDataTypeFactory factory = rexBuilder.getTypeFactory();
            RelDataType wide = factory.createSqlType(SqlTypeName.DECIMAL, CoconutTypeSystem.DECIMAL_DIGITS_MAX, 0);
            RexNode whole =
                    rexBuilder.makeAbstractCast(factory.createTypeWithNullability(wide, number.getType().isNullable()), number, false);
            return rexBuilder.makeAbstractCast(type, whole, false);
        }

        /// Calcite's ABS answers the smallest whole number as it is, below 0.
        private RexNode absolute(RexCall call) {
            RexNode number = call.getOperands().getFirst();
            RexNode zero = rexBuilder.makeExactLiteral(BigDecimal.ZERO);
            return rexBuilder.makeCall(
                    call.getType(),
                    SqlStdOperatorTable.CASE,
                    List.of(
                            rexBuilder.makeCall(SqlStdOperatorTable.LESS_THAN, number, zero),
                            rexBuilder.makeCall(call.getType(), SqlStdOperatorTable.CHECKED_UNARY_MINUS, List.of(number)),
                            number));
        }

        private static SqlOperator checked(RexCall call) {
            // Datetime arithmetic has operators of its own under the same kinds.
            SqlOperator operator = call.getOperator();
            return switch (call.getKind()) {
                case PLUS -> operator.equals(SqlStdOperatorTable.PLUS) ? SqlStdOperatorTable.CHECKED_PLUS : operator;
                case MINUS -> operator.equals(SqlStdOperatorTable.MINUS) ? SqlStdOperatorTable.CHECKED_MINUS : operator;
                case TIMES -> operator.equals(SqlStdOperatorTable.MULTIPLY) ? SqlStdOperatorTable.CHECKED_MULTIPLY : operator;
                case DIVIDE -> operator.equals(SqlStdOperatorTable.DIVIDE) ? SqlStdOperatorTable.CHECKED_DIVIDE : operator;
                case MINUS_PREFIX -> SqlStdOperatorTable.CHECKED_UNARY_MINUS;
                default -> operator;
            };
        }
    }
}
