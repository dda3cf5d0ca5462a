package org.coconutdb.sql.plan;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Set;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.adapter.enumerable.EnumerableRules;
import org.apache.calcite.adapter.enumerable.EnumerableTableFunctionScan;
import org.apache.calcite.adapter.enumerable.JavaRowFormat;
import org.apache.calcite.adapter.enumerable.PhysTypeImpl;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.convert.ConverterRule;
import org.apache.calcite.rel.logical.LogicalTableFunctionScan;
import org.apache.calcite.rel.metadata.RelColumnMapping;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

/// Reads [SeriesFunction]: rows are bare values, as they are of every other operator with one column.
final class SeriesScan extends EnumerableTableFunctionScan {
    private SeriesScan(
            RelOptCluster cluster,
            RelTraitSet traits,
            List<RelNode> inputs,
            @Nullable Type elementType,
            RelDataType rowType,
            RexNode call,
            @Nullable Set<RelColumnMapping> columnMappings) {
        super(cluster, traits, inputs, elementType, rowType, call, columnMappings);
    }

    @Override
    public SeriesScan copy(
            RelTraitSet traits,
            List<RelNode> inputs,
            RexNode call,
            @Nullable Type elementType,
            RelDataType rowType,
            @Nullable Set<RelColumnMapping> columnMappings) {
        return new SeriesScan(getCluster(), traits, inputs, elementType, rowType, call, columnMappings);
    }

    @Override
    public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
        Result result = super.implement(implementor, prefer);
        JavaRowFormat values = JavaRowFormat.SCALAR;
        return new Result(result.block, PhysTypeImpl.of(implementor.getTypeFactory(), getRowType(), values), values);
    }

    /// Takes the place of Calcite's rule, and hands it what is not a series.
    static final class Rule extends ConverterRule {
        static final Rule INSTANCE = new Rule();

        private Rule() {
            super(Config.INSTANCE.withConversion(LogicalTableFunctionScan.class, Convention.NONE, EnumerableConvention.INSTANCE,
                    "SeriesScanRule"));
        }

        @Override
        public @Nullable RelNode convert(RelNode rel) {
            LogicalTableFunctionScan scan = (LogicalTableFunctionScan) rel;
            if (!SeriesFunction.isCall(scan.getCall())) {
                return EnumerableRules.ENUMERABLE_TABLE_FUNCTION_SCAN_RULE.convert(rel);
            }
            RelTraitSet traits = rel.getTraitSet().replace(EnumerableConvention.INSTANCE);
            return new SeriesScan(rel.getCluster(), traits, List.of(), scan.getElementType(), scan.getRowType(), scan.getCall(), scan
                    .getColumnMappings());
        }
    }
}
