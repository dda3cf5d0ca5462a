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
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.convert.ConverterRule;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.logical.LogicalSort;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.coconutdb.sql.operator.Operators;
import org.coconutdb.sql.run.RowOrder;
import org.jspecify.annotations.Nullable;

/// Sorts rows, with a limit or without. In place of Calcite's: its order is another than that of keys (text, UUID), and it fails on
/// infinite numbers.
final class RowSort extends Sort implements EnumerableRel {
    private static final Method SORTED =
            Types.lookupMethod(Operators.class, "sorted", Enumerable.class, Object.class, Object.class, Object.class, DataContext.class);

    private RowSort(
            RelOptCluster cluster,
            RelTraitSet traits,
            RelNode input,
            RelCollation collation,
            @Nullable RexNode offset,
            @Nullable RexNode fetch) {
        super(cluster, traits, input, collation, offset, fetch);
    }

    @Override
    public RowSort copy(RelTraitSet traits, RelNode input, RelCollation collation, @Nullable RexNode offset, @Nullable RexNode fetch) {
        return new RowSort(getCluster(), traits, input, collation, offset, fetch);
    }

    @Override
    public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
        BlockBuilder block = new BlockBuilder();
        Result child = implementor.visitChild(this, 0, (EnumerableRel) getInput(), Prefer.ARRAY);
        PhysType physType = PhysTypeImpl.of(implementor.getTypeFactory(), getRowType(), JavaRowFormat.ARRAY);
        Expression rows = child.physType.convertTo(block.append("rows", child.block), physType.getFormat());
        Expression order = implementor.stash(order(physType.getFormat() == JavaRowFormat.SCALAR), RowOrder.class);
        block.add(Expressions.return_(null, Expressions.call(SORTED, rows, order, bound(implementor, offset), bound(implementor, fetch),
                implementor.getRootExpression())));
        return implementor.result(physType, block.toBlock());
    }

    private RowOrder order(boolean scalar) {
        return new RowOrder(
                getCollation().getFieldCollations().stream().map(RowSort::part).toArray(RowOrder.Part[]::new), scalar);
    }

    private static RowOrder.Part part(RelFieldCollation field) {
        boolean descending = field.getDirection().isDescending();
        boolean nullsFirst = switch (field.nullDirection) {
            case FIRST -> true;
            case LAST -> false;
            // NULL counts as the greatest.
            case UNSPECIFIED -> descending;
        };
        return new RowOrder.Part(field.getFieldIndex(), descending, nullsFirst);
    }

    private static Expression bound(EnumerableRelImplementor implementor, @Nullable RexNode bound) {
        return switch (bound) {
            case null -> Expressions.constant(null);
            case RexLiteral literal -> Expressions.box(Expressions.constant(literal.getValueAs(Long.class), long.class));
            case RexDynamicParam parameter -> Expressions.call(
                    implementor.getRootExpression(), Types.lookupMethod(DataContext.class, "get", String.class), Expressions.constant(
                            parameter.getName()));
            default -> throw new UnsupportedOperationException("LIMIT and OFFSET take a number or a parameter, not " + bound);
        };
    }

    /// From Calcite's sort.
    static final class Rule extends ConverterRule {
        static final Rule INSTANCE =
                Config.INSTANCE
                        .withConversion(
                                LogicalSort.class,
                                sort -> !sort.getCollation().getFieldCollations().isEmpty(),
                                Convention.NONE,
                                EnumerableConvention.INSTANCE,
                                "RowSortRule")
                        .withRuleFactory(Rule::new)
                        .toRule(Rule.class);

        private Rule(Config config) {
            super(config);
        }

        @Override
        public RelNode convert(RelNode rel) {
            LogicalSort sort = (LogicalSort) rel;
            RelNode input = convert(sort.getInput(), sort.getInput().getTraitSet().replace(EnumerableConvention.INSTANCE));
            return new RowSort(
                    rel.getCluster(),
                    rel.getCluster().traitSetOf(EnumerableConvention.INSTANCE).replace(sort.getCollation()),
                    input,
                    sort.getCollation(),
                    sort.offset,
                    sort.fetch);
        }
    }
}
