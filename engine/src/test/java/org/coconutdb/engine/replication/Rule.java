package org.coconutdb.engine.replication;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// Rules of the protocol, as far as the simulation can do without one of them. [#NONE] does without none.
enum Rule {
    NONE(0),
    /// Reads ask for no lease.
    LEASE_TO_READ(0),
    /// Reads do not look at what is in the log and not applied.
    NOTHING_IN_FLIGHT(0),
    /// A lease lasts from when the grant comes in.
    LEASE_FROM_ASKING(0),
    /// What a majority has is acknowledged.
    UNANIMOUS(0),
    /// Votes are given before they are synced.
    SYNC_BEFORE_VOTE(0),
    /// Who is evicted is out at once.
    WAIT_FOR_THE_LEASE(0),
    /// Who is evicted by an entry that may yet be lost is out.
    EVICTION_IS_CHOSEN(790),
    /// A new primary takes nobody to have a lease of an earlier one.
    CAUTION(0),
    /// A primary that nobody has heard of for long grants leases, and reads.
    LEADERSHIP_TO_GRANT(40),
    /// Who is admitted by an entry that may yet be lost has a lease.
    ADMISSION_IS_COMMITTED(10680),
    /// An eviction is committed by the vote of who is evicted.
    EVICTION_WAITS_FOR_THE_LEASE(0);

    /// From here on a run is near in which its absence is seen: some need very much to come together.
    final long firstSeed;

    Rule(long firstSeed) {
        this.firstSeed = firstSeed;
    }

    /// A primary that does without this rule.
    Primary primary(int self, ReplicationTiming timing, LongSupplier nanoTime, InSyncLog inSync, long lastIndex, long knownCommitted) {
        Rule without = this;
        return new Primary(self, timing, nanoTime, inSync, lastIndex, knownCommitted) {
            private final long madeNanos = nanoTime.getAsLong();
            private final Map<Integer, Long> granted = new HashMap<>();
            private long chosenNow = knownCommitted;

            @Override
            void onChosen(long index) {
                chosenNow = Math.max(chosenNow, index);
                super.onChosen(index);
            }

            @Override
            long commitIndex() {
                return without == UNANIMOUS ? chosenNow : super.commitIndex();
            }

            @Override
            boolean isChosen(long index) {
                return without == EVICTION_IS_CHOSEN || super.isChosen(index);
            }

            @Override
            boolean isWithoutLease(int replica) {
                return switch (without) {
                    case WAIT_FOR_THE_LEASE -> nanoTime.getAsLong() - madeNanos >= timing.cautionNanos();
                    case CAUTION -> !granted.containsKey(replica) || nanoTime.getAsLong() - granted.get(replica) >= timing
                            .readLeaseOverNanos();
                    default -> super.isWithoutLease(replica);
                };
            }

            @Override
            boolean isLeading() {
                return without == LEADERSHIP_TO_GRANT || super.isLeading();
            }

            @Override
            boolean grant(int replica) {
                boolean isGranted = super.grant(replica);
                if (isGranted) {
                    granted.put(replica, nanoTime.getAsLong());
                }
                return isGranted;
            }

            @Override
            boolean mayHoldLease(int replica) {
                return without == ADMISSION_IS_COMMITTED ? inSync.contains(replica) : super.mayHoldLease(replica);
            }

            @Override
            long reached(int replica) {
                return without == EVICTION_WAITS_FOR_THE_LEASE ? voted(replica) : super.reached(replica);
            }
        };
    }
}
