package org.coconutdb.sql.plan;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableAggregate;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.adapter.enumerable.EnumerableRules;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.function.Function0;
import org.apache.calcite.linq4j.function.Function2;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.MethodCallExpression;
import org.apache.calcite.linq4j.tree.Shuttle;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.InvalidRelException;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.SingleRel;
import org.apache.calcite.rel.convert.ConverterRule;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.BuiltInMethod;
import org.apache.calcite.util.ImmutableBitSet;
import org.coconutdb.sql.operator.GroupShape;
import org.coconutdb.sql.operator.Operators;
import org.jspecify.annotations.Nullable;

/// Groups rows. What is computed for a group is Calcite's code; the groups are ours: that code asks its input to group itself, and gets one that does.
final class RowGroups extends Aggregate implements EnumerableRel {
    private static final Method GROUPED = Types.lookupMethod(Operators.class, "grouped", Enumerable.class, Object.class, DataContext.class);
    private static final Method GROUPED_BY_SETS = Types.lookupMethod(Operators.class, "groupBySets", Enumerable.class, List.class,
            Function0.class, Function2.class, Function2.class);
    private static final int GROUP_BY_SETS_ARGUMENTS = 5;
    private static final long RESULTS_BYTES = 32;
    /// Of a sum of decimals with its count.
    private static final long RESULT_BYTES = 72;

    /// Functions that keep nothing of their arguments, or as much as a number.
    private static final Set<SqlKind> CONSTANT = EnumSet.of(SqlKind.COUNT, SqlKind.SUM, SqlKind.SUM0, SqlKind.AVG, SqlKind.BIT_AND,
            SqlKind.BIT_OR, SqlKind.BIT_XOR, SqlKind.GROUPING, SqlKind.GROUP_ID);
    /// Functions that keep one of the values that they see.
    private static final Set<SqlKind> KEEPING = EnumSet.of(SqlKind.MIN, SqlKind.MAX, SqlKind.ANY_VALUE, SqlKind.SINGLE_VALUE,
            SqlKind.FIRST_VALUE, SqlKind.LAST_VALUE, SqlKind.ARG_MIN, SqlKind.ARG_MAX, SqlKind.LITERAL_AGG);

    /// What of an aggregate it computes.
    enum Phase {
        /// All.
        WHOLE,
        /// That of the rows of one block.
        PARTIAL,
        /// All of what partial ones answer.
        FINAL
    }

    private final Phase phase;

    private RowGroups(
            RelOptCluster cluster,
            RelTraitSet traits,
            RelNode input,
            ImmutableBitSet groupSet,
            @Nullable List<ImmutableBitSet> groupSets,
            List<AggregateCall> calls,
            Phase phase) {
        super(cluster, traits, List.of(), input, groupSet, groupSets, calls);
        this.phase = phase;
    }

    Phase phase() {
        return phase;
    }

    /// A phase of this aggregate, of another input.
    RowGroups of(RelNode input, ImmutableBitSet keys, List<AggregateCall> calls, Phase of) {
        return new RowGroups(getCluster(), getTraitSet(), input, keys, null, calls, of);
    }

    @Override
    public RowGroups copy(
            RelTraitSet traits,
            RelNode input,
            ImmutableBitSet groupSet,
            @Nullable List<ImmutableBitSet> groupSets,
            List<AggregateCall> calls) {
        return new RowGroups(getCluster(), traits, input, groupSet, groupSets, calls, phase);
    }

    @Override
    public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
        Input grouped = new Input(getInput(), shape());
        EnumerableAggregate code;
        try {
            code = new EnumerableAggregate(getCluster(), getTraitSet(), grouped, groupSet, groupSets, aggCalls);
        } catch (InvalidRelException refused) {
            throw new UnsupportedOperationException(refused);
        }
        Result result = code.implement(implementor, Prefer.ARRAY);
        if (getGroupType() == Group.SIMPLE) {
            return result;
        }
        return implementor.result(result.physType, result.block.accept(new BySets()));
    }

    /// Calls our grouping by sets, which Calcite's code calls as a static method.
    private static final class BySets extends Shuttle {
        @Override
        public Expression visit(MethodCallExpression call, @Nullable Expression target, List<Expression> arguments) {
            return call.method.equals(BuiltInMethod.GROUP_BY_MULTIPLE.method)
                    ? Expressions.call(GROUPED_BY_SETS, arguments.subList(0, GROUP_BY_SETS_ARGUMENTS))
                    : super.visit(call, target, arguments);
        }
    }

    private GroupShape shape() {
        List<int[]> sets = new ArrayList<>();
        List<Integer> columns = groupSet.asList();
        for (ImmutableBitSet set : groupSets) {
            sets.add(set.asList().stream().mapToInt(columns::indexOf).toArray());
        }
        Set<Integer> kept = new TreeSet<>();
        Set<Integer> gathered = new TreeSet<>();
        boolean gathersRows = false;
        for (AggregateCall call : aggCalls) {
            gathersRows |= !call.collation.getFieldCollations().isEmpty();
            if (CONSTANT.contains(call.getAggregation().getKind()) || call.getType().getSqlTypeName() == SqlTypeName.BOOLEAN) {
                continue;
            }
            boolean isKept = KEEPING.contains(call.getAggregation().getKind());
            for (int argument : call.getArgList()) {
                if (!isKept) {
                    gathered.add(argument);
                } else if (varies(argument)) {
                    kept.add(argument);
                }
            }
            for (RelFieldCollation field : call.collation.getFieldCollations()) {
                gathered.add(field.getFieldIndex());
            }
        }
        return new GroupShape(ArrayRows.shape(getInput()), ArrayRows.columns(columns), sets, getGroupType() != Group.SIMPLE, RESULTS_BYTES
                + RESULT_BYTES * aggCalls.size(), ArrayRows.columns(List.copyOf(kept)), ArrayRows.columns(List.copyOf(gathered)),
                gathersRows);
    }

    private boolean varies(int column) {
        SqlTypeName type = getInput().getRowType().getFieldList().get(column).getType().getSqlTypeName();
        SqlTypeFamily family = type.getFamily();
        return family != SqlTypeFamily.NUMERIC && family != SqlTypeFamily.DATE && family != SqlTypeFamily.TIME
                && family != SqlTypeFamily.TIMESTAMP && family != SqlTypeFamily.BOOLEAN;
    }

    /// The input that groups itself.
    private static final class Input extends SingleRel implements EnumerableRel {
        private final GroupShape shape;

        Input(RelNode input, GroupShape shape) {
            super(input.getCluster(), input.getTraitSet(), input);
            this.shape = shape;
        }

        @Override
        public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
            BlockBuilder block = new BlockBuilder();
            Expression rows = ArrayRows.of(implementor, this, 0, block);
            block.add(Expressions.return_(null, Expressions.call(GROUPED, rows, implementor.stash(shape, GroupShape.class), implementor
                    .getRootExpression())));
            return implementor.result(ArrayRows.type(implementor, getRowType()), block.toBlock());
        }
    }

    /// In place of Calcite's rule, which says what there is code for.
    static final class Rule extends ConverterRule {
        static final Rule INSTANCE =
                Config.INSTANCE
                        .withConversion(LogicalAggregate.class, Convention.NONE, EnumerableConvention.INSTANCE, "RowGroupsRule")
                        .withRuleFactory(Rule::new)
                        .toRule(Rule.class);

        private Rule(Config config) {
            super(config);
        }

        @Override
        public @Nullable RelNode convert(RelNode rel) {
            RelNode code = ((ConverterRule) EnumerableRules.ENUMERABLE_AGGREGATE_RULE).convert(rel);
            return code instanceof EnumerableAggregate aggregate
                    ? new RowGroups(rel.getCluster(), aggregate.getTraitSet(), aggregate.getInput(), aggregate.getGroupSet(), aggregate
                            .getGroupSets(), aggregate.getAggCallList(), Phase.WHOLE)
                    : code;
        }
    }
}
