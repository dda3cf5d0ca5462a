package org.coconutdb.sql.plan;

import org.apache.calcite.rel.RelNode;
import org.coconutdb.sql.run.RowSource;

/// An operator of [CoconutConvention].
interface BlockRel extends RelNode {
    /// What runs in its place: holds no RelNode and may run any number of times, by many threads.
    RowSource source();
}
