package org.coconutdb.sql.plan;

import java.lang.reflect.Method;
import java.util.List;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.adapter.enumerable.EnumerableRules;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.convert.ConverterRule;
import org.apache.calcite.rel.core.Uncollect;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.sql.operator.Operators;
import org.jspecify.annotations.Nullable;

/// UNNEST of arrays: NULL has no elements, and of several arrays those that are shorter have NULL behind their end. Calcite's fails on the one, and
/// answers each element of one array with each of the others.
final class RowUnnest extends Uncollect implements EnumerableRel {
    private static final Method UNNESTED = Types.lookupMethod(Operators.class, "unnested", Enumerable.class, int.class, boolean.class);

    private RowUnnest(RelOptCluster cluster, RelTraitSet traits, RelNode input, boolean withOrdinality) {
        super(cluster, traits, input, withOrdinality, List.of());
    }

    @Override
    public RowUnnest copy(RelTraitSet traits, RelNode input) {
        return new RowUnnest(getCluster(), traits, input, withOrdinality);
    }

    @Override
    public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
        BlockBuilder block = new BlockBuilder();
        Expression rows = ArrayRows.of(implementor, this, 0, block);
        block.add(Expressions.return_(null, Expressions.call(UNNESTED, rows, Expressions.constant(getInput().getRowType().getFieldCount()),
                Expressions.constant(withOrdinality))));
        return implementor.result(ArrayRows.type(implementor, getRowType()), block.toBlock());
    }

    /// Takes the place of Calcite's rule, and hands it collections of rows.
    static final class Rule extends ConverterRule {
        static final Rule INSTANCE =
                Config.INSTANCE
                        .withConversion(Uncollect.class, Convention.NONE, EnumerableConvention.INSTANCE, "RowUnnestRule")
                        .withRuleFactory(Rule::new)
                        .toRule(Rule.class);

        private Rule(Config config) {
            super(config);
        }

        @Override
        public @Nullable RelNode convert(RelNode rel) {
            Uncollect uncollect = (Uncollect) rel;
            boolean areValues = uncollect.getInput().getRowType().getFieldList().stream().allMatch(field -> isOfValues(field.getType()));
            if (!areValues) {
                return ((ConverterRule) EnumerableRules.ENUMERABLE_UNCOLLECT_RULE).convert(rel);
            }
            RelTraitSet traits = rel.getTraitSet().replace(EnumerableConvention.INSTANCE);
            RelNode input = convert(uncollect.getInput(), uncollect.getInput().getTraitSet().replace(EnumerableConvention.INSTANCE));
            return new RowUnnest(rel.getCluster(), traits, input, uncollect.withOrdinality);
        }

        private static boolean isOfValues(RelDataType type) {
            RelDataType component = type.getComponentType();
            return component != null && !component.isStruct()
                    && (type.getSqlTypeName() == SqlTypeName.ARRAY || type.getSqlTypeName() == SqlTypeName.MULTISET);
        }
    }
}
