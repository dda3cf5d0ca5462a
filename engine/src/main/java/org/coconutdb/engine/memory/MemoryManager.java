package org.coconutdb.engine.memory;

import java.util.List;

/// Owner of a database's off-heap memory: policy, budget, and every region by block, table and purpose. TO BE WRITTEN.
public final class MemoryManager implements AutoCloseable {
    public MemoryManager(LockPolicy policy, long limitBytes) {
        throw new UnsupportedOperationException();
    }

    /// A new region. `reserveBytes` is address space, not memory.
    public Region reserve(MemoryOwner owner, String purpose, long reserveBytes) {
        throw new UnsupportedOperationException();
    }

    /// Takes memory that a library allocated into the books, and locks it by policy; closing the handle unlocks and forgets it.
    public AutoCloseable adopt(MemoryOwner owner, String purpose, long address, long bytes) {
        throw new UnsupportedOperationException();
    }

    /// Throws MEMORY_LIMIT_REACHED (53200) where `bytes` more would pass the limit: asked before a command is proposed.
    public void admit(long bytes) {
        throw new UnsupportedOperationException();
    }

    /// Measured now by mincore and smaps, not remembered.
    public List<MemoryUse> use() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
