package org.coconutdb.sql.plan;

import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.linq4j.function.Function1;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.SingleRel;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.sql.run.GatherShape;
import org.coconutdb.sql.run.GeneratedCode;

/// Brings together the rows of a fragment that is run in each block. The fragment's code is a function of the context, which says the block.
final class Gather extends SingleRel implements EnumerableRel {
    private static final Method GATHERED = Types.lookupMethod(GeneratedCode.class, "gathered", Function1.class, Object.class,
            DataContext.class);

    private final Parallelism parallelism;
    private final List<TableDescriptor> tables;

    private Gather(RelOptCluster cluster, RelTraitSet traits, RelNode input, Parallelism parallelism, List<TableDescriptor> tables) {
        super(cluster, traits, input);
        this.parallelism = parallelism;
        this.tables = tables;
    }

    /// @param fragment whose rows are in blocks
    /// @param tables that it reads
    static Gather of(RelNode fragment, Parallelism parallelism, List<TableDescriptor> tables) {
        assert BlockDistributionDef.of(fragment).inBlocks() : "rows that are together are gathered";
        RelTraitSet traits = fragment.getCluster().traitSetOf(EnumerableConvention.INSTANCE);
        return new Gather(fragment.getCluster(), traits, fragment, parallelism, tables);
    }

    /// What EXPLAIN shows, by name and in this order.
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("parallel", String.valueOf(parallelism.threads()));
        facts.put("blocks", String.valueOf(parallelism.blocks()));
        return facts;
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new Gather(getCluster(), traits, inputs.getFirst(), parallelism, tables);
    }

    @Override
    @SuppressWarnings("unchecked") // a class says nothing of its type arguments
    public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
        BlockBuilder fragment = new BlockBuilder();
        Expression rows = ArrayRows.of(implementor, this, 0, fragment);
        fragment.add(Expressions.return_(null, rows));
        // Its parameter has the name of the context of the whole, so that the fragment finds its own under it.
        Expression function = Expressions.lambda(Function1.class, fragment.toBlock(), DataContext.ROOT);
        BlockBuilder block = new BlockBuilder();
        block.add(Expressions.return_(null, Expressions.call(GATHERED, function, implementor.stash(parallelism.shape(tables),
                GatherShape.class), implementor.getRootExpression())));
        return implementor.result(ArrayRows.type(implementor, getRowType()), block.toBlock());
    }
}
