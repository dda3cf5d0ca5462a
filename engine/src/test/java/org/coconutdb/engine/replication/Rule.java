package org.coconutdb.engine.replication;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// Rules of the protocol, as far as the simulation can do without one of them. [#NONE] does without none.
enum Rule {
    NONE,
    /// Reads ask for no lease.
    LEASE_TO_READ,
    /// Reads do not look at what is in the log and not applied.
    NOTHING_IN_FLIGHT,
    /// A lease lasts from when the grant comes in.
    LEASE_FROM_ASKING,
    /// What a majority has is acknowledged.
    UNANIMOUS,
    /// Votes are given before they are synced.
    SYNC_BEFORE_VOTE,
    /// Who is evicted is out at once.
    WAIT_FOR_THE_LEASE,
    /// Who is evicted by an entry that may yet be lost is out.
    EVICTION_IS_CHOSEN,
    /// A new primary takes nobody to have a lease of an earlier one.
    CAUTION,
    /// A primary that nobody has heard of for long grants leases, and reads.
    LEADERSHIP_TO_GRANT,
    /// Who is admitted by an entry that may yet be lost has a lease.
    ADMISSION_IS_COMMITTED,
    /// An evicted primary reads.
    PRIMARY_IN_SYNC;

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
            boolean mayRead() {
                return without == PRIMARY_IN_SYNC ? isLeading() : super.mayRead();
            }
        };
    }
}
