package org.coconutdb.engine.transaction;

import java.time.Duration;

/// On what reads of a replicated database rest; docs/cluster.md says what each promises. One of one process has nothing to choose.
public sealed interface ReadPolicy {
    ReadPolicy LOCAL = new Local();
    ReadPolicy PRIMARY = new Primary();

    /// On the leases that this host's replicas hold.
    record Local() implements ReadPolicy {}

    /// On what the blocks' primaries say when they are asked, once for each snapshot. It shows what [Local] does, and does not rest on this host's clock.
    record Primary() implements ReadPolicy {}

    /// On what is here, while that shows everything that was acknowledged up to so long ago, by anybody; else as [Local]. Of transactions that may write: as that.
    record Stale(Duration maxAge) implements ReadPolicy {
        public static final Duration MAX_AGE_LONGEST = Duration.ofDays(1);

        public Stale {
            if (!maxAge.isPositive() || maxAge.compareTo(MAX_AGE_LONGEST) > 0) {
                throw new IllegalArgumentException("an age is above 0 and at most a day, was " + maxAge);
            }
        }
    }
}
