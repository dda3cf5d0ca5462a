package org.coconutdb.engine.transaction;

import org.coconutdb.engine.commit.CommandLog.Proposal;
import org.coconutdb.engine.block.CommandResult;
import org.coconutdb.engine.block.BlockCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.Read;
import org.coconutdb.engine.block.Write;
import org.coconutdb.engine.block.Write.Condition;
import org.coconutdb.engine.commit.CommandLog;
import org.coconutdb.engine.commit.LogClock;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.placement.BlockTable;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.version.LooseRecords;
import org.coconutdb.engine.version.ReadPoint;
import org.coconutdb.engine.version.RecordHeap;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.engine.version.Snapshots;
import org.coconutdb.engine.version.Stamp;
import org.jspecify.annotations.Nullable;

/// Reads at a snapshot and a time, by which rows have expired or not; writes are gathered until commit. Used by one thread at a time.
///
/// A snapshot that is older than `snapshot.age.max` loses its right ([Snapshots] says how): the next operation then closes the transaction
/// and fails with SNAPSHOT_TOO_OLD, as do all after it. Views are valid until that operation, or until [#rest].
///
/// Statements: [#beginStatement] parts them. Reads show what earlier statements of the transaction wrote and not what the one at hand
/// does, so that it can write to what it reads. A statement, or all since a savepoint, can be undone. Who never begins one has a
/// transaction of a single statement.
///
/// Optimistic: nothing is locked, and what the commit rests on is checked when it is applied. Always: for [#insert] that the key is
/// absent (23505), for [#update] and [#delete] that the row was not changed since it was read (40001), for [#put] nothing. Where it is
/// [Isolation#SERIALIZABLE] and writes at all: that nobody has changed a key that it looked up or a range that it scanned (40001). One
/// that writes nothing has seen the database as it was at its snapshot, and is always serializable. At each isolation: that nobody has
/// changed a row that it has read for update ([#readForUpdate], 40001), and what its check lets it rest on ([#setCheck]).
///
/// A transaction that touches one block is one entry of the log. Over several blocks, those included that were only read, it is
/// two-phase commit; docs/decisions/0001-embedded-commit.md argues why no crash leaves half of it, 0006 why it is serializable.
public final class Transaction implements AutoCloseable {
    /// What a transaction works on: the parts of an open database.
    ///
    /// @param blocks by block id
    /// @param writeRoom how much transactions may write
    /// @param deciding transactions over several blocks whose threads, of this process, are between their phases
    /// @param gate what reads of a replicated database wait at; null where nobody else writes to the blocks
    public record Environment(
            List<Block> blocks,
            BlockTable blockTable,
            CommandLog log,
            Snapshots snapshots,
            Admission admission,
            LogClock clock,
            WriteRoom writeRoom,
            Set<Long> deciding,
            @Nullable ReadGate gate) {
        /// Of a database of one process.
        public Environment(
                List<Block> blocks,
                BlockTable blockTable,
                CommandLog log,
                Snapshots snapshots,
                Admission admission,
                LogClock clock,
                WriteRoom writeRoom,
                Set<Long> deciding) {
            this(blocks, blockTable, log, snapshots, admission, clock, writeRoom, deciding, null);
        }

        /// Decides a transaction that holds what this one needs where its own thread is gone: nobody else would before the next start.
        ///
        /// @param block which it holds something in
        /// @param waitedNanos how long it has been seen to hold it
        public void finishOrphan(int block, CommandResult result, long waitedNanos) {
            CommandResult.Holder holder = result.holder();
            ReadGate reads = gate;
            if (holder == null || deciding.contains(holder.transaction()) || (reads != null && !reads.isOrphaned(holder.transaction(),
                    waitedNanos))) {
                return;
            }
            BlockCommand.Decide decision = log
                    .propose(List.of(new Proposal(holder.coordinator(), new BlockCommand.Abandon(holder.transaction()))))
                    .getFirst()
                    .decision();
            if (decision == null && !log.isOneLog()) {
                // Its coordinator holds nothing of it and remembers nothing: it was prepared there first, so it was decided, and forgotten when whoever had
                // committed it knew. What it holds here came late, of one that was rolled back.
                log.propose(List.of(new Proposal(block, new BlockCommand.Decide(holder.transaction(), false, 0))));
            }
            if (decision != null) {
                // In all blocks, since it is not known which have it to decide; then nobody needs to be told any more.
                List<Proposal> decisions = new ArrayList<>();
                blocks.forEach(each -> decisions.add(new Proposal(each.id(), decision)));
                log.propose(decisions);
                log.propose(List.of(new Proposal(holder.coordinator(), new BlockCommand.Forget(holder.transaction()))));
            }
        }
    }

    // Of a snapshot: all that is committed here.
    private static final long NEWEST = Long.MAX_VALUE;

    private final Environment environment;
    private final Snapshots snapshots;
    // Null: writes are refused, so that nothing that is read need be remembered.
    private final @Nullable Isolation isolation;
    private final int slot;
    // The slot's timestamp: what a snapshot at or above it shows is kept.
    private final long held;
    // The transaction's snapshot, which its commit is judged by. Of a replicated database it may be above the slot's.
    private final long base;
    // Of a replicated database, one that was begun for a single lookup has none while it looks up single rows.
    private boolean hasSnapshot;
    // Nothing is waited for.
    private boolean isEstimate;
    private final boolean byPrimary;
    private ReadPoint point;
    private int statement = 1;
    // What the statement at hand has written is of this number and later ones.
    private int statementBegan = 1;
    // Whether statements have been begun: there may be more of them, and errors belong to theirs.
    private boolean hasStatements;
    private @Nullable WriteSet writes;
    private final @Nullable ReadSet reads;
    private @Nullable RowsForUpdate forUpdate;
    private @Nullable CommitCheck check;
    // What the check lets the commit rest on.
    private @Nullable List<ReadSet.Item> restsOn;
    private @Nullable LooseRecords ownRecords;
    private int keptFor;
    private boolean resting;
    private boolean closed;
    // Of the heap, to the room that all transactions share.
    private long toldHeapBytes;
    // Why it was closed, where its snapshot was too old.
    private @Nullable CoconutException tooOld;

    private Transaction(Environment environment, @Nullable Isolation isolation, boolean looksUp, ReadPolicy policy) {
        this.environment = environment;
        this.byPrimary = policy instanceof ReadPolicy.Primary;
        this.snapshots = environment.snapshots();
        this.isolation = isolation;
        this.slot = snapshots.openReader();
        this.held = snapshots.timestamp(slot);
        ReadGate gate = environment.gate();
        boolean isStale = gate != null && isolation == null && policy instanceof ReadPolicy.Stale(Duration maxAge) && gate.isYoungerThan(
                held, maxAge
                        .toNanos());
        if (gate == null || looksUp || isStale) {
            this.base = held;
        } else {
            // Behind the slot: what the snapshot shows is kept before it is asked for.
            long fresh;
            try {
                fresh = gate.snapshot();
            } catch (Throwable failure) {
                snapshots.close(slot);
                throw failure;
            }
            this.base = fresh;
        }
        this.hasSnapshot = gate == null || !looksUp || isStale;
        this.point = pointAt(hasSnapshot ? base : NEWEST);
        this.reads = isolation == Isolation.SERIALIZABLE ? new ReadSet() : null;
    }

    /// Behind the snapshot: the time is not before the stamp of anything that it shows, and nothing in it expires where the flag is not
    /// set by now.
    private ReadPoint pointAt(long snapshot) {
        return new ReadPoint(snapshot, environment.clock().isExpiring() ? environment.clock().readMicros() : ReadPoint.TIMELESS);
    }

    public static Transaction begin(Environment environment, Isolation isolation) {
        return begin(environment, isolation, ReadPolicy.LOCAL);
    }

    public static Transaction begin(Environment environment, Isolation isolation, ReadPolicy policy) {
        return new Transaction(environment, isolation, false, policy);
    }

    /// One that reads at one snapshot and may not write, which costs less.
    public static Transaction beginReadOnly(Environment environment) {
        return beginReadOnly(environment, ReadPolicy.LOCAL);
    }

    public static Transaction beginReadOnly(Environment environment, ReadPolicy policy) {
        return new Transaction(environment, null, false, policy);
    }

    /// One that reads a single row, by one [#get] and nothing else, and may not write. Of a replicated database it needs no snapshot, and mostly nobody
    /// else.
    public static Transaction beginLookup(Environment environment, ReadPolicy policy) {
        return new Transaction(environment, null, true, policy);
    }

    /// One that reads what is here, which in a replicated database may not be the newest: for estimates.
    static Transaction beginEstimate(Environment environment) {
        Transaction estimate = new Transaction(environment, null, true, ReadPolicy.LOCAL);
        estimate.isEstimate = true;
        return estimate;
    }

    /// The timestamp that the statement at hand reads at.
    public long snapshotTimestamp() {
        return point.snapshot();
    }

    /// Begins the next statement: its reads show what the transaction has written so far. At READ COMMITTED they show what is committed by
    /// now, too; scans of earlier statements go on as they were.
    public void beginStatement() {
        requireOpen();
        statement++;
        statementBegan = statement;
        hasStatements = true;
        if (isolation == Isolation.READ_COMMITTED) {
            // What the slot holds is older, so nothing that this one shows is freed.
            ReadGate gate = environment.gate();
            point = pointAt(gate == null ? snapshots.visible() : gate.snapshot());
        }
    }

    /// Lets reads of the statement at hand show what it has written until now: for what it has to do behind its last row. It stays the same
    /// statement, read at the same snapshot and undone as a whole.
    public void continueStatement() {
        requireOpen();
        // What it found is what an undo goes back to, whatever it writes in between.
        keepFor(statementBegan);
        statement++;
    }

    /// Undoes what the statement at hand has written.
    public void rollbackStatement() {
        if (writes != null) {
            rollBack(writes, statementBegan);
        }
    }

    private void rollBack(WriteSet written, int since) {
        written.rollbackTo(since);
        long heldBytes = written.heapBytes();
        if (heldBytes < toldHeapBytes) {
            environment.writeRoom().giveBack(toldHeapBytes - heldBytes);
            toldHeapBytes = heldBytes;
        }
    }

    /// Between statements: a mark to go back to ([#rollbackTo]).
    public int savepoint() {
        requireOpen();
        statement++;
        statementBegan = statement;
        keepFor(statement);
        return statement;
    }

    /// What a statement's reads show; see [#reading].
    public static final class Reading {
        private final int statement;
        private final ReadPoint point;

        private Reading(int statement, ReadPoint point) {
            this.statement = statement;
            this.point = point;
        }

        /// Grows from statement to statement and savepoint to savepoint.
        public int statement() {
            return statement;
        }
    }

    /// What the statement at hand sees, for those of its rows that are fetched when later statements have written. To be asked for before
    /// they do.
    public Reading reading() {
        keepFor(statement);
        return new Reading(statement, point);
    }

    /// Reads as an earlier statement does, which writes nothing meanwhile. Answers what was read as before, to go back to.
    public Reading readAs(Reading reading) {
        Reading before = new Reading(statement, point);
        statement = reading.statement;
        point = reading.point;
        return before;
    }

    private void keepFor(int reader) {
        keptFor = Math.max(keptFor, reader);
        if (writes != null) {
            writes.keepFor(reader);
        }
    }

    /// Between statements: undoes what was written since the savepoint, which stays; later ones mean nothing any more.
    public void rollbackTo(int savepoint) {
        requireOpen();
        if (savepoint > statement) {
            throw CoconutException.of(ErrorCode.INVALID_ARGUMENT).with("savepoint", savepoint).mend("Name one of this transaction.");
        }
        if (writes != null) {
            rollBack(writes, savepoint);
        }
        statement++;
        statementBegan = statement;
    }

    /// Whether it has written anything.
    public boolean hasWrites() {
        return writes != null && !writes.isEmpty();
    }

    /// Whether a commit can be refused, or changes anything.
    public boolean needsCommit() {
        return hasWrites() || forUpdate != null;
    }

    /// Lets the commit rest on a row that the statement at hand has read: at every isolation level, and also where nothing is written, it
    /// is refused where somebody has changed the row since. Without effect in a transaction that may not write. The key is not copied.
    public void readForUpdate(TableDescriptor table, byte[] key) {
        requireOpen();
        if (isolation == null) {
            return;
        }
        RowsForUpdate rows = forUpdate;
        if (rows == null) {
            rows = new RowsForUpdate();
            forUpdate = rows;
        }
        rows.add(table, key, point.snapshot());
    }

    /// What is asked of the rows that the transaction leaves; null where nothing.
    public @Nullable CommitCheck check() {
        return check;
    }

    /// Has the commit ask, before anything of it happens.
    public void setCheck(CommitCheck asked) {
        check = asked;
    }

    /// Counts what the check has noted of a write, and lets the commit rest on, as if it were written itself. TRANSACTION_TOO_LARGE,
    /// MEMORY_LIMIT_REACHED.
    public void addNote(long noteBytes) {
        requireOpen();
        WriteSet written = writeSet();
        toldHeapBytes = environment.writeRoom()
                .admit(written.bytes() + noteBytes, written.heapBytes() + WriteSet.NOTE_HEAP_BYTES + noteBytes, toldHeapBytes);
        written.addNote(noteBytes);
    }

    /// Points the view at the row as the statement at hand sees it, or answers false. Where it is another transaction's, the commit rests on
    /// its being there, at every isolation level (40001): others may change it meanwhile, and not delete it. The key is not copied.
    public boolean restOnRow(TableDescriptor table, byte[] key, RecordView into) {
        requireOpen();
        requireWritable(table);
        WriteSet.Version own = own(table, key);
        if (own != null) {
            return own.write.row() != null && show(table, own, into);
        }
        if (!slice(table, key).get(key, point, into)) {
            return false;
        }
        restOn(table, new Read.Exists(table.id(), key));
        return true;
    }

    /// Lets the commit rest on nobody else having changed a key of the range since the snapshot of the statement at hand, at every isolation
    /// level (40001).
    public void restOnRange(TableDescriptor table, KeyRange range) {
        requireOpen();
        requireWritable(table);
        restOn(table, new Read.Range(table.id(), range, point.snapshot() == base ? 0 : point.snapshot()));
    }

    private void restOn(TableDescriptor table, Read read) {
        List<ReadSet.Item> items = restsOn;
        if (items == null) {
            items = new ArrayList<>();
            restsOn = items;
        }
        items.add(new ReadSet.Item(table, read));
    }

    /// Rows of a range, in key order where the table is sorted, as the statement at hand sees them. The commit does not rest on them, at no
    /// isolation level: whoever wants that says so by [#restOnRange].
    public Scan look(TableDescriptor table, KeyRange range) {
        requireOpen();
        return open(table, range, false, false);
    }

    /// Begins an operation: it is open, does not rest, and its snapshot is not too old.
    void requireOpen() {
        if (closed || !snapshots.isReading(slot, held)) {
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
        if (resting && snapshots.wake(slot, held)) {
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
            snapshots.rest(slot, held);
        }
    }

    /// Ends a rest before views are looked at again, which are as good as before; each operation does this by itself. SNAPSHOT_TOO_OLD
    /// where the snapshot was taken away.
    public void resume() {
        requireOpen();
    }

    /// Point lookup: points the view at the row, or answers false. The row remembers, to about ten seconds, that it was read, and comes
    /// back into memory soon where it was cold. The key is not copied.
    public boolean get(TableDescriptor table, byte[] key, RecordView into) {
        requireOpen();
        WriteSet.Version own = own(table, key);
        if (own != null) {
            return own.write.row() != null && show(table, own, into);
        }
        TableSlice slice = slice(table, key);
        noteRead(table, key);
        boolean isFound = slice.get(key, point, into);
        if (!hasSnapshot && slice.generation() != table.generation()) {
            // Behind the row: rows of another generation come when the block has that one.
            throw Commit.altered(table);
        }
        if (!isFound) {
            return false;
        }
        into.markRead(environment.clock().coarseSeconds());
        if (into.isCold()) {
            slice.wanted(into);
        }
        return true;
    }

    /// Lookups of many keys of a table, some at a time.
    public BatchLookup lookups(TableDescriptor table) {
        return new BatchLookup(this, table);
    }

    /// Whether it may have written rows of the table: then a lookup of one has to look at these first.
    public boolean hasWritten(TableDescriptor table) {
        return writes != null && writes.table(table.id()) != null;
    }

    /// For [BatchLookup]: puts into each place the record that [#get] would show for the key there; 0 where there is none. All keys are of one
    /// block.
    TableSlice findAll(TableDescriptor table, byte[][] keys, int count, long[] records) {
        requireSnapshot();
        TableSlice slice = slice(table, keys[0]);
        ReadGate gate = environment.gate();
        for (int i = 1; gate != null && i < count; i++) {
            awaitKey(gate, blockOf(table, keys[i]), table, keys[i]);
        }
        for (int i = 0; i < count; i++) {
            noteRead(table, keys[i]);
        }
        slice.findAll(keys, count, point, records);
        return slice;
    }

    /// For [BatchLookup]: points the view at a record that was found, as [#get] does.
    void show(TableSlice slice, long record, RecordView into) {
        slice.show(record, into);
        into.markRead(environment.clock().coarseSeconds());
        if (into.isCold()) {
            slice.wanted(into);
        }
    }

    /// Point lookup that leaves no trace on the row: for those who look at the record's header rather than at the row.
    public boolean inspect(TableDescriptor table, byte[] key, RecordView into) {
        requireOpen();
        WriteSet.Version own = own(table, key);
        if (own != null) {
            return own.write.row() != null && show(table, own, into);
        }
        noteRead(table, key);
        return slice(table, key).get(key, point, into);
    }

    /// Id of the block that a lookup of the key looks into.
    public int blockOf(TableDescriptor table, byte[] key) {
        return environment.blockTable().blockOf(table, key);
    }

    private void noteRead(TableDescriptor table, byte[] key) {
        if (reads != null) {
            reads.addKey(table, key);
        }
    }

    /// What an earlier statement wrote of the key; null where none did.
    private WriteSet.@Nullable Version own(TableDescriptor table, byte[] key) {
        WriteSet.Table written = writes == null ? null : writes.table(table.id());
        return written == null ? null : written.visible(key, statement);
    }

    /// Points the view at a row that this transaction has written: its times are now's, its commit timestamp is 0.
    boolean show(TableDescriptor table, WriteSet.Version version, RecordView into) {
        LooseRecords.Place place = version.place;
        if (place == null) {
            place = place(table, version.write);
            version.place = place;
        }
        into.at(place.segment(), place.offset(), null);
        return true;
    }

    private LooseRecords.Place place(TableDescriptor table, Write write) {
        long now = environment.clock().nowMicros();
        RecordView before = new RecordView();
        boolean isThere = slice(table, write.key()).get(write.key(), point, before);
        int ttlSeconds = write.ttlSeconds() != Write.KEEP_TTL ? write.ttlSeconds() : isThere ? before.ttlSeconds() : 0;
        LooseRecords records = ownRecords;
        if (records == null) {
            records = new LooseRecords();
            ownRecords = records;
        }
        byte[] row = write.row();
        return records.add(write.key(), row == null ? new byte[0] : row, new Stamp(0, now), isThere ? before.createdAtMicros() : now,
                ttlSeconds);
    }

    private TableSlice slice(TableDescriptor table, byte[] key) {
        int block = environment.blockTable().blockOf(table, key);
        ReadGate gate = environment.gate();
        if (gate != null) {
            awaitKey(gate, block, table, key);
        }
        TableSlice slice = environment.blocks().get(block).slice(table.id());
        if (slice == null) {
            throw Commit.dropped(table);
        }
        return slice;
    }

    private void awaitKey(ReadGate gate, int block, TableDescriptor table, byte[] key) {
        if (isEstimate) {
            return;
        }
        if (!hasSnapshot) {
            if (!byPrimary && gate.isNewest(block, table.id(), key)) {
                point = pointAt(NEWEST);
                return;
            }
            point = pointAt(gate.snapshot());
        }
        gate.awaitKey(block, table.id(), key, point.snapshot(), byPrimary);
    }

    private void requireSnapshot() {
        ReadGate gate = environment.gate();
        if (gate != null && !hasSnapshot) {
            point = pointAt(gate.snapshot());
            hasSnapshot = true;
        }
    }

    /// A block's part of a table, as soon as it shows all that the point shows of a range.
    TableSlice slice(int block, TableDescriptor table, KeyRange range, ReadPoint at) {
        ReadGate gate = environment.gate();
        if (gate != null && !isEstimate) {
            gate.awaitRange(block, table.id(), range, at.snapshot(), byPrimary);
        }
        // Behind the wait: the replica may have been made anew meanwhile, and then another block is in its place.
        TableSlice slice = environment.blocks().get(block).slice(table.id());
        if (slice == null) {
            throw Commit.dropped(table);
        }
        return slice;
    }

    /// Rows of a range: in key order, descending when `reverse`, for a sorted table; a hash table answers in any order, and then only for
    /// [KeyRange#ALL].
    public Scan scan(TableDescriptor table, KeyRange range, boolean reverse) {
        requireOpen();
        Scan scan = open(table, range, reverse, reads != null);
        if (reads != null) {
            reads.addScan(scan);
        }
        return scan;
    }

    /// The whole table block by block, for several threads. Only of a table that it has not written to ([#hasWritten]): its own rows lie in no block.
    /// Where it is serializable, it has read the whole table by this call.
    public BlockScans blockScans(TableDescriptor table) {
        requireOpen();
        if (hasWritten(table)) {
            throw new IllegalStateException("rows of " + table.name() + " are not in its blocks yet");
        }
        if (reads != null) {
            // One that does not note how far it has read counts as read whole.
            reads.addScan(open(table, KeyRange.ALL, false, false));
        }
        requireSnapshot();
        return new BlockScans(this, environment.blockTable().blocksOf(table, KeyRange.ALL), table, point);
    }

    /// For [BlockScan], on any thread while an operation of the transaction's own thread waits: whether its snapshot may be read. The failure leaves it
    /// to the next operation to close the transaction.
    void requireReadable() {
        if (closed || !snapshots.isReading(slot, held)) {
            throw snapshots.tooOld(slot);
        }
    }

    private Scan open(TableDescriptor table, KeyRange range, boolean reverse, boolean tracks) {
        requireSnapshot();
        int[] blocks = environment.blockTable().blocksOf(table, range);
        WriteSet.Table written = writes == null ? null : writes.table(table.id());
        OwnRows own = written == null ? null : new OwnRows(this, written, range, reverse, statement);
        if (own != null) {
            keepFor(statement);
        }
        return new Scan(this, blocks, table, range, reverse, point, own, tracks);
    }

    /// Adds a row. DUPLICATE_KEY here where this transaction has inserted it already, or has several statements and can see it; else at
    /// commit.
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
        requireWritable(table);
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
        WriteSet written = writeSet();
        long valueBytes = key.length + (long) rowBytes;
        toldHeapBytes = environment.writeRoom()
                .admit(written.bytes() + WriteSet.WRITE_BYTES + valueBytes,
                        written.heapBytes() + WriteSet.HEAP_BYTES + WriteSet.UNDO_HEAP_BYTES + valueBytes, toldHeapBytes);
        WriteSet.Version earlier = written.newest(table.id(), key);
        if (earlier == null) {
            boolean sawAbsence = condition == Condition.ABSENT && hasStatements && seesAbsence(table, key);
            long readAt = condition == Condition.UNCHANGED && point.snapshot() != base ? point.snapshot() : 0;
            written.put(table, new Write(table.id(), condition, key, row, ttlSeconds, table.generation(), readAt), statement, sawAbsence);
            return;
        }
        Write before = earlier.write;
        if (condition == Condition.ABSENT && before.row() != null) {
            throw Commit.failed(ErrorCode.DUPLICATE_KEY, table, key);
        }
        if (ttlSeconds == Write.KEEP_TTL && before.row() != null) {
            ttlSeconds = before.ttlSeconds();
        }
        // What the first write found still has to hold.
        written.put(table, new Write(table.id(), before.condition(), key, row, ttlSeconds, before.generation(), before.readAt()), statement,
                earlier.sawAbsence);
    }

    private WriteSet writeSet() {
        WriteSet written = writes;
        if (written == null) {
            written = new WriteSet();
            written.keepFor(keptFor);
            writes = written;
        }
        return written;
    }

    private void requireWritable(TableDescriptor table) {
        if (isolation == null) {
            throw CoconutException.of(ErrorCode.READ_ONLY_TRANSACTION)
                    .with("table", table.name())
                    .mend("Begin a transaction that may write.");
        }
    }

    /// Where the row is there, the statement that inserts it fails, and not the commit.
    private boolean seesAbsence(TableDescriptor table, byte[] key) {
        if (slice(table, key).get(key, point, new RecordView())) {
            noteRead(table, key);
            throw Commit.failed(ErrorCode.DUPLICATE_KEY, table, key);
        }
        return true;
    }

    /// Makes all writes happen, or none: atomic over all tables and blocks, durable as the database promises. The transaction is over,
    /// whatever comes. Its check ([#setCheck]) comes first and may refuse it. SNAPSHOT_TOO_OLD where its snapshot has lost its right: what it would be judged by may be gone.
    public void commit() {
        requireOpen();
        try {
            if (needsCommit()) {
                CommitCheck asked = check;
                if (asked != null && hasWrites()) {
                    beginStatement();
                    asked.judge(this);
                }
                WriteSet written = writes == null ? new WriteSet() : writes;
                List<ReadSet.Item> read = restsOn(written);
                if (!snapshots.stopReading(slot, held)) {
                    throw endTooOld();
                }
                new Commit(environment, base, written, read).run();
            }
        } finally {
            close();
        }
    }

    private List<ReadSet.Item> restsOn(WriteSet written) {
        List<ReadSet.Item> items = isolationRestsOn(written);
        List<ReadSet.Item> more = restsOn;
        if (more != null) {
            items = new ArrayList<>(items);
            items.addAll(more);
        }
        return items;
    }

    private List<ReadSet.Item> isolationRestsOn(WriteSet written) {
        if (reads != null && !written.isEmpty()) {
            // With what was read for update.
            return reads.items(written);
        }
        return forUpdate == null ? List.of() : forUpdate.items(base);
    }

    /// Gives up what was not committed and closes the snapshot. Harmless twice.
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            snapshots.close(slot);
            if (toldHeapBytes != 0) {
                environment.writeRoom().giveBack(toldHeapBytes);
                toldHeapBytes = 0;
            }
        }
    }
}
