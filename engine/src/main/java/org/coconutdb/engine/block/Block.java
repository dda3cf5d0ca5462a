package org.coconutdb.engine.block;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.coconutdb.engine.BlockStatus;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.memory.MemoryOwner;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.version.ColdRows;
import org.coconutdb.engine.version.Marks;
import org.coconutdb.engine.version.Stamp;
import org.jspecify.annotations.Nullable;

/// A block: slices of many tables and the transactions that are being decided on them. Commands in, results out.
///
/// Threads: [#apply] and [#collect] are called by one thread at a time, in log order; the log sees to that. [#slice] may be called
/// by any thread.
///
/// Invariants
/// 1. A command whose conditions do not hold changes nothing.
/// 2. What a prepared transaction will write, or has read, is changed by nobody else until that transaction is decided. So at the time
///    of its decision all that it has read, in every block, is as it was at its snapshot: it might have run there and then as a whole.
/// 3. A write is made for the generation of its table's definition that the block has: behind [BlockCommand.AlterTable] comes no row of
///    an earlier one.
/// 4. Nothing here depends on time, chance or another block: the same commands in the same order give the same rows.
public final class Block implements AutoCloseable {
    // Freed in each slice that was written to, after a command, at most: this many and two for each write of the command. So a commit never waits for a
    // long clean-up, and cleaning keeps up with any load.
    private static final int COLLECT_AT_LEAST = 64;
    private static final int COLLECTED_KEPT_MAX = 8;

    private final int id;
    private final MemoryManager memory;
    private final LongSupplier retireTimestamp;
    private final @Nullable ColdRows coldRows;
    private final Map<Integer, TableSlice> slices = new ConcurrentHashMap<>();

    // Writer.
    private final Holds holds = new Holds();
    private final RecentWrites recentWrites = new RecentWrites();
    private final Map<Long, BlockCommand.Decide> decisions = new HashMap<>();
    private final List<Dropped> dropped = new ArrayList<>();
    private int writesSinceCollect;
    // In which something may wait to be freed: what a commit has to look at, however many tables there are. A few stay, so that it need not
    // be changed with each commit.
    private final List<TableSlice> uncollected = new ArrayList<>();

    // Written by the writer.
    private volatile long appliedIndex;
    private volatile long commitTimestamp;
    private volatile long createdAtMicros;
    private volatile boolean holdsTtl;
    private volatile long updatedAtMicros;

    /// @param retireTimestamp a timestamp above every one given out so far
    /// @param coldRows the block's cold tier; null: it has none
    public Block(int id, MemoryManager memory, LongSupplier retireTimestamp, @Nullable ColdRows coldRows) {
        this.coldRows = coldRows;
        this.id = id;
        this.memory = memory;
        this.retireTimestamp = retireTimestamp;
    }

    public int id() {
        return id;
    }

    /// The table's slice for readers that hold a snapshot; null where the table is gone.
    public @Nullable TableSlice slice(int table) {
        return slices.get(table);
    }

    /// Writer: the last entry of the log that was applied.
    public long appliedIndex() {
        return appliedIndex;
    }

    /// Writer: applies one command of the log.
    public CommandResult apply(long index, Stamp stamp, BlockCommand command) {
        assert index > appliedIndex : "block " + id + ": index " + index + " after " + appliedIndex;
        CommandResult result = switch (command) {
            case BlockCommand.CreateTable(int table, TableKind kind) -> createTable(table, kind);
            case BlockCommand.AlterTable(int table, int generation) -> alterTable(table, generation);
            case BlockCommand.DropTable(int table) -> dropTable(table, stamp);
            case BlockCommand.Commit commit -> commit(commit, stamp);
            case BlockCommand.Prepare prepare -> prepare(prepare, stamp);
            case BlockCommand.Decide decide -> decide(decide, stamp);
            case BlockCommand.Abandon(long transaction) -> abandon(transaction, stamp);
            case BlockCommand.Forget(long transaction) -> forget(transaction);
            case BlockCommand.Expire(int table, List<BlockCommand.ExpiredRow> rows) -> expire(table, rows, stamp);
        };
        appliedIndex = index;
        if (createdAtMicros == 0) {
            createdAtMicros = stamp.wallMicros();
        }
        return result;
    }

    private CommandResult createTable(int table, TableKind kind) {
        if (!slices.containsKey(table)) {
            slices.put(table, TableSlice.create(kind, memory, new MemoryOwner(id, table), retireTimestamp, coldRows));
        }
        return CommandResult.DONE;
    }

    private CommandResult alterTable(int table, int generation) {
        TableSlice slice = slices.get(table);
        // Late: writes for a definition that is over must not be let in again.
        if (slice == null || generation <= slice.generation()) {
            return CommandResult.DONE;
        }
        BlockCommand.Prepare writer = holds.writerOf(table);
        if (writer != null) {
            return CommandResult.held(writer, -1);
        }
        slice.setGeneration(generation);
        return CommandResult.DONE;
    }

    private CommandResult dropTable(int table, Stamp stamp) {
        TableSlice slice = slices.remove(table);
        if (slice != null) {
            uncollected.remove(slice);
            // A reader may have found the slice just before; it is gone when the mark has reached this command.
            dropped.add(new Dropped(stamp.commitTimestamp(), table, slice));
        }
        return CommandResult.DONE;
    }

    private CommandResult commit(BlockCommand.Commit commit, Stamp stamp) {
        CommandResult failed = check(commit.snapshot(), commit.reads(), commit.writes(), stamp);
        if (failed != null) {
            return failed;
        }
        write(commit.writes(), stamp);
        return CommandResult.DONE;
    }

    private CommandResult prepare(BlockCommand.Prepare prepare, Stamp stamp) {
        CommandResult failed = check(prepare.snapshot(), prepare.reads(), prepare.writes(), stamp);
        if (failed != null) {
            return failed;
        }
        holds.add(prepare);
        return CommandResult.DONE;
    }

    private CommandResult decide(BlockCommand.Decide decide, Stamp stamp) {
        BlockCommand.Prepare prepare = holds.remove(decide.transaction());
        if (prepare == null) {
            // Decided before: finishing a transaction twice is harmless.
            return CommandResult.decided(decisions.get(decide.transaction()));
        }
        // The decision's entry gives it its time where the log has not.
        BlockCommand.Decide settled = decide.commit() && decide.commitTimestamp() == 0
                ? new BlockCommand.Decide(decide.transaction(), true, stamp.commitTimestamp())
                : decide;
        if (prepare.coordinator() == id) {
            decisions.put(settled.transaction(), settled);
        }
        if (settled.commit()) {
            write(prepare.writes(), new Stamp(settled.commitTimestamp(), stamp.wallMicros()));
        }
        return CommandResult.decided(prepare.coordinator() == id ? settled : null);
    }

    private CommandResult abandon(long transaction, Stamp stamp) {
        if (holds.isPrepared(transaction)) {
            decide(new BlockCommand.Decide(transaction, false, 0), stamp);
        }
        return CommandResult.decided(decisions.get(transaction));
    }

    private CommandResult forget(long transaction) {
        decisions.remove(transaction);
        return CommandResult.DONE;
    }

    /// The first condition that does not hold, null where all do.
    private @Nullable CommandResult check(long snapshot, List<Read> reads, List<Write> writes, Stamp stamp) {
        for (int i = 0; i < writes.size(); i++) {
            CommandResult failed = check(writes.get(i), i, snapshot, stamp);
            if (failed != null) {
                return failed;
            }
        }
        if (reads.isEmpty()) {
            return null;
        }
        WrittenSince since = new WrittenSince(reads.size());
        for (int i = 0; i < reads.size(); i++) {
            CommandResult failed = check(reads.get(i), writes.size() + i, snapshot, stamp, since);
            if (failed != null) {
                return failed;
            }
        }
        return null;
    }

    private @Nullable CommandResult check(Write write, int item, long snapshot, Stamp stamp) {
        TableSlice slice = slices.get(write.table());
        if (slice == null) {
            return CommandResult.failed(CommandResult.Outcome.UNKNOWN_TABLE, item);
        }
        if (slice.generation() != write.generation()) {
            return CommandResult.failed(CommandResult.Outcome.STALE_TABLE, item);
        }
        BlockCommand.Prepare holder = holds.refusesWrite(write.table(), write.key(), write.row() == null);
        if (holder != null) {
            return CommandResult.held(holder, item);
        }
        return switch (write.condition()) {
            case NONE -> null;
            case ABSENT -> slice.exists(write.key(), stamp.wallMicros())
                    ? CommandResult.failed(CommandResult.Outcome.DUPLICATE_KEY, item)
                    : null;
            case UNCHANGED -> slice.newestTimestamp(write.key()) > write.judgedAt(snapshot)
                    ? CommandResult.failed(CommandResult.Outcome.CONFLICT, item)
                    : null;
        };
    }

    private @Nullable CommandResult check(Read read, int item, long snapshot, Stamp stamp, WrittenSince since) {
        TableSlice slice = slices.get(read.table());
        if (slice == null) {
            return CommandResult.failed(CommandResult.Outcome.UNKNOWN_TABLE, item);
        }
        boolean isThere = read instanceof Read.Exists(int _, byte[] key) && slice.exists(key, stamp.wallMicros());
        BlockCommand.Prepare holder = read instanceof Read.Exists exists ? holds.refusesExistence(exists, isThere) : holds.refuses(read);
        if (holder != null) {
            return CommandResult.held(holder, item);
        }
        boolean holdsTrue = switch (read) {
            case Read.Key key -> slice.newestChange(key.key()) <= key.judgedAt(snapshot);
            case Read.Range range -> !since.touches(slice, range, range.judgedAt(snapshot));
            case Read.Exists _ -> isThere;
        };
        return holdsTrue ? null : CommandResult.failed(CommandResult.Outcome.CONFLICT, item);
    }

    /// Says of the ranges of one command whether they were written to. Many of them are looked up among the keys that were written since, put
    /// in order; few are compared with each: a transaction that deletes many rows others refer to rests on a range for each.
    private final class WrittenSince {
        private static final int READS_WORTH_ORDER = 16;

        private record Since(int table, long snapshot) {}

        private final @Nullable Map<Since, NavigableSet<byte[]>> ordered;

        WrittenSince(int reads) {
            this.ordered = reads < READS_WORTH_ORDER ? null : new HashMap<>();
        }

        boolean touches(TableSlice slice, Read.Range read, long snapshot) {
            if (!recentWrites.isCompleteAbove(snapshot)) {
                return slice.isChanged(read.range(), snapshot);
            }
            if (ordered == null) {
                return recentWrites.touches(read.table(), read.range(), snapshot);
            }
            NavigableSet<byte[]> keys = ordered.computeIfAbsent(new Since(read.table(), snapshot),
                    since -> recentWrites.keysAbove(since.table(), since.snapshot()));
            byte[] from = read.range().from();
            byte[] first = keys.isEmpty() ? null : from == null ? keys.first() : keys.ceiling(from);
            return first != null && read.range().contains(first);
        }
    }

    private void write(List<Write> writes, Stamp stamp) {
        for (Write write : writes) {
            TableSlice slice = slices.get(write.table());
            if (slice == null) {
                // Dropped between the two phases: its rows are gone either way.
                continue;
            }
            awaitCollection(slice);
            recentWrites.add(write.table(), write.key(), stamp.commitTimestamp());
            byte[] row = write.row();
            if (row == null) {
                slice.remove(write.key(), stamp);
            } else {
                slice.put(write.key(), row, write.ttlSeconds(), stamp);
                holdsTtl |= slice.ttlRowCount() != 0;
            }
        }
        written(writes.size(), stamp);
    }

    private void written(int count, Stamp stamp) {
        writesSinceCollect += count;
        commitTimestamp = Math.max(commitTimestamp, stamp.commitTimestamp());
        updatedAtMicros = stamp.wallMicros();
    }

    private CommandResult expire(int table, List<BlockCommand.ExpiredRow> rows, Stamp stamp) {
        TableSlice slice = slices.get(table);
        if (slice == null) {
            return CommandResult.DONE;
        }
        int removed = 0;
        for (BlockCommand.ExpiredRow row : rows) {
            if (slice.newestTimestamp(row.key()) == row.commitTimestamp()
                    && slice.isExpired(row.key(), stamp.wallMicros())
                    && holds.refusesWrite(table, row.key(), true) == null) {
                // No news for those who have read it: they judge by their own time whether it has expired.
                slice.removeExpired(row.key(), stamp);
                removed++;
            }
        }
        if (removed > 0) {
            awaitCollection(slice);
            written(removed, stamp);
        }
        return CommandResult.DONE;
    }

    /// Writer: frees what no snapshot needs any more of one table, at most `limit` records of each kind.
    public void collect(int table, Marks marks, int limit) {
        TableSlice slice = slices.get(table);
        if (slice != null) {
            slice.collect(marks, limit);
            if (slice.awaitsCollection()) {
                awaitCollection(slice);
            }
        }
    }

    private void awaitCollection(TableSlice slice) {
        if (!uncollected.contains(slice)) {
            uncollected.add(slice);
        }
    }

    /// Whether a row here has, or had since the database was opened, a time to live. Readers need the time only then.
    public boolean holdsTtl() {
        return holdsTtl;
    }

    /// Writer: whether anything waits to be freed. Where nothing does, what was written up to now asks for no clean-up later.
    public boolean beginCollection() {
        if (!dropped.isEmpty()) {
            return true;
        }
        for (int i = 0; i < uncollected.size(); i++) {
            if (uncollected.get(i).awaitsCollection()) {
                return true;
            }
        }
        writesSinceCollect = 0;
        if (uncollected.size() > COLLECTED_KEPT_MAX) {
            uncollected.clear();
        }
        return false;
    }

    /// Writer: frees what no snapshot needs any more, a bounded amount.
    public void collect(Marks marks) {
        collect(marks, false);
    }

    /// The same while a log is replayed: what conditions of later entries may be judged by stays.
    public void collectReplayed(Marks marks) {
        collect(marks, true);
    }

    private void collect(Marks marks, boolean replaying) {
        int limit = COLLECT_AT_LEAST + 2 * writesSinceCollect;
        writesSinceCollect = 0;
        for (int i = uncollected.size() - 1; i >= 0; i--) {
            TableSlice slice = uncollected.get(i);
            if (replaying) {
                slice.collectReplayed(marks.lowWater(), limit);
            } else {
                slice.collect(marks, limit);
            }
            if (uncollected.size() > COLLECTED_KEPT_MAX && !slice.awaitsCollection()) {
                uncollected.remove(i);
            }
        }
        if (!dropped.isEmpty()) {
            dropped.removeIf(slice -> closeIfDue(slice, marks.lowWater()));
        }
    }

    /// Writer: what the block knows of a transaction's outcome: it is the coordinator and has not forgotten it.
    public BlockCommand.@Nullable Decide decision(long transaction) {
        return decisions.get(transaction);
    }

    /// Writer: transactions that are prepared and not decided here.
    public List<BlockCommand.Prepare> inDoubt() {
        return List.copyOf(holds.prepared());
    }

    /// Writer: decisions that are still remembered.
    public List<Long> remembered() {
        return List.copyOf(decisions.keySet());
    }

    /// Writer: what the block is now.
    public BlockImage image() {
        List<BlockImage.Slice> held = new ArrayList<>();
        slices.forEach((table, slice) -> held.add(new BlockImage.Slice(table, slice.generation(), slice, heldAt(table, slice))));
        held.sort(Comparator.comparingInt(BlockImage.Slice::table));
        return new BlockImage(id, appliedIndex, commitTimestamp, createdAtMicros, updatedAtMicros, held, List.copyOf(holds.prepared()),
                List.copyOf(decisions.values()));
    }

    private NavigableMap<byte[], Long> heldAt(int table, TableSlice slice) {
        NavigableMap<byte[], Long> newest = new TreeMap<>(Arrays::compareUnsigned);
        for (BlockCommand.Prepare prepare : holds.prepared()) {
            for (Write write : prepare.writes()) {
                if (write.table() == table) {
                    newest.put(write.key(), slice.newestTimestamp(write.key()));
                }
            }
        }
        return newest;
    }

    /// Writer, before the first command: takes over what an image says of transactions and the log; its rows are loaded into
    /// [#restoreTable]'s slices.
    public void restore(BlockImage image) {
        assert image.block() == id : "block " + id + " restored from block " + image.block();
        appliedIndex = image.appliedIndex();
        commitTimestamp = image.commitTimestamp();
        slices.values().forEach(TableSlice::endLoad);
        uncollected.addAll(slices.values());
        holdsTtl = slices.values().stream().anyMatch(slice -> slice.ttlRowCount() != 0);
        createdAtMicros = image.createdAtMicros();
        updatedAtMicros = image.updatedAtMicros();
        image.prepared().forEach(holds::add);
        recentWrites.restart(commitTimestamp);
        image.decisions().forEach(decide -> decisions.put(decide.transaction(), decide));
    }

    /// Writer, before the first command: an empty slice to load about so many rows into.
    public TableSlice restoreTable(int table, TableKind kind, int generation, long expectedKeys) {
        createTable(table, kind);
        TableSlice slice = Objects.requireNonNull(slices.get(table));
        slice.setGeneration(generation);
        slice.expect(expectedKeys);
        return slice;
    }

    /// Table ids of the slices held.
    public List<Integer> tables() {
        return List.copyOf(slices.keySet());
    }

    /// Rows of one table here; empty where there is no slice.
    public OptionalLong rowCount(int table) {
        TableSlice slice = slices.get(table);
        return slice == null ? OptionalLong.empty() : OptionalLong.of(slice.rowCount());
    }

    public BlockStatus status() {
        long rows = 0;
        for (TableSlice slice : slices.values()) {
            rows += slice.rowCount();
        }
        return new BlockStatus(id, slices.size(), rows, appliedIndex, commitTimestamp, createdAtMicros, updatedAtMicros);
    }

    /// Checks every slice's structure.
    public void verify() {
        for (Map.Entry<Integer, TableSlice> slice : slices.entrySet()) {
            try {
                slice.getValue().verify();
            } catch (CoconutException failure) {
                throw CoconutException.of(ErrorCode.BROKEN_INVARIANT, failure).with("block", id).with("table", slice.getKey());
            }
        }
    }

    /// Frees all memory. The owner has made sure that no reader is left.
    @Override
    public void close() {
        for (TableSlice slice : slices.values()) {
            slice.close();
        }
        slices.clear();
        uncollected.clear();
        for (Dropped slice : dropped) {
            slice.slice().close();
        }
        dropped.clear();
    }

    private boolean closeIfDue(Dropped gone, long lowWater) {
        if (gone.timestamp() > lowWater) {
            return false;
        }
        gone.slice().close();
        if (coldRows != null) {
            coldRows.releaseAll(gone.table());
        }
        return true;
    }

    private record Dropped(long timestamp, int table, TableSlice slice) {}
}
