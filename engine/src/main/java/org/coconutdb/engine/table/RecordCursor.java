package org.coconutdb.engine.table;

/// Walks an index in batches: offsets are copied out under the index's own validation, and used outside of it.
interface RecordCursor {
    /// Fills offsets of the next records into the array; answers how many, 0 at the end.
    int nextBatch(long[] into);
}
