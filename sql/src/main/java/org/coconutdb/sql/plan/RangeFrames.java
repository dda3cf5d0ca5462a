package org.coconutdb.sql.plan;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexFieldCollation;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexWindow;
import org.apache.calcite.rex.RexWindowBound;
import org.apache.calcite.rex.RexWindowBounds;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Frames as `RANGE 1 PRECEDING`, which count on from the row's key.
///
/// - The frame of a row whose key is NULL is the rows whose key is NULL, and no other row's frame has one of these (SQL:2023, part 2, 7.15, general
///   rule 5): the two become partitions of their own. Calcite's code takes a NULL's value there, and fails.
/// - Days and hours are counted on from dates as on from timestamps: Calcite's code takes milliseconds for days.
/// - In descending order frames are those of the ascending one, mirrored: Calcite's code counts on upwards.
/// - Months and years are refused: Calcite's code takes months for milliseconds.
final class RangeFrames extends RelHomogeneousShuttle {
    private final RexBuilder rexBuilder;
    private final Windows windows = new Windows();

    private RangeFrames(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
    }

    static RelNode fit(RelNode rel) {
        return rel.accept(new RangeFrames(rel.getCluster().getRexBuilder()));
    }

    @Override
    public RelNode visit(RelNode other) {
        return super.visit(other).accept(windows);
    }

    private final class Windows extends RexShuttle {
        @Override
        public RexNode visitSubQuery(RexSubQuery subQuery) {
            RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subQuery);
            return visited.clone(visited.rel.accept(RangeFrames.this));
        }

        @Override
        public RexNode visitOver(RexOver original) {
            RexOver over = (RexOver) super.visitOver(original);
            RexWindow window = over.getWindow();
            boolean counts = isOffset(window.getLowerBound()) || isOffset(window.getUpperBound());
            if (window.isRows() || !counts || window.orderKeys.size() != 1) {
                return over;
            }
            RexFieldCollation order = window.orderKeys.getFirst();
            requireNoMonths(window);
            RexNode key = order.left;
            boolean isDate = key.getType().getSqlTypeName() == SqlTypeName.DATE;
            if (isDate) {
                key = rexBuilder.makeCast(rexBuilder.getTypeFactory().createTypeWithNullability(rexBuilder.getTypeFactory().createSqlType(
                        SqlTypeName.TIMESTAMP),
                        key.getType().isNullable()), key);
            }
            boolean isDescending = order.getDirection().isDescending();
            if (!key.getType().isNullable()) {
                return isDate || isDescending ? ascending(over, window.partitionKeys, key, isDescending) : over;
            }
            if (window.getLowerBound().isUnbounded() || window.getUpperBound().isUnbounded()) {
                throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                        .with("what", "RANGE with one bound that is UNBOUNDED and one that counts, over a key that can be NULL")
                        .mend("Order by COALESCE(key, a value at that end), or give both bounds a number.");
            }
            List<RexNode> partition = new ArrayList<>(window.partitionKeys);
            partition.add(rexBuilder.makeCall(SqlStdOperatorTable.IS_NULL, key));
            return ascending(over, partition, notNull(key), isDescending);
        }

        /// The same rows in ascending order, where what follows is what went before.
        private RexNode ascending(RexOver over, List<RexNode> partition, RexNode key, boolean wasDescending) {
            RexWindow window = over.getWindow();
            RexWindowBound lower = wasDescending ? mirrored(window.getUpperBound()) : window.getLowerBound();
            RexWindowBound upper = wasDescending ? mirrored(window.getLowerBound()) : window.getUpperBound();
            SqlAggFunction function = wasDescending ? mirrored(over.getAggOperator()) : over.getAggOperator();
            return rexBuilder.makeOver(over.getType(), function, over.getOperands(), partition, ImmutableList.of(new RexFieldCollation(key,
                    Set.of())),
                    lower, upper, window.getExclude(), false, true, false, over.isDistinct(), over.ignoreNulls());
        }

        private static RexWindowBound mirrored(RexWindowBound bound) {
            RexNode offset = bound.getOffset();
            if (offset != null) {
                return bound.isPreceding() ? RexWindowBounds.following(offset) : RexWindowBounds.preceding(offset);
            }
            if (bound.isUnbounded()) {
                return bound.isPreceding() ? RexWindowBounds.UNBOUNDED_FOLLOWING : RexWindowBounds.UNBOUNDED_PRECEDING;
            }
            return bound;
        }

        private static SqlAggFunction mirrored(SqlAggFunction function) {
            return switch (function.getKind()) {
                case COUNT, SUM, SUM0, AVG, MIN, MAX, ANY_VALUE, STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP, BIT_AND, BIT_OR, BIT_XOR ->
                        function;
                case FIRST_VALUE -> SqlStdOperatorTable.LAST_VALUE;
                case LAST_VALUE -> SqlStdOperatorTable.FIRST_VALUE;
                default -> throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                        .with("what", function.getName() + " over RANGE that counts, in descending order")
                        .mend("Order by the negated key, or count ROWS.");
            };
        }

        private static void requireNoMonths(RexWindow window) {
            for (RexWindowBound bound : List.of(window.getLowerBound(), window.getUpperBound())) {
                RexNode offset = bound.getOffset();
                if (offset != null && SqlTypeName.YEAR_INTERVAL_TYPES.contains(offset.getType().getSqlTypeName())) {
                    throw CoconutException.of(ErrorCode.NOT_SUPPORTED)
                            .with("what", "RANGE over months or years")
                            .mend("Count days, or order by a number of months: EXTRACT(YEAR FROM d) * 12 + EXTRACT(MONTH FROM d).");
                }
            }
        }

        private RexNode notNull(RexNode key) {
            RelDataType type = rexBuilder.getTypeFactory().createTypeWithNullability(key.getType(), false);
            return rexBuilder.makeCall(type, SqlStdOperatorTable.CASE, List.of(rexBuilder.makeCall(SqlStdOperatorTable.IS_NOT_NULL, key),
                    rexBuilder
                            .makeCast(type, key), rexBuilder.makeZeroLiteral(type)));
        }

        private static boolean isOffset(RexWindowBound bound) {
            return bound.getOffset() != null;
        }
    }
}
