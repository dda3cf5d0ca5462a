package org.coconutdb.engine.replication;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What the leader of a block decides in its term: which entries are committed, who may read, whom to evict and admit. It is made when it has
/// won its election, and thrown away when it leads no more. One thread at a time; it does nothing by itself.
///
/// An entry is *chosen* when a majority has it and a later leader will, by Raft; *committed* when, besides, each member has voted for it or is *out*:
/// evicted by an entry that is chosen, and surely without a lease.
class Primary {
    private static final long NEVER = Long.MIN_VALUE;

    private record Appended(long index, long atNanos) {}

    private final ReplicaSet members;
    private final int self;
    private final ReplicationTiming timing;
    private final LongSupplier nanoTime;
    private final InSyncLog inSync;
    private final long electedNanos;
    private final long[] voted;
    // When that was sent which they have acknowledged last.
    private final long[] acknowledgedSentNanos;
    private final boolean[] hasAcknowledged;
    private final long[] grantedNanos;
    private final boolean[] hasGrant;
    // Not yet voted for by all.
    private final Deque<Appended> young = new ArrayDeque<>();
    private long lastIndex;
    private long chosen;
    private long committed;

    /// @param inSync of this replica's log, which goes on following it
    /// @param lastIndex of its log
    /// @param knownCommitted what earlier primaries have committed, as far as this replica was told
    Primary(int self, ReplicationTiming timing, LongSupplier nanoTime, InSyncLog inSync, long lastIndex, long knownCommitted) {
        this.members = inSync.members();
        this.self = self;
        this.timing = timing;
        this.nanoTime = nanoTime;
        this.inSync = inSync;
        this.electedNanos = nanoTime.getAsLong();
        this.lastIndex = lastIndex;
        this.chosen = knownCommitted;
        this.committed = knownCommitted;
        int size = Long.SIZE - Long.numberOfLeadingZeros(members.bits());
        this.voted = new long[size];
        Arrays.fill(voted, NEVER);
        this.acknowledgedSentNanos = new long[size];
        this.hasAcknowledged = new boolean[size];
        this.grantedNanos = new long[size];
        this.hasGrant = new boolean[size];
    }

    /// An entry is in this replica's log.
    void onAppended(long index) {
        lastIndex = index;
        young.addLast(new Appended(index, nanoTime.getAsLong()));
    }

    /// A replica, this one included, has synced and marked everything up to an index.
    void onVote(int replica, long index) {
        voted[replica] = Math.max(voted[replica], index);
    }

    /// Another member has acknowledged, in this term, a message that was sent at a time of this process's clock.
    void onAcknowledged(int replica, long sentNanos) {
        if (!hasAcknowledged[replica] || acknowledgedSentNanos[replica] - sentNanos < 0) {
            hasAcknowledged[replica] = true;
            acknowledgedSentNanos[replica] = sentNanos;
        }
    }

    /// A replica has lost its log: what it has said counts no more.
    void forget(int replica) {
        voted[replica] = NEVER;
        hasAcknowledged[replica] = false;
    }

    /// Raft has chosen everything up to an index, at which stands an entry of this term or which lies before one that is chosen.
    void onChosen(long index) {
        chosen = Math.max(chosen, index);
    }

    long chosenIndex() {
        return Math.min(chosen, lastIndex);
    }

    /// Everything up to it is committed. It never goes back.
    long commitIndex() {
        long everywhere = Math.min(chosen, lastIndex);
        for (int replica : members.stream().toArray()) {
            if (!isOut(replica)) {
                everywhere = Math.min(everywhere, reached(replica));
            }
        }
        committed = Math.max(committed, everywhere);
        return committed;
    }

    /// Up to where the replica does not hold up the commit: to what it has voted for, but not to its own eviction. That one is committed when the
    /// replica has surely no lease, and so says to later primaries; not because the replica has come to vote for it.
    long reached(int replica) {
        InSyncLog.Change change = inSync.newest(replica);
        return change == null || change.admits() ? voted(replica) : Math.min(voted(replica), change.index() - 1);
    }

    long voted(int replica) {
        return voted[replica];
    }

    /// Whether a replica's eviction is committed: no later primary grants it a lease before it is admitted again.
    boolean isSurelyOut(int replica) {
        InSyncLog.Change change = inSync.newest(replica);
        return change != null && !change.admits() && change.index() <= committed;
    }

    /// Whether a replica's vote is not needed.
    boolean isOut(int replica) {
        InSyncLog.Change change = inSync.newest(replica);
        return change != null && !change.admits() && isChosen(change.index()) && (change.index() <= committed || isWithoutLease(replica));
    }

    /// Whether every later leader will have the entry.
    boolean isChosen(long index) {
        return index <= chosen;
    }

    /// Whether a replica has surely no lease, neither of this primary nor of one before it.
    boolean isWithoutLease(int replica) {
        long now = nanoTime.getAsLong();
        return now - electedNanos >= timing.cautionNanos()
                && (!hasGrant[replica] || now - grantedNanos[replica] >= timing.readLeaseOverNanos());
    }

    /// Whether this primary knows that it was the only one a moment ago: a majority has acknowledged what it sent since then.
    boolean isLeading() {
        long now = nanoTime.getAsLong();
        ReplicaSet heard = ReplicaSet.NONE.with(self);
        for (int replica : members.stream().toArray()) {
            if (hasAcknowledged[replica] && now - acknowledgedSentNanos[replica] < timing.leadershipLeaseNanos()) {
                heard = heard.with(replica);
            }
        }
        return heard.isMajorityOf(members);
    }

    /// A replica asks for a lease: whether it is granted.
    boolean grant(int replica) {
        if (!isLeading() || !mayHoldLease(replica)) {
            return false;
        }
        hasGrant[replica] = true;
        grantedNanos[replica] = nanoTime.getAsLong();
        return true;
    }

    /// Whether a replica is in sync by what is committed, and by what is not. An admission that may yet be lost admits nobody: the next primary
    /// would not know of it.
    boolean mayHoldLease(int replica) {
        return inSync.upTo(committed).contains(replica) && inSync.contains(replica);
    }

    /// How long ago was sent what a member has acknowledged last; -1: nothing. Of this one 0.
    long heardNanosAgo(int replica) {
        return replica == self ? 0 : hasAcknowledged[replica] ? nanoTime.getAsLong() - acknowledgedSentNanos[replica] : -1;
    }

    /// Until a member has surely no lease of this primary.
    long leaseNanosLeft(int replica) {
        return hasGrant[replica] ? Math.max(0, grantedNanos[replica] + timing.readLeaseOverNanos() - nanoTime.getAsLong()) : 0;
    }

    /// Whether this primary may answer reads from its own memory, as a replica with a lease may.
    boolean mayRead() {
        return mayHoldLease(self) && isLeading();
    }

    /// Who is to be evicted: those in sync whose votes are late, as long as enough stay.
    ///
    /// @param minVoters how many have to stay in sync
    /// @param voteTimeoutNanos how old an entry becomes before who has not voted for it is late
    ReplicaSet late(int minVoters, long voteTimeoutNanos) {
        forgetVoted();
        ReplicaSet late = ReplicaSet.NONE;
        int staying = inSync.all().size();
        long now = nanoTime.getAsLong();
        for (int replica : inSync.all().without(self).stream().toArray()) {
            Appended oldest = oldestWithout(replica);
            if (oldest != null && now - oldest.atNanos() >= voteTimeoutNanos && staying > minVoters) {
                late = late.with(replica);
                staying--;
            }
        }
        return late;
    }

    private void forgetVoted() {
        long least = members.stream().filter(inSync::contains).mapToLong(replica -> voted[replica]).min().orElse(lastIndex);
        while (!young.isEmpty() && young.getFirst().index() <= least) {
            young.removeFirst();
        }
    }

    private @Nullable Appended oldestWithout(int replica) {
        for (Appended appended : young) {
            if (appended.index() > voted[replica]) {
                return appended;
            }
        }
        return null;
    }

    /// Who is in sync and has not acknowledged a message for as long as a vote may take, as long as enough stay.
    ///
    /// @param minVoters how many have to stay in sync
    /// @param voteTimeoutNanos how long a vote may take
    ReplicaSet silent(int minVoters, long voteTimeoutNanos) {
        ReplicaSet silent = ReplicaSet.NONE;
        int staying = inSync.all().size();
        long now = nanoTime.getAsLong();
        for (int replica : inSync.all().without(self).stream().toArray()) {
            long since = hasAcknowledged[replica] ? acknowledgedSentNanos[replica] : electedNanos;
            if (now - since >= voteTimeoutNanos && staying > minVoters) {
                silent = silent.with(replica);
                staying--;
            }
        }
        return silent;
    }

    /// Who is in sync, votes for nothing and is not heard, while an eviction is not committed: so that nobody is admitted in its place, and nothing is committed for want of its vote.
    /// An earlier primary was about to commit the eviction, or did and told nobody, and is the one that is gone. It may be evicted however few stay in sync, where a majority is enough: a
    /// majority is heard, by whose logs alone an entry is chosen.
    ///
    /// @param voteTimeoutNanos how long a vote may take
    ReplicaSet goneBehindEviction(long voteTimeoutNanos) {
        boolean isEvictionOpen = members.stream().mapToObj(inSync::newest).anyMatch(change -> change != null && !change.admits() && change
                .index() > committed);
        return isEvictionOpen && isLeading() ? late(1, voteTimeoutNanos).and(silent(1, voteTimeoutNanos)) : ReplicaSet.NONE;
    }

    /// The least that one has voted for who was evicted, is heard, and has not voted for all there is.
    ///
    /// @param heardNanosMax how long ago it may have been heard
    /// @return the last index where there is no such replica
    long leastVoteOfEvicted(long last, long heardNanosMax) {
        long least = last;
        for (int replica : members.stream().toArray()) {
            long heard = heardNanosAgo(replica);
            if (replica != self && isSurelyOut(replica) && heard >= 0 && heard < heardNanosMax) {
                least = Math.min(least, voted(replica));
            }
        }
        return least;
    }

    /// Who is to be admitted: those that were evicted, by an entry that is committed, and have voted for all there is.
    ReplicaSet caughtUp() {
        ReplicaSet caughtUp = ReplicaSet.NONE;
        for (int replica : members.stream().toArray()) {
            InSyncLog.Change change = inSync.newest(replica);
            if (change != null && !change.admits() && change.index() <= committed && voted[replica] >= lastIndex) {
                caughtUp = caughtUp.with(replica);
            }
        }
        return caughtUp;
    }
}
