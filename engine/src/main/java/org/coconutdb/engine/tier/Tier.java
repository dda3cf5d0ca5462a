package org.coconutdb.engine.tier;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.version.Snapshots;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the memory of hot rows within its budgets: of tables, of blocks, and of the whole database.
///
/// A budget of B bytes is kept by moving the coldest rows to disk when 15/16 of it are used, until 3/4 are. "Cold" is the time since a
/// row was last read by a lookup, or written. Rows that nobody used for the time their table says go as well. A cold row that a lookup
/// finds comes back.
///
/// Threads: one of its own, which calls [#round] about once a second; tests may call it, too.
///
/// Invariants
/// 1. What a transaction reads, and what a commit is judged by, does not depend on where rows are.
/// 2. Nothing here is in the log: replicas may differ in what is hot.
/// 3. Commits wait for the tier a piece at a time, never for the disk.
public final class Tier implements AutoCloseable {
    private static final long PERIOD_NANOS = 1_000_000_000L;
    private static final long RETRY_NANOS = 10_000_000_000L;
    // A table whose rows go cold by age is looked at again after so many times the time that took.
    private static final int PAUSE_FACTOR = 20;
    private static final Logger LOG = LoggerFactory.getLogger(Tier.class);

    private final List<Block> blocks;
    private final ColdDirectory cold;
    private final MemoryManager memory;
    private final TierPolicy policy;
    private final IntSupplier nowSeconds;
    private final int openedSeconds;
    private final BlockWriter writer;
    private final Moves moves;
    private final Promotions promotions;
    private final Compaction compaction;
    private final ReentrantLock running = new ReentrantLock();
    private final Thread thread;
    private final AtomicLong wantedRoom = new AtomicLong();
    private volatile boolean stopping;
    private volatile boolean signalled;
    private volatile @Nullable CoconutException failure;
    // Held by whoever holds `running`: until when a slice is not looked at for age, by System.nanoTime.
    private final Map<Slice, Long> pauses = new HashMap<>();

    private record Slice(int block, int table) {}

    /// @param nowSeconds since 1970
    public Tier(
            List<Block> blocks,
            ColdDirectory cold,
            MemoryManager memory,
            Snapshots snapshots,
            BlockWriter writer,
            TierPolicy policy,
            IntSupplier nowSeconds) {
        this.blocks = List.copyOf(blocks);
        this.cold = cold;
        this.memory = memory;
        this.policy = policy;
        this.nowSeconds = nowSeconds;
        this.openedSeconds = nowSeconds.getAsInt();
        this.writer = writer;
        this.moves = new Moves(snapshots, writer, () -> stopping);
        this.promotions = new Promotions(memory, writer);
        this.compaction = new Compaction(snapshots, writer, moves, () -> stopping);
        this.thread = Thread.ofPlatform().daemon().name("coconut-tier").unstarted(this::work);
        for (Block block : blocks) {
            cold.of(block.id()).whenWanted((table, row) -> {
                if (promotions.add(block, table, row)) {
                    signal();
                }
            });
        }
    }

    public void start() {
        thread.start();
    }

    /// There may be something to do before the next second.
    public void signal() {
        signalled = true;
        LockSupport.unpark(thread);
    }

    /// A transaction waits for so much room, in each of the budgets that it is under.
    public void makeRoom(long bytes) {
        wantedRoom.accumulateAndGet(bytes, Math::max);
        signal();
    }

    private void work() {
        while (!stopping) {
            if (!signalled) {
                LockSupport.parkNanos(this, PERIOD_NANOS);
            }
            signalled = false;
            try {
                round();
                failure = null;
            } catch (CoconutException refused) {
                if (failure == null) {
                    LOG.atWarn().setCause(refused).log("rows cannot go cold: the memory limit refuses writes until they can");
                }
                failure = refused;
                pause();
            } catch (RuntimeException defect) {
                if (!stopping) {
                    LOG.atError().setCause(defect).log("the cold tier failed; it goes on in a while");
                }
                pause();
            }
        }
    }

    private void pause() {
        long end = System.nanoTime() + RETRY_NANOS;
        for (long left = RETRY_NANOS; left > 0 && !stopping; left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }

    /// Why rows could not go cold the last time; null where they could.
    public @Nullable CoconutException failure() {
        return failure;
    }

    /// Does what is to do now.
    public void round() {
        running.lock();
        try {
            if (promotions.apply() > 0) {
                writer.advance();
            }
            relieve();
            goByAge();
            for (Block block : blocks) {
                freeLeft(block);
                if (!stopping) {
                    compaction.round(cold.of(block.id()), block);
                }
            }
        } finally {
            running.unlock();
        }
    }

    /// While a log is replayed, by the thread that does: keeps within the budgets what was within them when it was written.
    public void relieveReplaying() {
        relieve();
    }

    /// Moves the coldest rows of whatever is over its budget.
    private void relieve() {
        for (Map.Entry<Slice, Long> wanted : wanted().entrySet()) {
            if (!stopping && wanted.getValue() > 0) {
                Block block = blocks.get(wanted.getKey().block);
                int table = wanted.getKey().table;
                Ages ages = moves.ages(block, table, nowSeconds.getAsInt());
                moves.toCold(cold.of(block.id()), block, table, ages.coldest(wanted.getValue()), wanted.getValue());
            }
        }
    }

    /// Moves all rows of a table that were last used no later than a time, until about so many bytes come back in each block.
    public void cool(int table, int lastUsedSeconds, long bytes) {
        running.lock();
        try {
            for (Block block : blocks) {
                moves.toCold(cold.of(block.id()), block, table, lastUsedSeconds, bytes);
            }
        } finally {
            running.unlock();
        }
    }

    /// Bytes that are to come back, by slice.
    private Map<Slice, Long> wanted() {
        long room = wantedRoom.getAndSet(0);
        Map<Slice, Long> hot = new HashMap<>();
        Map<Integer, Long> ofTables = new HashMap<>();
        Map<Integer, Long> ofBlocks = new HashMap<>();
        long unlinked = 0;
        for (Block block : blocks) {
            for (int table : block.tables()) {
                TableSlice slice = block.slice(table);
                if (slice != null && slice.hotBytes() > 0) {
                    hot.put(new Slice(block.id(), table), slice.hotBytes());
                    ofTables.merge(table, slice.hotBytes(), Long::sum);
                    ofBlocks.merge(block.id(), slice.hotBytes(), Long::sum);
                    unlinked += slice.unlinkedBytes();
                }
            }
        }
        long all = ofBlocks.values().stream().mapToLong(Long::longValue).sum();
        double ofAll = share(all, over(memory.usedBytes() - unlinked, memory.limitBytes(), room));
        Map<Slice, Long> wanted = new HashMap<>();
        hot.forEach((slice, bytes) -> {
            long ofTable = ofTables.getOrDefault(slice.table, 0L);
            long ofBlock = ofBlocks.getOrDefault(slice.block, 0L);
            double share = Math.max(ofAll, Math.max(share(ofTable, over(ofTable, policy.hotBytesMax(slice.table), room)),
                    share(ofBlock, over(ofBlock, policy.hotBytesMaxOfBlock(), room))));
            wanted.put(slice, (long) (bytes * share));
        });
        return wanted;
    }

    /// Bytes that must go for a budget to be kept, with room for a write that waits.
    private static long over(long used, long budget, long room) {
        long full = Math.min(budget / 16 * 15, budget - room);
        return used > full ? used - Math.max(0, Math.min(budget / 4 * 3, budget - room)) : 0;
    }

    private static double share(long all, long over) {
        return all == 0 ? 0 : Math.min(1, (double) over / all);
    }

    private void goByAge() {
        pauses.values().removeIf(until -> System.nanoTime() - until >= 0);
        int now = nowSeconds.getAsInt();
        for (Block block : blocks) {
            for (int table : block.tables()) {
                int after = policy.coldAfterSeconds(table);
                Slice slice = new Slice(block.id(), table);
                // When rows were read before the database was opened is not known.
                if (after > 0 && now - openedSeconds >= after && !pauses.containsKey(slice) && !stopping) {
                    long begun = System.nanoTime();
                    moves.toCold(cold.of(block.id()), block, table, now - after, Long.MAX_VALUE);
                    long ended = System.nanoTime();
                    pauses.put(slice, ended + PAUSE_FACTOR * (ended - begun));
                }
            }
        }
    }

    /// What readers kept from being freed when it was moved.
    private void freeLeft(Block block) {
        for (int table : block.tables()) {
            TableSlice slice = block.slice(table);
            if (slice != null && slice.retiredRecords() > 0) {
                moves.free(block, table);
            }
        }
    }

    /// Ends a round under way after its next step, and waits for it.
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
