package org.coconutdb.engine.tier;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.version.RecordHeap;
import org.coconutdb.engine.version.RecordView;

/// Cold rows that lookups have found, on their way back into memory. Whoever finds one leaves a copy here; where there are too many, it
/// is forgotten: the row can be read where it is, and the next lookup asks again.
///
/// Threads: [#add] any; [#apply] the tier's.
final class Promotions {
    private static final long WAITING_BYTES_MAX = 8L << 20;
    private static final int ROWS_A_PIECE = 64;

    private record Promotion(Block block, int table, byte[] key, long commitTimestamp, byte[] row) {
        long bytes() {
            return RecordHeap.sizeFor(key.length, row.length);
        }
    }

    private final MemoryManager memory;
    private final BlockWriter writer;
    private final Queue<Promotion> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();

    Promotions(MemoryManager memory, BlockWriter writer) {
        this.memory = memory;
        this.writer = writer;
    }

    /// True where it is the first that waits.
    boolean add(Block block, int table, RecordView row) {
        if (waitingBytes.get() >= WAITING_BYTES_MAX) {
            return false;
        }
        Promotion promotion = new Promotion(block, table, row.keyBytes(), row.commitTimestamp(), row.rowBytes());
        boolean first = waitingBytes.getAndAdd(promotion.bytes()) == 0;
        waiting.add(promotion);
        return first;
    }

    /// Brings back what waits now; answers the number of rows that came.
    int apply() {
        List<Promotion> piece = new ArrayList<>();
        int[] moved = {0};
        for (Promotion next = waiting.poll(); next != null; next = waiting.poll()) {
            waitingBytes.addAndGet(-next.bytes());
            piece.add(next);
            if (piece.size() == ROWS_A_PIECE || waiting.isEmpty()) {
                writer.run(() -> piece.forEach(promotion -> moved[0] += apply(promotion) ? 1 : 0));
                piece.clear();
            }
        }
        return moved[0];
    }

    private boolean apply(Promotion promotion) {
        TableSlice slice = promotion.block.slice(promotion.table);
        // There is always room for a row but where the limit is reached: what is colder goes for it.
        return slice != null && memory.usedBytes() + promotion.bytes() <= memory.limitBytes()
                && slice.moveToMemory(promotion.key, promotion.commitTimestamp, promotion.row);
    }
}
