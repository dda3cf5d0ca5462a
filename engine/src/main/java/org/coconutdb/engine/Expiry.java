package org.coconutdb.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.BlockCommand.ExpiredRow;
import org.coconutdb.engine.commit.CommandLog;
import org.coconutdb.engine.commit.CommandLog.Proposal;
import org.coconutdb.engine.commit.LogClock;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.table.ExpiryScan;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.version.RecordHeap;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.engine.version.Snapshots;

/// Removes rows whose time to live is over, so that their memory comes back. Readers do not wait for it: they judge by themselves.
///
/// A round looks at the slices that have rows with a time to live and one that is over; it reads such a slice whole, proposes what it
/// finds in bounded commands, and leaves it alone for ten times as long as that took, so that a table of which rows expire all the time
/// costs a tenth of a core at most.
///
/// Threads: one round at a time; the engine's housekeeper, and tests.
final class Expiry {
    // A command's apply is short, and so is what a commit may have to wait for.
    private static final int ROWS_A_COMMAND = 1_000;
    // Gathered before the first is proposed, since the snapshot that they are read at keeps their memory; 8 MiB of keys at most.
    private static final int ROWS_A_SCAN = 100_000;
    private static final long KEY_BYTES_A_SCAN = 8L << 20;
    private static final int PAUSE_FACTOR = 10;

    private final List<Block> blocks;
    private final CommandLog log;
    private final Snapshots snapshots;
    private final LogClock clock;
    private final MemoryManager memory;
    // When a slice may be read again, by System.nanoTime.
    private final Map<SliceId, Long> pauses = new HashMap<>();
    private volatile boolean stopped;

    private record SliceId(int block, int table) {}

    Expiry(List<Block> blocks, CommandLog log, Snapshots snapshots, LogClock clock, MemoryManager memory) {
        this.blocks = blocks;
        this.log = log;
        this.snapshots = snapshots;
        this.clock = clock;
        this.memory = memory;
    }

    /// Removes what has expired by now, but from slices that were read a moment ago.
    void round() {
        if (!clock.isExpiring()) {
            return;
        }
        pauses.values().removeIf(until -> System.nanoTime() - until >= 0);
        for (Block block : blocks) {
            if (!log.leads(block.id())) {
                continue;
            }
            for (int table : block.tables()) {
                if (!pauses.containsKey(new SliceId(block.id(), table))) {
                    remove(block, table);
                }
            }
        }
    }

    /// Ends a round under way after its next step; another does nothing.
    void stop() {
        stopped = true;
    }

    /// Removes everything that has expired by now.
    void all() {
        pauses.clear();
        round();
    }

    private void remove(Block block, int table) {
        long begun = System.nanoTime();
        boolean found = false;
        while (!stopped) {
            TableSlice slice = block.slice(table);
            long nowMicros = clock.readMicros();
            if (slice == null || slice.ttlRowCount() == 0 || slice.earliestExpiryMicros() > nowMicros) {
                break;
            }
            List<ExpiredRow> rows = expired(block, table, nowMicros);
            for (int from = 0; from < rows.size() && !stopped; from += ROWS_A_COMMAND) {
                propose(block, table, rows.subList(from, Math.min(rows.size(), from + ROWS_A_COMMAND)));
            }
            if (!rows.isEmpty() && !stopped) {
                found = true;
                collect(block, table, rows.size());
            }
            if (rows.size() < ROWS_A_SCAN) {
                break;
            }
        }
        if (found) {
            long now = System.nanoTime();
            pauses.put(new SliceId(block.id(), table), now + PAUSE_FACTOR * (now - begun));
        }
    }

    private List<ExpiredRow> expired(Block block, int table, long nowMicros) {
        List<ExpiredRow> rows = new ArrayList<>();
        int slot = snapshots.open();
        try {
            // Under the snapshot: a table that is dropped now keeps its memory until it is closed.
            TableSlice slice = block.slice(table);
            if (slice == null) {
                return rows;
            }
            slice.raiseEarliestExpiry();
            // Until all rows have been looked at, the next may be one that has expired.
            long earliestMicros = nowMicros;
            try {
                ExpiryScan scan = slice.expired(nowMicros);
                RecordView row = new RecordView();
                long keyBytes = 0;
                while (rows.size() < ROWS_A_SCAN && keyBytes < KEY_BYTES_A_SCAN && scan.next(row)) {
                    rows.add(new ExpiredRow(row.keyBytes(), row.commitTimestamp()));
                    keyBytes += row.keyLength();
                }
                // What was found is removed, or held by a transaction, which may leave it: so the next round looks again.
                earliestMicros = rows.isEmpty() ? scan.earliestMicros() : nowMicros;
            } finally {
                slice.lowerEarliestExpiry(earliestMicros);
            }
        } finally {
            snapshots.close(slot);
        }
        return rows;
    }

    private void propose(Block block, int table, List<ExpiredRow> rows) {
        long bytes = 0;
        for (ExpiredRow row : rows) {
            bytes += RecordHeap.sizeFor(row.key().length, 0);
        }
        // A full database must come to have room again, so the limit does not hold here; but applying must not find memory refused.
        memory.admitLocked(bytes);
        log.propose(List.of(new Proposal(block.id(), new BlockCommand.Expire(table, rows))));
    }

    /// Frees what was removed. In a database where nobody writes, nothing else would: what left the index is freed when a later commit is
    /// visible, so an empty one goes before.
    private void collect(Block block, int table, int rows) {
        propose(block, table, List.of());
        for (int left = rows; left > 0; left -= ROWS_A_COMMAND) {
            log.asWriter(() -> block.collect(table, log.marks(block.id()), ROWS_A_COMMAND));
        }
    }
}
