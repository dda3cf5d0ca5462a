package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.util.ImmutableBitSet;
import org.apache.calcite.util.Litmus;
import org.jspecify.annotations.Nullable;

/// `WHERE [NOT] EXISTS (…)` and `WHERE x [NOT] IN (…)` → a semi join or an anti join, where the subquery asks for its outer row in its own WHERE
/// only, and by an equality at that. Calcite's way answers the same, by a join with all values that the outer rows have: for that it computes the
/// outer rows twice, and four times for two such conditions.
///
/// A condition of WHERE lets a row pass where it is TRUE, so that UNKNOWN needs no care in three of the four. The fourth, NOT IN, is taken only
/// where no NULL can come. The subqueries of a subquery are looked at first.
final class SemiJoins extends RelHomogeneousShuttle {
    private final RexBuilder rexBuilder;

    private SemiJoins(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
    }

    static RelNode apply(RelNode rel) {
        return rel.accept(new SemiJoins(rel.getCluster().getRexBuilder()));
    }

    @Override
    public RelNode visit(RelNode other) {
        RelNode node = super.visit(other).accept(new RexShuttle() {
            @Override
            public RexNode visitSubQuery(RexSubQuery subQuery) {
                RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subQuery);
                return visited.clone(visited.rel.accept(SemiJoins.this));
            }
        });
        return node instanceof LogicalFilter filter ? joined(filter) : node;
    }

    private RelNode joined(LogicalFilter filter) {
        Set<CorrelationId> variables = filter.getVariablesSet();
        if (variables.size() > 1) {
            return filter;
        }
        CorrelationId outer = variables.isEmpty() ? null : variables.iterator().next();
        List<RexNode> plain = new ArrayList<>();
        List<RexNode> others = new ArrayList<>();
        List<RexNode> taken = new ArrayList<>();
        for (RexNode conjunct : RelOptUtil.conjunctions(filter.getCondition())) {
            boolean isPlain = RexUtil.SubQueryFinder.find(conjunct) == null;
            (isPlain ? plain : inner(conjunct, filter.getInput(), outer) == null ? others : taken).add(conjunct);
        }
        if (taken.isEmpty()) {
            return filter;
        }
        RelNode rel = filter.getInput();
        if (!plain.isEmpty()) {
            rel = LogicalFilter.create(rel, RexUtil.composeConjunction(rexBuilder, plain));
        }
        for (RexNode conjunct : taken) {
            Inner inner = inner(conjunct, filter.getInput(), outer);
            if (inner != null && !conjunct.isA(SqlKind.NOT) && hasOneAtMost(inner, filter.getInput().getRowType().getFieldCount())) {
                List<RexNode> outputs = fields(rel);
                List<String> names = rel.getRowType().getFieldNames();
                rel = LogicalJoin.create(rel, inner.rows(), List.of(), inner.condition(), Set.of(), JoinRelType.INNER);
                rel = LogicalProject.create(rel, List.of(), outputs, names, Set.of());
            } else if (inner != null) {
                JoinRelType type = conjunct.isA(SqlKind.NOT) ? JoinRelType.ANTI : JoinRelType.SEMI;
                rel = LogicalJoin.create(rel, inner.rows(), List.of(), inner.condition(), Set.of(), type);
            }
        }
        // What is left of the subqueries costs more a row, so the rows that the joins leave come to it.
        return others.isEmpty() ? rel : filter.copy(filter.getTraitSet(), rel, RexUtil.composeConjunction(rexBuilder, others));
    }

    /// What is joined: rows of a subquery, and the condition over the outer row and one of them.
    private record Inner(RelNode rows, RexNode condition) {}

    /// Whether an outer row meets one row at most. Then an inner join answers the same, and can take its place among others in the order that is
    /// best.
    private static boolean hasOneAtMost(Inner inner, int shift) {
        ImmutableBitSet.Builder columns = ImmutableBitSet.builder();
        for (RexNode condition : RelOptUtil.conjunctions(inner.condition())) {
            if (isEquality(condition, shift) && tellsApart((RexCall) condition)) {
                for (RexNode side : ((RexCall) condition).getOperands()) {
                    if (side instanceof RexInputRef ref && ref.getIndex() >= shift) {
                        columns.set(ref.getIndex() - shift);
                    }
                }
            }
        }
        RelNode rows = inner.rows();
        return Boolean.TRUE.equals(rows.getCluster().getMetadataQuery().areColumnsUnique(rows, columns.build()));
    }

    /// Whether values that differ cannot be equal to the same one. A CHAR, also one that was cast to VARCHAR, equals texts with and without blanks
    /// at their end ([Comparisons]), so of texts only two columns of one type are sure.
    private static boolean tellsApart(RexCall equality) {
        RexNode first = equality.getOperands().get(0);
        RexNode second = equality.getOperands().get(1);
        if (first.getType().getSqlTypeName() != second.getType().getSqlTypeName()) {
            return SqlTypeUtil.isExactNumeric(first.getType()) && SqlTypeUtil.isExactNumeric(second.getType());
        }
        return !SqlTypeUtil.inCharFamily(first.getType()) || (first instanceof RexInputRef && second instanceof RexInputRef);
    }

    /// Null where the conjunct is none that can be joined.
    private @Nullable Inner inner(RexNode conjunct, RelNode left, @Nullable CorrelationId outer) {
        boolean negated = conjunct.isA(SqlKind.NOT) && conjunct instanceof RexCall;
        RexNode bare = negated ? ((RexCall) conjunct).getOperands().getFirst() : conjunct;
        if (!(bare instanceof RexSubQuery subQuery) || !(subQuery.isA(SqlKind.EXISTS) || subQuery.isA(SqlKind.IN))) {
            return null;
        }
        boolean isIn = subQuery.isA(SqlKind.IN);
        if (negated && isIn && mayBeNull(subQuery)) {
            return null;
        }
        int shift = left.getRowType().getFieldCount();
        List<RexNode> conditions = new ArrayList<>();
        RelNode rel = subQuery.rel;
        List<RexNode> outputs = fields(rel);
        if (rel instanceof LogicalProject project) {
            if (project.containsOver()) {
                return null;
            }
            outputs = project.getProjects();
            rel = project.getInput();
        }
        for (int i = 0; isIn && i < subQuery.getOperands().size(); i++) {
            RexNode operand = subQuery.getOperands().get(i);
            if (RexUtil.SubQueryFinder.find(operand) != null || RexUtil.SubQueryFinder.find(outputs.get(i)) != null) {
                return null;
            }
            conditions.add(rexBuilder.makeCall(SqlStdOperatorTable.EQUALS, operand, overBoth(outputs.get(i), outer, left)));
        }
        List<RexNode> own = new ArrayList<>();
        if (rel instanceof LogicalFilter filter && filter.getVariablesSet().isEmpty()) {
            for (RexNode condition : RelOptUtil.conjunctions(filter.getCondition())) {
                if (!uses(condition, outer)) {
                    own.add(condition);
                } else if (RexUtil.SubQueryFinder.find(condition) != null) {
                    return null;
                } else {
                    conditions.add(overBoth(condition, outer, left));
                }
            }
            rel = filter.getInput();
        }
        if (outer != null && !RelOptUtil.notContainsCorrelation(rel, outer, Litmus.IGNORE)) {
            return null;
        }
        if (conditions.stream().noneMatch(condition -> isEquality(condition, shift))) {
            return null;
        }
        if (!own.isEmpty()) {
            rel = LogicalFilter.create(rel, RexUtil.composeConjunction(rexBuilder, own));
        }
        return new Inner(rel, RexUtil.composeConjunction(rexBuilder, conditions));
    }

    private static boolean mayBeNull(RexSubQuery subQuery) {
        return subQuery.getOperands().stream().anyMatch(operand -> operand.getType().isNullable())
                || subQuery.rel.getRowType().getFieldList().stream().anyMatch(field -> field.getType().isNullable());
    }

    private List<RexNode> fields(RelNode rel) {
        List<RexNode> fields = new ArrayList<>();
        for (RelDataTypeField field : rel.getRowType().getFieldList()) {
            fields.add(rexBuilder.makeInputRef(field.getType(), field.getIndex()));
        }
        return fields;
    }

    /// Whether the expression asks for the outer row, or holds a subquery that does.
    private static boolean uses(RexNode node, @Nullable CorrelationId outer) {
        if (outer == null) {
            return false;
        }
        boolean[] found = {false};
        node.accept(new RexShuttle() {
            @Override
            public RexNode visitCorrelVariable(RexCorrelVariable variable) {
                found[0] |= variable.id.equals(outer);
                return variable;
            }

            @Override
            public RexNode visitSubQuery(RexSubQuery subQuery) {
                found[0] |= !RelOptUtil.notContainsCorrelation(subQuery.rel, outer, Litmus.IGNORE);
                return super.visitSubQuery(subQuery);
            }
        });
        return found[0];
    }

    /// An expression over the subquery's row and the outer one → one over both, the outer row first.
    private RexNode overBoth(RexNode node, @Nullable CorrelationId outer, RelNode left) {
        int shift = left.getRowType().getFieldCount();
        return node.accept(new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef ref) {
                return new RexInputRef(ref.getIndex() + shift, ref.getType());
            }

            @Override
            public RexNode visitFieldAccess(RexFieldAccess access) {
                boolean isOuter = outer != null && access.getReferenceExpr() instanceof RexCorrelVariable variable && variable.id.equals(
                        outer);
                return isOuter ? RexInputRef.of(access.getField().getIndex(), left.getRowType()) : super.visitFieldAccess(access);
            }
        });
    }

    /// Of a value of the outer row with one of the subquery's.
    private static boolean isEquality(RexNode condition, int shift) {
        if (!condition.isA(SqlKind.EQUALS) || !(condition instanceof RexCall call)) {
            return false;
        }
        boolean[] outers = new boolean[2];
        boolean[] inners = new boolean[2];
        for (int side = 0; side < 2; side++) {
            for (int field : RelOptUtil.InputFinder.bits(call.getOperands().get(side))) {
                outers[side] |= field < shift;
                inners[side] |= field >= shift;
            }
        }
        return (outers[0] && !inners[0] && inners[1] && !outers[1]) || (inners[0] && !outers[0] && outers[1] && !inners[1]);
    }
}
