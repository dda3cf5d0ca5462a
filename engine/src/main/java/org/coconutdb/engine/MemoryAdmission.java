package org.coconutdb.engine;

import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.tier.Tier;
import org.coconutdb.engine.transaction.Admission;
import org.jspecify.annotations.Nullable;

/// Holds writes to the budgets of the database, of its blocks and of its tables. Where there is a cold tier a write waits for rows to go
/// cold, as long as some do; without one, and where none can, it is refused. Any thread.
///
/// Several transactions may be let in by one look at the books: a budget is passed by what they write at most.
final class MemoryAdmission implements Admission {
    private static final long LOOK_NANOS = 500_000L;
    // Without any row gone cold for so long, none will.
    private static final long PATIENCE_NANOS = 5_000_000_000L;

    private final MemoryManager memory;
    private final List<Block> blocks;
    private final IntFunction<@Nullable TableDescriptor> tables;
    private final long blockHotBytesMax;
    private final @Nullable Tier tier;

    /// @param tables by id; null for one that is gone
    /// @param blockHotBytesMax a block's share of `memory.hot`; 0: no such budget
    MemoryAdmission(
            MemoryManager memory,
            List<Block> blocks,
            IntFunction<@Nullable TableDescriptor> tables,
            long blockHotBytesMax,
            @Nullable Tier tier) {
        this.memory = memory;
        this.blocks = blocks;
        this.tables = tables;
        this.blockHotBytesMax = blockHotBytesMax;
        this.tier = tier;
    }

    @Override
    public void admit(Need need) {
        if (need.bytes() == 0) {
            return;
        }
        CoconutException refusal = refusal(need);
        if (refusal == null) {
            wakeTier(need);
            return;
        }
        if (tier == null || refusal.code() != ErrorCode.MEMORY_LIMIT_REACHED) {
            throw refusal;
        }
        awaitRoom(need, tier);
    }

    private void awaitRoom(Need need, Tier cold) {
        long demotions = demotions();
        long used = memory.usedBytes();
        long since = System.nanoTime();
        while (true) {
            cold.makeRoom(need.bytes());
            LockSupport.parkNanos(this, LOOK_NANOS);
            CoconutException refusal = refusal(need);
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
    private void wakeTier(Need need) {
        if (tier != null) {
            boolean nearly = memory.usedBytes() > memory.limitBytes() / 16 * 15;
            for (int table : need.byTable().keySet()) {
                long budget = budget(table);
                nearly |= budget != 0 && hotBytes(table) > budget / 16 * 15;
            }
            for (int block : need.byBlock().keySet()) {
                nearly |= blockHotBytesMax != 0 && hotBytes(blocks.get(block)) > blockHotBytesMax / 16 * 15;
            }
            if (nearly) {
                tier.signal();
            }
        }
    }

    /// Why there is no room; null where there is.
    private @Nullable CoconutException refusal(Need need) {
        try {
            memory.admit(need.bytes());
        } catch (CoconutException refused) {
            return refused;
        }
        for (Map.Entry<Integer, Long> wanted : need.byTable().entrySet()) {
            long budget = budget(wanted.getKey());
            long used = budget == 0 ? 0 : hotBytes(wanted.getKey());
            if (budget != 0 && used + wanted.getValue() > budget) {
                TableDescriptor table = tables.apply(wanted.getKey());
                return refused(budget, used, wanted.getValue())
                        .with("table", table == null ? wanted.getKey() : table.name())
                        .mend("Give the table more hot_memory, or delete rows" + instead());
            }
        }
        for (Map.Entry<Integer, Long> wanted : need.byBlock().entrySet()) {
            long used = blockHotBytesMax == 0 ? 0 : hotBytes(blocks.get(wanted.getKey()));
            if (blockHotBytesMax != 0 && used + wanted.getValue() > blockHotBytesMax) {
                return refused(blockHotBytesMax, used, wanted.getValue())
                        .with("block", wanted.getKey())
                        .mend("Raise memory.hot, of which each block has an equal share, or delete rows" + instead());
            }
        }
        return null;
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
}
