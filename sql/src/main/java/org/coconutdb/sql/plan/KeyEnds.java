package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/// `MIN` and `MAX` of columns by whose order rows are found: each looks at the first row from one end of a key or an index, in place of all.
final class KeyEnds {
    /// Each has a read of its own.
    private static final int CALLS_MAX = 8;

    private KeyEnds() {}

    /// Null where one of the aggregate's functions has to look at more.
    ///
    /// @param input with reads of tables already chosen
    static @Nullable RelNode apply(Aggregate aggregate, RelNode input) {
        List<AggregateCall> calls = aggregate.getAggCallList();
        if (!aggregate.getGroupSet().isEmpty() || aggregate.getGroupType() != Aggregate.Group.SIMPLE || calls.isEmpty()
                || calls.size() > CALLS_MAX) {
            return null;
        }
        RexBuilder rexBuilder = aggregate.getCluster().getRexBuilder();
        RelNode joined = null;
        for (AggregateCall call : calls) {
            RelNode first = first(call, input);
            if (first == null) {
                return null;
            }
            // Of one row or none: NULL where there is none.
            RelNode end = aggregate.copy(aggregate.getTraitSet(), first, aggregate.getGroupSet(), aggregate.getGroupSets(), List.of(call));
            joined = joined == null ? end
                    : LogicalJoin.create(joined, end, List.of(), rexBuilder.makeLiteral(true), Set.of(), JoinRelType.INNER);
        }
        if (joined == null || calls.size() == 1) {
            return joined;
        }
        List<RexNode> fields = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            fields.add(RexInputRef.of(i, joined.getRowType()));
        }
        return LogicalProject.create(joined, List.of(), fields, aggregate.getRowType().getFieldNames(), Set.of());
    }

    private static @Nullable RelNode first(AggregateCall call, RelNode input) {
        SqlKind kind = call.getAggregation().getKind();
        if ((kind != SqlKind.MIN && kind != SqlKind.MAX) || call.getArgList().size() != 1 || call.hasFilter()) {
            return null;
        }
        int field = call.getArgList().getFirst();
        SqlTypeName type = input.getRowType().getFieldList().get(field).getType().getSqlTypeName();
        // A key knows no -0, and has UUIDs in another order than these functions.
        boolean isOrdered = !SqlTypeName.APPROX_TYPES.contains(type) && type != SqlTypeName.UUID;
        return isOrdered ? OrderFromKey.first(input, field, kind == SqlKind.MAX) : null;
    }
}
