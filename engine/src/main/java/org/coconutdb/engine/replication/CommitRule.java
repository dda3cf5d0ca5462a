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

    /// The same with others of the two values that may change while a block lives.
    public CommitRule with(long otherVoteTimeoutNanos, OptionalInt otherMinVoters) {
        return new CommitRule(policy, otherVoteTimeoutNanos, otherMinVoters);
    }

    /// The same, but that no more replicas than a majority have to stay in sync.
    public CommitRule atMostMajority(int members) {
        return minVoters(members) > majority(members) ? with(voteTimeoutNanos, OptionalInt.empty()) : this;
    }

    private static int majority(int members) {
        return members / 2 + 1;
    }

    /// How many replicas of a block with so many have to stay in sync.
    public int minVoters(int members) {
        return Math.min(members, minVoters.orElse(majority(members)));
    }
}
