package org.coconutdb.engine.memory;

/// What one owner's memory for one purpose measures, all in bytes.
///
/// @param mappedBytes usable address space, touched or not
/// @param residentBytes pages in physical memory, by `mincore`
/// @param lockedBytes pages that the kernel may not evict, from `/proc/self/smaps` (`Locked`)
/// @param address where the first region begins
public record MemoryUse(MemoryOwner owner, String purpose, long address, long mappedBytes, long residentBytes, long lockedBytes) {}
