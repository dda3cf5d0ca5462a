package org.coconutdb.sql.run;

import java.lang.foreign.MemorySegment;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.coconutdb.sql.access.Viewer;
import org.coconutdb.sql.catalog.TableSample;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tries a condition on some rows, to guess how many of all meet it.
public final class SampleTest {
    private static final Logger LOG = LoggerFactory.getLogger(SampleTest.class);

    private SampleTest() {}

    /// The part of the sample's rows that meet it, at least half a row's; NaN where there are no rows, or where the condition cannot be computed.
    ///
    /// @param condition without parameters
    public static double fraction(TableSample sample, RowCondition condition) {
        List<MemorySegment> rows = sample.rows();
        if (rows.isEmpty()) {
            return Double.NaN;
        }
        RowTest test;
        try {
            test = condition.bind(new PlanDataContext(outsideOfTransactions(), Map.of(), null));
        } catch (RuntimeException failure) {
            // Of a constant such as 1 / 0 or CAST('x' AS INT), whose functions throw what they like: the statement says so when it is executed, if it
            // comes to it, and not when it is prepared or explained.
            LOG.debug("a condition is guessed by its form", failure);
            return Double.NaN;
        }
        long met = rows.stream().filter(row -> test.test(sample.layout(), row, 0) == RowTest.TRUE).count();
        return Math.max(0.5, (double) met) / rows.size();
    }

    @SuppressWarnings("NullAway") // constants, and functions over them, read nothing, hold nothing and have no sequences
    private static ExecutionContext outsideOfTransactions() {
        return new ExecutionContext(null, new Object[0], "", null, Viewer.OWNER, ZoneOffset.UTC, false, System.currentTimeMillis(),
                new AtomicBoolean(),
                null, null);
    }
}
