package org.coconutdb.sql.plan;

import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Bounds the branches of CASE, one behind or in another, before code is generated.
///
/// Each is a block in the block of the one before it, and Calcite looks through all outer blocks for each name that it makes: time grows with
/// the third power of their number, and cannot be ended; a thousand take about a second.
final class CaseBranches {
    private static final int BRANCHES_MAX = 1_000;

    private CaseBranches() {}

    /// STATEMENT_TOO_COMPLEX
    static void check(RelNode rel) {
        RexShuttle expressions = new RexShuttle() {
            @Override
            public RexNode visitCall(RexCall call) {
                if (branches(call) > BRANCHES_MAX) {
                    throw CoconutException.of(ErrorCode.STATEMENT_TOO_COMPLEX)
                            .with("caseBranchesMax", BRANCHES_MAX)
                            .mend("Keep what the branches of CASE tell in a table, and join it.");
                }
                return call;
            }
        };
        rel.accept(new RelHomogeneousShuttle() {
            @Override
            public RelNode visit(RelNode other) {
                return super.visit(other).accept(expressions);
            }
        });
    }

    private static int branches(RexNode node) {
        if (!(node instanceof RexCall call)) {
            return 0;
        }
        boolean isCase = call.isA(SqlKind.CASE);
        int most = 0;
        for (int i = 0; i < call.getOperands().size(); i++) {
            most = Math.max(most, (isCase ? i / 2 : 0) + branches(call.getOperands().get(i)));
        }
        return isCase ? Math.max(most, call.getOperands().size() / 2) : most;
    }
}
