package org.coconutdb.sql.plan;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.SingleRel;
import org.apache.calcite.rel.convert.ConverterRule;
import org.apache.calcite.rel.core.RepeatUnion;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.logical.LogicalRepeatUnion;
import org.apache.calcite.rel.logical.LogicalTableScan;
import org.apache.calcite.rel.logical.LogicalTableSpool;
import org.apache.calcite.schema.TransientTable;
import org.coconutdb.sql.operator.Operators;
import org.coconutdb.sql.operator.RecursionShape;
import org.jspecify.annotations.Nullable;

/// A recursive query. In place of Calcite's, which keeps the rows of a round in the plan, for all executions at once and without a bound: here each execution has
/// its own, and the plan's transient table is only the name by which the iteration finds them.
final class RowRecursion extends RepeatUnion implements EnumerableRel {
    private static final Method RECURSIVE = Types.lookupMethod(Operators.class, "recursive", Enumerable.class, Enumerable.class,
            Object.class,
            Object.class, DataContext.class);
    private static final Method WORKING = Types.lookupMethod(Operators.class, "working", Object.class, DataContext.class);

    private RowRecursion(
            RelOptCluster cluster,
            RelTraitSet traits,
            RelNode seed,
            RelNode iteration,
            boolean all,
            int roundsMax,
            @Nullable RelOptTable table) {
        super(cluster, traits, seed, iteration, all, roundsMax, table);
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new RowRecursion(getCluster(), traits, inputs.get(0), inputs.get(1), all, iterationLimit, transientTable);
    }

    @Override
    public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
        BlockBuilder block = new BlockBuilder();
        Expression seed = ArrayRows.of(implementor, this, 0, block);
        Expression iteration = ArrayRows.of(implementor, this, 1, block);
        RecursionShape shape = new RecursionShape(all, iterationLimit, ArrayRows.shape(this));
        block.add(Expressions.return_(null, Expressions.call(RECURSIVE, seed, iteration, implementor.stash(shape, RecursionShape.class),
                table(
                        implementor, transientTable), implementor.getRootExpression())));
        return implementor.result(ArrayRows.type(implementor, getRowType()), block.toBlock());
    }

    private static Expression table(EnumerableRelImplementor implementor, @Nullable RelOptTable table) {
        TransientTable name = Objects.requireNonNull(table).unwrapOrThrow(TransientTable.class);
        return implementor.stash(name, TransientTable.class);
    }

    /// Where Calcite writes the rows of a round into its table: the recursion does so itself.
    static final class Spool extends SingleRel implements EnumerableRel {
        Spool(RelNode input, RelTraitSet traits) {
            super(input.getCluster(), traits, input);
        }

        @Override
        public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
            return new Spool(inputs.getFirst(), traits);
        }

        @Override
        public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
            BlockBuilder block = new BlockBuilder();
            block.add(Expressions.return_(null, ArrayRows.of(implementor, this, 0, block)));
            return implementor.result(ArrayRows.type(implementor, getRowType()), block.toBlock());
        }
    }

    /// Reads the rows of the last round.
    static final class Scan extends TableScan implements EnumerableRel {
        Scan(RelOptCluster cluster, RelTraitSet traits, RelOptTable table) {
            super(cluster, traits, List.of(), table);
        }

        @Override
        public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
            return new Scan(getCluster(), traits, getTable());
        }

        @Override
        public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
            BlockBuilder block = new BlockBuilder();
            block.add(Expressions.return_(null, Expressions.call(WORKING, table(implementor, getTable()), implementor
                    .getRootExpression())));
            return implementor.result(ArrayRows.type(implementor, getRowType()), block.toBlock());
        }
    }

    /// From Calcite's operators.
    static final class Rule extends ConverterRule {
        static final List<RelOptRule> ALL = List.of(
                Config.INSTANCE.withConversion(LogicalRepeatUnion.class, Convention.NONE, EnumerableConvention.INSTANCE, "RowRecursionRule")
                        .withRuleFactory(Rule::new).toRule(Rule.class),
                Config.INSTANCE.withConversion(LogicalTableSpool.class, Convention.NONE, EnumerableConvention.INSTANCE, "RowSpoolRule")
                        .withRuleFactory(Rule::new).toRule(Rule.class),
                Config.INSTANCE
                        .withConversion(LogicalTableScan.class, scan -> scan.getTable().unwrap(TransientTable.class) != null,
                                Convention.NONE,
                                EnumerableConvention.INSTANCE, "WorkingRowsRule")
                        .withRuleFactory(Rule::new).toRule(Rule.class));

        private Rule(Config config) {
            super(config);
        }

        @Override
        public @Nullable RelNode convert(RelNode rel) {
            // Rows pass in the order that they come in.
            RelTraitSet traits = rel.getTraitSet().replace(EnumerableConvention.INSTANCE);
            return switch (rel) {
                case LogicalRepeatUnion union -> new RowRecursion(rel.getCluster(), traits, enumerable(union.getSeedRel()), enumerable(union
                        .getIterativeRel()), union.all, union.iterationLimit, union.getTransientTable());
                case LogicalTableSpool spool -> new Spool(enumerable(spool.getInput()), traits);
                case LogicalTableScan scan -> new Scan(rel.getCluster(), traits, scan.getTable());
                default -> null;
            };
        }

        private static RelNode enumerable(RelNode rel) {
            return convert(rel, rel.getTraitSet().replace(EnumerableConvention.INSTANCE));
        }
    }
}
