package org.coconutdb.engine.replication;

/// How long rights last, in nanoseconds of the clock of the process that measures.
///
/// @param readLeaseNanos for how long a replica may answer reads, from when it asked
/// @param leadershipLeaseNanos for how long a primary may act alone, from when it sent what a majority has acknowledged
/// @param voteTimeoutNanos how old an entry becomes before who has not voted for it is evicted, to begin with: it is a block's rule that says it from then on
/// @param drift bound on how much faster one process's clock runs than another's, as a part of one
public record ReplicationTiming(long readLeaseNanos, long leadershipLeaseNanos, long voteTimeoutNanos, double drift) {
    /// Leases of 600 ms, asked for three times in that time: a pause below 400 ms costs a replica nothing, and a dead one is waited for 600 ms behind the vote
    /// timeout. That one, 1 s, lies above the pauses of a usual garbage collection and of a disk that is busy. Clocks of machines that are kept by NTP run
    /// within 0.05 % of each other; 1 % leaves room for those that are not.
    public static final ReplicationTiming DEFAULT = new ReplicationTiming(600_000_000, 600_000_000, 1_000_000_000, 0.01);

    public ReplicationTiming {
        if (readLeaseNanos <= 0 || leadershipLeaseNanos <= 0 || voteTimeoutNanos <= 0 || drift < 0) {
            throw new IllegalArgumentException("lengths of time are above 0, and the drift is not below");
        }
    }

    ReplicationTiming withVoteTimeoutNanos(long nanos) {
        return new ReplicationTiming(readLeaseNanos, leadershipLeaseNanos, nanos, drift);
    }

    /// What one process waits so that another's clock has surely shown as much.
    private long surely(long nanos) {
        return (long) Math.ceil(nanos * (1 + drift));
    }

    /// After a grant: until the lease has surely run out.
    long readLeaseOverNanos() {
        return surely(readLeaseNanos);
    }

    /// After an election: until earlier primaries have surely no leadership lease.
    long leadershipLeaseOverNanos() {
        return surely(leadershipLeaseNanos);
    }

    /// After an election: until every lease that an earlier primary granted, and its own, has surely run out.
    long cautionNanos() {
        return surely(leadershipLeaseNanos + readLeaseNanos);
    }
}
