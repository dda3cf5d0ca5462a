package org.coconutdb.sql.plan;

import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.convert.ConverterRule;

/// The one way from [CoconutConvention] to Calcite's enumerable convention.
final class BlocksToEnumerableRule extends ConverterRule {
    static final BlocksToEnumerableRule INSTANCE =
            Config.INSTANCE
                    .withConversion(BlockRel.class, CoconutConvention.INSTANCE, EnumerableConvention.INSTANCE, "BlocksToEnumerableRule")
                    .withRuleFactory(BlocksToEnumerableRule::new)
                    .toRule(BlocksToEnumerableRule.class);

    private BlocksToEnumerableRule(Config config) {
        super(config);
    }

    @Override
    public RelNode convert(RelNode rel) {
        return BlocksToEnumerable.create(rel);
    }
}
