package org.coconutdb.sql.plan;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.SingleRel;
import org.coconutdb.sql.run.GeneratedCode;

/// Counts and times the operator below. Only in what is compiled for EXPLAIN ANALYZE, so that others do not pay for it.
final class MeasurePoint extends SingleRel implements EnumerableRel {
    private static final Method MEASURING = Types.lookupMethod(GeneratedCode.class, "measuring", DataContext.class, int.class);
    private static final Method MEASURED =
            Types.lookupMethod(GeneratedCode.class, "measured", Enumerable.class, DataContext.class, int.class);

    private final int operator;

    private MeasurePoint(RelNode input, int operator) {
        super(input.getCluster(), input.getTraitSet(), input);
        this.operator = operator;
    }

    /// The plan with such a point above each operator that [PlanOperators] shows, by its number in [PlanOperator#with].
    static RelNode insert(RelNode rel) {
        return insert(rel, new int[1]);
    }

    private static RelNode insert(RelNode rel, int[] next) {
        if (rel instanceof BlocksToEnumerable) {
            // What is below is no enumerable operator: both together are the one that is shown.
            return new MeasurePoint(rel, next[0]++);
        }
        if (rel instanceof LookupJoinRel join) {
            // Its right side is no enumerable operator either: the join counts for it.
            int mine = next[0]++;
            RelNode left = insert(join.getLeft(), next);
            return new MeasurePoint(join.measured(left, next[0]++), mine);
        }
        boolean isShown = PlanOperators.isShown(rel);
        int mine = isShown ? next[0]++ : -1;
        List<RelNode> inputs = new ArrayList<>(rel.getInputs().size());
        for (RelNode input : rel.getInputs()) {
            inputs.add(insert(input, next));
        }
        RelNode copy = inputs.isEmpty() ? rel : rel.copy(rel.getTraitSet(), inputs);
        return isShown ? new MeasurePoint(copy, mine) : copy;
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new MeasurePoint(inputs.getFirst(), operator);
    }

    @Override
    public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
        BlockBuilder block = new BlockBuilder();
        Expression number = Expressions.constant(operator);
        Expression root = implementor.getRootExpression();
        Result result = implementor.visitChild(this, 0, (EnumerableRel) getInput(), prefer);
        block.add(Expressions.statement(Expressions.call(MEASURING, root, number)));
        Expression rows = block.append("rows", result.block);
        // A name that begins with an underscore stays where it is: moved behind the next operator's beginning, it would end that one.
        Expression measured = block.append("_measured", Expressions.call(MEASURED, rows, root, number), false);
        block.add(Expressions.return_(null, measured));
        return implementor.result(result.physType, block.toBlock());
    }
}
