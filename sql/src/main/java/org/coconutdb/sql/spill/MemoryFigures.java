package org.coconutdb.sql.spill;

/// Counts what an operator holds and writes to files, for EXPLAIN ANALYZE. One thread.
public interface MemoryFigures {
    /// @param bytes of heap that it holds now
    void held(long bytes);

    /// @param bytes that were written to a file
    void spilled(long bytes);
}
