package org.coconutdb.sql.plan;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.adapter.enumerable.EnumerableCalc;
import org.apache.calcite.adapter.enumerable.EnumerableLimit;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.JoinInfo;
import org.apache.calcite.rel.core.Window;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexLocalRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexProgram;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.TableDescriptor;
import org.jspecify.annotations.Nullable;

/// Finds what of a plan can be run in each block of hash tables by itself: reading them, conditions and columns, joins by the key that says in which block a
/// row is, aggregates by more than that key, and the first half of all others ([PartialAggregates]). Where that reads many rows, a [Gather] stands above it.
///
/// Where rows are is a trait of each operator ([BlockDistribution]), made of its inputs'. What answers only its first rows (LIMIT) is left to one thread, which
/// can end early, and so is what is run again and again: the right side of a correlated join, and recursion.
final class BlockFragments {
    // Partial aggregates have to leave few groups of many rows: otherwise each row is grouped twice. With 20 rows a group it took 1.6 times the work, and
    // two threads were 1.1 times as fast as one (docs/benchmarks.md).
    private static final double ROWS_A_GROUP_MIN = 20;
    // Each block may have as many.
    private static final long FIRST_ROWS_MAX = 10_000;

    private final Parallelism parallelism;
    private final RelMetadataQuery metadata;

    private BlockFragments(RelNode root, Parallelism parallelism) {
        this.parallelism = parallelism;
        this.metadata = root.getCluster().getMetadataQuery();
    }

    /// @param physical a plan that runs in one thread
    static RelNode apply(RelNode physical, Parallelism parallelism) {
        return parallelism.threads() > 1 ? new BlockFragments(physical, parallelism).whole(physical, false) : physical;
    }

    /// An operator in both ways.
    ///
    /// @param together with its rows together; what is below may be gathered
    /// @param fragment the same in blocks; null where that cannot be
    /// @param tables that the fragment reads
    /// @param rows that it reads
    /// @param computes whether it joins or groups, which is worth other threads also where many rows are answered
    private record Node(RelNode together, @Nullable RelNode fragment, List<TableDescriptor> tables, double rows, boolean computes) {
        static Node together(RelNode rel) {
            return new Node(rel, null, List.of(), 0, false);
        }
    }

    /// The operator with its rows together, in the better way.
    private RelNode whole(RelNode rel, boolean onlyFirst) {
        return gathered(visit(rel, onlyFirst));
    }

    private RelNode gathered(Node node) {
        RelNode fragment = node.fragment;
        if (fragment == null) {
            return node.together;
        }
        boolean isWorth = node.computes ? parallelism.isWorth(node.rows)
                : parallelism.isWorth(node.rows, metadata.getRowCount(node.together));
        return isWorth ? gather(fragment, node.tables) : node.together;
    }

    private RelNode gather(RelNode fragment, List<TableDescriptor> tables) {
        return Gather.of(fragment, parallelism.of(tables.getFirst()), tables);
    }

    private Node visit(RelNode rel, boolean onlyFirst) {
        return switch (rel) {
            case BlocksToEnumerable leaf -> onlyFirst ? Node.together(leaf) : read(leaf);
            case EnumerableCalc calc -> calc(calc, visit(calc.getInput(), onlyFirst));
            case RowJoin join -> join(join, visit(join.getLeft(), onlyFirst), visit(join.getRight(), false));
            case RowGroups groups -> groups(groups, visit(groups.getInput(), false));
            case RowSort sort -> sort(sort, visit(sort.getInput(), false));
            case EnumerableLimit limit -> Node.together(copied(limit, List.of(whole(limit.getInput(), true))));
            case Correlate correlate -> Node.together(copied(correlate, List.of(whole(correlate.getLeft(), onlyFirst), correlate
                    .getRight())));
            case LookupJoinRel join -> Node.together(copied(join, List.of(whole(join.getLeft(), onlyFirst), join.getRight())));
            case RowRecursion recursion -> Node.together(recursion);
            default -> {
                boolean takesAll = rel instanceof Window;
                List<RelNode> inputs = new ArrayList<>(rel.getInputs().size());
                rel.getInputs().forEach(input -> inputs.add(whole(input, onlyFirst && !takesAll)));
                yield Node.together(copied(rel, inputs));
            }
        };
    }

    private static RelNode copied(RelNode rel, List<RelNode> inputs) {
        return inputs.equals(rel.getInputs()) ? rel : rel.copy(rel.getTraitSet(), inputs);
    }

    private Node read(BlocksToEnumerable leaf) {
        if (!(leaf.getInput() instanceof TableAccess access) || !access.isInBlocks()) {
            return Node.together(leaf);
        }
        TableDescriptor table = access.queryTable().rows().descriptor();
        if (parallelism.of(table).threads() < 2) {
            return Node.together(leaf);
        }
        List<Integer> key = access.keyFields();
        BlockDistribution distribution = BlockDistribution.inBlocks(access.space(), key == null ? List.of() : List.of(key));
        RelNode inBlocks = leaf.copy(leaf.getTraitSet().plus(distribution), List.of(BlockDistributionDef.with(access, distribution)));
        return new Node(leaf, inBlocks, List.of(table), access.tableRows(), false);
    }

    private Node calc(EnumerableCalc calc, Node input) {
        RelNode together = copied(calc, List.of(gathered(input)));
        RexProgram program = calc.getProgram();
        if (input.fragment == null || !program.getExprList().stream().allMatch(RexUtil::isDeterministic)) {
            return Node.together(together);
        }
        List<Integer> sources = program.getProjectList().stream().map(project -> source(program, project)).toList();
        BlockDistribution distribution = moved(BlockDistributionDef.of(input.fragment), sources);
        RelNode inBlocks = calc.copy(calc.getTraitSet().plus(distribution), List.of(input.fragment));
        return new Node(together, inBlocks, input.tables, input.rows, input.computes);
    }

    /// The field of the input that a projection is; -1 where it is computed.
    private static int source(RexProgram program, RexLocalRef project) {
        RexNode expression = program.expandLocalRef(project);
        return expression instanceof RexInputRef ref ? ref.getIndex() : -1;
    }

    /// Where rows are that have these fields of the input.
    private static BlockDistribution moved(BlockDistribution below, List<Integer> sources) {
        List<List<Integer>> keys = new ArrayList<>();
        for (List<Integer> key : below.keys()) {
            if (sources.containsAll(key)) {
                keys.add(key.stream().map(sources::indexOf).toList());
            }
        }
        return below.by(keys);
    }

    private Node join(RowJoin join, Node left, Node right) {
        RelNode together = copied(join, List.of(gathered(left), gathered(right)));
        if (left.fragment == null || right.fragment == null || !isInOneBlock(join, left.fragment, right.fragment)) {
            return Node.together(together);
        }
        int shift = join.getLeft().getRowType().getFieldCount();
        List<List<Integer>> keys = new ArrayList<>();
        // A side that is filled up with NULL has no key.
        if (!join.getJoinType().generatesNullsOnLeft()) {
            keys.addAll(BlockDistributionDef.of(left.fragment).keys());
        }
        if (!join.getJoinType().generatesNullsOnRight() && join.getJoinType().projectsRight()) {
            BlockDistributionDef.of(right.fragment).keys().forEach(key -> keys.add(key.stream().map(field -> field + shift).toList()));
        }
        RelNode inBlocks = join.copy(join.getTraitSet().plus(BlockDistributionDef.of(left.fragment).by(keys)), List.of(left.fragment,
                right.fragment));
        List<TableDescriptor> tables = new ArrayList<>(left.tables);
        right.tables.stream().filter(table -> !tables.contains(table)).forEach(tables::add);
        return new Node(together, inBlocks, tables, left.rows + right.rows, true);
    }

    /// Whether rows that meet are in one block: both sides are spread over one space, and the keys by which they are spread are equal, part by part.
    private static boolean isInOneBlock(RowJoin join, RelNode left, RelNode right) {
        if (BlockDistributionDef.of(left).space() != BlockDistributionDef.of(right).space()) {
            return false;
        }
        JoinInfo info = join.analyzeCondition();
        for (List<Integer> leftKey : BlockDistributionDef.of(left).keys()) {
            for (List<Integer> rightKey : BlockDistributionDef.of(right).keys()) {
                if (areEqual(info, leftKey, rightKey, left, right)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean areEqual(JoinInfo info, List<Integer> leftKey, List<Integer> rightKey, RelNode left, RelNode right) {
        if (leftKey.size() != rightKey.size()) {
            return false;
        }
        for (int i = 0; i < leftKey.size(); i++) {
            int leftField = leftKey.get(i);
            int rightField = rightKey.get(i);
            boolean isCompared = false;
            for (int pair = 0; pair < info.leftKeys.size(); pair++) {
                isCompared |= info.leftKeys.get(pair) == leftField && info.rightKeys.get(pair) == rightField;
            }
            if (!isCompared || !areHashedAlike(type(left, leftField), type(right, rightField))) {
                return false;
            }
        }
        return true;
    }

    private static RelDataType type(RelNode rel, int field) {
        return rel.getRowType().getFieldList().get(field).getType();
    }

    /// Whether values of both types that are equal have the same bytes in a key.
    static boolean areHashedAlike(RelDataType left, RelDataType right) {
        boolean isSameSize = left.getPrecision() == right.getPrecision() && left.getScale() == right.getScale();
        return MergeJoins.isSame(left, right) && (left.getSqlTypeName() == SqlTypeName.VARCHAR || isSameSize);
    }

    private Node groups(RowGroups groups, Node input) {
        RelNode together = copied(groups, List.of(gathered(input)));
        RelNode below = input.fragment;
        if (below == null) {
            return Node.together(together);
        }
        List<Integer> columns = groups.getGroupSet().asList();
        boolean isSimple = groups.getGroupType() == Aggregate.Group.SIMPLE;
        if (isSimple && BlockDistributionDef.of(below).within(columns) != null) {
            // Each group lies in one block.
            BlockDistribution distribution = moved(BlockDistributionDef.of(below), columns);
            RelNode inBlocks = groups.copy(groups.getTraitSet().plus(distribution), List.of(below));
            return new Node(together, inBlocks, input.tables, input.rows, true);
        }
        if (!parallelism.isWorth(input.rows) || !PartialAggregates.isSplit(groups) || !leavesFew(groups)) {
            return Node.together(together);
        }
        RelNode gathered = gather(PartialAggregates.partial(groups, below), input.tables);
        return Node.together(PartialAggregates.combined(groups, gathered));
    }

    /// Of the first rows of all, each block has no more than as many.
    private Node sort(RowSort sort, Node input) {
        RelNode fragment = input.fragment;
        RexNode first = firstRows(sort);
        if (fragment == null || first == null || !parallelism.isWorth(input.rows)) {
            return Node.together(copied(sort, List.of(gathered(input))));
        }
        BlockDistribution distribution = BlockDistributionDef.of(fragment);
        RelNode ofBlock = sort.copy(sort.getTraitSet().plus(distribution), fragment, sort.getCollation(), null, first);
        return Node.together(copied(sort, List.of(gather(ofBlock, input.tables))));
    }

    /// How many rows a sort passes by or answers; null where all, many, or nobody knows.
    private static @Nullable RexNode firstRows(RowSort sort) {
        if (sort.offset == null) {
            return sort.fetch instanceof RexLiteral literal && number(literal) > FIRST_ROWS_MAX ? null : sort.fetch;
        }
        if (!(sort.offset instanceof RexLiteral offset) || !(sort.fetch instanceof RexLiteral fetch)) {
            return null;
        }
        // Each by itself: the sum of two bounds may be none.
        boolean areFew = number(offset) <= FIRST_ROWS_MAX && number(fetch) <= FIRST_ROWS_MAX;
        return areFew ? sort.getCluster().getRexBuilder().makeExactLiteral(BigDecimal.valueOf(number(offset) + number(fetch))) : null;
    }

    private static long number(RexLiteral literal) {
        Long value = literal.getValueAs(Long.class);
        return value == null ? 0 : value;
    }

    private boolean leavesFew(RowGroups groups) {
        double rows = metadata.getRowCount(groups.getInput());
        double most = rows / ROWS_A_GROUP_MIN;
        double known = 1;
        for (int column : groups.getGroupSet()) {
            known *= RowCounts.distinct(groups.getInput(), column);
        }
        return groups.getGroupCount() == 0 || known <= most;
    }
}
