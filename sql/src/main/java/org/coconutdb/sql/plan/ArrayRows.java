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
import org.coconutdb.sql.run.GeneratedCode;

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
    static Expression predicate(EnumerableRelImplementor implementor, RexNode condition, RelNode left, RelNode right) {
        return predicate(implementor, condition, left, type(implementor, left.getRowType()), right, type(implementor, right.getRowType()));
    }

    /// The same of rows that are represented as these say.
    @SuppressWarnings("unchecked") // a class says nothing of its type arguments
    static Expression predicate(
            EnumerableRelImplementor implementor,
            RexNode condition,
            RelNode left,
            PhysType leftType,
            RelNode right,
            PhysType rightType) {
        BlockBuilder block = new BlockBuilder();
        ParameterExpression first = parameter(leftType.getJavaRowType(), "left");
        ParameterExpression second = parameter(rightType.getJavaRowType(), "right");
        RexProgramBuilder program = new RexProgramBuilder(
                implementor.getTypeFactory().builder().addAll(left.getRowType().getFieldList()).addAll(right.getRowType().getFieldList())
                        .build(),
                left.getCluster().getRexBuilder());
        program.addCondition(condition);
        Expression holds = RexToLixTranslator.translateCondition(
                program.getProgram(),
                implementor.getTypeFactory(),
                block,
                new RexToLixTranslator.InputGetterImpl(ImmutableMap.of(first, leftType, second, rightType)),
                implementor::getCorrelVariableGetter,
                implementor.getConformance());
        // By a call: the type of what a predicate answers is that of its code, which is Object for some conditions.
        block.add(Expressions.return_(null, Expressions.call(GeneratedCode.class, "holds", Expressions.convert_(holds, boolean.class))));
        return Expressions.lambda(Predicate2.class, block.toBlock(), first, second);
    }

    private static ParameterExpression parameter(Type type, String name) {
        return Expressions.parameter(type, name);
    }

    static int[] columns(List<Integer> columns) {
        return columns.stream().mapToInt(Integer::intValue).toArray();
    }
}
