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
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Join;
import org.coconutdb.sql.run.GeneratedCode;

/// Looks at the cancel flag for each row that passes. It stands above operators that can make many rows without reading any, such as a
/// join of two inputs that it holds in memory.
final class CancelPoint extends SingleRel implements EnumerableRel {
    private static final Method CANCELLABLE = Types.lookupMethod(GeneratedCode.class, "cancellable", Enumerable.class, DataContext.class);

    private CancelPoint(RelNode input) {
        super(input.getCluster(), input.getTraitSet(), input);
    }

    /// The plan with such points where they are needed.
    static RelNode insert(RelNode rel) {
        List<RelNode> inputs = new ArrayList<>(rel.getInputs().size());
        for (RelNode input : rel.getInputs()) {
            inputs.add(insert(input));
        }
        RelNode copy = inputs.isEmpty() ? rel : rel.copy(rel.getTraitSet(), inputs);
        return (copy instanceof Join && !(copy instanceof RowJoin)) || copy instanceof Correlate
                ? new CancelPoint(copy) : copy;
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new CancelPoint(inputs.getFirst());
    }

    @Override
    public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
        BlockBuilder block = new BlockBuilder();
        Result result = implementor.visitChild(this, 0, (EnumerableRel) getInput(), prefer);
        Expression rows = block.append("rows", result.block);
        block.add(Expressions.return_(null, Expressions.call(CANCELLABLE, rows, implementor.getRootExpression())));
        return implementor.result(result.physType, block.toBlock());
    }
}
