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
import org.apache.calcite.rel.core.AsofJoin;
import org.apache.calcite.rel.core.Collect;
import org.coconutdb.sql.operator.Operators;

/// Counts the rows that come to an operator of Calcite's which holds them: ARRAY of a subquery, ASOF joins. These do not go to disk: too
/// many rows are refused.
final class HoldPoint extends SingleRel implements EnumerableRel {
    private static final Method COUNTED = Types.lookupMethod(Operators.class, "counted", Enumerable.class, String.class, boolean.class,
            DataContext.class);

    private final String what;
    private final boolean isAnswered;

    private HoldPoint(RelNode input, String what, boolean isAnswered) {
        super(input.getCluster(), input.getTraitSet(), input);
        this.what = what;
        this.isAnswered = isAnswered;
    }

    /// The plan with such points where they are needed.
    static RelNode insert(RelNode rel) {
        List<RelNode> inputs = new ArrayList<>(rel.getInputs().size());
        for (RelNode input : rel.getInputs()) {
            RelNode below = insert(input);
            inputs.add(switch (rel) {
                case Collect _ -> new HoldPoint(below, "rows of a subquery that becomes one value", true);
                case AsofJoin _ -> new HoldPoint(below, "rows of an ASOF join", false);
                default -> below;
            });
        }
        return inputs.isEmpty() ? rel : rel.copy(rel.getTraitSet(), inputs);
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new HoldPoint(inputs.getFirst(), what, isAnswered);
    }

    @Override
    public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
        BlockBuilder block = new BlockBuilder();
        Result result = implementor.visitChild(this, 0, (EnumerableRel) getInput(), prefer);
        Expression rows = block.append("rows", result.block);
        block.add(Expressions.return_(null, Expressions.call(COUNTED, rows, Expressions.constant(what), Expressions.constant(isAnswered),
                implementor.getRootExpression())));
        return implementor.result(result.physType, block.toBlock());
    }
}
