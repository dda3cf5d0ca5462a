package org.coconutdb.engine.replication;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What the commands of a block came to that this replica has applied last, by their request ids: for those who were not told, since a primary died or a message was
/// lost. It is no part of the block's state: a replica whose process begins again, or that gets a snapshot, remembers what it applies from then on. Any thread.
final class RecentOutcomes {
    /// At four thousand commands a second those of four seconds; a primary is found in less.
    static final int COMMANDS_MAX = 16 << 10;
    static final long RESULT_BYTES_MAX = 1 << 20;
    /// Longer than anybody asks. A host has hundreds of blocks, and those in which nothing happens shall hold nothing.
    static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private record Applied(long index, byte[] result, long atNanos) {}

    private final LongSupplier nanoTime;
    // All guarded by this.
    private final LinkedHashMap<Long, Applied> byId = new LinkedHashMap<>();
    private long resultBytes;
    private long from;

    RecentOutcomes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /// From now on entries behind an index are applied.
    synchronized void reset(long index) {
        byId.clear();
        resultBytes = 0;
        from = index + 1;
    }

    /// An entry is applied. In log order.
    synchronized void add(long index, long[] ids, List<byte[]> results) {
        long now = nanoTime.getAsLong();
        for (int i = 0; i < ids.length; i++) {
            byId.put(ids[i], new Applied(index, results.get(i), now));
            resultBytes += results.get(i).length;
        }
        forgetOld();
    }

    /// To be called now and then where nothing is applied.
    synchronized void forgetOld() {
        long now = nanoTime.getAsLong();
        Iterator<Map.Entry<Long, Applied>> eldest = byId.entrySet().iterator();
        while (eldest.hasNext()) {
            Applied next = eldest.next().getValue();
            if (byId.size() <= COMMANDS_MAX && resultBytes <= RESULT_BYTES_MAX && now - next.atNanos() < KEPT_NANOS) {
                return;
            }
            eldest.remove();
            resultBytes -= next.result().length;
            from = next.index() + 1;
        }
    }

    /// Null where it was not applied, or is forgotten.
    synchronized byte @Nullable [] result(long id) {
        Applied applied = byId.get(id);
        return applied == null ? null : applied.result();
    }

    /// Whether every command that was applied at an index or behind it is remembered.
    synchronized boolean remembersFrom(long index) {
        return from <= index;
    }
}
