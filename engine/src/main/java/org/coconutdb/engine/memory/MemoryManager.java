package org.coconutdb.engine.memory;

import com.sun.jna.LastErrorException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Owner of a database's off-heap memory: policy, budget, and the books, in which every byte stands under a block, a table and a
/// purpose. Any thread may call it.
///
/// The budget counts what regions hold less what is free in them for new records, and what is set aside. It is asked before a change
/// is proposed, never while one is applied, so that every replica applies what its log holds.
public final class MemoryManager implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryManager.class);

    private final LockPolicy policy;
    private final long limitBytes;
    private final Set<Region> regions = ConcurrentHashMap.newKeySet();
    private final AtomicLong lockedBytes = new AtomicLong();
    private final AtomicLong setAsideBytes = new AtomicLong();
    // Of all regions, what is free in them included: never less than what counts, and known without a sum.
    private final AtomicLong heldBytes = new AtomicLong();
    private final AtomicBoolean refusalLogged = new AtomicBoolean();

    /// @param limitBytes `memory.limit`
    public MemoryManager(LockPolicy policy, long limitBytes) {
        SystemCalls.load();
        this.policy = policy;
        this.limitBytes = limitBytes;
    }

    public LockPolicy policy() {
        return policy;
    }

    public long limitBytes() {
        return limitBytes;
    }

    /// A new region. `reserveBytes` is address space, not memory.
    public Region reserve(MemoryOwner owner, String purpose, long reserveBytes) {
        Region region = new Region(this, owner, purpose, reserveBytes);
        regions.add(region);
        return region;
    }

    /// Keeps so many bytes more, or fewer, free within the limit. For what will be taken in large pieces while commands are applied,
    /// when nothing can be refused any more.
    public void setAside(long change) {
        setAsideBytes.addAndGet(change);
    }

    public long setAsideBytes() {
        return setAsideBytes.get();
    }

    /// Bytes that count against the limit now.
    public long usedBytes() {
        long used = setAsideBytes.get();
        for (Region region : regions) {
            used += region.committedBytes() - region.spareBytes();
        }
        return used;
    }

    /// Whether more than `bytes` count against the limit now. Where little is used, which is asked before each commit, it costs no sum.
    public boolean isAbove(long bytes) {
        return heldBytes.get() + setAsideBytes.get() > bytes && usedBytes() > bytes;
    }

    /// Throws MEMORY_LIMIT_REACHED where `bytes` more would pass the limit, and MEMORY_LOCK_REFUSED where policy `required` could not
    /// lock them. Asked before a command is proposed.
    public void admit(long bytes) {
        if (isAbove(limitBytes - bytes)) {
            throw CoconutException.of(ErrorCode.MEMORY_LIMIT_REACHED)
                    .with("limitBytes", limitBytes)
                    .with("usedBytes", usedBytes())
                    .with("setAsideBytes", setAsideBytes.get())
                    .with("neededBytes", bytes)
                    .mend("Raise memory.limit, or delete rows or drop tables; what is stored stays readable.");
        }
        admitLocked(bytes);
    }

    /// For changes that take a little to give back more: they pass `memory.limit`. Throws MEMORY_LOCK_REFUSED as [#admit] does.
    public void admitLocked(long bytes) {
        if (policy == LockPolicy.REQUIRED && lockedBytes.get() + bytes > LockLimit.bytes()) {
            throw lockRefused(bytes, SystemCalls.ENOMEM);
        }
    }

    /// Locks by policy; false where it was refused and policy lets that pass.
    boolean lock(long address, long bytes) {
        if (policy == LockPolicy.OFF) {
            return false;
        }
        try {
            SystemCalls.mlock2(address, bytes, SystemCalls.MLOCK_ONFAULT);
            lockedBytes.addAndGet(bytes);
            return true;
        } catch (LastErrorException failure) {
            if (policy == LockPolicy.REQUIRED) {
                throw lockRefused(bytes, failure.getErrorCode());
            }
            if (refusalLogged.compareAndSet(false, true)) {
                LOG.atWarn()
                        .addKeyValue("lockLimitBytes", LockLimit.bytes())
                        .addKeyValue("lockedBytes", lockedBytes.get())
                        .addKeyValue("refusedBytes", bytes)
                        .log("memory is not locked: raise LimitMEMLOCK or 'ulimit -l', or set memory.lock=off");
            }
            return false;
        }
    }

    private CoconutException lockRefused(long bytes, int errno) {
        return CoconutException.of(ErrorCode.MEMORY_LOCK_REFUSED)
                .with("lockLimitBytes", LockLimit.bytes())
                .with("lockedBytes", lockedBytes.get())
                .with("neededBytes", bytes)
                .with("errno", errno)
                .mend("Raise the limit (LimitMEMLOCK in the systemd unit, 'ulimit -l' in a shell, --ulimit memlock in a container), "
                        + "or set memory.lock=preferred.");
    }

    void adviceRefused(Advice advice, int errno) {
        LOG.atDebug().addKeyValue("advice", advice).addKeyValue("errno", errno).log("the kernel does not take this advice");
    }

    /// A region is about to hold so many bytes more.
    void grow(long bytes) {
        heldBytes.addAndGet(bytes);
    }

    void forget(Region region) {
        if (!regions.remove(region)) {
            return;
        }
        heldBytes.addAndGet(-region.committedBytes());
        if (policy != LockPolicy.OFF && !region.lockRefused()) {
            lockedBytes.addAndGet(-region.committedBytes());
        }
    }

    /// What each owner's memory measures now, by `mincore` and `/proc/self/smaps`; ordered by block, table and purpose.
    public List<MemoryUse> use() {
        MemoryMap map = MemoryMap.read();
        Map<String, MemoryUse> uses = new LinkedHashMap<>();
        for (Region region : regions) {
            // A region that closes meanwhile keeps nothing to measure.
            if (region.segment().scope().isAlive() && region.committedBytes() > 0) {
                add(uses, map.measure(region.owner(), region.purpose(), region.segment().address(), region.committedBytes()));
            }
        }
        List<MemoryUse> sorted = new ArrayList<>(uses.values());
        sorted.sort(MemoryUse.ORDER);
        return sorted;
    }

    private static void add(Map<String, MemoryUse> uses, MemoryUse use) {
        uses.merge(use.owner() + use.purpose(), use, MemoryUse::plus);
    }

    @Override
    public void close() {
        for (Region region : List.copyOf(regions)) {
            region.close();
        }
    }
}
