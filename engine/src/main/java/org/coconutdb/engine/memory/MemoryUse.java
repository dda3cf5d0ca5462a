package org.coconutdb.engine.memory;

import java.util.Comparator;

/// What one owner's memory for one purpose measures, all in bytes.
///
/// @param mappedBytes usable address space, touched or not
/// @param residentBytes pages in physical memory, by `mincore`
/// @param lockedBytes resident pages that the kernel may not evict: those in a mapping that `/proc/self/smaps` flags as locked (`lo`)
/// @param address where the first region begins
public record MemoryUse(MemoryOwner owner, String purpose, long address, long mappedBytes, long residentBytes, long lockedBytes) {
    static final Comparator<MemoryUse> ORDER = Comparator.comparingInt((MemoryUse use) -> use.owner().block())
            .thenComparingInt(use -> use.owner().table())
            .thenComparing(MemoryUse::purpose);

    MemoryUse plus(MemoryUse other) {
        return new MemoryUse(owner, purpose, Math.min(address, other.address), mappedBytes + other.mappedBytes,
                residentBytes + other.residentBytes, lockedBytes + other.lockedBytes);
    }
}
