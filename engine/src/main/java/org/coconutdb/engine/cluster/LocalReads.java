package org.coconutdb.engine.cluster;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.placement.BlockTable;
import org.coconutdb.engine.replication.BlockLog;
import org.coconutdb.engine.replication.HostLinks;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.ReadGate;

/// Where this host's reads wait until its replicas may answer them. Any thread.
final class LocalReads implements ReadGate {
    static final byte TOPIC = 17;
    static final byte DECIDING_TOPIC = 19;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    // Longer than the primary waits for an entry to be written. Then the question is asked again, of who is the primary by then.
    private static final long ANSWER_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(1_500);
    // An entry that has its timestamp is in the logs soon, or never.
    private static final long APPEND_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    // Longer than a decision takes where nobody is away: its host is not asked before.
    private static final long ORPHANED_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
    // A host that has not answered is not asked for so long.
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(2);
    // Of a transaction's number: its host's.
    private static final int HOST_BITS = 6;
    private static final byte[] YES = {1};
    private static final byte[] NO = {0};
    private static final byte[] SILENCE = {};
    private static final long DECIDING_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);
    private static final long NEWEST = Long.MAX_VALUE;
    // Twice in the time in which hosts ask for the time where nobody reads.
    private static final long CLOSING_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /// Of a block without a lease here: its primary is asked how far it is.
    private static final class Closing {
        final AtomicBoolean isUnderWay = new AtomicBoolean();
        volatile long endedNanos = System.nanoTime() - CLOSING_NANOS;
    }

    private final HostLinks links;
    private final Timestamps timestamps;
    private final List<BlockReplica> replicas;
    private final List<BlockLog> logs;
    private final Set<Long> deciding = ConcurrentHashMap.newKeySet();
    private final List<Closing> closings;
    private final Map<Integer, Long> silentSince = new ConcurrentHashMap<>();

    LocalReads(HostLinks links, Timestamps timestamps, List<BlockReplica> replicas, List<BlockLog> logs) {
        this.links = links;
        this.timestamps = timestamps;
        this.replicas = replicas;
        this.logs = logs;
        this.closings = replicas.stream().map(_ -> new Closing()).toList();
        links.answer(TOPIC, this::answer);
        links.answer(DECIDING_TOPIC, (_, question) -> CompletableFuture.completedFuture(
                deciding.contains(ByteBuffer.wrap(question).getLong()) ? YES : NO));
    }

    /// Transactions over several blocks whose threads, of this process, are between their phases.
    Set<Long> deciding() {
        return deciding;
    }

    @Override
    public long snapshot() {
        return Waiting.on(timestamps.forSnapshot()).timestamp();
    }

    @Override
    public boolean isNewest(int block, int table, byte[] key) {
        // In this order: rule 3 of docs/decisions/0015-unanimous-commit.md.
        return logs.get(block).mayRead() && !replicas.get(block).pending().touches(table, key, NEWEST);
    }

    @Override
    public long transactionId() {
        return (ThreadLocalRandom.current().nextLong() << HOST_BITS) | links.self();
    }

    @Override
    public boolean isOrphaned(long transaction, long heldNanos) {
        if (heldNanos <= ORPHANED_NANOS) {
            return false;
        }
        int host = (int) (transaction & ((1L << HOST_BITS) - 1));
        Long silent = silentSince.get(host);
        if (silent != null && System.nanoTime() - silent < SILENT_NANOS) {
            return true;
        }
        byte[] question = ByteBuffer.allocate(Long.BYTES).putLong(transaction).array();
        byte[] answer = Waiting.on(links.ask(host, DECIDING_TOPIC, question, DECIDING_NANOS_MAX).exceptionally(_ -> SILENCE));
        if (answer.length == 0) {
            silentSince.put(host, System.nanoTime());
            return true;
        }
        silentSince.remove(host);
        // A decision that takes its time, for want of a primary, is not taken from who lives.
        return answer[0] == NO[0];
    }

    @Override
    public boolean isYoungerThan(long snapshot, long ageNanos) {
        // A replica that was made anew has no older versions.
        return timestamps.isYoungerThan(snapshot, ageNanos) && replicas.stream().allMatch(replica -> replica.readableFrom() <= snapshot);
    }

    @Override
    public void awaitKey(int block, int table, byte[] key, long snapshot, boolean byPrimary) {
        BlockReplica replica = replicas.get(block);
        awaitClosed(block, replica, snapshot, byPrimary);
        if (replica.pending().touches(table, key, snapshot)
                && !replica.await(() -> !replica.pending().touches(table, key, snapshot), System.nanoTime() + PATIENCE_NANOS)) {
            throw undecided(block);
        }
    }

    @Override
    public void awaitRange(int block, int table, KeyRange range, long snapshot, boolean byPrimary) {
        BlockReplica replica = replicas.get(block);
        awaitClosed(block, replica, snapshot, byPrimary);
        if (replica.pending().touches(table, range, snapshot)
                && !replica.await(() -> !replica.pending().touches(table, range, snapshot), System.nanoTime() + PATIENCE_NANOS)) {
            throw undecided(block);
        }
    }

    private static CoconutException undecided(int block) {
        return CoconutException.of(ErrorCode.NOT_PRIMARY)
                .with("block", block)
                .with("waitedMillis", TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS))
                .mend("A write of what is read is not decided. Nothing was done: see which hosts run, and try again.");
    }

    /// Waits until every entry at or below the timestamp that will ever be committed is in this replica's log, so that what of it is not applied is marked.
    private void awaitClosed(int block, BlockReplica replica, long snapshot, boolean byPrimary) {
        if (replica.readableFrom() > snapshot) {
            throw CoconutException.of(ErrorCode.SNAPSHOT_TOO_OLD)
                    .with("block", block)
                    .mend("This host's replica was made anew meanwhile. Run the transaction again.");
        }
        if ((byPrimary ? replica.closedByPrimaryUpTo() : replica.closedUpTo()) >= snapshot) {
            return;
        }
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() - until < 0) {
            if (!byPrimary && isClosedSoon(block, replica, snapshot)) {
                replica.close(snapshot);
                return;
            }
            if (isClosedByPrimary(block, replica, until)) {
                replica.closeByPrimary(snapshot);
                return;
            }
        }
        throw CoconutException.of(ErrorCode.NOT_PRIMARY)
                .with("block", block)
                .with("waitedMillis", TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS))
                .mend("This host's replica has no lease to answer reads, and its block no primary. Nothing was done: see which hosts run, and try again.");
    }

    private boolean isClosedSoon(int block, BlockReplica replica, long snapshot) {
        if (isClosedHere(block, replica, snapshot)) {
            return true;
        }
        return logs.get(block).mayRead()
                && replica.await(() -> isClosedHere(block, replica, snapshot), System.nanoTime() + APPEND_NANOS);
    }

    private boolean isClosedHere(int block, BlockReplica replica, long snapshot) {
        if (replica.closedUpTo() >= snapshot) {
            return true;
        }
        // The lease first: it vouches for what is in the log by then.
        return logs.get(block).mayRead() && replica.appendedTimestamp() >= timestamps.issuedAt(snapshot, block);
    }

    /// Waits until the directory's rows here are as new as those anywhere.
    void awaitDirectory() {
        PendingWrites pending = replicas.get(BlockTable.DIRECTORY).pending();
        if (logs.get(BlockTable.DIRECTORY).mayRead() && !pending.touches(BlockTable.DIRECTORY_TABLE, KeyRange.ALL, NEWEST)) {
            return;
        }
        awaitRange(BlockTable.DIRECTORY, BlockTable.DIRECTORY_TABLE, KeyRange.ALL, snapshot(), false);
    }

    // ---- asking the primary

    /// Of a block that this host may not read by itself: has its primary asked beside, unless that was done a moment ago, so that the timestamp is closed here soon although
    /// nobody reads it. Else readers' slots would stand still here, and with them what all hosts may forget.
    void closeSoon(int block, long timestamp) {
        Closing closing = closings.get(block);
        if (System.nanoTime() - closing.endedNanos < CLOSING_NANOS || !closing.isUnderWay.compareAndSet(false, true)) {
            return;
        }
        BlockReplica replica = replicas.get(block);
        Thread.ofVirtual().name("coconut-close").start(() -> {
            try {
                if (isClosedByPrimary(block, replica, System.nanoTime() + PATIENCE_NANOS)) {
                    replica.closeByPrimary(timestamp);
                }
            } finally {
                closing.endedNanos = System.nanoTime();
                closing.isUnderWay.set(false);
            }
        });
    }

    private boolean isClosedByPrimary(int block, BlockReplica replica, long untilNanos) {
        int primary = logs.get(block).status().primary();
        if (primary < 0) {
            LockSupport.parkNanos(replica, APPEND_NANOS);
            return false;
        }
        byte[] question = ByteBuffer.allocate(Integer.BYTES).putInt(block).array();
        byte[] answer;
        try {
            answer = Waiting.on(links.ask(primary, TOPIC, question, ANSWER_NANOS_MAX));
        } catch (CoconutException unreachable) {
            return false;
        }
        if (answer.length == 0) {
            return false;
        }
        long index = ByteBuffer.wrap(answer).getLong();
        return replica.await(() -> replica.appliedIndex() >= index, untilNanos);
    }

    /// At the primary: the index of the last entry with a timestamp that was given out before the question came; nothing where this is not the primary, or cannot know
    /// that it still is.
    private CompletableFuture<byte[]> answer(int host, byte[] question) {
        int block = ByteBuffer.wrap(question).getInt();
        BlockReplica replica = replicas.get(block);
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            boolean isWritten = !replica.isHeadUnderWay()
                    || replica.await(() -> !replica.isHeadUnderWay(), System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
            long index = replica.appendedIndex();
            answer.complete(isWritten && logs.get(block).isSettledPrimaryHere() && logs.get(block).mayRead()
                    ? ByteBuffer.allocate(Long.BYTES).putLong(index).array()
                    : new byte[0]);
        });
        return answer;
    }
}
