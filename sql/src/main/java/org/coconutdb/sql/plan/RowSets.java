package org.coconutdb.sql.plan;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.adapter.enumerable.EnumerableUnion;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.convert.ConverterRule;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.logical.LogicalIntersect;
import org.apache.calcite.rel.logical.LogicalMinus;
import org.apache.calcite.rel.logical.LogicalUnion;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.sql.SqlKind;
import org.coconutdb.sql.operator.Operators;
import org.coconutdb.sql.operator.SetShape;

/// UNION of different rows, INTERSECT and EXCEPT. In place of Calcite's, which have no bound.
final class RowSets extends SetOp implements EnumerableRel {
    private static final Method SET = Types.lookupMethod(Operators.class, "set", Enumerable[].class, Object.class, DataContext.class);

    private RowSets(RelOptCluster cluster, RelTraitSet traits, List<RelNode> inputs, SqlKind kind, boolean all) {
        super(cluster, traits, inputs, kind, all);
    }

    @Override
    public RowSets copy(RelTraitSet traits, List<RelNode> inputs, boolean all) {
        return new RowSets(getCluster(), traits, inputs, kind, all);
    }

    @Override
    public double estimateRowCount(RelMetadataQuery metadata) {
        return getInputs().stream().mapToDouble(metadata::getRowCount).sum();
    }

    private SetShape.Kind setKind() {
        return switch (kind) {
            case UNION -> SetShape.Kind.UNION;
            case INTERSECT -> SetShape.Kind.INTERSECT;
            default -> SetShape.Kind.EXCEPT;
        };
    }

    /// As EXPLAIN shows it.
    String shownName() {
        return switch (setKind()) {
            case UNION -> "Union";
            case INTERSECT -> "Intersect";
            case EXCEPT -> "Minus";
        };
    }

    @Override
    public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
        BlockBuilder block = new BlockBuilder();
        List<Expression> operands = new ArrayList<>();
        for (int i = 0; i < getInputs().size(); i++) {
            operands.add(ArrayRows.of(implementor, this, i, block));
        }
        int[] columns = IntStream.range(0, getRowType().getFieldCount()).toArray();
        SetShape shape = new SetShape(setKind(), all, ArrayRows.shape(this), columns);
        block.add(Expressions.return_(null, Expressions.call(SET, Expressions.newArrayInit(Enumerable.class, operands), implementor.stash(
                shape, SetShape.class), implementor.getRootExpression())));
        return implementor.result(ArrayRows.type(implementor, getRowType()), block.toBlock());
    }

    /// From Calcite's operations; UNION ALL holds nothing and stays Calcite's.
    static final class Rule extends ConverterRule {
        static final List<RelOptRule> ALL = List.of(rule(LogicalUnion.class), rule(LogicalIntersect.class), rule(LogicalMinus.class));

        private Rule(Config config) {
            super(config);
        }

        private static <R extends SetOp> RelOptRule rule(Class<R> operation) {
            return Config.INSTANCE
                    .withConversion(operation, Convention.NONE, EnumerableConvention.INSTANCE,
                            "RowSetsRule" + operation.getSimpleName())
                    .withRuleFactory(Rule::new)
                    .toRule(Rule.class);
        }

        @Override
        public RelNode convert(RelNode rel) {
            SetOp operation = (SetOp) rel;
            List<RelNode> inputs = new ArrayList<>();
            for (RelNode input : operation.getInputs()) {
                inputs.add(convert(input, input.getTraitSet().replace(EnumerableConvention.INSTANCE)));
            }
            if (operation.kind == SqlKind.UNION && operation.all) {
                return new EnumerableUnion(rel.getCluster(), rel.getCluster().traitSetOf(EnumerableConvention.INSTANCE), inputs, true);
            }
            return new RowSets(rel.getCluster(), rel.getCluster().traitSetOf(EnumerableConvention.INSTANCE), inputs, operation.kind,
                    operation.all);
        }
    }
}
