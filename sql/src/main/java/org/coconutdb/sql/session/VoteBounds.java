package org.coconutdb.sql.session;

import java.time.Duration;
import java.util.Optional;
import org.coconutdb.sql.catalog.TimeSpans;

/// Within what a block space's settings lie, wherever they are said.
final class VoteBounds {
    static final String TIMEOUT_MEND = "Give a time from 100ms to 1m.";

    private static final Duration TIMEOUT_MIN = Duration.ofMillis(100);
    private static final Duration TIMEOUT_MAX = Duration.ofMinutes(1);

    private VoteBounds() {}

    /// A vote timeout as people write it; empty where it is none, or out of its bounds.
    static Optional<Duration> timeout(String text) {
        return TimeSpans.parse(text).filter(time -> time.compareTo(TIMEOUT_MIN) >= 0 && time.compareTo(TIMEOUT_MAX) <= 0);
    }

    static String votersMend(int hosts) {
        return "Give a number from 1 to " + hosts + ".";
    }
}
