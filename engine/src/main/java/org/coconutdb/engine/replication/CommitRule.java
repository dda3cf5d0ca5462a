package org.coconutdb.engine.replication;

import java.util.OptionalInt;

/// When entries of a block are committed, and how long is waited for whom.
///
/// @param policy fixed for the life of a block: what one has committed the other would not have waited for
/// @param voteTimeoutNanos how old an entry becomes before who has not voted for it is evicted; without effect by majority, where nobody is
/// @param minVoters how many replicas have to stay in sync; absent: a majority of the members. Without effect by majority, where none are counted
public record CommitRule(CommitPolicy policy, long voteTimeoutNanos, OptionalInt minVoters) {
    public CommitRule {
        if (voteTimeoutNanos <= 0) {
            throw new IllegalArgumentException("a vote timeout is above 0, was " + voteTimeoutNanos + " ns");
        }
        if (minVoters.isPresent() && minVoters.getAsInt() < 1) {
            throw new IllegalArgumentException("min_voters is above 0, was " + minVoters.getAsInt());
        }
    }

    /// How many replicas of a block with so many have to stay in sync.
    public int minVoters(int members) {
        return Math.min(members, minVoters.orElse(members / 2 + 1));
    }
}
