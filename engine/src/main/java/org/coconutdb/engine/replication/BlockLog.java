package org.coconutdb.engine.replication;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The replicated log of one block, at one of its replicas. Any thread.
public interface BlockLog {
    /// What a replica knows of its block.
    ///
    /// @param self this host
    /// @param primary the host that leads, as far as this one knows; -1 where it knows of none
    /// @param term Raft's
    /// @param inSync hosts whose votes are needed, by this replica's log
    /// @param members all hosts with a replica
    /// @param lastIndex of the log
    /// @param commitIndex by rule 2
    /// @param appliedIndex of this replica
    /// @param mayRead whether it answers reads from its own memory now
    /// @param agreed what all replicas come to know alike
    record Status(
            int block,
            int self,
            int primary,
            long term,
            List<Integer> inSync,
            List<Integer> members,
            long lastIndex,
            long commitIndex,
            long appliedIndex,
            boolean mayRead,
            Agreed agreed) {}

    /// Of a block, what every replica comes to know, if some a moment later. Both numbers only rise, and what stands beside each is the same wherever the number is.
    ///
    /// @param primary who leads in the highest term that this host has heard a primary of; -1 before the first
    /// @param term that one
    /// @param inSync hosts whose votes are needed, by what is committed
    /// @param inSyncIndex of the last committed entry that changed that; 0: all are in sync since the beginning
    record Agreed(int primary, long term, List<Integer> inSync, long inSyncIndex) {
        /// It rises with each change.
        public long epoch() {
            return term + inSyncIndex;
        }
    }

    /// What a replica knows of the votes of a member of its block.
    ///
    /// @param host the member
    /// @param isInSync whether its vote is needed, by this replica's log
    /// @param atPrimary what only the primary knows; null elsewhere
    /// @param evictions how often it was evicted, of what this process has applied
    /// @param admissions how often it was admitted again
    /// @param changedAtMillis when this process applied the last of these, since 1970; 0: there was none
    record Votes(int block, int self, int host, boolean isInSync, @Nullable AtPrimary atPrimary, long evictions, long admissions,
            long changedAtMillis) {}

    /// What a primary knows of a member.
    ///
    /// @param votedIndex up to where it has voted; -1: not in this term
    /// @param heardMillisAgo how long ago was sent what it has acknowledged last; -1: nothing in this term
    /// @param leaseMillisLeft until it has surely no lease of this primary
    /// @param evictedFor why this primary has evicted it, where it has and it is not back: [#VOTE_LATE], [#SILENT] or [#LOST]
    record AtPrimary(long votedIndex, long heardMillisAgo, long leaseMillisLeft, @Nullable String evictedFor) {}

    /// Its vote for an entry did not come in time.
    String VOTE_LATE = "VOTE_LATE";

    /// It has acknowledged nothing for as long, while commands waited.
    String SILENT = "SILENT";

    /// It has lost its log, and is filled again.
    String LOST = "LOST";

    int block();

    Status status();

    /// One for each member.
    List<Votes> votes();

    /// Another vote timeout, and another least number of voters, from now on; the policy is the block's for ever. What is under way is judged by it, too.
    void setRule(CommitRule rule);

    /// Whether this host leads the block, as far as it knows.
    boolean isPrimaryHere();

    /// Whether this host leads the block and an entry of its own term is committed: then every entry of an earlier term that will ever be committed is in its log,
    /// and whoever led before has learned of it or answers nothing any more. Heads ([ReplicatedState#head]) are asked for from then on.
    boolean isSettledPrimaryHere();

    /// Proposes a command at the primary, wherever that is; it is done once or not at all. Completes with its result when its entry is committed; where the primary is
    /// here, it is applied here by then. Where the primary dies or its answer is lost, the next one is asked what came of it.
    ///
    /// Fails with a CoconutException: NOT_PRIMARY (surely not done: nobody leads, or the leadership moved while it waited), REPLICAS_MISSING (surely not done:
    /// fewer replicas in sync than `min_voters`), OUTCOME_UNKNOWN (it may be in the log, and nobody could tell in time), or what refused its entry's head.
    CompletableFuture<byte[]> propose(byte[] command);

    /// Step 1 of a local read (rule 3): whether this replica holds a read lease, or leads with a lease of its own, and has applied all that its log held when the
    /// process began. Step 2, whether something in flight touches what is read, is the caller's.
    boolean mayRead();

    /// The other way to read here (rule 3): asks the primary for its commit index, and completes when this replica has applied that far. What it reads then is as
    /// new as everything that was committed before this call. Fails with NOT_PRIMARY where no primary that holds its leadership lease answers in time.
    CompletableFuture<Void> catchUp();
}
