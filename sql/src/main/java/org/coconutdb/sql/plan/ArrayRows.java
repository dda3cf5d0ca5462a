package org.coconutdb.sql.plan;

import com.google.common.collect.ImmutableMap;
import java.lang.reflect.Type;
import java.util.List;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.adapter.enumerable.JavaRowFormat;
import org.apache.calcite.adapter.enumerable.PhysType;
import org.apache.calcite.adapter.enumerable.PhysTypeImpl;
import org.apache.calcite.adapter.enumerable.RexToLixTranslator;
import org.apache.calcite.linq4j.function.Predicate2;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.ParameterExpression;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexProgramBuilder;
import org.coconutdb.sql.operator.RowShape;

/// Rows as our operators take them: arrays, or bare values where there is one column.
final class ArrayRows {
    private ArrayRows() {}

    static PhysType type(EnumerableRelImplementor implementor, RelDataType rowType) {
        // ARRAY becomes SCALAR by itself where there is one column.
        return PhysTypeImpl.of(implementor.getTypeFactory(), rowType, JavaRowFormat.ARRAY);
    }

    /// The rows of an input of an operator, in a variable of its code.
    static Expression of(EnumerableRelImplementor implementor, EnumerableRel operator, int input, BlockBuilder block) {
        EnumerableRel child = (EnumerableRel) operator.getInput(input);
        EnumerableRel.Result result = implementor.visitChild(operator, input, child, EnumerableRel.Prefer.ARRAY);
        Expression rows = block.append("rows" + input, result.block);
        return result.physType.convertTo(rows, type(implementor, child.getRowType()).getFormat());
    }

    static RowShape shape(RelNode rel) {
        return new RowShape(rel.getRowType().getFieldCount());
    }

    /// A condition over rows of two inputs as a function.
    @SuppressWarnings("unchecked") // a class says nothing of its type arguments
    static Expression predicate(EnumerableRelImplementor implementor, RexNode condition, RelNode left, RelNode right) {
        PhysType leftType = type(implementor, left.getRowType());
        PhysType rightType = type(implementor, right.getRowType());
        BlockBuilder block = new BlockBuilder();
        ParameterExpression first = parameter(leftType.getJavaRowType(), "left");
        ParameterExpression second = parameter(rightType.getJavaRowType(), "right");
        RexProgramBuilder program = new RexProgramBuilder(
                implementor.getTypeFactory().builder().addAll(left.getRowType().getFieldList()).addAll(right.getRowType().getFieldList())
                        .build(),
                left.getCluster().getRexBuilder());
        program.addCondition(condition);
        block.add(
                Expressions.return_(
                        null,
                        RexToLixTranslator.translateCondition(
                                program.getProgram(),
                                implementor.getTypeFactory(),
                                block,
                                new RexToLixTranslator.InputGetterImpl(ImmutableMap.of(first, leftType, second, rightType)),
                                implementor::getCorrelVariableGetter,
                                implementor.getConformance())));
        return Expressions.lambda(Predicate2.class, block.toBlock(), first, second);
    }

    private static ParameterExpression parameter(Type type, String name) {
        return Expressions.parameter(type, name);
    }

    static int[] columns(List<Integer> columns) {
        return columns.stream().mapToInt(Integer::intValue).toArray();
    }
}
