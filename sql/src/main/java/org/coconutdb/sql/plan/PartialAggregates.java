package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.adapter.enumerable.EnumerableCalc;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexProgram;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.util.ImmutableBitSet;

/// Cuts an aggregate into one that is computed of the rows of each block, and one that combines what these answer. Exact results are the same either way:
/// sums of whole numbers and decimals lose no digit on the way, and what checks that a sum has not too many stands above both. A sum of floating-point numbers
/// is one of sums, and may differ in its last digits from that of another order.
///
/// AVG, deviations and DISTINCT are not met here: earlier phases have made sums, counts and groups of them.
final class PartialAggregates {
    // Their results combine to the result of all rows.
    private static final Set<SqlKind> SPLIT = EnumSet.of(SqlKind.COUNT, SqlKind.SUM, SqlKind.SUM0, SqlKind.MIN, SqlKind.MAX,
            SqlKind.ANY_VALUE, SqlKind.BIT_AND, SqlKind.BIT_OR, SqlKind.BIT_XOR);

    private PartialAggregates() {}

    static boolean isSplit(RowGroups groups) {
        return groups.getGroupType() == Aggregate.Group.SIMPLE && groups.getAggCallList().stream().allMatch(PartialAggregates::isSplit);
    }

    private static boolean isSplit(AggregateCall call) {
        boolean isSum = call.getAggregation().getKind() == SqlKind.SUM || call.getAggregation().getKind() == SqlKind.SUM0;
        return SPLIT.contains(call.getAggregation().getKind()) && (!isSum || SqlTypeUtil.isNumeric(call.getType())) && !call.isDistinct()
                && !call.ignoreNulls()
                && call.getCollation().getFieldCollations().isEmpty() && call.distinctKeys == null && call.rexList.isEmpty();
    }

    /// The part that is computed in blocks.
    ///
    /// @param input whose rows are in blocks
    static RelNode partial(RowGroups groups, RelNode input) {
        RelNode partial = groups.of(input, groups.getGroupSet(), groups.getAggCallList(), RowGroups.Phase.PARTIAL);
        return BlockDistributionDef.with(partial, BlockDistributionDef.of(input).by(List.of()));
    }

    /// The part that combines them.
    ///
    /// @param gathered what the partial ones answer
    static RelNode combined(RowGroups groups, RelNode gathered) {
        int keys = groups.getGroupCount();
        RelNode input = withTypes(gathered, widened(groups, gathered.getRowType()));
        List<AggregateCall> calls = new ArrayList<>();
        for (int i = 0; i < groups.getAggCallList().size(); i++) {
            AggregateCall call = groups.getAggCallList().get(i);
            calls.add(AggregateCall.create(combining(call), false, call.isApproximate(), false, List.of(), List.of(keys + i), -1, null,
                    RelCollations.EMPTY, keys == 0, input, null, call.getName()));
        }
        return withTypes(groups.of(input, ImmutableBitSet.range(keys), calls, RowGroups.Phase.FINAL), types(groups.getRowType()));
    }

    private static SqlAggFunction combining(AggregateCall call) {
        return call.getAggregation().getKind() == SqlKind.COUNT ? SqlStdOperatorTable.SUM0 : call.getAggregation();
    }

    private static List<RelDataType> types(RelDataType rowType) {
        return rowType.getFieldList().stream().map(RelDataTypeField::getType).toList();
    }

    /// What is summed of BIGINT is summed as a decimal, as everywhere ([ExactNumbers]).
    private static List<RelDataType> widened(RowGroups groups, RelDataType rowType) {
        RelDataTypeFactory factory = groups.getCluster().getTypeFactory();
        List<RelDataType> types = new ArrayList<>(types(rowType));
        for (int i = 0; i < groups.getAggCallList().size(); i++) {
            int field = groups.getGroupCount() + i;
            RelDataType type = types.get(field);
            boolean isSummed = switch (groups.getAggCallList().get(i).getAggregation().getKind()) {
                case COUNT, SUM, SUM0 -> true;
                default -> false;
            };
            if (isSummed && type.getSqlTypeName() == SqlTypeName.BIGINT) {
                RelDataType wide = factory.createSqlType(SqlTypeName.DECIMAL, type.getPrecision(), 0);
                types.set(field, factory.createTypeWithNullability(wide, type.isNullable()));
            }
        }
        return types;
    }

    private static RelNode withTypes(RelNode rel, List<RelDataType> wanted) {
        if (types(rel.getRowType()).equals(wanted)) {
            return rel;
        }
        RexBuilder rexBuilder = rel.getCluster().getRexBuilder();
        List<RexNode> projects = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            RexInputRef field = RexInputRef.of(i, rel.getRowType());
            RelDataType type = wanted.get(i);
            projects.add(field.getType().equals(type) ? field : rexBuilder.makeAbstractCast(type, field, false));
        }
        return EnumerableCalc.create(rel, RexProgram.create(rel.getRowType(), projects, null, rel.getRowType().getFieldNames(),
                rexBuilder));
    }
}
