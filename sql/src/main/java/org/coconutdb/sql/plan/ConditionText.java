package org.coconutdb.sql.plan;

import com.google.common.collect.Range;
import com.google.common.collect.BoundType;
import java.util.Collection;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlPostfixOperator;
import org.apache.calcite.sql.SqlPrefixOperator;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.Sarg;
import org.jspecify.annotations.Nullable;

/// Writes expressions for EXPLAIN: with the names of columns, in the order that SQL writes operators. Long lists are cut.
final class ConditionText {
    private static final int LIST_MAX = 5;
    /// Behind a point on the time line.
    private static final String UTC = "Z";
    private static final int DEPTH_MAX = 40;
    private static final Pattern TYPE_SUFFIX = Pattern.compile(":[A-Z][A-Z_ ]*(\\(.*\\))?( NOT NULL)?$");

    private final List<String> names;

    /// @param names of the columns that `$0`, `$1` … stand for
    ConditionText(List<String> names) {
        this.names = names;
    }

    /// Several, joined as EXPLAIN lists them.
    String of(Collection<RexNode> conditions) {
        StringJoiner joiner = new StringJoiner(", ");
        conditions.forEach(condition -> joiner.add(of(condition)));
        return joiner.toString();
    }

    String of(RexNode node) {
        return write(node, 0);
    }

    private String write(RexNode node, int depth) {
        if (depth > DEPTH_MAX) {
            return "…";
        }
        return switch (node) {
            case RexInputRef ref -> ref.getIndex() < names.size() ? names.get(ref.getIndex()) : ref.getName();
            case RexLiteral literal -> literal(literal);
            case RexFieldAccess access -> access.toString();
            case RexDynamicParam parameter -> "?" + (parameter.getIndex() + 1);
            case RexCall call -> call(call, depth + 1);
            default -> node.toString();
        };
    }

    private static String literal(RexLiteral literal) {
        if (literal.isNull()) {
            return "NULL";
        }
        if (literal.getTypeName() == SqlTypeName.SYMBOL) {
            return String.valueOf(literal.getValue());
        }
        if (SqlTypeName.CHAR_TYPES.contains(literal.getType().getSqlTypeName())) {
            return "'" + literal.getValueAs(String.class) + "'";
        }
        String text = TYPE_SUFFIX.matcher(literal.toString()).replaceFirst("");
        return ZonedRexBuilder.isMoment(literal.getType()) ? text + UTC : text;
    }

    private String call(RexCall call, int depth) {
        List<RexNode> operands = call.getOperands();
        return switch (call.getKind()) {
            case SEARCH -> search(call, depth);
            case CAST -> "CAST(" + write(operands.get(0), depth) + " AS " + StatementTypes.withoutCharset(call.getType().toString()) + ")";
            case AND, OR -> listed(operands, " " + call.getKind() + " ", depth);
            default -> {
                if ((UuidComparisons.isWrapped(call) || ArrayExpressions.isWrapped(call)) && operands
                        .getFirst() instanceof RexCall compare) {
                    yield write(compare.getOperands().get(0), depth) + " " + call.getOperator().getName() + " "
                            + write(compare.getOperands().get(1), depth);
                }
                String zoned = zoned(call, depth);
                if (zoned != null) {
                    yield zoned;
                }
                if (operands.size() == 2 && (call.getOperator() instanceof SqlBinaryOperator || call.isA(SqlKind.LIKE))) {
                    yield nested(operands.get(0), depth) + " " + symbol(call) + " " + nested(operands.get(1), depth);
                }
                if (operands.size() == 1 && call.getOperator() instanceof SqlPostfixOperator) {
                    yield nested(operands.get(0), depth) + " " + call.getOperator().getName();
                }
                if (operands.size() == 1 && call.getOperator() instanceof SqlPrefixOperator) {
                    yield call.getOperator().getName() + " " + nested(operands.get(0), depth);
                }
                String written = array(call, depth);
                if (written != null) {
                    yield written;
                }
                if (ExactNumbers.isCheck(call) || ExactTimes.isCheck(call)) {
                    yield write(operands.getFirst(), depth);
                }
                String symbol = ExactTimes.symbol(call) == null ? ExactNumbers.symbol(call.getOperator()) : ExactTimes.symbol(call);
                if (symbol != null) {
                    yield "(" + nested(operands.get(0), depth) + " " + symbol + " " + nested(operands.get(1), depth) + ")";
                }
                StringJoiner arguments = new StringJoiner(", ", call.getOperator().getName() + "(", ")");
                operands.forEach(operand -> arguments.add(write(operand, depth)));
                yield arguments.toString();
            }
        };
    }

    /// What casts and AT TIME ZONE have become; null of anything else.
    private @Nullable String zoned(RexCall call, int depth) {
        SqlOperator operator = call.getOperator();
        // Both have one name, and so are equal to Calcite.
        if (operator.equals(ZonedOperators.AT_LOCAL)) {
            return call.getOperands().size() == 1 ? nested(call.getOperands().get(0), depth) + " AT LOCAL"
                    : nested(call.getOperands().get(1), depth) + " AT TIME ZONE " + nested(call.getOperands().get(0), depth);
        }
        if (operator.equals(ZonedOperators.PLUS_DAYS) || operator.equals(ZonedOperators.PLUS_MONTHS)) {
            boolean isMinus = call.getOperands().get(2) instanceof RexLiteral sign && "-1".equals(literal(sign));
            return nested(call.getOperands().get(0), depth) + (isMinus ? " - " : " + ") + nested(call.getOperands().get(1), depth);
        }
        if (operator.equals(ZonedOperators.NEAR)) {
            return nested(call.getOperands().get(0), depth) + " AT LOCAL";
        }
        return operator.equals(ZonedOperators.READ) || operator.equals(ZonedOperators.TEXT) || TextOperators.isText(operator)
                ? "CAST(" + write(call.getOperands().get(0), depth) + " AS " + StatementTypes.withoutCharset(call.getType().toString())
                        + ")"
                : null;
    }

    /// As SQL has what [ArrayExpressions] put in its place; null of any other.
    private @Nullable String array(RexCall call, int depth) {
        List<RexNode> operands = call.getOperands();
        if (call.isA(SqlKind.ARRAY_VALUE_CONSTRUCTOR)) {
            return "ARRAY[" + listed(operands, ", ", depth).replaceAll("^\\(|\\)$", "") + "]";
        }
        if (call.isA(SqlKind.ITEM)) {
            return nested(operands.get(0), depth) + "[" + write(operands.get(1), depth) + "]";
        }
        if (ArrayExpressions.isCast(call)) {
            return "CAST(" + write(operands.getFirst(), depth) + " AS " + call.getType() + ")";
        }
        String quantifier = ArrayExpressions.quantifier(call);
        return quantifier == null ? null
                : nested(operands.get(0), depth) + " " + quantifier + " (" + write(operands.get(1), depth) + ")";
    }

    private static String symbol(RexCall call) {
        return switch (call.getKind()) {
            case CHECKED_PLUS -> "+";
            case CHECKED_MINUS -> "-";
            case CHECKED_TIMES -> "*";
            case CHECKED_DIVIDE -> "/";
            default -> call.getOperator().getName();
        };
    }

    private String nested(RexNode node, int depth) {
        String text = write(node, depth);
        boolean plain = !(node instanceof RexCall call) || !(call.getOperator() instanceof SqlBinaryOperator);
        return plain || (text.startsWith("(") && text.endsWith(")")) ? text : "(" + text + ")";
    }

    private String listed(List<RexNode> operands, String separator, int depth) {
        StringJoiner joiner = new StringJoiner(separator, "(", ")");
        for (int i = 0; i < operands.size(); i++) {
            if (i == LIST_MAX && operands.size() > LIST_MAX + 1) {
                joiner.add("… " + (operands.size() - i) + " more");
                break;
            }
            joiner.add(write(operands.get(i), depth));
        }
        return joiner.toString();
    }

    private String search(RexCall call, int depth) {
        String column = write(call.getOperands().get(0), depth);
        if (!(call.getOperands().get(1) instanceof RexLiteral literal) || literal.getValueAs(Sarg.class) == null) {
            return call.toString();
        }
        Sarg<?> sarg = literal.getValueAs(Sarg.class);
        String zone = ZonedRexBuilder.isMoment(call.getOperands().get(0).getType()) ? UTC : "";
        if (sarg.isPoints() || sarg.isComplementedPoints()) {
            StringJoiner values = new StringJoiner(", ", column + (sarg.isPoints() ? " IN (" : " NOT IN ("), ")");
            var points = sarg.isPoints() ? sarg.rangeSet.asRanges() : sarg.rangeSet.complement().asRanges();
            int written = 0;
            for (Range<?> point : points) {
                if (written++ == LIST_MAX && points.size() > LIST_MAX + 1) {
                    values.add("… " + (points.size() - LIST_MAX) + " more");
                    break;
                }
                values.add(endpoint(point.lowerEndpoint()) + zone);
            }
            return values.toString();
        }
        StringJoiner ranges = new StringJoiner(" OR ");
        int written = 0;
        for (Range<?> range : sarg.rangeSet.asRanges()) {
            if (written++ == LIST_MAX) {
                ranges.add("…");
                break;
            }
            ranges.add(range(column, range, zone));
        }
        return sarg.rangeSet.asRanges().size() > 1 ? "(" + ranges + ")" : ranges.toString();
    }

    private static String range(String column, Range<?> range, String zone) {
        if (range.hasLowerBound() && range.hasUpperBound() && range.lowerEndpoint().equals(range.upperEndpoint())) {
            return column + " = " + endpoint(range.lowerEndpoint()) + zone;
        }
        StringJoiner both = new StringJoiner(" AND ");
        if (range.hasLowerBound()) {
            both.add(column + (range.lowerBoundType() == BoundType.CLOSED ? " >= " : " > ") + endpoint(range.lowerEndpoint()) + zone);
        }
        if (range.hasUpperBound()) {
            both.add(column + (range.upperBoundType() == BoundType.CLOSED ? " <= " : " < ") + endpoint(range.upperEndpoint()) + zone);
        }
        return both.toString();
    }

    private static String endpoint(Object value) {
        return value instanceof org.apache.calcite.util.NlsString text ? "'" + text.getValue() + "'" : value.toString();
    }
}
