package org.coconutdb.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.CommandResult;
import org.coconutdb.engine.cluster.ClusterMember;
import org.coconutdb.engine.commit.CommandLog.Proposal;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.placement.BlockTable;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.table.SliceScan;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.transaction.Isolation;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.ReadPoint;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The tables there are, as the directory's rows say, and the order in which they come, change and go. Any thread.
///
/// A change happens in four steps:
/// ```
///  1 blocks     make new slices, and take writes for the new generation of altered tables alone
///  2 directory  one transaction on its rows: the moment it has happened
///  3 memory     the version rises: statements are compiled for the new definitions
///  4 blocks     forget dropped slices
/// ```
/// Invariants
/// 1. Who opens a snapshot and then finds the version unmoved sees no row that was written for a later definition: such rows are compiled
///    for after step 3, so they are committed above the snapshot.
/// 2. Behind step 1 no row is written for an earlier definition: a block's generation of a table only rises.
/// 3. A change is done or not. What blocks hold of one that is not is taken back: a slice of an id that the directory does not have is dropped, and where a block
///    is ahead of the directory, the definition that there is gets the higher generation ([#settle]): when the change fails, when the database is opened, and in a
///    cluster by the directory's primary, since whoever made the change may be gone.
/// 4. Changes are one after the other, whoever believes to be the directory's primary: each reads and writes the row of [#NEXT_ID_KEY], so that of two at once one
///    is refused. Ids are not given twice, not even those of changes that failed: each host has ids of its own, and what is dropped is behind a change of that row.
final class TableDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(TableDirectory.class);
    // Ids below are the engine's own.
    private static final int FIRST_TABLE_ID = 16;
    static final TableDescriptor DIRECTORY =
            new TableDescriptor(BlockTable.DIRECTORY_TABLE, "SYSTEM.DIRECTORY", TableKind.SORTED, new byte[0]);
    // Below every name: no table's name begins with a NUL character.
    private static final byte[] NEXT_ID_KEY = {0};
    private static final KeyRange TABLES = new KeyRange(new byte[] {1}, null);
    // Of an id: the host that gave it is above, host 0 where the process has the database to itself.
    private static final int COUNTER_BITS = 24;
    // The directory's slice, its index, and some records.
    private static final long DDL_BYTES = 64 << 10;
    // As long as a transaction waits for one over several blocks that holds what it needs.
    private static final long HELD_NANOS_MAX = 2_000_000_000L;
    private static final long HELD_WAIT_NANOS = 1_000_000L;

    private final MemoryManager memory;
    // Set once, where this process does not have the database to itself.
    private @Nullable ClusterMember member;
    private @Nullable ClusterDirectory cluster;
    // Set once, when the database has recovered, which asks for tables already.
    private Transaction.@Nullable Environment recovered;
    // Replaced by one thread at a time, in `change`.
    private volatile Tables tables = Tables.of(0, List.of());
    private final ReentrantLock changing = new ReentrantLock();
    // Guarded by `changing`: no id below was tried by this process, or it was given.
    private int nextIdMin;
    // What the last round of `heal` found.
    private Leftovers leftOver = Leftovers.NONE;
    private volatile boolean isUnsettled;
    private boolean isClosed;

    TableDirectory(MemoryManager memory) {
        this.memory = memory;
    }

    private Transaction.Environment environment() {
        return Objects.requireNonNull(recovered);
    }

    long version() {
        return tables.version;
    }

    /// Ordered by id.
    List<TableDescriptor> list() {
        return tables.list;
    }

    @Nullable
    TableDescriptor byName(String name) {
        return tables.byName.get(name);
    }

    @Nullable
    TableDescriptor byId(int id) {
        return tables.byId.get(id);
    }

    /// Whether a table has a budget of its own.
    boolean anyBudget() {
        return tables.anyBudget;
    }

    /// Before a cluster is taken part in.
    void join(ClusterMember joined, Transaction.Environment environment) {
        member = joined;
        recovered = environment;
        cluster = new ClusterDirectory(joined, environment);
    }

    /// What the directory keeps beside tables; null where this process has the database to itself.
    @Nullable
    ClusterDirectory cluster() {
        return cluster;
    }

    /// Of a cluster: waits until the directory is known here, and makes it where there is none. Hosts may do so at once, with one effect.
    void awaitDirectory() {
        ClusterMember joined = Objects.requireNonNull(member);
        joined.awaitDirectory();
        if (environment().blocks().get(BlockTable.DIRECTORY).slice(BlockTable.DIRECTORY_TABLE) == null) {
            environment().log().propose(List.of(new Proposal(BlockTable.DIRECTORY,
                    new BlockCommand.CreateTable(BlockTable.DIRECTORY_TABLE, TableKind.SORTED))));
            joined.awaitDirectory();
        }
        Objects.requireNonNull(cluster).agree();
    }

    /// Of a cluster, while nothing is applied: rows of the directory may have changed.
    void refresh(Block directory) {
        TableSlice slice = directory.slice(BlockTable.DIRECTORY_TABLE);
        if (slice == null) {
            return;
        }
        Objects.requireNonNull(cluster).refresh(slice);
        List<TableDescriptor> found = new ArrayList<>();
        RecordView row = new RecordView();
        SliceScan scan = slice.scan(TABLES, false, new ReadPoint(Long.MAX_VALUE,
                ReadPoint.TIMELESS));
        while (scan.next(row)) {
            found.add(DirectoryRow.decode(row.keyBytes(), row.rowBytes()));
        }
        Tables read = Tables.of(tables.version + 1, found);
        if (!read.isSameAs(tables)) {
            tables = read;
        }
    }

    /// Reads the directory, which is made where there is none, and makes the blocks agree with it. Before anybody else comes.
    void open(Transaction.Environment environment) {
        recovered = environment;
        if (environment.blocks().get(BlockTable.DIRECTORY).slice(BlockTable.DIRECTORY_TABLE) == null) {
            environment.log().propose(List.of(new Proposal(BlockTable.DIRECTORY,
                    new BlockCommand.CreateTable(BlockTable.DIRECTORY_TABLE, TableKind.SORTED))));
        }
        List<TableDescriptor> found = new ArrayList<>();
        try (Transaction transaction = Transaction.beginReadOnly(environment)) {
            RecordView row = new RecordView();
            Scan scan = transaction.scan(DIRECTORY, TABLES, false);
            while (scan.next(row)) {
                found.add(DirectoryRow.decode(row.keyBytes(), row.rowBytes()));
            }
        }
        tables = Tables.of(tables.version + 1, found);
        settle(leftovers());
    }

    private Leftovers leftovers() {
        return Leftovers.in(environment().blocks(), tables.byId);
    }

    /// Whether [#heal] has anything to look at.
    boolean mayHaveLeftovers() {
        return member == null ? isUnsettled : environment().log().leads(BlockTable.DIRECTORY);
    }

    /// About once a second: takes back what changes have left that nobody is at any more. In a cluster, at the directory's primary; what a round finds may be a
    /// change of another host that is under way, what two find is hardly.
    void heal() {
        if (!changing.tryLock()) {
            return;
        }
        try {
            if (isClosed || !mayHaveLeftovers()) {
                return;
            }
            Leftovers found = leftovers();
            Leftovers again = member == null ? found : found.both(leftOver);
            leftOver = found;
            settle(again);
            isUnsettled = false;
        } finally {
            changing.unlock();
        }
    }

    /// About once a second, where [ClusterDirectory#hasToNoteHost].
    void noteHost() {
        ClusterDirectory noting = cluster;
        if (noting == null || !changing.tryLock()) {
            return;
        }
        try {
            if (!isClosed) {
                noting.noteHost();
            }
        } finally {
            changing.unlock();
        }
    }

    /// Makes blocks agree with the directory.
    ///
    /// What was found is of changes that began before this one, whose snapshots are older: behind this one's commit they are committed and known, or never will be. So
    /// it takes back nothing that anybody will be told is there.
    private void settle(Leftovers found) {
        if (found.isNone()) {
            return;
        }
        ClusterMember joined = member;
        Map<Integer, TableDescriptor> after;
        if (joined != null || !found.ahead().isEmpty()) {
            try (Transaction transaction = Transaction.begin(environment(), Isolation.SERIALIZABLE)) {
                if (joined != null) {
                    joined.awaitDirectory();
                }
                after = new HashMap<>(tables.byId);
                fence(transaction, found.unknown());
                List<Placed> alters = new ArrayList<>();
                found.ahead().forEach((id, generation) -> {
                    TableDescriptor table = after.get(id);
                    if (table != null && table.generation() < generation) {
                        TableDescriptor raised = table.raised(generation);
                        after.put(id, raised);
                        transaction.put(DIRECTORY, DirectoryRow.key(raised), DirectoryRow.encode(raised));
                        alters.add(inItsSpace(raised, new BlockCommand.AlterTable(id, generation)));
                    }
                });
                propose(alters);
                transaction.commit();
            }
            known(joined, after.values());
        }
        List<Placed> drops = new ArrayList<>();
        for (int id : found.unknown()) {
            if (!tables.byId.containsKey(id)) {
                drops.add(everywhere(new BlockCommand.DropTable(id)));
            }
        }
        propose(drops);
        LOG.atInfo().addKeyValue("tablesDropped", drops.size()).addKeyValue("tablesAhead", found.ahead().size()).log(
                "took back changes of tables that were not finished");
    }

    /// Of changes that are under way elsewhere none can be committed behind the transaction's own commit, and these ids are not given again.
    private static void fence(Transaction transaction, Collection<Integer> ids) {
        RecordView row = new RecordView();
        Map<Integer, Integer> next = new HashMap<>(Map.of(0, 0));
        ids.forEach(id -> next.merge(id >>> COUNTER_BITS, id + 1, Math::max));
        next.forEach((host, atLeast) -> {
            byte[] key = counterKey(host);
            int known = transaction.get(DIRECTORY, key, row) ? DirectoryRow.decodeId(row.rowBytes()) : firstId(host);
            transaction.put(DIRECTORY, key, DirectoryRow.encodeId(Math.max(known, atLeast)));
        });
    }

    private static int firstId(int host) {
        return (host << COUNTER_BITS) + FIRST_TABLE_ID;
    }

    /// Of host 0 it is the row that all changes read and write.
    private static byte[] counterKey(int host) {
        return host == 0 ? NEXT_ID_KEY : new byte[] {0, (byte) host};
    }

    /// The directory is changed: statements are compiled for this from now on.
    private void known(@Nullable ClusterMember joined, Collection<TableDescriptor> after) {
        if (joined == null) {
            tables = Tables.of(tables.version + 1, after);
        } else {
            // It was refreshed when the directory's entry was applied.
            joined.awaitDirectory();
        }
    }

    /// See [CoconutEngine#changeTables].
    void change(List<TableChange> changes) {
        changing.lock();
        try {
            if (isClosed) {
                throw CoconutException.of(ErrorCode.CONNECTION_CLOSED).with("object", "database").mend("Open the database again.");
            }
            changeAlone(changes);
        } finally {
            changing.unlock();
        }
    }

    private void changeAlone(List<TableChange> changes) {
        ClusterMember joined = member;
        List<Placed> first = new ArrayList<>();
        List<Placed> last = new ArrayList<>();
        Map<Integer, TableDescriptor> after;
        try (Transaction transaction = Transaction.begin(environment(), Isolation.SERIALIZABLE)) {
            if (joined != null) {
                // All that the snapshot shows. Who changes something behind it refuses this one.
                joined.awaitDirectory();
            }
            after = new HashMap<>(tables.byId);
            Set<String> names = new HashSet<>(tables.byName.keySet());
            fence(transaction, List.of());
            int nextId = nextId(transaction);
            List<TableDescriptor> made = new ArrayList<>();
            // Drops come first, so that their names can be given again.
            for (TableChange change : changes) {
                if (change instanceof TableChange.Drop(int id)) {
                    TableDescriptor table = after.remove(id);
                    if (table == null) {
                        throw CoconutException.of(ErrorCode.UNDEFINED_TABLE).with("tableId", id);
                    }
                    names.remove(table.name());
                    transaction.delete(DIRECTORY, DirectoryRow.key(table));
                    last.add(inItsSpace(table, new BlockCommand.DropTable(id)));
                }
            }
            for (TableChange change : changes) {
                switch (change) {
                    case TableChange.Drop _ -> {}
                    case TableChange.Create(String name, TableKind kind, byte[] definition, StorageOptions options, String beside) -> {
                        requireFree(name, names);
                        requireSpace(name, options);
                        TableDescriptor neighbour = beside == null ? null : named(beside, made, after.values());
                        TableDescriptor table = new TableDescriptor(nextId, name, kind, definition, neighbour == null ? options : options
                                .inSpace(neighbour.options().space()), kind == TableKind.HASH ? 0 : placement(neighbour), 0);
                        nextId++;
                        nextIdMin = nextId;
                        made.add(table);
                        first.add(inItsSpace(table, new BlockCommand.CreateTable(table.id(), kind)));
                    }
                    case TableChange.Alter(TableDescriptor table, byte[] definition, boolean whileEmpty) -> {
                        if (whileEmpty) {
                            requireEmpty(table, transaction);
                        }
                        TableDescriptor altered = altered(after.get(table.id()), table, definition);
                        after.put(altered.id(), altered);
                        transaction.put(DIRECTORY, DirectoryRow.key(altered), DirectoryRow.encode(altered));
                        first.add(inItsSpace(altered, new BlockCommand.AlterTable(altered.id(), altered.generation())));
                    }
                }
            }
            for (TableDescriptor table : made) {
                transaction.put(DIRECTORY, DirectoryRow.key(table), DirectoryRow.encode(table));
                after.put(table.id(), table);
            }
            if (!made.isEmpty()) {
                memory.admit(DDL_BYTES * environment().blocks().size() * made.size());
                transaction.put(DIRECTORY, counterKey(host()), DirectoryRow.encodeId(nextId));
            }
            propose(first);
            transaction.commit();
        } catch (Throwable failure) {
            // Blocks go back to what the directory says; where that cannot be done now, later.
            try {
                settle(leftovers());
            } catch (RuntimeException second) {
                isUnsettled = true;
                failure.addSuppressed(second);
            }
            throw failure;
        }
        known(joined, after.values());
        propose(last);
    }

    /// Once, when no change is under way; none comes behind it.
    void close(Runnable closing) {
        changing.lock();
        try {
            if (!isClosed) {
                isClosed = true;
                closing.run();
            }
        } finally {
            changing.unlock();
        }
    }

    private int host() {
        return member == null ? 0 : member.self();
    }

    /// A row that comes between this look and step 2 refuses the change, as any transaction whose reads are not true any more. Behind step 1
    /// comes none.
    private static void requireEmpty(TableDescriptor table, Transaction transaction) {
        if (transaction.scan(table, KeyRange.ALL, false).next(new RecordView())) {
            throw CoconutException.of(ErrorCode.TABLE_NOT_EMPTY)
                    .with("table", table.name())
                    .mend("This change can be made only while the table has no rows.");
        }
    }

    private static void requireFree(String name, Set<String> names) {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw CoconutException.of(ErrorCode.INVALID_TABLE_DEFINITION).with("name", name).mend("Give the table a name.");
        }
        if (!names.add(name)) {
            throw CoconutException.of(ErrorCode.DUPLICATE_TABLE)
                    .with("table", name)
                    .mend("Take another name, drop that table first, or say IF NOT EXISTS.");
        }
    }

    private void requireSpace(String name, StorageOptions options) {
        List<BlockSpace> spaces = environment().blockTable().spaces();
        if (options.space() >= spaces.size()) {
            throw CoconutException.of(ErrorCode.UNDEFINED_SPACE)
                    .with("table", name)
                    .with("space", options.space())
                    .mend("There are " + spaces.stream().map(BlockSpace::name).collect(Collectors.joining(", "))
                            + ", by their numbers from 0 on.");
        }
    }

    /// The id that says where a table's neighbour lies; 0 where there is none, or it is spread over the blocks.
    private static int placement(@Nullable TableDescriptor neighbour) {
        return neighbour == null || neighbour.kind() == TableKind.HASH ? 0 : neighbour.placement();
    }

    private static TableDescriptor named(String name, Collection<TableDescriptor> made, Collection<TableDescriptor> there) {
        return Stream.concat(made.stream(), there.stream())
                .filter(table -> table.name().equals(name))
                .findFirst()
                .orElseThrow(() -> CoconutException.of(ErrorCode.UNDEFINED_TABLE)
                        .with("table", name)
                        .mend("The table was dropped meanwhile."));
    }

    private static TableDescriptor altered(@Nullable TableDescriptor now, TableDescriptor then, byte[] definition) {
        if (now == null) {
            throw CoconutException.of(ErrorCode.UNDEFINED_TABLE).with("table", then.name()).mend("The table was dropped meanwhile.");
        }
        if (now.generation() != then.generation()) {
            throw CoconutException.of(ErrorCode.TABLE_CHANGED).with("table", then.name()).mend("Nothing was changed: run it again.");
        }
        return now.altered(definition);
    }

    private int nextId(Transaction transaction) {
        RecordView row = new RecordView();
        int known = transaction.get(DIRECTORY, counterKey(host()), row) ? DirectoryRow.decodeId(row.rowBytes()) : firstId(host());
        return Math.max(known, nextIdMin);
    }

    /// A command for several blocks.
    private record Placed(BlockCommand command, int[] blocks) {}

    /// For the blocks that have slices of a table.
    private Placed inItsSpace(TableDescriptor table, BlockCommand command) {
        BlockTable blockTable = environment().blockTable();
        return new Placed(command, BlockTable.blocksOf(blockTable.spaceOf(table)));
    }

    /// For all blocks but the directory's.
    private Placed everywhere(BlockCommand command) {
        return new Placed(command, IntStream.rangeClosed(BlockTable.DIRECTORY + 1, environment().blockTable().blockCount()).toArray());
    }

    /// Until no transaction under way is against it.
    private void propose(List<Placed> commands) {
        List<Proposal> proposals = new ArrayList<>();
        for (Placed placed : commands) {
            for (int block : placed.blocks()) {
                proposals.add(new Proposal(block, placed.command()));
            }
        }
        long start = System.nanoTime();
        while (!proposals.isEmpty()) {
            List<CommandResult> results = environment().log().propose(proposals);
            List<Proposal> held = new ArrayList<>();
            for (int i = 0; i < results.size(); i++) {
                CommandResult result = results.get(i);
                if (result.outcome() == CommandResult.Outcome.HELD) {
                    held.add(proposals.get(i));
                    environment().finishOrphan(proposals.get(i).block(), result, System.nanoTime() - start);
                }
            }
            proposals = held;
            if (!held.isEmpty()) {
                if (System.nanoTime() - start > HELD_NANOS_MAX) {
                    throw CoconutException.of(ErrorCode.SERIALIZATION_CONFLICT)
                            .mend("A transaction over several blocks holds the table for long: try again.");
                }
                LockSupport.parkNanos(this, ThreadLocalRandom.current().nextLong(HELD_WAIT_NANOS));
            }
        }
    }

    private record Tables(
            long version,
            List<TableDescriptor> list,
            Map<String, TableDescriptor> byName,
            Map<Integer, TableDescriptor> byId,
            boolean anyBudget) {
        /// Whether they are the same tables of the same generations: an id is never given twice.
        boolean isSameAs(Tables other) {
            if (list.size() != other.list.size()) {
                return false;
            }
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i).id() != other.list.get(i).id() || list.get(i).generation() != other.list.get(i).generation()) {
                    return false;
                }
            }
            return true;
        }

        static Tables of(long version, Iterable<TableDescriptor> tables) {
            List<TableDescriptor> sorted = new ArrayList<>();
            tables.forEach(sorted::add);
            sorted.sort(Comparator.comparingInt(TableDescriptor::id));
            return new Tables(version, List.copyOf(sorted),
                    sorted.stream().collect(Collectors.toMap(TableDescriptor::name, Function.identity())),
                    sorted.stream().collect(Collectors.toMap(TableDescriptor::id, Function.identity())),
                    sorted.stream().anyMatch(table -> table.options().hotBytesMax() != 0));
        }
    }
}
