package org.coconutdb.sql.run;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.coconutdb.sql.catalog.TableSample;

/// Tries a condition on some rows, to guess how many of all meet it.
public final class SampleTest {
    private SampleTest() {}

    /// The part of the sample's rows that meet it, at least half a row's; NaN where there are no rows.
    ///
    /// @param condition without parameters
    public static double fraction(TableSample sample, RowCondition condition) {
        List<MemorySegment> rows = sample.rows();
        if (rows.isEmpty()) {
            return Double.NaN;
        }
        RowTest test = condition.bind(new PlanDataContext(outsideOfTransactions(), Map.of(), null));
        long met = rows.stream().filter(row -> test.test(sample.layout(), row, 0) == RowTest.TRUE).count();
        return Math.max(0.5, (double) met) / rows.size();
    }

    @SuppressWarnings("NullAway") // constants, and functions over them, read nothing and have no sequences
    private static ExecutionContext outsideOfTransactions() {
        return new ExecutionContext(null, new Object[0], "", null, false, System.currentTimeMillis(), new AtomicBoolean(), null);
    }
}
