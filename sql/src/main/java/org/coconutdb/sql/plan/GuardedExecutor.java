package org.coconutdb.sql.plan;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.calcite.DataContext;
import org.apache.calcite.DataContexts;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexExecutor;
import org.apache.calcite.rex.RexExecutorImpl;
import org.apache.calcite.rex.RexNode;

/// Computes constant expressions while planning. What cannot be computed, for whatever reason, stays as it is: then the error, if it
/// is one, comes when the statement runs and only if it gets there (`WHERE a = 0 OR 1 / 0 = 1` may have no row to divide for).
final class GuardedExecutor implements RexExecutor {
    // Without a time zone and a clock: those are the session's that executes the plan.
    private static final DataContext CONTEXT = DataContexts.of(Map.of("cancelFlag", new AtomicBoolean()));

    /// More than these are left alone: they would be compiled into one method, which has a bound.
    private static final int EXPRESSIONS_MAX = 500;

    private final RexExecutor executor = new RexExecutorImpl(CONTEXT);

    @Override
    public void reduce(RexBuilder rexBuilder, List<RexNode> expressions, List<RexNode> reduced) {
        if (expressions.size() <= EXPRESSIONS_MAX) {
            try {
                executor.reduce(rexBuilder, expressions, reduced);
                return;
            } catch (RuntimeException | AssertionError | StackOverflowError unreduced) {
                reduced.clear();
            }
        }
        reduced.addAll(expressions);
    }
}
