package org.coconutdb.sql.plan;

import com.google.common.collect.Range;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexUnknownAs;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.Sarg;
import org.coconutdb.sql.run.ColumnDomain;
import org.coconutdb.sql.run.KeyInterval;
import org.coconutdb.sql.run.KeyPart;
import org.coconutdb.sql.run.Term;
import org.jspecify.annotations.Nullable;

/// Reads conjuncts of a condition as demands on single columns of a table: equal to this, one of these, between those.
final class KeyConditions {
    /// What one conjunct demands of one column.
    sealed interface Demand {
        int column();

        /// The conjunct it was read from.
        RexNode source();

        /// Whether a key that meets it meets the conjunct too, so that the conjunct needs no look at the row.
        boolean exact();
    }

    /// Equal to one of these: one for `=`, many for IN.
    record Points(int column, List<KeyPart> values, RexNode source, boolean exact) implements Demand {
        /// How many values there are, as far as that is known.
        int count() {
            return values.stream().mapToInt(KeyPart::count).sum();
        }

        boolean isOne() {
            return values.size() == 1 && !values.getFirst().ofArray();
        }
    }

    /// In one of these ranges of the column alone; a null end is open.
    record Ranges(int column, List<Ends> ranges, RexNode source, boolean exact) implements Demand {}

    /// Two ends.
    record Ends(KeyInterval.@Nullable Bound lower, KeyInterval.@Nullable Bound upper) {}

    private final ColumnDomain[] domains;
    private final Terms terms;
    private final RexBuilder rexBuilder;

    /// @param domains by position in the table
    KeyConditions(ColumnDomain[] domains, Terms terms, RexBuilder rexBuilder) {
        this.domains = domains;
        this.terms = terms;
        this.rexBuilder = rexBuilder;
    }

    /// The demand of a conjunct, null where it is not about one column and values.
    @Nullable
    Demand read(RexNode conjunct) {
        if (!(conjunct instanceof RexCall call)) {
            return null;
        }
        return switch (call.getKind()) {
            case EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> comparison(call);
            case SEARCH -> search(call);
            case OR -> equalities(call);
            case LIKE -> like(call);
            case OTHER_FUNCTION -> anyOf(call);
            default -> null;
        };
    }

    private @Nullable Demand comparison(RexCall call) {
        Terms.Comparison comparison = terms.comparison(call);
        if (comparison == null) {
            return null;
        }
        int column = comparison.column();
        ColumnDomain domain = domains[column];
        boolean exact = !domain.isApproximate();
        if (comparison.kind() == SqlKind.EQUALS) {
            return domain.isApproximate() ? null : new Points(column, List.of(new KeyPart(domain, comparison.term())), call, true);
        }
        return new Ranges(column, List.of(ends(domain, comparison.kind(), comparison.term())), call, exact);
    }

    private static Ends ends(ColumnDomain domain, SqlKind kind, Term term) {
        return switch (kind) {
            case LESS_THAN -> new Ends(null, new KeyInterval.Bound(domain, term, false));
            case LESS_THAN_OR_EQUAL -> new Ends(null, new KeyInterval.Bound(domain, term, true));
            case GREATER_THAN -> new Ends(new KeyInterval.Bound(domain, term, false), null);
            case GREATER_THAN_OR_EQUAL -> new Ends(new KeyInterval.Bound(domain, term, true), null);
            default -> throw new IllegalArgumentException("not a range: " + kind);
        };
    }

    /// `column = a OR column > b OR …`; IN with parameters becomes such a chain.
    private @Nullable Demand equalities(RexCall or) {
        List<KeyPart> values = new ArrayList<>(or.getOperands().size());
        List<Ends> ranges = new ArrayList<>();
        int column = -1;
        for (RexNode branch : or.getOperands()) {
            Demand demand = branch.isA(SqlKind.OR) ? null : read(branch);
            if (demand == null || !demand.exact() || (column >= 0 && demand.column() != column)) {
                return null;
            }
            column = demand.column();
            switch (demand) {
                case Points points -> values.addAll(points.values());
                case Ranges more -> ranges.addAll(more.ranges());
            }
        }
        if (ranges.isEmpty()) {
            return column < 0 ? null : new Points(column, values, or, true);
        }
        if (values.stream().anyMatch(KeyPart::ofArray)) {
            return null;
        }
        for (KeyPart value : values) {
            KeyInterval.Bound same = new KeyInterval.Bound(value.domain(), value.term(), true);
            ranges.add(new Ends(same, same));
        }
        return new Ranges(column, ranges, or, true);
    }

    /// `column = ANY (array)`.
    private @Nullable Demand anyOf(RexCall call) {
        List<RexNode> operands = ArrayExpressions.equalToAny(call);
        RelDataType component = operands == null ? null : operands.getLast().getType().getComponentType();
        if (operands == null || component == null) {
            return null;
        }
        RexInputRef column = terms.column(operands.getFirst(), component);
        Term array = terms.term(operands.getLast());
        if (column == null || array == null || domains[column.getIndex()].isApproximate()) {
            return null;
        }
        return new Points(column.getIndex(), List.of(new KeyPart(domains[column.getIndex()], array, true)), call, true);
    }

    private @Nullable Demand search(RexCall call) {
        RexInputRef column = terms.column(call.getOperands().get(0), call.getOperands().get(1).getType());
        if (column == null || !(call.getOperands().get(1) instanceof RexLiteral literal)) {
            return null;
        }
        Sarg<?> sarg = literal.getValueAs(Sarg.class);
        ColumnDomain domain = domains[column.getIndex()];
        boolean takesNull = sarg != null && sarg.nullAs == RexUnknownAs.TRUE && column.getType().isNullable();
        if (sarg == null || takesNull || domain.isApproximate()) {
            return null;
        }
        List<Ends> ranges = new ArrayList<>();
        List<KeyPart> points = new ArrayList<>();
        for (Range<?> range : sarg.rangeSet.asRanges()) {
            Term lower = range.hasLowerBound() ? terms.endpoint(range.lowerEndpoint(), literal.getType(), rexBuilder) : null;
            Term upper = range.hasUpperBound() ? terms.endpoint(range.upperEndpoint(), literal.getType(), rexBuilder) : null;
            if (lower != null && range.hasUpperBound() && range.lowerEndpoint().equals(range.upperEndpoint())) {
                points.add(new KeyPart(domain, lower));
            }
            ranges.add(
                    new Ends(
                            lower == null ? null : new KeyInterval.Bound(domain, lower, range.lowerBoundType()
                                    == com.google.common.collect.BoundType.CLOSED),
                            upper == null
                                    ? null
                                    : new KeyInterval.Bound(domain, upper, range.upperBoundType()
                                            == com.google.common.collect.BoundType.CLOSED)));
        }
        if (points.size() == ranges.size()) {
            return new Points(column.getIndex(), points, call, true);
        }
        return new Ranges(column.getIndex(), ranges, call, true);
    }

    /// `LIKE 'abc%'`: from 'abc' up to the first string that no longer begins so; the pattern itself is looked at in the row.
    private @Nullable Demand like(RexCall call) {
        String prefix = Terms.likePrefix(call);
        if (prefix == null || prefix.isEmpty() || !(call.getOperands().get(0) instanceof RexInputRef column)) {
            return null;
        }
        ColumnDomain domain = domains[column.getIndex()];
        // CHAR is padded when it is compared, which would make the lower end too high for a value with characters below a space.
        if (domain.charLength() >= 0) {
            return null;
        }
        String after = Terms.after(prefix);
        KeyInterval.Bound upper = after == null ? null : new KeyInterval.Bound(domain, new Term.Constant(after), false);
        Ends ends = new Ends(new KeyInterval.Bound(domain, new Term.Constant(prefix), true), upper);
        return new Ranges(column.getIndex(), List.of(ends), call, false);
    }
}
