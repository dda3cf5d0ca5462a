package org.coconutdb.sql.run;

import org.apache.calcite.linq4j.Enumerator;
import org.jspecify.annotations.Nullable;

/// Where rows come from: a lookup, a scan, a system view. Immutable.
public interface RowSource {
    /// Starts it for one execution.
    Enumerator<@Nullable Object[]> open(PlanDataContext context);
}
