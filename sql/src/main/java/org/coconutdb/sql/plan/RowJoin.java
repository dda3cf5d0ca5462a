package org.coconutdb.sql.plan;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.adapter.enumerable.EnumerableRules;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.function.Predicate2;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.convert.ConverterRule;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinInfo;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.sql.operator.JoinShape;
import org.coconutdb.sql.operator.Operators;
import org.jspecify.annotations.Nullable;

/// A join that holds its right side: by the keys that both sides are equal in, or as it is where there are none. In place of Calcite's, which have no bound.
final class RowJoin extends Join implements EnumerableRel {
    private static final Method JOINED = Types.lookupMethod(Operators.class, "joined", Enumerable.class, Enumerable.class, Object.class,
            Predicate2.class, DataContext.class);
    /// Types whose values are whole numbers for generated code.
    private static final Set<SqlTypeName> INTEGERS = EnumSet.of(SqlTypeName.TINYINT, SqlTypeName.SMALLINT, SqlTypeName.INTEGER,
            SqlTypeName.BIGINT, SqlTypeName.DATE, SqlTypeName.TIME, SqlTypeName.TIMESTAMP);

    private RowJoin(
            RelOptCluster cluster,
            RelTraitSet traits,
            RelNode left,
            RelNode right,
            RexNode condition,
            Set<CorrelationId> variables,
            JoinRelType type) {
        super(cluster, traits, List.of(), left, right, condition, variables, type);
    }

    @Override
    public RowJoin copy(RelTraitSet traits, RexNode condition, RelNode left, RelNode right, JoinRelType type, boolean isSemiJoinDone) {
        return new RowJoin(getCluster(), traits, left, right, condition, getVariablesSet(), type);
    }

    /// Whether it finds rows by keys.
    boolean hasKeys() {
        return !analyzeCondition().leftKeys.isEmpty();
    }

    @Override
    public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
        BlockBuilder block = new BlockBuilder();
        Expression leftRows = ArrayRows.of(implementor, this, 0, block);
        Expression rightRows = ArrayRows.of(implementor, this, 1, block);
        JoinInfo info = analyzeCondition();
        RexNode residual = RexUtil.composeConjunction(getCluster().getRexBuilder(), info.nonEquiConditions, true);
        Expression condition = residual == null || residual.isAlwaysTrue() ? Expressions.constant(null)
                : ArrayRows.predicate(implementor, residual, left, right);
        block.add(Expressions.return_(null, Expressions.call(JOINED, leftRows, rightRows, implementor.stash(shape(info), JoinShape.class),
                condition, implementor.getRootExpression())));
        return implementor.result(ArrayRows.type(implementor, getRowType()), block.toBlock());
    }

    private JoinShape shape(JoinInfo info) {
        boolean[] matchesNull = new boolean[info.leftKeys.size()];
        for (int i = 0; i < matchesNull.length; i++) {
            matchesNull[i] = !info.nullExclusionFlags.get(i);
        }
        boolean isInteger = matchesNull.length == 1 && !matchesNull[0] && isInteger(left, info.leftKeys.get(0))
                && isInteger(right, info.rightKeys.get(0));
        return new JoinShape(JoinShape.Type.valueOf(joinType.name()), ArrayRows.shape(left), ArrayRows.shape(right), info.leftKeys
                .toIntArray(), info.rightKeys.toIntArray(), matchesNull, isInteger);
    }

    private static boolean isInteger(RelNode rel, int column) {
        RelDataType type = rel.getRowType().getFieldList().get(column).getType();
        return INTEGERS.contains(type.getSqlTypeName());
    }

    /// In place of Calcite's rule, and hands it what is no join of two sides that are each read once.
    static final class Rule extends ConverterRule {
        static final Rule INSTANCE =
                Config.INSTANCE
                        .withConversion(LogicalJoin.class, Convention.NONE, EnumerableConvention.INSTANCE, "RowJoinRule")
                        .withRuleFactory(Rule::new)
                        .toRule(Rule.class);

        private Rule(Config config) {
            super(config);
        }

        @Override
        public @Nullable RelNode convert(RelNode rel) {
            LogicalJoin join = (LogicalJoin) rel;
            if (!isKnown(join.getJoinType())) {
                return ((ConverterRule) EnumerableRules.ENUMERABLE_JOIN_RULE).convert(rel);
            }
            RelNode left = convert(join.getLeft(), join.getLeft().getTraitSet().replace(EnumerableConvention.INSTANCE));
            RelNode right = convert(join.getRight(), join.getRight().getTraitSet().replace(EnumerableConvention.INSTANCE));
            return new RowJoin(join.getCluster(), join.getCluster().traitSetOf(EnumerableConvention.INSTANCE), left, right,
                    condition(join, left, right), join.getVariablesSet(), join.getJoinType());
        }

        private static boolean isKnown(JoinRelType type) {
            return switch (type) {
                case INNER, LEFT, RIGHT, FULL, SEMI, ANTI -> true;
                default -> false;
            };
        }

        /// Keys first.
        private static RexNode condition(LogicalJoin join, RelNode left, RelNode right) {
            JoinInfo info = join.analyzeCondition();
            if (info.leftKeys.isEmpty()) {
                return join.getCondition();
            }
            RexBuilder rexBuilder = join.getCluster().getRexBuilder();
            List<RexNode> parts = new ArrayList<>();
            parts.add(info.getEquiCondition(left, right, rexBuilder));
            if (!info.isEqui()) {
                parts.add(RexUtil.composeConjunction(rexBuilder, info.nonEquiConditions));
            }
            return RexUtil.composeConjunction(rexBuilder, parts);
        }
    }
}
