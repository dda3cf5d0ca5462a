package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/// Finds joins whose two sides come in the order of the columns that are compared, as sorted tables and indexes give them: they are merged, which holds
/// the rows of one key where a hash join holds one side whole.
///
/// Beside reading both sides, which a hash join does as well, a merge takes 20 to 50 ns for a row of either side, a hash join 50 to 120 ns for a row of the left
/// side and 150 ns for one of the right, which it holds: measured from 3,000 by 3,000 rows to 300,000 by 10 and 300,000, a hash join took 1.1 to 2.8 times as long
/// (docs/benchmarks.md, Ways to join). So there is no number of rows for which it would be the better choice, and none is asked for. Lookups are less still where they lead to few of the
/// right side's rows ([#rowsRead]).
final class MergeJoins {
    private static final Set<JoinRelType> TYPES = Set.of(JoinRelType.INNER, JoinRelType.LEFT, JoinRelType.SEMI, JoinRelType.ANTI);
    // Values of these types are equal where they are in the same place of the order that keys have.
    private static final Set<SqlTypeName> KEYS = Set.of(SqlTypeName.TINYINT, SqlTypeName.SMALLINT, SqlTypeName.INTEGER, SqlTypeName.BIGINT,
            SqlTypeName.DECIMAL, SqlTypeName.VARCHAR, SqlTypeName.DATE, SqlTypeName.TIME, SqlTypeName.TIMESTAMP, SqlTypeName.UUID);

    private MergeJoins() {}

    /// Null where the rows do not come so.
    static @Nullable LookupJoinRel of(LogicalJoin join) {
        LogicalFilter above = join.getRight() instanceof LogicalFilter filter ? filter : null;
        RelNode leaf = above == null ? join.getRight() : above.getInput();
        if (!TYPES.contains(join.getJoinType()) || !(leaf instanceof TableAccess right) || right.path() instanceof AccessPath.Joined) {
            return null;
        }
        List<RelFieldCollation> leftOrder = order(join.getLeft());
        List<RelFieldCollation> rightOrder = order(right);
        List<RexNode> rest = new ArrayList<>(RelOptUtil.conjunctions(join.getCondition()));
        int shift = join.getLeft().getRowType().getFieldCount();
        RexBuilder rexBuilder = join.getCluster().getRexBuilder();
        if (above != null) {
            // A row that the filter refuses is no pair, of whatever join.
            RelOptUtil.conjunctions(above.getCondition()).forEach(own -> rest.add(RexUtil.shift(own, shift)));
        }
        RexNode whole = above == null ? join.getCondition() : RexUtil.composeConjunction(rexBuilder, rest);
        List<RelFieldCollation> leftKey = new ArrayList<>();
        List<RelFieldCollation> rightKey = new ArrayList<>();
        for (int i = 0; i < Math.min(leftOrder.size(), rightOrder.size()); i++) {
            RelFieldCollation first = leftOrder.get(i);
            RelFieldCollation second = rightOrder.get(i);
            RexNode equality = equality(rest, first.getFieldIndex(), shift + second.getFieldIndex());
            if (equality == null || first.getDirection() != second.getDirection()) {
                break;
            }
            rest.remove(equality);
            leftKey.add(first);
            rightKey.add(second);
        }
        if (leftKey.isEmpty()) {
            return null;
        }
        boolean[] descending = new boolean[rightKey.size()];
        for (int i = 0; i < descending.length; i++) {
            descending[i] = rightKey.get(i).getDirection().isDescending();
        }
        LookupJoinRel.Merged merged = new LookupJoinRel.Merged(rightKey.stream().mapToInt(RelFieldCollation::getFieldIndex).toArray(),
                descending);
        return LookupJoinRel.merge(join.getLeft(), right, whole, join.getJoinType(), leftKey.stream().mapToInt(
                RelFieldCollation::getFieldIndex).toArray(), merged,
                rest.isEmpty() ? null : RexUtil.composeConjunction(rexBuilder, rest));
    }

    /// Rows of the right side, each of which is read.
    static double rowsRead(LookupJoinRel merged) {
        TableAccess right = (TableAccess) merged.getRight();
        return right.path().rows(right.tableRows());
    }

    /// Of two fields of the join that have one type.
    private static @Nullable RexNode equality(List<RexNode> conjuncts, int left, int right) {
        for (RexNode conjunct : conjuncts) {
            if (conjunct.isA(SqlKind.EQUALS) && ((RexCall) conjunct).getOperands().get(0) instanceof RexInputRef first
                    && ((RexCall) conjunct).getOperands().get(1) instanceof RexInputRef second
                    && Math.min(first.getIndex(), second.getIndex()) == left && Math.max(first.getIndex(), second.getIndex()) == right
                    && isSame(first.getType(), second.getType())) {
                return conjunct;
            }
        }
        return null;
    }

    /// Whether values of both types are of one kind, and are equal where their keys have the same bytes.
    static boolean isSame(RelDataType first, RelDataType second) {
        return first.getSqlTypeName() == second.getSqlTypeName() && KEYS.contains(first.getSqlTypeName());
    }

    /// How rows come; empty where in no order.
    private static List<RelFieldCollation> order(RelNode rel) {
        return switch (rel) {
            case TableAccess access -> access.getTraitSet().getCollation() == null ? List.of()
                    : access.getTraitSet().getCollation().getFieldCollations();
            case Filter filter -> order(filter.getInput());
            case LookupJoinRel join -> order(join.getLeft());
            case Project project -> {
                List<RelFieldCollation> fields = new ArrayList<>();
                for (RelFieldCollation below : order(project.getInput())) {
                    int field = place(project, below.getFieldIndex());
                    if (field < 0) {
                        break;
                    }
                    fields.add(below.withFieldIndex(field));
                }
                yield fields;
            }
            default -> RelCollations.EMPTY.getFieldCollations();
        };
    }

    private static int place(Project project, int field) {
        for (int i = 0; i < project.getProjects().size(); i++) {
            if (project.getProjects().get(i) instanceof RexInputRef ref && ref.getIndex() == field) {
                return i;
            }
        }
        return -1;
    }
}
