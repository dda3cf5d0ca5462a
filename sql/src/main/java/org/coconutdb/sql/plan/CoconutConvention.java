package org.coconutdb.sql.plan;

import org.apache.calcite.plan.Convention;

/// The convention of operators that read blocks themselves. They become enumerable by [BlocksToEnumerableRule] alone.
final class CoconutConvention extends Convention.Impl {
    static final CoconutConvention INSTANCE = new CoconutConvention();

    private CoconutConvention() {
        super("BLOCKS", BlockRel.class);
    }
}
