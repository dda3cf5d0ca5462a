package org.coconutdb.sql.plan;

import java.util.Locale;

/// How long a statement took.
///
/// @param planningNanos from its text to what can be executed
/// @param executionNanos from there to its last row; without the commit
public record PlanTimes(long planningNanos, long executionNanos) {
    /// Milliseconds, to the microsecond.
    static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.3f", nanos / 1e6);
    }
}
