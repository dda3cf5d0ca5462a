package org.coconutdb.sql.plan;

import com.google.common.collect.BoundType;
import com.google.common.collect.Range;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUnknownAs;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.Sarg;
import org.coconutdb.sql.run.ColumnDomain;
import org.coconutdb.sql.run.RowCondition;
import org.coconutdb.sql.run.Term;
import org.jspecify.annotations.Nullable;

/// Compiles conditions over a table's columns into ones that are looked at in off-heap memory.
final class RowConditions {
    /// Deeper expressions stay with Calcite: looking at a row must not need a deep stack.
    private static final int DEPTH_MAX = 50;

    private final ColumnDomain[] domains;
    private final RelDataType tableType;
    private final Terms terms;
    private final RexBuilder rexBuilder;

    RowConditions(ColumnDomain[] domains, RelDataType tableType, Terms terms, RexBuilder rexBuilder) {
        this.domains = domains;
        this.tableType = tableType;
        this.terms = terms;
        this.rexBuilder = rexBuilder;
    }

    /// Null where any part of it cannot be looked at in place.
    @Nullable
    RowCondition compile(RexNode node) {
        return compile(node, 0);
    }

    private @Nullable RowCondition compile(RexNode node, int depth) {
        if (depth > DEPTH_MAX) {
            return null;
        }
        if (node instanceof RexInputRef ref) {
            return ref.getType().getSqlTypeName() == SqlTypeName.BOOLEAN ? new RowCondition.IsSet(ref.getIndex()) : null;
        }
        if (!(node instanceof RexCall call)) {
            return null;
        }
        return switch (call.getKind()) {
            case AND -> {
                List<RowCondition> parts = all(call.getOperands(), depth);
                yield parts == null ? null : new RowCondition.And(parts);
            }
            case OR -> or(call, depth);
            case NOT -> {
                RowCondition inner = compile(call.getOperands().get(0), depth + 1);
                yield inner == null ? null : new RowCondition.Not(inner);
            }
            case IS_NULL -> call.getOperands().get(0) instanceof RexInputRef ref ? new RowCondition.IsNull(ref.getIndex()) : null;
            case IS_NOT_NULL -> call.getOperands().get(0) instanceof RexInputRef ref
                    ? new RowCondition.Not(new RowCondition.IsNull(ref.getIndex()))
                    : null;
            case EQUALS, NOT_EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> comparison(call);
            case SEARCH -> search(call);
            case LIKE -> like(call);
            default -> null;
        };
    }

    private @Nullable List<RowCondition> all(List<RexNode> operands, int depth) {
        List<RowCondition> parts = new ArrayList<>(operands.size());
        for (RexNode operand : operands) {
            RowCondition part = compile(operand, depth + 1);
            if (part == null) {
                return null;
            }
            parts.add(part);
        }
        return parts;
    }

    /// Equalities of one column become a set, so that a long list costs one look-up a row.
    private @Nullable RowCondition or(RexCall or, int depth) {
        List<Term> values = new ArrayList<>();
        int column = -1;
        for (RexNode branch : or.getOperands()) {
            Terms.Comparison comparison = branch.isA(SqlKind.EQUALS) && branch instanceof RexCall call ? terms.comparison(call) : null;
            if (comparison == null || (column >= 0 && column != comparison.column()) || domains[comparison.column()].isApproximate()) {
                List<RowCondition> parts = all(or.getOperands(), depth);
                return parts == null ? null : new RowCondition.Or(parts);
            }
            column = comparison.column();
            values.add(comparison.term());
        }
        return new RowCondition.In(column, domains[column], values);
    }

    private @Nullable RowCondition comparison(RexCall call) {
        Terms.Comparison comparison = terms.comparison(call);
        if (comparison != null) {
            return new RowCondition.Compare(comparison.column(), domains[comparison.column()], comparison.kind(), comparison.term());
        }
        if (call.getOperands().get(0) instanceof RexInputRef left && call.getOperands().get(1) instanceof RexInputRef right) {
            ColumnDomain first = domains[left.getIndex()];
            ColumnDomain second = domains[right.getIndex()];
            boolean alike =
                    first.column().type() == second.column().type()
                            && first.column().scale() == second.column().scale()
                            && first.charLength() == second.charLength()
                            && tableType.getFieldList().get(left.getIndex()).getType().getSqlTypeName()
                                    == tableType.getFieldList().get(right.getIndex()).getType().getSqlTypeName();
            return alike ? new RowCondition.CompareColumns(left.getIndex(), right.getIndex(), first, call.getKind()) : null;
        }
        return null;
    }

    private @Nullable RowCondition search(RexCall call) {
        RexInputRef ref = terms.column(call.getOperands().get(0), call.getOperands().get(1).getType());
        Sarg<?> sarg = call.getOperands().get(1) instanceof RexLiteral literal ? literal.getValueAs(Sarg.class) : null;
        if (ref == null || sarg == null) {
            return null;
        }
        int column = ref.getIndex();
        RelDataType type = call.getOperands().get(1).getType();
        RowCondition inside =
                sarg.isComplementedPoints()
                        ? negated(ranges(column, type, sarg.rangeSet.complement().asRanges()))
                        : ranges(column, type, sarg.rangeSet.asRanges());
        if (inside == null) {
            return null;
        }
        RowCondition isNull = new RowCondition.IsNull(column);
        return switch (sarg.nullAs) {
            case UNKNOWN -> inside;
            case TRUE -> new RowCondition.Or(List.of(isNull, inside));
            case FALSE -> new RowCondition.And(List.of(new RowCondition.Not(isNull), inside));
        };
    }

    private static @Nullable RowCondition negated(@Nullable RowCondition condition) {
        return condition == null ? null : new RowCondition.Not(condition);
    }

    private @Nullable RowCondition ranges(int column, RelDataType type, Iterable<? extends Range<?>> ranges) {
        ColumnDomain domain = domains[column];
        List<RowCondition> parts = new ArrayList<>();
        List<Term> points = new ArrayList<>();
        for (Range<?> range : ranges) {
            Term lower = range.hasLowerBound() ? terms.endpoint(range.lowerEndpoint(), type, rexBuilder) : null;
            Term upper = range.hasUpperBound() ? terms.endpoint(range.upperEndpoint(), type, rexBuilder) : null;
            if ((range.hasLowerBound() && lower == null) || (range.hasUpperBound() && upper == null) || (lower == null && upper == null)) {
                return null;
            }
            if (lower != null && upper != null && range.lowerEndpoint().equals(range.upperEndpoint())) {
                points.add(lower);
                continue;
            }
            List<RowCondition> ends = new ArrayList<>(2);
            if (lower != null) {
                SqlKind kind = range.lowerBoundType() == BoundType.CLOSED ? SqlKind.GREATER_THAN_OR_EQUAL : SqlKind.GREATER_THAN;
                ends.add(new RowCondition.Compare(column, domain, kind, lower));
            }
            if (upper != null) {
                SqlKind kind = range.upperBoundType() == BoundType.CLOSED ? SqlKind.LESS_THAN_OR_EQUAL : SqlKind.LESS_THAN;
                ends.add(new RowCondition.Compare(column, domain, kind, upper));
            }
            parts.add(ends.size() == 1 ? ends.getFirst() : new RowCondition.And(ends));
        }
        if (points.size() > 2 && !domain.isApproximate()) {
            parts.add(new RowCondition.In(column, domain, points));
        } else {
            points.forEach(point -> parts.add(new RowCondition.Compare(column, domain, SqlKind.EQUALS, point)));
        }
        return parts.isEmpty() ? null : parts.size() == 1 ? parts.getFirst() : new RowCondition.Or(parts);
    }

    private @Nullable RowCondition like(RexCall call) {
        String prefix = Terms.likePrefix(call);
        return prefix != null && call.getOperands().get(0) instanceof RexInputRef ref ? new RowCondition.StartsWith(ref.getIndex(), prefix)
                : null;
    }
}
