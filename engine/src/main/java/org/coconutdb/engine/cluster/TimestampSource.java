package org.coconutdb.engine.cluster;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.coconutdb.engine.replication.BlockLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives out timestamps while this host is the directory's primary: one counter for the cluster. Any thread.
///
/// Invariants
/// 1. A timestamp is given out once, and after every lower one. *A term's first is above all that earlier terms had reserved, by an entry of the log. That
///    entry was committed by all who hold a lease, so whoever gave out before has learned of the term, or has no lease any more. Each answer is given only when the
///    leadership lease is held behind the count.*
/// 2. A host's low-water mark is kept for as long as it lets this host hear from it, so that what its transactions are judged by is there.
final class TimestampSource {
    private static final Logger LOG = LoggerFactory.getLogger(TimestampSource.class);
    private static final long RESERVED_AT_ONCE = 1_000_000;
    // Three rounds of hosts that tell theirs once a second.
    private static final long HOST_SILENT_NANOS_MAX = 3_500_000_000L;

    private record Heard(long lowWater, long atNanos) {}

    private final BlockLog directory;
    private final int blockCount;
    private final LongSupplier nanoTime;
    private final Map<Integer, Heard> heard = new HashMap<>();
    private long[] issued = {};
    // The term that the range was reserved in; -1: there is none.
    private long term = -1;
    private long last;
    private long end;
    private long sinceNanos;
    private boolean isReserving;
    // In which more is to be reserved; -1: in none.
    private long reserveInTerm = -1;
    private long lowWater;

    TimestampSource(BlockLog directory, int blockCount, LongSupplier nanoTime) {
        this.directory = directory;
        this.blockCount = blockCount;
        this.nanoTime = nanoTime;
    }

    /// Answers a host; null where this one does not give out timestamps, or not yet.
    ///
    /// @param block whose next entry the timestamp is for; -1: for none, so that the last one will do
    /// @param hostLowWater no transaction of the host reads below it, now or later
    @Nullable
    TimestampAnswer answer(int host, int block, long hostLowWater) {
        TimestampAnswer answer = count(host, block, hostLowWater);
        reserve();
        // Behind the count: whoever counts later in another term is above.
        return answer != null && directory.mayRead() && directory.status().term() == termOf() ? answer : null;
    }

    private synchronized long termOf() {
        return term;
    }

    private synchronized @Nullable TimestampAnswer count(int host, int block, long hostLowWater) {
        // What was due before may have come.
        reserveInTerm = -1;
        if (!directory.isPrimaryHere()) {
            term = -1;
            return null;
        }
        long now = nanoTime.getAsLong();
        heard.put(host, new Heard(hostLowWater, now));
        BlockLog.Status status = directory.status();
        if (status.term() != term) {
            reserveInTerm = status.term();
            return null;
        }
        if (end - last < RESERVED_AT_ONCE / 2) {
            reserveInTerm = term;
        }
        if (block >= 0) {
            if (last == end || block >= blockCount) {
                return null;
            }
            last++;
            issued[block] = last;
        }
        return new TimestampAnswer(last, lowWater(now), issued.clone());
    }

    /// Proposes where that is due. Not under the lock: logs take locks of their own, under which they tell what came of others.
    private void reserve() {
        long inTerm = beginReserving();
        if (inTerm < 0) {
            return;
        }
        var _ = directory.propose(ReplicaCommand.encode(new ReplicaCommand.Reserve(RESERVED_AT_ONCE))).whenComplete((result, failure) -> {
            if (failure == null) {
                reserved(inTerm, ResultCodec.decodeNumber(result));
            } else {
                notReserved();
            }
        });
    }

    private synchronized long beginReserving() {
        long inTerm = reserveInTerm;
        if (inTerm < 0 || isReserving) {
            return -1;
        }
        reserveInTerm = -1;
        isReserving = true;
        return inTerm;
    }

    private synchronized void notReserved() {
        isReserving = false;
    }

    private synchronized void reserved(long inTerm, long before) {
        isReserving = false;
        BlockLog.Status status = directory.status();
        if (!directory.isPrimaryHere() || status.term() != inTerm) {
            // It may be another's entry, or this one's of a term that is over.
            return;
        }
        if (term == inTerm && end == before) {
            end = before + RESERVED_AT_ONCE;
            return;
        }
        term = inTerm;
        last = before;
        end = before + RESERVED_AT_ONCE;
        sinceNanos = nanoTime.getAsLong();
        lowWater = 0;
        issued = new long[blockCount];
        // What earlier terms gave out for which block is not known.
        Arrays.fill(issued, before);
        LOG.atInfo().addKeyValue("term", term).addKeyValue("from", before).log("gives out timestamps");
    }

    private long lowWater(long now) {
        if (now - sinceNanos < HOST_SILENT_NANOS_MAX) {
            // Not all hosts have told theirs.
            return lowWater;
        }
        heard.values().removeIf(each -> now - each.atNanos() > HOST_SILENT_NANOS_MAX);
        long least = heard.values().stream().mapToLong(Heard::lowWater).min().orElse(0);
        lowWater = Math.max(lowWater, least);
        return lowWater;
    }
}
