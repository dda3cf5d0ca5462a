package org.coconutdb.sql.plan;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.adapter.enumerable.EnumUtils;
import org.apache.calcite.adapter.enumerable.NullPolicy;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.Primitive;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexExecutor;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexWindow;
import org.apache.calcite.rex.RexWindowBound;
import org.apache.calcite.rex.RexWindowBounds;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;
import org.coconutdb.sql.plan.NamedFunction.Stability;
import org.coconutdb.sql.run.NumberFunctions;

/// Makes sure that what frames count is 0 or more (22013): what is known while planning there, question marks and columns by a function.
final class FrameSizes extends RelHomogeneousShuttle {
    private static final SqlOperator CHECK = new NamedFunction("$FRAME_SIZE", SqlSyntax.FUNCTION, SqlFunctionCategory.NUMERIC,
            ReturnTypes.ARG0.andThen(SqlTypeTransforms.TO_NOT_NULLABLE), Stability.ALWAYS, List.of(SqlTypeFamily.ANY),
            (_, _, operands) -> checked(operands.getFirst()),
            NullPolicy.NONE);

    private final RexBuilder rexBuilder;
    private final RexExecutor executor;
    private final Windows windows = new Windows();

    private FrameSizes(RexBuilder rexBuilder, RexExecutor executor) {
        this.rexBuilder = rexBuilder;
        this.executor = executor;
    }

    private static Expression checked(Expression size) {
        Primitive boxed = Primitive.ofBox(size.getType());
        return EnumUtils.convert(Expressions.call(NumberFunctions.class, "frameSize", EnumUtils.convert(size, Number.class)),
                boxed == null ? size.getType() : boxed.primitiveClass);
    }

    /// INVALID_FRAME_SIZE
    static RelNode check(RelNode rel) {
        RexExecutor executor = rel.getCluster().getPlanner().getExecutor();
        return rel.accept(new FrameSizes(rel.getCluster().getRexBuilder(), executor == null ? RexUtil.EXECUTOR : executor));
    }

    @Override
    public RelNode visit(RelNode other) {
        return super.visit(other).accept(windows);
    }

    private final class Windows extends RexShuttle {
        @Override
        public RexNode visitSubQuery(RexSubQuery subQuery) {
            RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subQuery);
            return visited.clone(visited.rel.accept(FrameSizes.this));
        }

        @Override
        public RexNode visitOver(RexOver original) {
            RexOver over = (RexOver) super.visitOver(original);
            RexWindow window = over.getWindow();
            RexWindowBound lower = checked(window.getLowerBound(), window.isRows());
            RexWindowBound upper = checked(window.getUpperBound(), window.isRows());
            return lower.equals(window.getLowerBound()) && upper.equals(window.getUpperBound()) ? over
                    : rexBuilder.makeOver(over.getType(), over.getAggOperator(), over.getOperands(), window.partitionKeys,
                            window.orderKeys, lower, upper, window.getExclude(), window.isRows(), true, false, over.isDistinct(), over
                                    .ignoreNulls());
        }

        private RexWindowBound checked(RexWindowBound bound, boolean isRows) {
            RexNode offset = bound.getOffset();
            if (offset == null) {
                return bound;
            }
            RexNode size = known(offset);
            if (size instanceof RexLiteral literal) {
                BigDecimal number = literal.getValueAs(BigDecimal.class);
                if (number == null || number.signum() < 0) {
                    throw NumberFunctions.invalidFrameSize(number);
                }
                return bound;
            }
            // A question mark there has no type of its own, and passes for a text.
            RexNode number = isRows && !SqlTypeName.INT_TYPES.contains(offset.getType().getSqlTypeName())
                    ? rexBuilder.makeCast(rexBuilder.getTypeFactory().createTypeWithNullability(rexBuilder.getTypeFactory().createSqlType(
                            SqlTypeName.INTEGER), true), offset)
                    : offset;
            RexNode check = rexBuilder.makeCall(CHECK, number);
            return bound.isPreceding() ? RexWindowBounds.preceding(check) : RexWindowBounds.following(check);
        }

        private static boolean hasParameter(RexNode offset) {
            boolean[] found = {false};
            offset.accept(new RexShuttle() {
                @Override
                public RexNode visitDynamicParam(RexDynamicParam parameter) {
                    found[0] = true;
                    return parameter;
                }
            });
            return found[0];
        }

        /// The number that an expression is, where it can be computed.
        private RexNode known(RexNode offset) {
            if (offset instanceof RexLiteral || !RexUtil.isConstant(offset) || hasParameter(offset)) {
                return offset;
            }
            List<RexNode> computed = new ArrayList<>();
            executor.reduce(rexBuilder, List.of(offset), computed);
            return computed.getFirst();
        }
    }
}
