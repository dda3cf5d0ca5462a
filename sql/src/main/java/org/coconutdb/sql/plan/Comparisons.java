package org.coconutdb.sql.plan;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.fun.SqlTrimFunction;
import org.apache.calcite.sql.type.SqlTypeName;

/// Makes comparisons mean what SQL says before any rule sees them, so that a lookup and a filter cannot disagree:
///
/// - CHAR compares as if the shorter side were padded with spaces; Calcite's operators compare Java strings as they are;
/// - what all branches of an OR demand is demanded once (`(a AND b) OR (a AND c)` → `a AND (b OR c)`), so that joins see it.
final class Comparisons extends RelHomogeneousShuttle {
    /// Shorter lists are left to Calcite.
    private static final int LIST_MIN = 20;

    private final RexBuilder rexBuilder;
    private final Expressions expressions = new Expressions();

    private Comparisons(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
    }

    static RelNode align(RelNode rel) {
        return rel.accept(new Comparisons(rel.getCluster().getRexBuilder()));
    }

    @Override
    public RelNode visit(RelNode other) {
        RelNode node = super.visit(other).accept(expressions);
        return switch (node) {
            case Filter filter -> filter.copy(filter.getTraitSet(), filter.getInput(), factored(filter.getCondition()));
            case Join join -> join.copy(
                    join.getTraitSet(),
                    factored(join.getCondition()),
                    join.getLeft(),
                    join.getRight(),
                    join.getJoinType(),
                    join.isSemiJoinDone());
            default -> node;
        };
    }

    private RexNode factored(RexNode condition) {
        // Only where an OR stands over ANDs: pulling is quadratic in a long list of equalities.
        return hasOrOverAnd(condition) ? RexUtil.pullFactors(rexBuilder, condition) : condition;
    }

    private static boolean hasOrOverAnd(RexNode condition) {
        if (!(condition instanceof RexCall call)) {
            return false;
        }
        return switch (call.getKind()) {
            case AND -> call.getOperands().stream().anyMatch(Comparisons::hasOrOverAnd);
            case OR -> call.getOperands().size() <= 100 && call.getOperands().stream().allMatch(branch -> branch.isA(SqlKind.AND));
            default -> false;
        };
    }

    private final class Expressions extends RexShuttle {
        @Override
        public RexNode visitSubQuery(RexSubQuery subQuery) {
            RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subQuery);
            RexSubQuery inner = visited.clone(visited.rel.accept(Comparisons.this));
            boolean compares = inner.getKind() == SqlKind.IN || inner.getKind() == SqlKind.SOME;
            return compares && inner.getOperands().size() == inner.rel.getRowType().getFieldCount() ? aligned(inner) : inner;
        }

        /// `text IN (SELECT …)`, which compares as `=` does.
        private RexSubQuery aligned(RexSubQuery subQuery) {
            List<RexNode> operands = new ArrayList<>();
            List<RexNode> fields = new ArrayList<>();
            boolean isChanged = false;
            for (int i = 0; i < subQuery.getOperands().size(); i++) {
                RexNode operand = subQuery.getOperands().get(i);
                RexNode field = RexInputRef.of(i, subQuery.rel.getRowType());
                // Where the subquery casts what it answers, what it is cast from says whether it is padded.
                RexNode origin = subQuery.rel instanceof Project project ? project.getProjects().get(i) : field;
                RexNode alignedField = padded(field, operand);
                RexNode alignedOperand = padded(operand, alignedField);
                if (isMixed(operand, origin)) {
                    alignedField = trimmed(field);
                    alignedOperand = trimmed(operand);
                }
                isChanged |= !alignedField.equals(field) || !alignedOperand.equals(operand);
                operands.add(alignedOperand);
                fields.add(alignedField);
            }
            return isChanged
                    ? subQuery.clone(subQuery.getType(), operands)
                            .clone(LogicalProject.create(subQuery.rel, List.of(), fields, subQuery.rel.getRowType().getFieldNames(), Set
                                    .of()))
                    : subQuery;
        }

        @Override
        public RexNode visitCall(RexCall original) {
            RexNode visited = super.visitCall(original);
            if (visited instanceof RexCall or && or.isA(SqlKind.OR) && or.getOperands().size() >= LIST_MIN) {
                return gathered(or);
            }
            if (!(visited instanceof RexCall call) || !SqlKind.COMPARISON.contains(call.getKind()) || call.getOperands().size() != 2) {
                return visited;
            }
            RexNode left = call.getOperands().get(0);
            RexNode right = call.getOperands().get(1);
            // A literal is fitted to the other side first: the other way round a column would be wrapped, and its key be of no use.
            RexNode fittedLeft = left instanceof RexLiteral ? padded(left, right) : left;
            RexNode alignedRight = padded(right, fittedLeft);
            RexNode alignedLeft = padded(fittedLeft, alignedRight);
            if (isMixed(alignedLeft, alignedRight)) {
                return call.clone(call.getType(), ImmutableList.of(trimmed(alignedLeft), trimmed(alignedRight)));
            }
            return call.clone(call.getType(), ImmutableList.of(alignedLeft, alignedRight));
        }

        /// `a = 1 OR a = 2 OR …` as a search in one list. Calcite does so too, in time quadratic to the list.
        private RexNode gathered(RexCall or) {
            Map<RexNode, List<RexNode>> lists = new LinkedHashMap<>();
            List<RexNode> others = new ArrayList<>();
            for (RexNode branch : or.getOperands()) {
                if (branch instanceof RexCall call && call.isA(SqlKind.EQUALS)
                        && call.getOperands().get(1) instanceof RexLiteral literal && !literal.isNull()) {
                    lists.computeIfAbsent(call.getOperands().get(0), _ -> new ArrayList<>()).add(literal);
                } else {
                    others.add(branch);
                }
            }
            List<RexNode> branches = new ArrayList<>();
            lists.forEach((operand, values) -> {
                boolean alike = values.stream().map(value -> value.getType().getSqlTypeName()).distinct().count() == 1;
                if (values.size() >= LIST_MIN && alike) {
                    branches.add(rexBuilder.makeIn(operand, values));
                } else {
                    values.forEach(value -> branches.add(rexBuilder.makeCall(SqlStdOperatorTable.EQUALS, operand, value)));
                }
            });
            branches.addAll(others);
            return RexUtil.composeDisjunction(rexBuilder, branches);
        }

        /// Whether one side comes from CHAR, padded, and the other is VARCHAR, which is not.
        private static boolean isMixed(RexNode left, RexNode right) {
            return (isPadded(left) && isVarchar(right)) || (isPadded(right) && isVarchar(left));
        }

        private static boolean isVarchar(RexNode node) {
            return node.getType().getSqlTypeName() == SqlTypeName.VARCHAR;
        }

        private static boolean isPadded(RexNode node) {
            if (node.getType().getSqlTypeName() == SqlTypeName.CHAR) {
                // A literal is as long as it was written, and a parameter takes the other side's type.
                return !(node instanceof RexLiteral) && !(node instanceof RexDynamicParam);
            }
            // The validator makes such casts of its own accord.
            return isVarchar(node) && node.isA(SqlKind.CAST) && isPadded(((RexCall) node).getOperands().getFirst());
        }

        private RexNode trimmed(RexNode text) {
            return rexBuilder.makeCall(
                    SqlStdOperatorTable.TRIM,
                    rexBuilder.makeFlag(SqlTrimFunction.Flag.TRAILING),
                    rexBuilder.makeLiteral(" "),
                    text);
        }

        /// The first one, as long as the other if both are CHAR.
        private RexNode padded(RexNode shorter, RexNode other) {
            RelDataType type = shorter.getType();
            RelDataType wanted = other.getType();
            if (wanted.getSqlTypeName() != SqlTypeName.CHAR || !isText(shorter)) {
                return shorter;
            }
            int length = wanted.getPrecision();
            if (shorter instanceof RexLiteral literal) {
                String text = literal.getValueAs(String.class);
                return text == null || (text.length() == length && type.getSqlTypeName() == SqlTypeName.CHAR) ? shorter : fitted(text,
                        literal, wanted);
            }
            return type.getSqlTypeName() == SqlTypeName.CHAR && type.getPrecision() < length
                    ? rexBuilder.makeAbstractCast(rexBuilder.getTypeFactory().createTypeWithNullability(wanted, type.isNullable()), shorter,
                            false)
                    : shorter;
        }

        private RexNode fitted(String text, RexLiteral literal, RelDataType wanted) {
            int length = wanted.getPrecision();
            int end = text.length();
            while (end > length && text.charAt(end - 1) == ' ') {
                end--;
            }
            String bare = text.substring(0, end);
            if (bare.length() > length) {
                return literal;
            }
            String filled = bare + " ".repeat(length - bare.length());
            return rexBuilder.makeLiteral(filled, rexBuilder.getTypeFactory().createTypeWithNullability(wanted, false), false);
        }

        private static boolean isText(RexNode node) {
            return SqlTypeName.CHAR_TYPES.contains(node.getType().getSqlTypeName());
        }
    }
}
