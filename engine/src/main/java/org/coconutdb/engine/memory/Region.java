package org.coconutdb.engine.memory;

import java.lang.foreign.MemorySegment;

/// A reserved span of address space that grows from its start. TO BE WRITTEN.
public final class Region implements AutoCloseable {
    private Region() {}

    /// The whole reservation as one segment; only the first [#committedBytes] may be touched. Closed with the region.
    public MemorySegment segment() {
        throw new UnsupportedOperationException();
    }

    public long committedBytes() {
        throw new UnsupportedOperationException();
    }

    /// Writer: makes at least the first `bytes` touchable, locked by policy, counted in the budget.
    public void commit(long bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
