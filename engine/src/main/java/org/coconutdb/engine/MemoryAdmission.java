package org.coconutdb.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.tier.BlockWriter;
import org.coconutdb.engine.tier.Tier;
import org.coconutdb.engine.transaction.Admission;
import org.jspecify.annotations.Nullable;

/// Holds writes to the budgets of the database, of its blocks and of its tables. Where there is a cold tier a write waits for rows to go
/// cold, as long as some do; without one, and where none can, it is refused. Any thread.
///
/// Invariants
/// 1. What is in the books of a table or block, and what those under way were given room for, is together within its budget, but for 2.
/// 2. A transaction that takes no more than it gives back may pass a budget by a sixteenth: at a full budget rows can still be updated,
///    and a snapshot that keeps the older versions cannot let it grow beyond.
///
/// Room under way is counted twice from the moment when it is in the books until it is given back. `memory.limit` counts no room under
/// way: several transactions may be let in by one look at the books, and it is passed by what they write at most.
final class MemoryAdmission implements Admission {
    private static final long LOOK_NANOS = 500_000L;
    // Without any row gone cold for so long, none will.
    private static final long PATIENCE_NANOS = 5_000_000_000L;

    // Commits wait meanwhile.
    private static final int COLLECTED_AT_ONCE = 1_000;
    // A sixteenth.
    private static final int BEYOND_SHIFT = 4;

    private final MemoryManager memory;
    private final List<Block> blocks;
    private final IntFunction<@Nullable TableDescriptor> tables;
    private final BooleanSupplier anyTableBudget;
    private final long blockHotBytesMax;
    private final @Nullable Tier tier;
    private final BlockWriter writer;
    private final UnderWay underWay = new UnderWay();

    /// @param tables by id; null for one that is gone
    /// @param anyTableBudget whether a table has a budget of its own
    /// @param blockHotBytesMax a block's share of `memory.hot`; 0: no such budget
    MemoryAdmission(
            MemoryManager memory,
            List<Block> blocks,
            IntFunction<@Nullable TableDescriptor> tables,
            BooleanSupplier anyTableBudget,
            long blockHotBytesMax,
            @Nullable Tier tier,
            BlockWriter writer) {
        this.memory = memory;
        this.blocks = blocks;
        this.tables = tables;
        this.anyTableBudget = anyTableBudget;
        this.blockHotBytesMax = blockHotBytesMax;
        this.tier = tier;
        this.writer = writer;
    }

    @Override
    public Room admit(long bytes, Supplier<Need> need, Supplier<Need> growth) {
        if (bytes == 0) {
            return Room.WITHOUT_BOUND;
        }
        Need bounded = bounded(need);
        CoconutException refusal = take(bytes, bounded, 0);
        if (refusal == null) {
            wakeTier(bounded);
        } else if (refusal.code() != ErrorCode.MEMORY_LIMIT_REACHED) {
            throw refusal;
        } else if (tier != null) {
            awaitRoom(bytes, bounded, tier);
        } else {
            findRoom(bytes, bounded, growth);
        }
        return bounded == null ? Room.WITHOUT_BOUND : () -> giveBack(bounded);
    }

    /// What is needed, where a budget of a table or a block is concerned; else null.
    private @Nullable Need bounded(Supplier<Need> need) {
        if (blockHotBytesMax == 0 && !anyTableBudget.getAsBoolean()) {
            return null;
        }
        Need wanted = need.get();
        boolean isBounded = blockHotBytesMax != 0 || wanted.byTable().keySet().stream().anyMatch(table -> budget(table) != 0);
        return isBounded ? wanted : null;
    }

    private void findRoom(long bytes, @Nullable Need bounded, Supplier<Need> growth) {
        collect();
        // What has left the indexes only now waits for readers that are older than this.
        writer.advance();
        collect();
        CoconutException refusal = take(bytes, bounded, 0);
        if (refusal != null && bounded != null && !grows(growth.get())) {
            refusal = take(bytes, bounded, BEYOND_SHIFT);
        }
        if (refusal != null) {
            throw refusal;
        }
    }

    /// Frees all that no reader needs any more. Commands free a little of it in their blocks, each, but where writes are refused there are
    /// none; and who has deleted everything may write again.
    private void collect() {
        for (Block block : blocks) {
            for (int table : block.tables()) {
                TableSlice slice = block.slice(table);
                if (slice != null) {
                    collect(block, table, slice);
                }
            }
        }
    }

    private void collect(Block block, int table, TableSlice slice) {
        long hotBytes = slice.hotBytes();
        long bytes = slice.recordBytes();
        while (true) {
            writer.collect(block, table, COLLECTED_AT_ONCE);
            if (slice.hotBytes() >= hotBytes && slice.recordBytes() >= bytes) {
                return;
            }
            hotBytes = slice.hotBytes();
            bytes = slice.recordBytes();
        }
    }

    private boolean grows(Need growth) {
        return growth.byTable().entrySet().stream().anyMatch(table -> table.getValue() > 0 && budget(table.getKey()) != 0)
                || (blockHotBytesMax != 0 && growth.byBlock().values().stream().anyMatch(bytes -> bytes > 0));
    }

    /// Takes room, or says why there is none.
    ///
    /// @param beyondShift a budget may be passed by itself shifted right so far; 0: not at all
    private @Nullable CoconutException take(long bytes, @Nullable Need bounded, int beyondShift) {
        try {
            memory.admit(bytes);
        } catch (CoconutException refused) {
            return refused;
        }
        if (bounded == null) {
            return null;
        }
        synchronized (underWay) {
            CoconutException refusal = refusal(bounded, beyondShift);
            if (refusal == null) {
                underWay.add(bounded, 1);
            }
            return refusal;
        }
    }

    private void giveBack(Need need) {
        synchronized (underWay) {
            underWay.add(need, -1);
        }
    }

    private void awaitRoom(long bytes, @Nullable Need bounded, Tier cold) {
        long demotions = demotions();
        long used = memory.usedBytes();
        long since = System.nanoTime();
        while (true) {
            cold.makeRoom(bytes);
            LockSupport.parkNanos(this, LOOK_NANOS);
            CoconutException refusal = take(bytes, bounded, 0);
            if (refusal == null) {
                return;
            }
            CoconutException broken = cold.failure();
            if (broken != null) {
                throw refusal.with("coldTier", broken.code()).with("coldTierCause", broken.getMessage());
            }
            long demotionsNow = demotions();
            long usedNow = memory.usedBytes();
            if (demotionsNow != demotions || usedNow < used) {
                demotions = demotionsNow;
                used = usedNow;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > PATIENCE_NANOS || Thread.currentThread().isInterrupted()) {
                throw refusal.with("waitedMillis", PATIENCE_NANOS / 1_000_000);
            }
        }
    }

    private long demotions() {
        long rows = 0;
        for (Block block : blocks) {
            for (int table : block.tables()) {
                TableSlice slice = block.slice(table);
                rows += slice == null ? 0 : slice.demotions();
            }
        }
        return rows;
    }

    /// Before a budget is reached, so that writes hardly ever wait.
    private void wakeTier(@Nullable Need bounded) {
        if (tier != null && (memory.isAbove(memory.limitBytes() / 16 * 15) || (bounded != null && isNearlyFull(bounded)))) {
            tier.signal();
        }
    }

    private boolean isNearlyFull(Need need) {
        for (int table : need.byTable().keySet()) {
            long budget = budget(table);
            if (budget != 0 && hotBytes(table) > budget / 16 * 15) {
                return true;
            }
        }
        for (int block : need.byBlock().keySet()) {
            if (blockHotBytesMax != 0 && hotBytes(blocks.get(block)) > blockHotBytesMax / 16 * 15) {
                return true;
            }
        }
        return false;
    }

    /// Why there is no room within the budgets of tables and blocks; null where there is. Called with `underWay` locked.
    private @Nullable CoconutException refusal(Need need, int beyondShift) {
        for (Map.Entry<Integer, Long> wanted : need.byTable().entrySet()) {
            int table = wanted.getKey();
            long budget = budget(table);
            if (budget != 0) {
                long used = hotBytes(table) + underWay.byTable.getOrDefault(table, 0L);
                if (used + wanted.getValue() > budget + beyond(budget, beyondShift)) {
                    TableDescriptor descriptor = tables.apply(table);
                    return refused(budget, used, wanted.getValue())
                            .with("table", descriptor == null ? table : descriptor.name())
                            .mend("Give the table more hot_memory, or delete rows" + instead());
                }
            }
        }
        if (blockHotBytesMax != 0) {
            for (Map.Entry<Integer, Long> wanted : need.byBlock().entrySet()) {
                int block = wanted.getKey();
                long used = hotBytes(blocks.get(block)) + underWay.byBlock.getOrDefault(block, 0L);
                if (used + wanted.getValue() > blockHotBytesMax + beyond(blockHotBytesMax, beyondShift)) {
                    return refused(blockHotBytesMax, used, wanted.getValue())
                            .with("block", block)
                            .mend("Raise memory.hot, of which each block has an equal share, or delete rows" + instead());
                }
            }
        }
        return null;
    }

    private static long beyond(long budget, int shift) {
        return shift == 0 ? 0 : budget >> shift;
    }

    private String instead() {
        return tier == null
                ? "; in a file: database they would go to disk instead. What is stored stays readable."
                : "; rows go to disk by themselves where that frees memory. What is stored stays readable.";
    }

    private static CoconutException refused(long budget, long used, long needed) {
        return CoconutException.of(ErrorCode.MEMORY_LIMIT_REACHED)
                .with("hotBytesMax", budget)
                .with("hotBytes", used)
                .with("neededBytes", needed);
    }

    private long budget(int table) {
        TableDescriptor descriptor = tables.apply(table);
        return descriptor == null ? 0 : descriptor.options().hotBytesMax();
    }

    private long hotBytes(int table) {
        long bytes = 0;
        for (Block block : blocks) {
            TableSlice slice = block.slice(table);
            bytes += slice == null ? 0 : slice.hotBytes();
        }
        return bytes;
    }

    private static long hotBytes(Block block) {
        long bytes = 0;
        for (int table : block.tables()) {
            TableSlice slice = block.slice(table);
            bytes += slice == null ? 0 : slice.hotBytes();
        }
        return bytes;
    }

    /// Bytes that transactions have room for and that may not be in the books yet. Guarded by itself.
    private static final class UnderWay {
        private final Map<Integer, Long> byTable = new HashMap<>();
        private final Map<Integer, Long> byBlock = new HashMap<>();

        void add(Need need, int sign) {
            need.byTable().forEach((table, bytes) -> add(byTable, table, sign * bytes));
            need.byBlock().forEach((block, bytes) -> add(byBlock, block, sign * bytes));
        }

        private static void add(Map<Integer, Long> books, int id, long bytes) {
            // What is 0 leaves no entry, so that tables which are gone leave none.
            books.merge(id, bytes, (before, more) -> before + more == 0 ? null : before + more);
        }
    }
}
