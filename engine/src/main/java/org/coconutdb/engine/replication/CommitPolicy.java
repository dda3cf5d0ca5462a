package org.coconutdb.engine.replication;

/// When an entry is committed.
public enum CommitPolicy {
    /// When every replica in sync has it: reads are answered by every replica.
    UNANIMOUS,
    /// When a majority has it. Reads by lease are answered at the primary alone.
    MAJORITY
}
