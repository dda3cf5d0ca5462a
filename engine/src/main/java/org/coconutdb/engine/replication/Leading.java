package org.coconutdb.engine.replication;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A term in which this replica leads its block. One thread at a time.
final class Leading {
    private static final Logger LOG = LoggerFactory.getLogger(Leading.class);

    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long NUDGE_NANOS_MIN = TimeUnit.SECONDS.toNanos(2);
    private static final long NUDGE_NANOS_MAX = TimeUnit.MINUTES.toNanos(1);

    final long term;
    final Primary primary;
    private final int block;
    // What holds now: it may change while this replica leads.
    private final Supplier<CommitRule> rule;
    private final InSyncLog inSync;
    private final CommitPolicy policy;
    private final ReplicationTiming timing;
    private final LongSupplier nanoTime;
    private final long electedNanos;
    private final long startIndex;
    // Why this primary has evicted whom.
    private final Map<Integer, String> evictedFor = new HashMap<>();
    // Who has lost its log, and is not taken in again.
    private ReplicaSet lost = ReplicaSet.NONE;
    private final Map<Integer, Long> lostSinceNanos = new HashMap<>();
    private long committed;
    private boolean ledLastTime;
    private boolean isMissingReplicas;
    private long stuckAtIndex = -1;
    private long stuckSinceNanos;
    private long stalledAtVote;
    private long stalledAtIndex = -1;
    private long stalledSinceNanos;
    private long nudgeAfterNanos = NUDGE_NANOS_MIN;
    // Entries that evict and admit are appended one at a time; the last is waited for as long as for a vote.
    private boolean isChangePending;
    private long changeBegunNanos;

    /// @param rule by which the block is committed at that moment; its policy does not change
    /// @param startIndex where the log ended when the election was won
    Leading(int block, long term, ClusterConfig config, Supplier<CommitRule> rule, LongSupplier nanoTime, InSyncLog inSync, long startIndex,
            long committed) {
        this.block = block;
        this.term = term;
        this.rule = rule;
        this.inSync = inSync;
        this.policy = config.policy();
        this.timing = config.timing();
        this.nanoTime = nanoTime;
        this.electedNanos = nanoTime.getAsLong();
        this.stuckSinceNanos = electedNanos;
        this.startIndex = startIndex;
        this.committed = committed;
        this.primary = new Primary(config.self(), timing, nanoTime, inSync, startIndex, committed);
    }

    /// Where the log ended when the election was won.
    long startIndex() {
        return startIndex;
    }

    long commitIndex() {
        if (policy == CommitPolicy.UNANIMOUS) {
            committed = primary.commitIndex();
        } else if (nanoTime.getAsLong() - electedNanos >= timing.leadershipLeaseOverNanos()) {
            // An earlier primary may answer reads until its leadership lease is over; so nothing is committed before.
            committed = Math.max(committed, primary.chosenIndex());
        }
        return committed;
    }

    /// Whether its commit index is at least that of every primary before it, and of this moment: whether a read may rest on it.
    boolean knowsCommitIndex() {
        boolean leads = policy == CommitPolicy.UNANIMOUS ? primary.mayRead() : primary.isLeading();
        return leads && committed >= startIndex;
    }

    /// Whether none of its entries was chosen for long, though it has some that are not.
    ///
    /// @param last where its log ends
    boolean isStuck(long last, long chosen) {
        long now = nanoTime.getAsLong();
        if (chosen >= last || chosen != stuckAtIndex) {
            stuckAtIndex = chosen;
            stuckSinceNanos = now;
        }
        return now - stuckSinceNanos > STUCK_NANOS;
    }

    /// Whether an entry of its own term is committed.
    boolean isSettled() {
        return committed > startIndex;
    }

    boolean grant(int replica) {
        return policy == CommitPolicy.UNANIMOUS && primary.grant(replica);
    }

    /// Looks who is late and who is back: the entry that is to be appended now, or null.
    ///
    /// @param isWaiting whether commands wait here, be it for an entry
    BlockEntry.@Nullable Change change(boolean isWaiting) {
        boolean leads = primary.isLeading();
        if (ledLastTime && !leads) {
            LOG.atWarn().addKeyValue("block", block).addKeyValue("term", term).log("lost the leadership lease");
        }
        ledLastTime = leads;
        if (policy == CommitPolicy.MAJORITY) {
            return null;
        }
        CommitRule now = rule.get();
        int minVoters = now.minVoters(inSync.members().size());
        boolean isMajorityEnough = now.equals(now.atMostMajority(inSync.members().size()));
        ReplicaSet late = primary.late(minVoters, now.voteTimeoutNanos());
        String why = BlockLog.VOTE_LATE;
        if (late.size() == 0 && isWaiting) {
            // No entry may come about without another block's primary; so that what it comes to does not wait once more.
            late = primary.silent(minVoters, now.voteTimeoutNanos());
            why = BlockLog.SILENT;
        }
        if (late.size() == 0 && isMajorityEnough) {
            late = primary.goneBehindEviction(now.voteTimeoutNanos());
            why = BlockLog.SILENT;
        }
        ReplicaSet evictable = lost.and(inSync.all());
        // Its vote will never come. Where a majority is enough, an entry that Raft has chosen is in as many logs anyway, though their replicas may not be in sync yet.
        boolean mayBeFewer = inSync.all().size() > minVoters || isMajorityEnough;
        if (late.size() == 0 && evictable.size() > 0 && mayBeFewer) {
            late = evictable;
            why = BlockLog.LOST;
        }
        // Who was evicted before more were asked for is missed without being late.
        boolean areTooFew = inSync.all().size() < minVoters && !isMajorityEnough;
        boolean isLastLate = inSync.all().size() <= minVoters && primary.late(0, now.voteTimeoutNanos()).size() > 0;
        isMissingReplicas = areTooFew || isLastLate;
        if (isChangePending && nanoTime.getAsLong() - changeBegunNanos < now.voteTimeoutNanos()) {
            return null;
        }
        ReplicaSet back = primary.caughtUp().and(lost.not());
        int replica = late.size() > 0 ? late.stream().findFirst().orElseThrow() : back.stream().findFirst().orElse(-1);
        if (replica < 0) {
            return null;
        }
        isChangePending = true;
        changeBegunNanos = nanoTime.getAsLong();
        if (late.size() > 0) {
            evictedFor.put(replica, why);
        } else {
            evictedFor.remove(replica);
        }
        return new BlockEntry.Change(committed, replica, late.size() == 0);
    }

    /// An entry that changes nothing, where one who was evicted is heard and has not voted for the last entry for a while, in which nothing else was appended; else null. Ratis may have
    /// lost what it answered: it sends nothing again that it has sent, and learns from heartbeats that the follower lives, but not how far it is.
    BlockEntry.@Nullable Nothing nudge(long lastIndex) {
        long now = nanoTime.getAsLong();
        long voted = policy == CommitPolicy.UNANIMOUS ? primary.leastVoteOfEvicted(lastIndex, rule.get().voteTimeoutNanos()) : lastIndex;
        if (voted >= lastIndex) {
            nudgeAfterNanos = NUDGE_NANOS_MIN;
        }
        if (voted >= lastIndex || voted != stalledAtVote || lastIndex != stalledAtIndex) {
            stalledAtVote = voted;
            stalledAtIndex = lastIndex;
            stalledSinceNanos = now;
            return null;
        }
        if (now - stalledSinceNanos < nudgeAfterNanos) {
            return null;
        }
        stalledSinceNanos = now;
        // It may be busy with a snapshot.
        nudgeAfterNanos = Math.min(nudgeAfterNanos * 2, NUDGE_NANOS_MAX);
        return new BlockEntry.Nothing(committed);
    }

    /// A replica has lost its log, and is to be evicted. Whether that is done: it has surely no lease and none but Raft counts what it has said before.
    boolean lose(int replica) {
        lost = lost.with(replica);
        long since = lostSinceNanos.computeIfAbsent(replica, _ -> nanoTime.getAsLong());
        // What it has acknowledged when it had its log may count for the leadership lease until then.
        if (nanoTime.getAsLong() - since < timing.leadershipLeaseOverNanos() || (policy == CommitPolicy.UNANIMOUS && !primary.isSurelyOut(
                replica))) {
            return false;
        }
        primary.forget(replica);
        return true;
    }

    /// It is one of Raft's members again, and may be admitted when it has caught up.
    void found(int replica) {
        lost = lost.without(replica);
        lostSinceNanos.remove(replica);
    }

    /// An entry that evicts or admits is in the log, or will not be: the next may be made.
    void onChangeEnded() {
        isChangePending = false;
    }

    /// Why this primary has evicted a replica; null where it has not, or admits it again.
    @Nullable
    String evictedFor(int replica) {
        return evictedFor.get(replica);
    }

    /// What this primary knows of a member's votes.
    BlockLog.AtPrimary votes(int replica) {
        long heard = primary.heardNanosAgo(replica);
        return new BlockLog.AtPrimary(Math.max(-1, primary.voted(replica)), heard < 0 ? -1 : TimeUnit.NANOSECONDS.toMillis(heard),
                TimeUnit.NANOSECONDS.toMillis(primary.leaseNanosLeft(replica)), inSync.contains(replica) ? null : evictedFor(replica));
    }

    /// Whether writes wait for replicas that must not be evicted.
    boolean isMissingReplicas() {
        return isMissingReplicas;
    }
}
