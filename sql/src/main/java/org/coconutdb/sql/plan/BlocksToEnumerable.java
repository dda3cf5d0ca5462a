package org.coconutdb.sql.plan;

import java.lang.reflect.Method;
import java.util.List;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.adapter.enumerable.JavaRowFormat;
import org.apache.calcite.adapter.enumerable.PhysType;
import org.apache.calcite.adapter.enumerable.PhysTypeImpl;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.plan.ConventionTraitDef;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptCost;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.convert.ConverterImpl;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.coconutdb.sql.run.GeneratedCode;
import org.coconutdb.sql.run.RowSource;

/// Where generated code reads blocks: it finds the [RowSource] in its context under a name, and asks it for rows.
final class BlocksToEnumerable extends ConverterImpl implements EnumerableRel {
    private static final Method ROWS = Types.lookupMethod(GeneratedCode.class, "rows", RowSource.class, DataContext.class);
    private static final Method VALUES = Types.lookupMethod(GeneratedCode.class, "values", RowSource.class, DataContext.class);

    BlocksToEnumerable(RelOptCluster cluster, RelTraitSet traits, RelNode input) {
        super(cluster, ConventionTraitDef.INSTANCE, traits, input);
    }

    static BlocksToEnumerable create(RelNode input) {
        return new BlocksToEnumerable(input.getCluster(), input.getTraitSet().replace(EnumerableConvention.INSTANCE), input);
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new BlocksToEnumerable(getCluster(), traits, inputs.getFirst());
    }

    @Override
    public RelOptCost computeSelfCost(RelOptPlanner planner, RelMetadataQuery metadata) {
        return planner.getCostFactory().makeTinyCost();
    }

    @Override
    public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
        RowSource source = ((BlockRel) getInput()).source();
        // ARRAY becomes SCALAR by itself where there is one column.
        PhysType physType = PhysTypeImpl.of(implementor.getTypeFactory(), getRowType(), JavaRowFormat.ARRAY);
        Expression stashed = implementor.stash(source, RowSource.class);
        Method method = physType.getFormat() == JavaRowFormat.SCALAR ? VALUES : ROWS;
        BlockBuilder block = new BlockBuilder();
        block.add(Expressions.return_(null, Expressions.call(method, stashed, implementor.getRootExpression())));
        return implementor.result(physType, block.toBlock());
    }
}
