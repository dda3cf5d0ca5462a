package org.coconutdb.sql.plan;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.adapter.enumerable.JavaRowFormat;
import org.apache.calcite.adapter.enumerable.PhysType;
import org.apache.calcite.adapter.enumerable.PhysTypeImpl;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.function.Predicate2;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptCost;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.convert.ConverterRule;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rex.RexNode;
import org.coconutdb.sql.run.GeneratedCode;
import org.coconutdb.sql.run.JoinSource;
import org.coconutdb.sql.run.LookupJoinShape;
import org.coconutdb.sql.run.LookupSource;
import org.coconutdb.sql.run.MergeSource;
import org.jspecify.annotations.Nullable;

/// A join whose right side is a table that is asked for a key, or the beginning of one, for each row of the left side
/// ([AccessPath.Joined]), or comes in the order of the same key as the left side's rows, and is merged with them. [LookupJoins] makes it, without a way to run; [Rule] gives it generated code.
final class LookupJoinRel extends Join implements EnumerableRel {
    private static final Method LOOKED_UP = Types.lookupMethod(GeneratedCode.class, "lookedUp", Enumerable.class, Object.class,
            Object.class,
            Predicate2.class, DataContext.class);

    private final int[] keyFields;
    // Null of one by lookups.
    private final @Nullable Merged merged;
    private final @Nullable RexNode residual;
    // Number of the right side in what EXPLAIN ANALYZE counts.
    private final int measuredAs;

    /// The key of the right side's rows.
    ///
    /// @param fields in the key's order
    /// @param descending of each, whether rows come backwards
    record Merged(int[] fields, boolean[] descending) {}

    private LookupJoinRel(
            RelOptCluster cluster,
            RelTraitSet traits,
            RelNode left,
            RelNode right,
            RexNode condition,
            JoinRelType type,
            int[] keyFields,
            @Nullable RexNode residual,
            int measuredAs,
            @Nullable Merged merged) {
        super(cluster, traits, List.of(), left, right, condition, Set.of(), type);
        this.merged = merged;
        this.keyFields = keyFields;
        this.residual = residual;
        this.measuredAs = measuredAs;
    }

    /// @param condition the whole condition
    /// @param keyFields of the left side, which make the key
    /// @param residual what of the condition the key does not say, over both sides; null: nothing
    static LookupJoinRel create(
            RelNode left,
            TableAccess right,
            RexNode condition,
            JoinRelType type,
            int[] keyFields,
            @Nullable RexNode residual) {
        return new LookupJoinRel(left.getCluster(), left.getCluster().traitSetOf(Convention.NONE), left, right, condition, type, keyFields,
                residual, LookupSource.NOT_MEASURED, null);
    }

    /// The same of two sides whose rows come in the key's order.
    ///
    /// @param rightKey of the right side, for each of `keyFields`
    static LookupJoinRel merge(
            RelNode left,
            TableAccess right,
            RexNode condition,
            JoinRelType type,
            int[] keyFields,
            Merged rightKey,
            @Nullable RexNode residual) {
        return new LookupJoinRel(left.getCluster(), left.getCluster().traitSetOf(Convention.NONE), left, right, condition, type, keyFields,
                residual, LookupSource.NOT_MEASURED, rightKey);
    }

    boolean isMerge() {
        return merged != null;
    }

    @Override
    public LookupJoinRel copy(
            RelTraitSet traits,
            RexNode condition,
            RelNode left,
            RelNode right,
            JoinRelType type,
            boolean isSemiJoinDone) {
        return new LookupJoinRel(getCluster(), traits, left, right, condition, type, keyFields, residual, measuredAs, merged);
    }

    /// The same, counting what it looks up as an operator of this number.
    LookupJoinRel measured(RelNode outer, int operator) {
        return new LookupJoinRel(getCluster(), traitSet, outer, right, condition, joinType, keyFields, residual, operator, merged);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).itemIf("residual", residual, residual != null).itemIf("merge", Arrays.toString(keyFields),
                merged != null);
    }

    @Override
    public RelOptCost computeSelfCost(RelOptPlanner planner, RelMetadataQuery metadata) {
        // It was chosen before, and has no rival here.
        return planner.getCostFactory().makeTinyCost();
    }

    @Override
    public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
        BlockBuilder block = new BlockBuilder();
        Result child = implementor.visitChild(this, 0, (EnumerableRel) left, Prefer.ARRAY);
        PhysType outer = PhysTypeImpl.of(implementor.getTypeFactory(), left.getRowType(), JavaRowFormat.ARRAY);
        Expression rows = child.physType.convertTo(block.append("outer", child.block), outer.getFormat());
        PhysType inner = PhysTypeImpl.of(implementor.getTypeFactory(), right.getRowType(), JavaRowFormat.ARRAY);
        PhysType joined = joinType.projectsRight()
                ? PhysTypeImpl.of(implementor.getTypeFactory(), getRowType(), JavaRowFormat.ARRAY)
                : outer;
        LookupJoinShape shape = new LookupJoinShape(type(), left.getRowType().getFieldCount(), right.getRowType().getFieldCount(),
                keyFields);
        block.add(
                Expressions.return_(
                        null,
                        Expressions.call(
                                LOOKED_UP,
                                rows,
                                implementor.stash(shape, LookupJoinShape.class),
                                implementor.stash(source(), JoinSource.class),
                                residual == null ? Expressions.constant(null) : ArrayRows.predicate(implementor, residual, left, outer,
                                        right, inner),
                                implementor.getRootExpression())));
        return implementor.result(joined, block.toBlock());
    }

    private JoinSource source() {
        TableAccess access = (TableAccess) right;
        return merged == null ? access.lookups(measuredAs) : new MergeSource(access.source(), merged.fields(), merged.descending(),
                measuredAs);
    }

    private LookupJoinShape.Type type() {
        return switch (joinType) {
            case INNER -> LookupJoinShape.Type.INNER;
            case LEFT -> LookupJoinShape.Type.LEFT;
            case SEMI -> LookupJoinShape.Type.SEMI;
            case ANTI -> LookupJoinShape.Type.ANTI;
            default -> throw new IllegalArgumentException("no join by lookups: " + joinType);
        };
    }

    /// Gives it generated code.
    static final class Rule extends ConverterRule {
        static final Rule INSTANCE =
                Config.INSTANCE
                        .withConversion(LookupJoinRel.class, Convention.NONE, EnumerableConvention.INSTANCE, "LookupJoinRule")
                        .withRuleFactory(Rule::new)
                        .toRule(Rule.class);

        private Rule(Config config) {
            super(config);
        }

        @Override
        public RelNode convert(RelNode rel) {
            LookupJoinRel join = (LookupJoinRel) rel;
            RelNode left = convert(join.getLeft(), join.getLeft().getTraitSet().replace(EnumerableConvention.INSTANCE));
            return join.copy(rel.getCluster().traitSetOf(EnumerableConvention.INSTANCE), join.getCondition(), left, join.getRight(), join
                    .getJoinType(), join.isSemiJoinDone());
        }
    }
}
