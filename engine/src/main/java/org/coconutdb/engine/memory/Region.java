package org.coconutdb.engine.memory;

import com.sun.jna.LastErrorException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// A span of reserved address space whose first part is usable memory and grows.
/// ```
///  0                 committedBytes                       reserved
///  | usable, locked  | no access: costs address space only |
/// ```
/// The reservation never moves, so an offset into it is a pointer that stays valid while the region is open, and one segment
/// serves all of it. Reading a closed region is an IllegalStateException of its arena; reading behind `committedBytes` would be a
/// fault, so whoever follows an offset that may be torn checks it first.
///
/// Threads: one writer commits; any thread reads. Closing waits for nobody: the owner makes sure that no reader is left.
public final class Region implements AutoCloseable {
    /// Growth steps are multiples of it; also a multiple of every page size in use.
    static final long STEP_BYTES_MIN = 64 << 10;

    private static final long STEP_BYTES_MAX = 16 << 20;

    /// Size of a huge page on x86_64 and on aarch64 with 4 KiB pages.
    static final long HUGE_PAGE_BYTES = 2 << 20;

    // From here on a region grows in huge pages: what they leave unused at its end is then an eighth of it at most.
    private static final long HUGE_FROM_BYTES = 4 << 20;

    private final MemoryManager manager;
    private final MemoryOwner owner;
    private final String purpose;
    private final long reservedBytes;
    private final Arena arena;
    private final MemorySegment segment;
    // Offset of the first huge page's boundary.
    private final long hugeAlignment;
    // Writer; read by any thread for the books.
    private volatile long committedBytes;
    private volatile long spareBytes;
    private volatile boolean lockRefused;

    // The arena's owner is this object; close() closes it.
    @SuppressWarnings("MustBeClosedChecker")
    Region(MemoryManager manager, MemoryOwner owner, String purpose, long reserveBytes) {
        this.manager = manager;
        this.owner = owner;
        this.purpose = purpose;
        this.reservedBytes = roundUp(reserveBytes);
        long address;
        try {
            address = SystemCalls.mmap(0, reservedBytes, SystemCalls.PROT_NONE, SystemCalls.MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0);
        } catch (LastErrorException failure) {
            throw CoconutException.of(ErrorCode.MEMORY_LIMIT_REACHED, failure)
                    .with("reserveBytes", reservedBytes)
                    .with("errno", failure.getErrorCode())
                    .mend("Address space is short: raise 'ulimit -v', or open fewer tables and blocks.");
        }
        this.hugeAlignment = -address & (HUGE_PAGE_BYTES - 1);
        this.arena = Arena.ofShared();
        long bytes = reservedBytes;
        this.segment = MemorySegment.ofAddress(address).reinterpret(bytes, arena, _ -> unmap(address, bytes));
    }

    private static void unmap(long address, long bytes) {
        SystemCalls.munmap(address, bytes);
    }

    static long roundUp(long bytes) {
        return Math.addExact(bytes, STEP_BYTES_MIN - 1) & -STEP_BYTES_MIN;
    }

    /// The whole reservation; only the first [#committedBytes] may be touched. Closed with the region.
    public MemorySegment segment() {
        return segment;
    }

    public long committedBytes() {
        return committedBytes;
    }

    public long reservedBytes() {
        return reservedBytes;
    }

    /// Writer: makes at least the first `bytes` usable, zero-filled, locked by policy. Grows by doubling, 16 MiB at most at a time.
    ///
    /// The budget is not asked here but before a command is proposed ([MemoryManager#admit]): what is in the log must be applied.
    public void commit(long bytes) {
        long committed = committedBytes;
        if (bytes <= committed) {
            return;
        }
        if (bytes > reservedBytes) {
            throw CoconutException.of(ErrorCode.MEMORY_LIMIT_REACHED)
                    .with("purpose", purpose)
                    .with("reservedBytes", reservedBytes)
                    .with("neededBytes", bytes)
                    .mend("One table's part in one block cannot outgrow its address space: use more blocks.");
        }
        long step = Math.clamp(committed, STEP_BYTES_MIN, STEP_BYTES_MAX);
        long target = Math.max(bytes, committed + step);
        target = Math.min(target < HUGE_FROM_BYTES ? roundUp(target) : hugeBoundary(target), reservedBytes);
        long from = segment.address() + committed;
        long grownBytes = target - committed;
        try {
            SystemCalls.mprotect(from, grownBytes, SystemCalls.PROT_READ_WRITE);
        } catch (LastErrorException failure) {
            throw CoconutException.of(ErrorCode.MEMORY_LIMIT_REACHED, failure)
                    .with("purpose", purpose)
                    .with("neededBytes", grownBytes)
                    .with("errno", failure.getErrorCode())
                    .mend("The machine has no memory left: lower memory.limit or free memory.");
        }
        if (target >= HUGE_FROM_BYTES) {
            advise(from, grownBytes, Advice.HUGE_PAGES);
        }
        if (!manager.lock(from, grownBytes)) {
            lockRefused = true;
        }
        manager.grow(grownBytes);
        committedBytes = target;
    }

    private long hugeBoundary(long bytes) {
        return ((bytes - hugeAlignment + HUGE_PAGE_BYTES - 1) & -HUGE_PAGE_BYTES) + hugeAlignment;
    }

    /// Writer: says how much of the committed memory is free for new records, so that the budget does not count it.
    public void spare(long bytes) {
        spareBytes = bytes;
    }

    /// Tells the kernel how the region will be used; advice that it does not know is left out.
    public void advise(Advice advice) {
        if (committedBytes > 0) {
            advise(segment.address(), committedBytes, advice);
        }
    }

    private void advise(long address, long bytes, Advice advice) {
        try {
            SystemCalls.madvise(address, bytes, advice.number());
        } catch (LastErrorException failure) {
            manager.adviceRefused(advice, failure.getErrorCode());
        }
    }

    MemoryOwner owner() {
        return owner;
    }

    String purpose() {
        return purpose;
    }

    long spareBytes() {
        return spareBytes;
    }

    boolean lockRefused() {
        return lockRefused;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            manager.forget(this);
            arena.close();
        }
    }
}
