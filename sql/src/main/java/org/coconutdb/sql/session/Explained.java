package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import org.coconutdb.sql.plan.QueryPlan;
import org.jspecify.annotations.Nullable;

/// Plans as EXPLAIN shows them.
final class Explained {
    private Explained() {}

    static List<String> lines(QueryPlan plan) {
        return plan.explain().lines().toList();
    }

    /// A statement that writes, above the plan of what it reads.
    static List<String> write(String operator, @Nullable QueryPlan source) {
        List<String> lines = new ArrayList<>(List.of(operator));
        if (source != null) {
            lines(source).forEach(line -> lines.add("  " + line));
        }
        return lines;
    }
}
