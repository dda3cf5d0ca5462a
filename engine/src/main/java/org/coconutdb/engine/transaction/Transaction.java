package org.coconutdb.engine.transaction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.ToLongFunction;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.CommandResult;
import org.coconutdb.engine.block.Write;
import org.coconutdb.engine.block.Write.Condition;
import org.coconutdb.engine.commit.CommandLog;
import org.coconutdb.engine.commit.CommandLog.Proposal;
import org.coconutdb.engine.commit.LogClock;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.placement.BlockTable;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.version.ReadPoint;
import org.coconutdb.engine.version.RecordHeap;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.engine.version.Snapshots;
import org.jspecify.annotations.Nullable;

/// Reads at one snapshot and one time, by which rows have expired or not; writes are gathered until commit. Used by one thread at a time.
///
/// A snapshot that is older than `snapshot.age.max` loses its right ([Snapshots] says how): the next operation then closes the transaction
/// and fails with SNAPSHOT_TOO_OLD, as do all after it. Views are valid until that operation, or until [#rest].
///
/// Conditions are checked when the commit is applied: [#insert] that the key is absent (23505 otherwise), [#update] and [#delete]
/// that the row was not changed since the snapshot (40001 otherwise), [#put] nothing. Reads see the snapshot, not the transaction's
/// own writes.
///
/// A transaction whose writes lie in one block is one entry of the log. Over several blocks it is two-phase commit: *prepare* in each
/// (conditions checked, keys held), then *decide*, whose first copy, in the coordinator's block, is the decision. Both phases are
/// one group in the log each, so two fsyncs in all. docs/decisions/0001-embedded-commit.md argues why no crash leaves half of it.
public final class Transaction implements AutoCloseable {
    /// Keys and rows of a transaction's writes, all together.
    public static final long BYTES_MAX = 64L << 20;

    /// What a transaction works on: the parts of an open database.
    ///
    /// @param blocks by block id
    public record Environment(
            List<Block> blocks,
            BlockTable blockTable,
            CommandLog log,
            Snapshots snapshots,
            Admission admission,
            LogClock clock) {}

    private final Environment environment;
    private final Snapshots snapshots;
    private final int slot;
    private final ReadPoint point;
    private @Nullable Map<RowKey, Pending> writes;
    private long writtenBytes;
    private long neededMemoryBytes;
    private boolean resting;
    private boolean closed;
    // Why it was closed, where its snapshot was too old.
    private @Nullable CoconutException tooOld;

    private Transaction(Environment environment) {
        this.environment = environment;
        this.snapshots = environment.snapshots();
        this.slot = snapshots.openReader();
        long snapshot = snapshots.timestamp(slot);
        // Behind the snapshot: the time is not before the stamp of anything that it shows, and nothing in it expires where the flag is
        // not set by now.
        long nowMicros = environment.clock().isExpiring() ? environment.clock().readMicros() : ReadPoint.TIMELESS;
        this.point = new ReadPoint(snapshot, nowMicros);
    }

    public static Transaction begin(Environment environment) {
        return new Transaction(environment);
    }

    public long snapshotTimestamp() {
        return point.snapshot();
    }

    ReadPoint point() {
        return point;
    }

    /// Begins an operation: it is open, does not rest, and its snapshot is not too old.
    void requireOpen() {
        if (closed || !snapshots.isReading(slot, point.snapshot())) {
            resumeOrFail();
        }
    }

    private void resumeOrFail() {
        CoconutException reason = tooOld;
        if (reason != null) {
            throw reason.copy();
        }
        if (closed) {
            throw CoconutException.of(ErrorCode.OBJECT_CLOSED).with("object", "transaction").mend("Begin another one.");
        }
        if (resting && snapshots.wake(slot, point.snapshot())) {
            resting = false;
            return;
        }
        throw endTooOld();
    }

    private CoconutException endTooOld() {
        CoconutException reason = snapshots.tooOld(slot);
        tooOld = reason;
        close();
        return reason;
    }

    /// Says that nothing this transaction has shown is looked at before its next operation: no view, no memory of one. While it rests its
    /// snapshot can be taken away at once when it grows too old; otherwise its next operation ends it, and until then memory is held for
    /// it. Without effect where it rests or is closed.
    public void rest() {
        if (!closed && !resting) {
            resting = true;
            snapshots.rest(slot, point.snapshot());
        }
    }

    /// Ends a rest before views are looked at again, which are as good as before; each operation does this by itself. SNAPSHOT_TOO_OLD
    /// where the snapshot was taken away.
    public void resume() {
        requireOpen();
    }

    /// Point lookup: points the view at the row, or answers false. The row remembers, to about ten seconds, that it was read, and comes
    /// back into memory soon where it was cold.
    public boolean get(TableDescriptor table, byte[] key, RecordView into) {
        TableSlice slice = slice(table, key);
        if (!slice.get(key, point, into)) {
            return false;
        }
        into.markRead(environment.clock().coarseSeconds());
        if (into.isCold()) {
            slice.wanted(into);
        }
        return true;
    }

    /// Point lookup that leaves no trace: for those who look at the record's header rather than at the row.
    public boolean inspect(TableDescriptor table, byte[] key, RecordView into) {
        return slice(table, key).get(key, point, into);
    }

    private TableSlice slice(TableDescriptor table, byte[] key) {
        requireOpen();
        TableSlice slice = environment.blocks().get(environment.blockTable().blockOf(table, key)).slice(table.id());
        if (slice == null) {
            throw dropped(table);
        }
        return slice;
    }

    /// Rows of a range: in key order, descending when `reverse`, for a sorted table; a hash table answers in any order, and then only for
    /// [KeyRange#ALL].
    public Scan scan(TableDescriptor table, KeyRange range, boolean reverse) {
        requireOpen();
        int[] ids = environment.blockTable().blocksOf(table, range);
        Block[] blocks = new Block[ids.length];
        for (int i = 0; i < ids.length; i++) {
            blocks[i] = environment.blocks().get(ids[i]);
        }
        return new Scan(this, blocks, table.id(), range, reverse);
    }

    /// Adds a row. DUPLICATE_KEY here where this transaction has inserted it already, else at commit.
    public void insert(TableDescriptor table, byte[] key, byte[] row) {
        insert(table, key, row, 0);
    }

    /// Adds a row that expires so many seconds after the commit; 0: never.
    public void insert(TableDescriptor table, byte[] key, byte[] row, int ttlSeconds) {
        write(table, key, row, Condition.ABSENT, ttlSeconds);
    }

    /// Adds or replaces a row.
    public void put(TableDescriptor table, byte[] key, byte[] row) {
        put(table, key, row, 0);
    }

    /// Adds or replaces a row by one that expires so many seconds after the commit; 0: never.
    public void put(TableDescriptor table, byte[] key, byte[] row, int ttlSeconds) {
        write(table, key, row, Condition.NONE, ttlSeconds);
    }

    /// Replaces a row that this transaction has read. Its time to live, where it has one, begins again.
    public void update(TableDescriptor table, byte[] key, byte[] row) {
        update(table, key, row, Write.KEEP_TTL);
    }

    /// Replaces a row that this transaction has read by one that expires so many seconds after the commit; 0: never,
    /// [Write#KEEP_TTL]: after as many as before.
    public void update(TableDescriptor table, byte[] key, byte[] row, int ttlSeconds) {
        write(table, key, row, Condition.UNCHANGED, ttlSeconds);
    }

    /// Deletes a row that this transaction has read.
    public void delete(TableDescriptor table, byte[] key) {
        write(table, key, null, Condition.UNCHANGED, 0);
    }

    private void write(TableDescriptor table, byte[] key, byte @Nullable [] row, Condition condition, int ttlSeconds) {
        requireOpen();
        int rowBytes = row == null ? 0 : row.length;
        if (key.length > RecordHeap.KEY_BYTES_MAX) {
            throw CoconutException.of(ErrorCode.KEY_TOO_LARGE)
                    .with("table", table.name())
                    .with("keyBytes", key.length)
                    .with("keyBytesMax", RecordHeap.KEY_BYTES_MAX)
                    .mend("Use shorter values in the primary key.");
        }
        if (rowBytes > RecordHeap.ROW_BYTES_MAX) {
            throw CoconutException.of(ErrorCode.ROW_TOO_LARGE)
                    .with("table", table.name())
                    .with("rowBytes", rowBytes)
                    .with("rowBytesMax", RecordHeap.ROW_BYTES_MAX)
                    .mend("Cut large values into several rows.");
        }
        writtenBytes += key.length + rowBytes;
        if (writtenBytes > BYTES_MAX) {
            throw CoconutException.of(ErrorCode.TRANSACTION_TOO_LARGE)
                    .with("bytes", writtenBytes)
                    .with("bytesMax", BYTES_MAX)
                    .mend("Write in smaller pieces, each its own statement.");
        }
        Map<RowKey, Pending> pending = writes;
        if (pending == null) {
            pending = new LinkedHashMap<>();
            writes = pending;
        }
        RowKey id = new RowKey(table.id(), key);
        Pending earlier = pending.get(id);
        if (earlier != null) {
            condition = combine(table, key, earlier, condition);
            if (ttlSeconds == Write.KEEP_TTL && earlier.write.row() != null) {
                ttlSeconds = earlier.write.ttlSeconds();
            }
        }
        pending.put(id, new Pending(table, new Write(table.id(), condition, key, row, ttlSeconds)));
        // The row, its index entry and the slack of both kinds of index. A deletion needs little, for a while, and gives back more: in a
        // database that is full it is the mend.
        neededMemoryBytes += row == null ? 0 : RecordHeap.sizeFor(key.length, rowBytes) + 2L * key.length + 64;
    }

    /// The condition that two writes of one key leave to be checked at commit: what the first one found still has to hold.
    private static Condition combine(TableDescriptor table, byte[] key, Pending earlier, Condition next) {
        boolean isThere = earlier.write.row() != null;
        if (next == Condition.ABSENT) {
            if (isThere) {
                throw failed(ErrorCode.DUPLICATE_KEY, table, key);
            }
            // Deleted and inserted again: the delete's condition stands.
            return earlier.write.condition();
        }
        return earlier.write.condition();
    }

    /// Makes all writes happen, or none: atomic over all tables and blocks, durable as the database promises. The transaction is over,
    /// whatever comes. SNAPSHOT_TOO_OLD where its snapshot has lost its right: what it would be judged by may be gone.
    public void commit() {
        requireOpen();
        try {
            Map<RowKey, Pending> pending = writes;
            if (pending != null && !pending.isEmpty()) {
                if (!snapshots.stopReading(slot, point.snapshot())) {
                    throw endTooOld();
                }
                SortedMap<Integer, List<Pending>> byBlock = byBlock(pending.values());
                try (Admission.Room _ = environment.admission().admit(neededMemoryBytes, () -> need(byBlock), () -> growth(byBlock))) {
                    commit(byBlock);
                }
            }
        } finally {
            close();
        }
    }

    private SortedMap<Integer, List<Pending>> byBlock(Collection<Pending> pending) {
        SortedMap<Integer, List<Pending>> byBlock = new TreeMap<>();
        for (Pending write : pending) {
            byBlock.computeIfAbsent(environment.blockTable().blockOf(write.table, write.write.key()), _ -> new ArrayList<>()).add(write);
        }
        return byBlock;
    }

    private Admission.Need need(SortedMap<Integer, List<Pending>> byBlock) {
        return need(byBlock, Transaction::recordBytes);
    }

    private static long recordBytes(Pending write) {
        byte[] row = write.write.row();
        return row == null ? 0 : RecordHeap.sizeFor(write.write.key().length, row.length);
    }

    /// What is needed beyond the rows that are there now. Somebody may change them until the writes are applied: then most are refused,
    /// and what remains is wrong by a row.
    private Admission.Need growth(SortedMap<Integer, List<Pending>> byBlock) {
        // This transaction's own snapshot may be over already.
        try (Transaction now = begin(environment)) {
            RecordView view = new RecordView();
            return need(byBlock, write -> {
                byte[] key = write.write.key();
                boolean replaces = now.inspect(write.table, key, view);
                return recordBytes(write) - (replaces ? RecordHeap.sizeFor(key.length, view.rowLength()) : 0);
            });
        }
    }

    private Admission.Need need(SortedMap<Integer, List<Pending>> byBlock, ToLongFunction<Pending> bytesOf) {
        Map<Integer, Long> byTable = new HashMap<>();
        Map<Integer, Long> inBlocks = new HashMap<>();
        byBlock.forEach((block, pending) -> {
            for (Pending write : pending) {
                long bytes = bytesOf.applyAsLong(write);
                // A deletion needs no room, also where there is none.
                if (bytes != 0) {
                    byTable.merge(write.table.id(), bytes, Long::sum);
                    inBlocks.merge(block, bytes, Long::sum);
                }
            }
        });
        return new Admission.Need(byTable, inBlocks);
    }

    private void commit(SortedMap<Integer, List<Pending>> byBlock) {
        if (byBlock.size() == 1) {
            int block = byBlock.firstKey();
            List<Pending> writesThere = Objects.requireNonNull(byBlock.get(block));
            CommandResult result = environment.log()
                    .propose(List.of(new Proposal(block, new BlockCommand.Commit(point.snapshot(), writes(writesThere)))))
                    .getFirst();
            requireDone(result, writesThere);
        } else {
            commitInTwoPhases(byBlock);
        }
    }

    private void commitInTwoPhases(SortedMap<Integer, List<Pending>> byBlock) {
        long id = ThreadLocalRandom.current().nextLong();
        int coordinator = byBlock.firstKey();
        List<Proposal> prepares = new ArrayList<>();
        byBlock.forEach((block, pending) -> prepares
                .add(new Proposal(block, new BlockCommand.Prepare(id, coordinator, point.snapshot(), writes(pending)))));
        List<CommandResult> votes = environment.log().propose(prepares);

        boolean commit = votes.stream().allMatch(CommandResult::isDone);
        List<Proposal> decisions = new ArrayList<>();
        for (int i = 0; i < prepares.size(); i++) {
            // A block that refused holds nothing of it.
            if (votes.get(i).isDone()) {
                decisions.add(new Proposal(prepares.get(i).block(), new BlockCommand.Decide(id, commit, 0)));
            }
        }
        if (!decisions.isEmpty()) {
            // In one group behind all decisions, so that the coordinator forgets only what everybody has.
            decisions.add(new Proposal(coordinator, new BlockCommand.Forget(id)));
            environment.log().propose(decisions);
        }
        int i = 0;
        for (List<Pending> pending : byBlock.values()) {
            requireDone(votes.get(i), pending);
            i++;
        }
    }

    private static List<Write> writes(List<Pending> pending) {
        return pending.stream().map(Pending::write).toList();
    }

    private static void requireDone(CommandResult result, List<Pending> writes) {
        if (result.isDone()) {
            return;
        }
        Pending write = writes.get(result.write());
        throw switch (result.outcome()) {
            case DUPLICATE_KEY -> failed(ErrorCode.DUPLICATE_KEY, write.table, write.write.key());
            case CONFLICT -> failed(ErrorCode.SERIALIZATION_CONFLICT, write.table, write.write.key())
                    .mend("Nothing was changed: run the transaction again.");
            case UNKNOWN_TABLE -> dropped(write.table);
            case DONE -> new IllegalStateException("done");
        };
    }

    /// `key` is given in hexadecimal digits: the layer above knows what it means.
    private static CoconutException failed(ErrorCode code, TableDescriptor table, byte[] key) {
        return CoconutException.of(code).with("table", table.name()).with("key", HexFormat.of().formatHex(key));
    }

    private static CoconutException dropped(TableDescriptor table) {
        return CoconutException.of(ErrorCode.UNDEFINED_TABLE).with("table", table.name()).mend("The table was dropped meanwhile.");
    }

    /// Gives up what was not committed and closes the snapshot. Harmless twice.
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            snapshots.close(slot);
        }
    }

    private record Pending(TableDescriptor table, Write write) {}

    private record RowKey(int table, byte[] key) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof RowKey that && table == that.table && Arrays.equals(key, that.key);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(key) + table;
        }
    }
}
