package org.coconutdb.engine.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// A primary of three replicas, itself being 0, with entries 1 to 10 in its log of which 5 are committed.
class PrimaryTest {
    private static final ReplicationTiming TIMING = new ReplicationTiming(100, 200, 50, 0.25);
    // 100 + 200, and 100, a quarter longer.
    private static final long CAUTION = 375;
    private static final long LEASE_OVER = 125;

    private final InSyncLog inSync = new InSyncLog(ReplicaSet.first(3));
    private long now = 1_000;

    private Primary elected() {
        Primary primary = new Primary(0, TIMING, () -> now, inSync, 10, 5);
        primary.onVote(0, 10);
        return primary;
    }

    private void heardOfAll(Primary primary) {
        primary.onAcknowledged(1, now);
        primary.onAcknowledged(2, now);
    }

    @Test
    void whatAllHaveVotedForIsCommittedWhenItIsChosen() {
        Primary primary = elected();
        primary.onVote(1, 9);
        primary.onVote(2, 8);
        assertThat(primary.commitIndex()).as("not chosen").isEqualTo(5);

        primary.onChosen(9);
        assertThat(primary.commitIndex()).isEqualTo(8);
        primary.onVote(2, 10);
        assertThat(primary.commitIndex()).isEqualTo(9);
    }

    @Test
    void anEvictionWaitsForTheLeaseThatWasGrantedAndForEarlierPrimaries() {
        Primary primary = elected();
        primary.onVote(1, 10);
        primary.onVote(2, 6);
        now += CAUTION;
        heardOfAll(primary);
        assertThat(primary.grant(2)).isTrue();
        inSync.append(new InSyncLog.Change(11, 2, false));
        primary.onAppended(11);
        primary.onVote(0, 11);
        primary.onVote(1, 11);
        primary.onChosen(11);
        assertThat(primary.commitIndex()).isEqualTo(6);
        assertThat(primary.grant(2)).as("a lease for who is evicted").isFalse();

        now += LEASE_OVER - 1;
        assertThat(primary.commitIndex()).isEqualTo(6);
        primary.onVote(2, 11);
        assertThat(primary.commitIndex()).as("its own vote does not commit its eviction").isEqualTo(10);
        now++;
        assertThat(primary.commitIndex()).isEqualTo(11);
    }

    @Test
    void aNewPrimaryTakesNobodyToBeWithoutALease() {
        inSync.append(new InSyncLog.Change(10, 2, false));
        Primary primary = elected();
        primary.onVote(1, 10);
        primary.onChosen(10);

        now += CAUTION - 1;
        assertThat(primary.commitIndex()).isEqualTo(5);
        now++;
        assertThat(primary.commitIndex()).isEqualTo(10);
    }

    @Test
    void whoWasEvictedByWhatIsCommittedIsNotWaitedFor() {
        inSync.append(new InSyncLog.Change(4, 2, false));
        Primary primary = elected();
        primary.onVote(1, 10);
        primary.onChosen(10);

        assertThat(primary.commitIndex()).isEqualTo(10);
    }

    @Test
    void anAdmissionCountsForVotesAtOnceAndForLeasesWhenItIsCommitted() {
        inSync.append(new InSyncLog.Change(4, 2, false));
        Primary primary = elected();
        heardOfAll(primary);
        primary.onVote(1, 10);
        primary.onVote(2, 10);
        primary.onChosen(10);
        assertThat(primary.commitIndex()).isEqualTo(10);
        assertThat(primary.caughtUp()).isEqualTo(ReplicaSet.NONE.with(2));

        inSync.append(new InSyncLog.Change(11, 2, true));
        primary.onAppended(11);
        primary.onVote(0, 11);
        primary.onVote(1, 11);
        primary.onChosen(11);
        assertThat(primary.commitIndex()).isEqualTo(10);
        assertThat(primary.grant(2)).isFalse();
        primary.onVote(2, 11);
        assertThat(primary.commitIndex()).isEqualTo(11);
        assertThat(primary.grant(2)).isTrue();
    }

    @Test
    void whoHasNotHeardOfAMajorityNeitherGrantsNorReads() {
        Primary primary = elected();
        assertThat(primary.mayRead()).isFalse();
        primary.onAcknowledged(1, now);
        now += 199;
        assertThat(primary.mayRead()).isTrue();
        assertThat(primary.grant(1)).isTrue();
        now++;
        assertThat(primary.mayRead()).isFalse();
        assertThat(primary.grant(1)).isFalse();
    }

    /// Those who come after it do not wait for its vote, and so not for what it takes itself to be.
    @Test
    void aPrimaryThatIsNotInSyncDoesNotRead() {
        inSync.append(new InSyncLog.Change(4, 0, false));
        Primary primary = elected();
        heardOfAll(primary);
        assertThat(primary.isLeading()).isTrue();
        assertThat(primary.mayRead()).isFalse();
        assertThat(primary.caughtUp()).isEqualTo(ReplicaSet.NONE.with(0));
    }

    @Test
    void whoseVotesAreLateAreNamedAsLongAsEnoughStay() {
        Primary primary = elected();
        primary.onVote(1, 10);
        primary.onVote(2, 10);
        primary.onAppended(11);
        primary.onVote(0, 11);
        now += 49;
        assertThat(primary.late(2, TIMING.voteTimeoutNanos())).isEqualTo(ReplicaSet.NONE);
        now++;
        assertThat(primary.late(2, TIMING.voteTimeoutNanos())).as("both are late, and one has to stay").isEqualTo(ReplicaSet.NONE.with(1));
        assertThat(primary.late(3, TIMING.voteTimeoutNanos())).isEqualTo(ReplicaSet.NONE);
        primary.onVote(1, 11);
        assertThat(primary.late(2, TIMING.voteTimeoutNanos())).isEqualTo(ReplicaSet.NONE.with(2));
    }

    @Test
    void whoAcknowledgesNothingIsNamedAsLongAsEnoughStay() {
        Primary primary = elected();
        now += 20;
        primary.onAcknowledged(2, now);
        now += 29;
        assertThat(primary.silent(2, TIMING.voteTimeoutNanos())).isEqualTo(ReplicaSet.NONE);
        now++;
        assertThat(primary.silent(2, TIMING.voteTimeoutNanos())).as("the first was never heard").isEqualTo(ReplicaSet.NONE.with(1));
        assertThat(primary.silent(3, TIMING.voteTimeoutNanos())).isEqualTo(ReplicaSet.NONE);
        now += 20;
        assertThat(primary.silent(1, TIMING.voteTimeoutNanos())).isEqualTo(ReplicaSet.NONE.with(1).with(2));
        primary.onAcknowledged(1, now);
        assertThat(primary.silent(2, TIMING.voteTimeoutNanos())).isEqualTo(ReplicaSet.NONE.with(2));
    }

    @Test
    void whoIsGoneBehindAnEvictionThatNobodyKnowsToBeCommittedIsNamedThoughTooFewStay() {
        inSync.append(new InSyncLog.Change(8, 2, false));
        Primary primary = elected();
        primary.onAppended(11);
        primary.onVote(0, 11);
        primary.onVote(2, 11);
        primary.onChosen(11);
        now += 50;
        assertThat(primary.goneBehindEviction(TIMING.voteTimeoutNanos())).as("no majority is heard").isEqualTo(ReplicaSet.NONE);
        primary.onAcknowledged(2, now);
        assertThat(primary.late(2, TIMING.voteTimeoutNanos())).isEqualTo(ReplicaSet.NONE);
        assertThat(primary.goneBehindEviction(TIMING.voteTimeoutNanos())).isEqualTo(ReplicaSet.NONE.with(1));
        primary.onAcknowledged(1, now);
        assertThat(primary.goneBehindEviction(TIMING.voteTimeoutNanos())).as("it is only late").isEqualTo(ReplicaSet.NONE);
    }

    @Test
    void behindAnEvictionThatIsCommittedEnoughStay() {
        inSync.append(new InSyncLog.Change(8, 2, false));
        Primary primary = elected();
        for (int replica = 0; replica < 3; replica++) {
            primary.onVote(replica, 10);
        }
        primary.onChosen(10);
        now += TIMING.cautionNanos();
        assertThat(primary.commitIndex()).isEqualTo(10);
        primary.onAppended(11);
        primary.onVote(0, 11);
        primary.onVote(2, 11);
        primary.onChosen(11);
        now += 50;
        primary.onAcknowledged(2, now);
        assertThat(primary.goneBehindEviction(TIMING.voteTimeoutNanos())).as("the other is admitted first").isEqualTo(ReplicaSet.NONE);
    }
}
