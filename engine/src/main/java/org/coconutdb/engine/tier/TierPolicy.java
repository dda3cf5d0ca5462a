package org.coconutdb.engine.tier;

/// What may stay in memory.
public interface TierPolicy {
    /// Bytes of hot rows of all blocks of a table; `Long.MAX_VALUE` where it has no budget.
    long hotBytesMax(int table);

    /// Bytes of hot rows of all tables of a block; `Long.MAX_VALUE` where it has no budget.
    long hotBytesMaxOfBlock();

    /// After so many seconds without a read or a write a row goes cold; 0: it does not for its age.
    int coldAfterSeconds(int table);
}
