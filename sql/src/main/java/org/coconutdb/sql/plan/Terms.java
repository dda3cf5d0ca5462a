package org.coconutdb.sql.plan;

import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexExecutorImpl;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.coconutdb.sql.run.Term;
import org.jspecify.annotations.Nullable;

/// Tells columns from values in an expression over one table, and says which of them may be compared as they are stored.
///
/// A column inside a CAST counts as the column only where comparing the cast is comparing the column: widening between exact numbers,
/// a longer VARCHAR, a finer TIMESTAMP. All else is left to Calcite's operators, which are slower and never wrong.
final class Terms {
    /// @param kind with the column on the left
    record Comparison(int column, SqlKind kind, Term term) {}

    private final RexBuilder rexBuilder;

    Terms(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
    }

    /// A comparison of a column with a value, either way round; null where it is something else.
    @Nullable
    Comparison comparison(RexCall written) {
        RexCall call = UuidComparisons.unwrapped(rexBuilder, written);
        RexNode left = call.getOperands().get(0);
        RexNode right = call.getOperands().get(1);
        RexInputRef column = column(left, right.getType());
        if (column != null) {
            Term term = term(right);
            return term == null ? null : new Comparison(column.getIndex(), call.getKind(), term);
        }
        column = column(right, left.getType());
        if (column == null) {
            return null;
        }
        Term term = term(left);
        return term == null ? null : new Comparison(column.getIndex(), call.getKind().reverse(), term);
    }

    /// The column that an operand stands for when it is compared with a value of this type; null where it does not stand for one.
    @Nullable
    RexInputRef column(RexNode operand, RelDataType other) {
        RexNode bare = operand;
        while (bare.isA(SqlKind.CAST) && bare instanceof RexCall cast && keepsOrder(cast.getOperands().get(0).getType(), cast.getType())) {
            bare = cast.getOperands().get(0);
        }
        return bare instanceof RexInputRef ref && comparable(ref.getType(), other) ? ref : null;
    }

    /// Whether values of the one type are distinct and in the same order after a cast to the other.
    private static boolean keepsOrder(RelDataType from, RelDataType to) {
        SqlTypeName source = from.getSqlTypeName();
        SqlTypeName target = to.getSqlTypeName();
        if (SqlTypeUtil.isExactNumeric(from) && SqlTypeUtil.isExactNumeric(to)) {
            return RexUtil.isLosslessCast(from, to);
        }
        return switch (source) {
            case VARCHAR -> target == SqlTypeName.VARCHAR && covers(to.getPrecision(), from.getPrecision());
            case CHAR -> target == SqlTypeName.CHAR && to.getPrecision() == from.getPrecision();
            case VARBINARY -> target == SqlTypeName.VARBINARY && covers(to.getPrecision(), from.getPrecision());
            case BINARY, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIME -> target == source && covers(to.getPrecision(), from
                    .getPrecision());
            case BOOLEAN, DATE, UUID, REAL, DOUBLE, FLOAT -> target == source;
            default -> false;
        };
    }

    private static boolean covers(int wider, int narrower) {
        return wider == RelDataType.PRECISION_NOT_SPECIFIED || (narrower != RelDataType.PRECISION_NOT_SPECIFIED && wider >= narrower);
    }

    /// Whether a stored value and a value of the other type compare alike here and in Calcite's operators.
    private static boolean comparable(RelDataType column, RelDataType other) {
        SqlTypeName type = column.getSqlTypeName();
        SqlTypeName second = other.getSqlTypeName();
        if (SqlTypeUtil.isExactNumeric(column)) {
            return SqlTypeUtil.isExactNumeric(other);
        }
        return switch (type) {
            case ARRAY -> false;
            case CHAR, VARCHAR -> SqlTypeName.CHAR_TYPES.contains(second);
            case BINARY, VARBINARY -> SqlTypeName.BINARY_TYPES.contains(second);
            case FLOAT, DOUBLE -> second == SqlTypeName.DOUBLE || second == SqlTypeName.FLOAT;
            default -> type == second;
        };
    }

    /// The value that an expression without columns has; null where it has columns, or may change from row to row.
    @Nullable
    Term term(RexNode node) {
        return switch (node) {
            case RexLiteral literal -> literal.getTypeName() == SqlTypeName.SARG ? null : new Term.Constant(value(literal));
            case RexDynamicParam parameter -> new Term.Parameter(parameter.getIndex());
            case RexCall call when isValue(call) -> {
                RexNode operand = call.isA(SqlKind.CAST) ? call.getOperands().get(0) : null;
                if (operand != null && keepsOrder(operand.getType(), call.getType())) {
                    yield term(operand);
                }
                yield computed(call);
            }
            default -> null;
        };
    }

    private Term computed(RexCall call) {
        RelDataType noColumns = rexBuilder.getTypeFactory().builder().build();
        var function = RexExecutorImpl.getExecutable(rexBuilder, List.of(call), noColumns).getFunction();
        return new Term.Computed(function);
    }

    private static boolean isValue(RexCall call) {
        if (!RexUtil.isDeterministic(call)) {
            return false;
        }
        boolean[] value = {true};
        call.accept(new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitInputRef(RexInputRef ref) {
                value[0] = false;
                return super.visitInputRef(ref);
            }

            @Override
            public Void visitCorrelVariable(org.apache.calcite.rex.RexCorrelVariable variable) {
                value[0] = false;
                return super.visitCorrelVariable(variable);
            }

            @Override
            public Void visitSubQuery(org.apache.calcite.rex.RexSubQuery subQuery) {
                value[0] = false;
                return super.visitSubQuery(subQuery);
            }
        });
        return value[0];
    }

    /// An end of a range inside a search argument.
    @Nullable
    Term endpoint(Object endpoint, RelDataType type, RexBuilder rexBuilder) {
        return term(rexBuilder.makeLiteral(endpoint, type, true, true));
    }

    /// A literal in Calcite's internal representation.
    private static @Nullable Object value(RexLiteral literal) {
        if (literal.isNull()) {
            return null;
        }
        return switch (literal.getType().getSqlTypeName()) {
            case TINYINT, SMALLINT, INTEGER, BIGINT, DECIMAL -> literal.getValueAs(BigDecimal.class);
            case REAL, FLOAT, DOUBLE -> literal.getValueAs(Double.class);
            case CHAR, VARCHAR -> literal.getValueAs(String.class);
            case BINARY, VARBINARY -> literal.getValueAs(ByteString.class);
            case DATE, TIME -> literal.getValueAs(Integer.class);
            case TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> literal.getValueAs(Long.class);
            case BOOLEAN -> literal.getValueAs(Boolean.class);
            case UUID -> literal.getValueAs(UUID.class);
            default -> literal.getValue2();
        };
    }

    /// `abc` of `column LIKE 'abc%'`; null where the pattern is another, or not a literal.
    static @Nullable String likePrefix(RexCall like) {
        if (like.getOperands().size() != 2 || !(like.getOperands().get(1) instanceof RexLiteral pattern) || !"LIKE".equals(like
                .getOperator().getName())) {
            return null;
        }
        String text = pattern.isNull() ? null : pattern.getValueAs(String.class);
        if (text == null || !text.endsWith("%")) {
            return null;
        }
        String prefix = text.substring(0, text.length() - 1);
        return prefix.indexOf('%') >= 0 || prefix.indexOf('_') >= 0 || prefix.indexOf('\\') >= 0 ? null : prefix;
    }

    /// The least string, in order of code points, that is above all that begin with the prefix; null where there is none.
    static @Nullable String after(String prefix) {
        int end = prefix.length();
        while (end > 0) {
            int last = prefix.codePointBefore(end);
            int start = end - Character.charCount(last);
            if (last < Character.MAX_CODE_POINT) {
                int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
                return prefix.substring(0, start) + Character.toString(next);
            }
            end = start;
        }
        return null;
    }
}
