package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRules;
import org.apache.calcite.plan.Context;
import org.apache.calcite.plan.Contexts;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.RelRule;
import org.apache.calcite.plan.hep.HepMatchOrder;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.plan.hep.HepProgramBuilder;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.rules.AggregateReduceFunctionsRule;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.rel.rules.JoinProjectTransposeRule;
import org.apache.calcite.rel.rules.PruneEmptyRules;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql2rel.RelFieldTrimmer;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.tools.RelBuilderFactory;
import org.jspecify.annotations.Nullable;

/// The phases of planning, each with few rules, so that the time stays in proportion to the statement:
///
/// 1. subqueries become joins ([SemiJoins], and Calcite's way for all others), correlated ones are decorrelated;
/// 2. conditions and columns move down, constants are computed, empty parts fall away;
/// 3. three tables or more that are joined inwards get their order by estimated rows;
/// 4. columns that nobody reads are cut off, conditions move down again;
/// 5. reads of tables become lookups and scans ([AccessRewrite]), which also answers ORDER BY from key order; joins become lookups where that
///    is less work ([LookupJoins]);
/// 6. the rest becomes enumerable operators, by cost;
/// 7. what reads many rows of hash tables is run block by block ([BlockFragments]).
final class PlanPhases {
    private static final HepProgram SUBQUERIES =
            program(
                    CoreRules.FILTER_SUB_QUERY_TO_CORRELATE,
                    CoreRules.PROJECT_SUB_QUERY_TO_CORRELATE,
                    CoreRules.JOIN_SUB_QUERY_TO_CORRELATE,
                    CoreRules.PROJECT_OVER_SUM_TO_SUM0_RULE);

    /// Joins with nothing stay: pruning an outer join puts NULL literals in the place of columns, which windows have no code for.
    ///
    /// Keys of a sort that others determine stay too: to find them, Calcite asks for the dependencies between the columns of a join, and that
    /// fails (ArrayIndexOutOfBoundsException) below a projection of a join whose condition became FALSE.
    private static final List<RelOptRule> PUSH_DOWN =
            List.of(
                    CoreRules.FILTER_MERGE,
                    CoreRules.FILTER_PROJECT_TRANSPOSE,
                    CoreRules.FILTER_AGGREGATE_TRANSPOSE,
                    CoreRules.FILTER_SET_OP_TRANSPOSE,
                    // Past the ORDER BY of a view.
                    CoreRules.FILTER_SORT_TRANSPOSE,
                    CoreRules.FILTER_CORRELATE,
                    CoreRules.FILTER_INTO_JOIN,
                    CoreRules.JOIN_CONDITION_PUSH,
                    CoreRules.JOIN_PUSH_EXPRESSIONS,
                    CoreRules.PROJECT_MERGE,
                    CoreRules.PROJECT_REMOVE,
                    CoreRules.SORT_REMOVE_CONSTANT_KEYS,
                    CoreRules.UNION_MERGE,
                    PruneEmptyRules.FILTER_INSTANCE,
                    PruneEmptyRules.PROJECT_INSTANCE,
                    PruneEmptyRules.SORT_INSTANCE,
                    PruneEmptyRules.SORT_FETCH_ZERO_INSTANCE,
                    PruneEmptyRules.AGGREGATE_INSTANCE,
                    PruneEmptyRules.UNION_INSTANCE);

    /// The same, and what conditions say of each other: `a = b AND b = 1` says that a is 1.
    private static final List<RelOptRule> PUSH_DOWN_AND_INFER = Stream.concat(
            Stream.of(CoreRules.FILTER_REDUCE_EXPRESSIONS, CoreRules.JOIN_REDUCE_EXPRESSIONS), PUSH_DOWN.stream()).toList();

    private static final HepProgram SIMPLIFY = simplify(PUSH_DOWN_AND_INFER);
    private static final HepProgram SIMPLIFY_MANY_JOINS = simplify(PUSH_DOWN);

    private static HepProgram simplify(List<RelOptRule> pushDown) {
        return new HepProgramBuilder()
                .addRuleCollection(pushDown)
                // Not later: it gives back the columns that were trimmed.
                .addRuleInstance(CoreRules.AGGREGATE_PROJECT_MERGE)
                .build();
    }

    private static final HepProgram GATHER_JOINS =
            new HepProgramBuilder()
                    .addMatchOrder(HepMatchOrder.BOTTOM_UP)
                    .addRuleInstance(CoreRules.FILTER_INTO_JOIN)
                    .addMatchOrder(HepMatchOrder.BOTTOM_UP)
                    .addRuleCollection(
                            projectsAboveInnerJoins())
                    .addRuleCollection(List.of(CoreRules.PROJECT_MERGE, CoreRules.PROJECT_REMOVE))
                    .addMatchOrder(HepMatchOrder.BOTTOM_UP)
                    .addRuleInstance(CoreRules.JOIN_TO_MULTI_JOIN)
                    .addRuleInstance(CoreRules.MULTI_JOIN_OPTIMIZE)
                    .build();

    /// SUM stays: Calcite's own gives NULL for no rows, and needs no COUNT beside it.
    private static final RelOptRule AVERAGES =
            AggregateReduceFunctionsRule.Config.DEFAULT
                    .withFunctionsToReduce(
                            EnumSet.of(SqlKind.AVG, SqlKind.STDDEV_POP, SqlKind.STDDEV_SAMP, SqlKind.VAR_POP, SqlKind.VAR_SAMP))
                    .toRule();

    private static final HepProgram REWRITE_FOR_RUNNING = rewriteForRunning(PUSH_DOWN_AND_INFER);
    private static final HepProgram REWRITE_MANY_JOINS = rewriteForRunning(PUSH_DOWN);

    private static HepProgram rewriteForRunning(List<RelOptRule> pushDown) {
        return new HepProgramBuilder()
                // Before projections are merged: a window reads all columns of its input, so the input is cut to what it needs.
                .addRuleInstance(CoreRules.PROJECT_TO_LOGICAL_PROJECT_AND_WINDOW)
                .addRuleCollection(pushDown)
                .addRuleCollection(
                        List.of(
                                AVERAGES,
                                CoreRules.AGGREGATE_EXPAND_DISTINCT_AGGREGATES,
                                CoreRules.PROJECT_MERGE,
                                CoreRules.PROJECT_REMOVE))
                .build();
    }

    private static final HepProgram TIDY =
            program(CoreRules.FILTER_PROJECT_TRANSPOSE, CoreRules.FILTER_MERGE, CoreRules.PROJECT_MERGE, CoreRules.PROJECT_REMOVE);

    private static final List<RelOptRule> PHYSICAL = Stream.of(RowSets.Rule.ALL.stream(), RowRecursion.Rule.ALL.stream(), Stream.of(
            BlocksToEnumerableRule.INSTANCE,
            LookupJoinRel.Rule.INSTANCE,
            RowJoin.Rule.INSTANCE,
            EnumerableRules.ENUMERABLE_ASOFJOIN_RULE,
            EnumerableRules.ENUMERABLE_CORRELATE_RULE,
            EnumerableRules.ENUMERABLE_PROJECT_RULE,
            EnumerableRules.ENUMERABLE_FILTER_RULE,
            RowGroups.Rule.INSTANCE,
            RowSort.Rule.INSTANCE,
            EnumerableRules.ENUMERABLE_LIMIT_RULE,
            EnumerableRules.ENUMERABLE_COLLECT_RULE,
            RowUnnest.Rule.INSTANCE,
            EnumerableRules.ENUMERABLE_VALUES_RULE,
            RowWindow.Rule.INSTANCE,
            SeriesScan.Rule.INSTANCE)).flatMap(rules -> rules).toList();

    private static final RelBuilder.Config BUILDER_CONFIG = RelBuilder.Config.DEFAULT.withBloat(-1);
    private static final RelBuilderFactory BUILDER = RelBuilder.proto(Contexts.of(BUILDER_CONFIG));

    /// Two tables have an order too: the rows of the second are held in memory.
    private static final int JOINS_TO_ORDER_MIN = 1;

    /// Beyond, joins stay in the order in which they were written, and nothing is inferred of their conditions: both take time that grows with a
    /// power of them, and eighty took a minute.
    private static final int JOINS_TO_INFER_MAX = 30;

    private final Context context;
    private final Parallelism parallelism;

    /// @param context carries the flag that ends planning
    PlanPhases(Context context, Parallelism parallelism) {
        this.parallelism = parallelism;
        this.context = context;
    }

    /// Projections below inner joins go above them. Calcite's rules also take semi joins, and then fail.
    private static List<RelOptRule> projectsAboveInnerJoins() {
        return List.of(
                ofInnerJoins(JoinProjectTransposeRule.Config.LEFT, join -> join.inputs(PlanPhases::project)),
                ofInnerJoins(JoinProjectTransposeRule.Config.RIGHT, join -> join.inputs(first -> first.operand(RelNode.class).anyInputs(),
                        PlanPhases::project)),
                ofInnerJoins(JoinProjectTransposeRule.Config.DEFAULT, join -> join.inputs(PlanPhases::project, PlanPhases::project)));
    }

    private static RelRule.Done project(RelRule.OperandBuilder input) {
        return input.operand(LogicalProject.class).anyInputs();
    }

    private static RelOptRule ofInnerJoins(
            JoinProjectTransposeRule.Config config,
            Function<RelRule.OperandDetailBuilder<LogicalJoin>, RelRule.Done> inputs) {
        return config
                .withOperandSupplier(rule -> inputs.apply(rule.operand(LogicalJoin.class)
                        .predicate(join -> join.getJoinType() == JoinRelType.INNER)))
                .as(JoinProjectTransposeRule.Config.class)
                .toRule();
    }

    /// The rewriting of a query that reads one table by its whole key, or a unique index's, and picks columns or computes some of them, without the
    /// phases; null of any other.
    @Nullable
    RelNode rewriteSimple(RelNode logical) {
        RelNode below = logical instanceof LogicalProject project ? project.getInput() : logical;
        if (!(below instanceof LogicalFilter filter) || !(filter.getInput() instanceof TableScan) || RexUtil.SubQueryFinder.find(filter
                .getCondition()) != null) {
            return null;
        }
        RelNode rel = new AccessRewrite(logical.getCluster()).rewrite(ArrayExpressions.apply(UuidComparisons.apply(Comparisons.align(
                NullableCasts.apply(logical)))));
        RelNode read = rel instanceof LogicalProject project ? project.getInput() : rel;
        return read instanceof TableAccess access && access.isOneRow() ? rel : null;
    }

    /// Phases 1 to 5: a tree whose leaves read blocks.
    RelNode rewrite(RelNode logical) {
        RelNode rel = RangeFrames.fit(FrameSizes.check(InputNullability.fit(logical)));
        rel = SemiJoins.apply(NullTests.ofOperands(NullableCasts.apply(rel)));
        rel = ArrayExpressions.apply(UuidComparisons.apply(Comparisons.align(rel)));
        rel = Decorrelation.apply(hep(SUBQUERIES, rel), BUILDER_CONFIG);
        boolean manyJoins = mostJoinedTogether(rel) > JOINS_TO_INFER_MAX;
        rel = hep(manyJoins ? SIMPLIFY_MANY_JOINS : SIMPLIFY, rel);
        int innerJoins = joins(rel, join -> join.getJoinType() == JoinRelType.INNER);
        if (innerJoins >= JOINS_TO_ORDER_MIN && !manyJoins) {
            rel = hep(GATHER_JOINS, rel);
        }
        rel = new RelFieldTrimmer(null, builder(rel)).trim(Correlations.fit(rel));
        rel = ExactNumbers.applyLast(hep(manyJoins ? REWRITE_MANY_JOINS : REWRITE_FOR_RUNNING, Calcs.settleWindows(rel)));
        // Again: conditions that moved down left columns behind that only they read.
        rel = new RelFieldTrimmer(null, builder(rel)).trim(Correlations.fit(rel));
        rel = hep(TIDY, rel);
        // Again: rules compare and cast, too.
        rel = ArrayExpressions.apply(rel);
        return OuterJoinRows.keepApart(LookupJoins.apply(new AccessRewrite(rel.getCluster()).rewrite(rel), parallelism));
    }

    /// Phases 6 and 7.
    EnumerableRel physical(RelNode rewritten) {
        RelOptPlanner planner = rewritten.getCluster().getPlanner();
        planner.clear();
        PHYSICAL.forEach(planner::addRule);
        RelNode wanted = planner.changeTraits(UnaskedOrder.drop(rewritten), rewritten.getCluster().traitSetOf(
                EnumerableConvention.INSTANCE));
        planner.setRoot(wanted);
        RelNode best = BlockFragments.apply(Calcs.of(planner.findBestExp()), parallelism);
        return (EnumerableRel) HoldPoint.insert(CancelPoint.insert(best));
    }

    private RelNode hep(HepProgram program, RelNode rel) {
        HepPlanner planner = new HepPlanner(program, context);
        planner.setExecutor(rel.getCluster().getPlanner().getExecutor());
        planner.setRoot(rel);
        RelNode best = planner.findBestExp();
        best.getCluster().invalidateMetadataQuery();
        return best;
    }

    private static RelBuilder builder(RelNode rel) {
        return BUILDER.create(rel.getCluster(), null);
    }

    private static int joins(RelNode rel, Predicate<Join> counted) {
        int joins = rel instanceof Join join && counted.test(join) ? 1 : 0;
        for (RelNode input : rel.getInputs()) {
            joins += joins(input, counted);
        }
        return joins;
    }

    /// The largest number of joins with nothing but projections and conditions between them: only those are ordered, and inferred from, as one.
    private static int mostJoinedTogether(RelNode rel) {
        int most = joinedTogether(rel);
        for (RelNode input : rel.getInputs()) {
            most = Math.max(most, mostJoinedTogether(input));
        }
        return most;
    }

    private static int joinedTogether(RelNode rel) {
        if (!(rel instanceof Join || rel instanceof Project || rel instanceof Filter)) {
            return 0;
        }
        return (rel instanceof Join ? 1 : 0) + rel.getInputs().stream().mapToInt(PlanPhases::joinedTogether).sum();
    }

    private static HepProgram program(RelOptRule... rules) {
        return program(List.of(rules));
    }

    private static HepProgram program(List<RelOptRule> rules) {
        return new HepProgramBuilder().addRuleCollection(new ArrayList<>(rules)).build();
    }
}
