package org.coconutdb.engine.transaction;

/// What a transaction may see of others (ISO/IEC 9075; Berenson et al. 1995). No level ever shows what is not committed.
public enum Isolation {
    /// Each statement reads at a snapshot of its own.
    READ_COMMITTED,
    /// All statements read at one snapshot, and rows that the transaction changes were changed by nobody since: snapshot isolation.
    REPEATABLE_READ,
    /// The same, and nothing that the transaction has read, present or absent, has changed until it commits: as if it had run alone at the
    /// time of its commit.
    SERIALIZABLE
}
