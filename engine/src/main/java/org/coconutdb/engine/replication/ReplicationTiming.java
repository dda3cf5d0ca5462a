package org.coconutdb.engine.replication;

/// How long rights last, in nanoseconds of the clock of the process that measures.
///
/// @param readLeaseNanos for how long a replica may answer reads, from when it asked
/// @param leadershipLeaseNanos for how long a primary may act alone, from when it sent what a majority has acknowledged
/// @param voteTimeoutNanos how old an entry becomes before who has not voted for it is evicted
/// @param drift bound on how much faster one process's clock runs than another's, as a part of one
public record ReplicationTiming(long readLeaseNanos, long leadershipLeaseNanos, long voteTimeoutNanos, double drift) {
    public ReplicationTiming {
        if (readLeaseNanos <= 0 || leadershipLeaseNanos <= 0 || voteTimeoutNanos <= 0 || drift < 0) {
            throw new IllegalArgumentException("lengths of time are above 0, and the drift is not below");
        }
    }

    /// What one process waits so that another's clock has surely shown as much.
    private long surely(long nanos) {
        return (long) Math.ceil(nanos * (1 + drift));
    }

    /// After a grant: until the lease has surely run out.
    long readLeaseOverNanos() {
        return surely(readLeaseNanos);
    }

    /// After an election: until every lease that an earlier primary granted, and its own, has surely run out.
    long cautionNanos() {
        return surely(leadershipLeaseNanos + readLeaseNanos);
    }
}
