package org.coconutdb.sql.plan;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.calcite.adapter.enumerable.CallImplementor;
import org.apache.calcite.adapter.enumerable.NotNullImplementor;
import org.apache.calcite.adapter.enumerable.NullPolicy;
import org.apache.calcite.adapter.enumerable.RexImpTable;
import org.apache.calcite.adapter.enumerable.RexToLixTranslator;
import org.apache.calcite.adapter.java.JavaTypeFactory;
import org.apache.calcite.linq4j.function.Function1;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.ParameterExpression;
import org.apache.calcite.linq4j.tree.Primitive;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexProgramBuilder;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.schema.FunctionParameter;
import org.apache.calcite.schema.ImplementableFunction;
import org.apache.calcite.schema.ScalarFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlUserDefinedFunction;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.run.ArrayFunctions;
import org.jspecify.annotations.Nullable;

/// Puts functions of ours in the place of Calcite's operators on arrays, whose code compares elements as Java does (1.0 is not 1.00), casts them when
/// somebody looks at them, and fails on NULLs.
///
/// Equality of two sides of a join stays: [RowJoin] looks for the same values by itself.
final class ArrayExpressions extends RelHomogeneousShuttle {
    private static final SqlOperator COMPARE = function("$ARRAY_COMPARE", ReturnTypes.INTEGER_NULLABLE, NullPolicy.STRICT,
            calling("compare", List.class, List.class));
    private static final SqlOperator SAME = function("$ARRAY_SAME", ReturnTypes.BOOLEAN_NOT_NULL, NullPolicy.NONE, calling("same",
            Object.class, Object.class));

    private static final String ANY = " ANY";
    private static final String ALL = " ALL";
    private static final String CAST_EACH = "CAST_EACH ";

    private static final Map<SqlKind, String> COMPARISONS = Map.of(
            SqlKind.EQUALS, "=",
            SqlKind.NOT_EQUALS, "<>",
            SqlKind.LESS_THAN, "<",
            SqlKind.LESS_THAN_OR_EQUAL, "<=",
            SqlKind.GREATER_THAN, ">",
            SqlKind.GREATER_THAN_OR_EQUAL, ">=");

    private final RexBuilder rexBuilder;
    private final Rewriting expressions = new Rewriting();
    private boolean isInJoin;

    private ArrayExpressions(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
    }

    static RelNode apply(RelNode rel) {
        return rel.accept(new ArrayExpressions(rel.getCluster().getRexBuilder()));
    }

    @Override
    public RelNode visit(RelNode other) {
        RelNode node = super.visit(other);
        if (node instanceof Aggregate aggregate) {
            aggregate.getAggCallList().forEach(call -> requireOrder(call, aggregate.getInput().getRowType()));
        }
        isInJoin = node instanceof Join;
        RelNode rewritten = node.accept(expressions);
        isInJoin = false;
        return rewritten;
    }

    private static void requireOrder(AggregateCall call, RelDataType input) {
        SqlKind kind = call.getAggregation().getKind();
        if ((kind == SqlKind.MIN || kind == SqlKind.MAX) && isArray(input.getFieldList().get(call.getArgList().getFirst()).getType())) {
            throw notOrdered("MIN or MAX of arrays");
        }
    }

    private static CoconutException notOrdered(String what) {
        return CoconutException.of(ErrorCode.NOT_SUPPORTED)
                .with("what", what)
                .mend("ORDER BY the arrays with LIMIT 1, or compare their elements.");
    }

    private static boolean isArray(RelDataType type) {
        return type.getSqlTypeName() == SqlTypeName.ARRAY;
    }

    /// `a` and `b` of `a = ANY (b)`, in that order; null of any other call.
    static @Nullable List<RexNode> equalToAny(RexCall call) {
        return (COMPARISONS.get(SqlKind.EQUALS) + ANY).equals(quantifier(call)) ? call.getOperands() : null;
    }

    /// `= ANY`, `< ALL` and so on of a call of our functions in their place; null of any other.
    static @Nullable String quantifier(RexCall call) {
        String name = call.getOperator().getName();
        return call.getOperator() instanceof Function && (name.endsWith(ANY) || name.endsWith(ALL)) ? name : null;
    }

    /// Whether it is `$ARRAY_COMPARE(a, b) = 0`, or with another comparison.
    static boolean isWrapped(RexCall call) {
        return SqlKind.COMPARISON.contains(call.getKind()) && call.getOperands().getFirst() instanceof RexCall compare
                && compare.getOperator().equals(COMPARE);
    }

    static boolean isCast(RexCall call) {
        return call.getOperator() instanceof Function && call.getOperator().getName().startsWith(CAST_EACH);
    }

    private static String name(SqlKind comparison, boolean isAll) {
        return COMPARISONS.get(comparison) + (isAll ? ALL : ANY);
    }

    private final class Rewriting extends RexShuttle {
        @Override
        public RexNode visitSubQuery(RexSubQuery subQuery) {
            RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subQuery);
            return visited.clone(visited.rel.accept(ArrayExpressions.this));
        }

        @Override
        public RexNode visitOver(RexOver over) {
            over.getWindow().orderKeys.forEach(key -> {
                if (isArray(key.left.getType())) {
                    throw notOrdered("a window's ORDER BY of arrays");
                }
            });
            return super.visitOver(over);
        }

        @Override
        public RexNode visitCall(RexCall call) {
            RexNode visited = super.visitCall(call);
            if (!(visited instanceof RexCall rewritten) || rewritten.getOperands().stream().noneMatch(operand -> isArray(operand
                    .getType()))) {
                return visited;
            }
            RexNode first = rewritten.getOperands().getFirst();
            RexNode last = rewritten.getOperands().getLast();
            if (rewritten.getOperator() instanceof SqlQuantifyOperator quantified && isArray(last.getType())) {
                boolean isPadded = isPadded(first) != isPaddedArray(last);
                SqlOperator function = quantified(quantified.comparisonKind, rewritten.getKind() == SqlKind.ALL, isPadded);
                return rexBuilder.makeCall(rewritten.getType(), function, rewritten.getOperands());
            }
            if (!isArray(first.getType())) {
                return visited;
            }
            return switch (rewritten.getKind()) {
                case CAST -> isArray(rewritten.getType()) ? cast(rexBuilder, first, rewritten.getType()) : visited;
                case EQUALS -> isInJoin && first instanceof RexInputRef && last instanceof RexInputRef ? visited : compared(rewritten);
                case NOT_EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> compared(rewritten);
                case IS_NOT_DISTINCT_FROM -> rexBuilder.makeCall(SAME, rewritten.getOperands());
                case IS_DISTINCT_FROM -> rexBuilder.makeCall(SqlStdOperatorTable.NOT, rexBuilder.makeCall(SAME, rewritten.getOperands()));
                default -> visited;
            };
        }

        private RexNode compared(RexCall call) {
            RexNode order = rexBuilder.makeCall(COMPARE, call.getOperands());
            return rexBuilder.makeCall(call.getOperator(), List.of(order, rexBuilder.makeExactLiteral(java.math.BigDecimal.ZERO)));
        }
    }

    /// Whether it comes from CHAR, whose values are filled up with spaces.
    private static boolean isPadded(RexNode node) {
        if (node.getType().getSqlTypeName() == SqlTypeName.CHAR) {
            return !(node instanceof RexLiteral);
        }
        return node.getType().getSqlTypeName() == SqlTypeName.VARCHAR && node instanceof RexCall call && call.isA(SqlKind.CAST)
                && isPadded(call.getOperands().getFirst());
    }

    private static boolean isPaddedArray(RexNode node) {
        RelDataType component = node.getType().getComponentType();
        if (node instanceof RexCall call && (isCast(call) || call.isA(SqlKind.CAST))) {
            return isPaddedArray(call.getOperands().getFirst()) || (component != null && component.getSqlTypeName() == SqlTypeName.CHAR);
        }
        boolean isWritten = node instanceof RexDynamicParam || (node instanceof RexCall call && call.isA(SqlKind.ARRAY_VALUE_CONSTRUCTOR)
                && call.getOperands().stream().noneMatch(ArrayExpressions::isPadded));
        return !isWritten && component != null && component.getSqlTypeName() == SqlTypeName.CHAR;
    }

    /// @param isPadded whether spaces at the end of texts count for nothing
    private static SqlOperator quantified(SqlKind comparison, boolean isAll, boolean isPadded) {
        Method method = Types.lookupMethod(ArrayFunctions.class, "quantified", Object.class, List.class, String.class, boolean.class,
                boolean.class);
        return function(name(comparison, isAll), ReturnTypes.BOOLEAN.andThen(SqlTypeTransforms.FORCE_NULLABLE), NullPolicy.NONE,
                (translator, call, operands) -> Expressions.call(method, Expressions.box(operands.get(0)), operands.get(1), Expressions
                        .constant(COMPARISONS.get(comparison)), Expressions.constant(isAll), Expressions.constant(isPadded)));
    }

    private static NotNullImplementor calling(String name, Class<?>... parameters) {
        Method method = Types.lookupMethod(ArrayFunctions.class, name, parameters);
        return (translator, call, operands) -> Expressions.call(method, operands);
    }

    private static SqlOperator function(String name, SqlReturnTypeInference type, NullPolicy nulls, NotNullImplementor code) {
        return new Function(name, type, new Code(code, nulls));
    }

    /// Each element cast by itself, where it has another type than it shall have.
    private static RexNode cast(RexBuilder rexBuilder, RexNode array, RelDataType type) {
        RelDataTypeFactory types = rexBuilder.getTypeFactory();
        if (SqlTypeUtil.equalSansNullability(types, array.getType(), type) && array.getType().isNullable() == type.isNullable()
                && areNullable(array.getType()) == areNullable(type)) {
            return array;
        }
        // Rules derive the type anew: it is the function's own.
        SqlReturnTypeInference own = binding -> types.createTypeWithNullability(type, binding.getOperandType(0).isNullable());
        SqlOperator function = function(CAST_EACH + type.getFullTypeString(), own, NullPolicy.STRICT, (translator, call,
                operands) -> castEach(
                        rexBuilder, translator, call, operands.getFirst()));
        RexNode cast = rexBuilder.makeCall(types.createTypeWithNullability(type, array.getType().isNullable()), function, List.of(array));
        return cast.getType().isNullable() == type.isNullable() ? cast : rexBuilder.makeAbstractCast(type, cast, false);
    }

    private static boolean areNullable(RelDataType array) {
        RelDataType component = array.getComponentType();
        return component != null && component.isNullable();
    }

    @SuppressWarnings("unchecked") // a class says nothing of its type arguments
    private static Expression castEach(RexBuilder rexBuilder, RexToLixTranslator translator, RexCall call, Expression array) {
        RelDataType from = call.getOperands().getFirst().getType().getComponentType();
        RelDataType to = call.getType().getComponentType();
        if (from == null || to == null) {
            throw new IllegalStateException("no array: " + call);
        }
        JavaTypeFactory types = (JavaTypeFactory) rexBuilder.getTypeFactory();
        if (SqlTypeUtil.equalSansNullability(types, from, to)) {
            return array;
        }
        RelDataType row = types.builder().add("ELEMENT", types.createTypeWithNullability(from, true)).build();
        RexNode element = RexInputRef.of(0, row);
        RelDataType wanted = types.createTypeWithNullability(to, true);
        RexNode converted = isArray(from) ? cast(rexBuilder, element, wanted) : rexBuilder.makeAbstractCast(wanted, element, false);
        RexProgramBuilder program = new RexProgramBuilder(row, rexBuilder);
        program.addProject(ExactNumbers.apply(rexBuilder, converted), "CAST");
        ParameterExpression parameter = Expressions.parameter(Object.class, "element");
        // Calcite's class of UUIDs is Object, which its own code of casts does not take.
        Type javaClass = from.getSqlTypeName() == SqlTypeName.UUID ? UUID.class : Primitive.box(types.getJavaClass(element.getType()));
        Expression value = Expressions.convert_(parameter, javaClass);
        BlockBuilder block = new BlockBuilder();
        Expression result = RexToLixTranslator.translateProjects(program.getProgram(), types, Validation.CONFORMANCE, block, null, null,
                translator.getRoot(), (list, index, storageType) -> value, null).getFirst();
        block.add(Expressions.return_(null, Expressions.box(result)));
        Method mapped = Types.lookupMethod(ArrayFunctions.class, "mapped", List.class, Function1.class);
        return Expressions.call(mapped, array, Expressions.lambda(Function1.class, block.toBlock(), parameter));
    }

    private static final class Function extends SqlUserDefinedFunction {
        Function(String name, SqlReturnTypeInference type, Code code) {
            super(new SqlIdentifier(name, SqlParserPos.ZERO), SqlKind.OTHER_FUNCTION, type, InferTypes.ANY_NULLABLE, null, code);
        }
    }

    private record Code(NotNullImplementor code, NullPolicy nulls) implements ScalarFunction, ImplementableFunction {
        @Override
        public CallImplementor getImplementor() {
            return RexImpTable.createImplementor(code, nulls, false);
        }

        @Override
        public RelDataType getReturnType(RelDataTypeFactory types) {
            return types.createSqlType(SqlTypeName.ANY);
        }

        @Override
        public List<FunctionParameter> getParameters() {
            return List.of();
        }
    }
}
