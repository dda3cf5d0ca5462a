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
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.CommandResult;
import org.coconutdb.engine.commit.CommandLog.Proposal;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.placement.BlockTable;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.transaction.Isolation;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

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
/// 2. Behind step 1 no row is written for an earlier definition.
/// 3. A crash leaves the change done or not: what blocks hold is made to agree with the directory when the database is opened.
final class TableDirectory {
    // Ids below are the engine's own.
    private static final int FIRST_TABLE_ID = 16;
    private static final TableDescriptor DIRECTORY =
            new TableDescriptor(BlockTable.DIRECTORY_TABLE, "SYSTEM.DIRECTORY", TableKind.SORTED, new byte[0]);
    // Below every name: no table's name begins with a NUL character.
    private static final byte[] NEXT_ID_KEY = {0};
    // The directory's slice, its index, and some records.
    private static final long DDL_BYTES = 64 << 10;
    // As long as a transaction waits for one over several blocks that holds what it needs.
    private static final long HELD_NANOS_MAX = 2_000_000_000L;
    private static final long HELD_WAIT_NANOS = 1_000_000L;

    private final MemoryManager memory;
    // Set once, when the database has recovered, which asks for tables already.
    private Transaction.@Nullable Environment recovered;
    // Replaced by one thread at a time, in `change`.
    private volatile Tables tables = Tables.of(0, List.of());

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
            Scan scan = transaction.scan(DIRECTORY, new KeyRange(KeyRange.after(NEXT_ID_KEY), null), false);
            while (scan.next(row)) {
                found.add(DirectoryRow.decode(row.keyBytes(), row.rowBytes()));
            }
        }
        tables = Tables.of(tables.version + 1, found);
        agree();
    }

    private void agree() {
        Set<Integer> known = new HashSet<>(Set.of(BlockTable.DIRECTORY_TABLE));
        tables.list.forEach(table -> known.add(table.id()));
        List<Proposal> proposals = new ArrayList<>();
        for (Block block : environment().blocks()) {
            for (int table : block.tables()) {
                if (!known.contains(table)) {
                    proposals.add(new Proposal(block.id(), new BlockCommand.DropTable(table)));
                }
            }
            for (TableDescriptor table : tables.list) {
                TableSlice slice = block.slice(table.id());
                if (slice != null && slice.generation() != table.generation()) {
                    proposals.add(new Proposal(block.id(), new BlockCommand.AlterTable(table.id(), table.generation())));
                }
            }
        }
        if (!proposals.isEmpty()) {
            environment().log().propose(proposals);
        }
    }

    /// See [CoconutEngine#changeTables].
    synchronized void change(List<TableChange> changes) {
        List<BlockCommand> first = new ArrayList<>();
        List<BlockCommand> last = new ArrayList<>();
        Map<Integer, TableDescriptor> after = new HashMap<>(tables.byId);
        Set<String> names = new HashSet<>(tables.byName.keySet());
        try (Transaction transaction = Transaction.begin(environment(), Isolation.SERIALIZABLE)) {
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
                    last.add(new BlockCommand.DropTable(id));
                }
            }
            for (TableChange change : changes) {
                switch (change) {
                    case TableChange.Drop _ -> {}
                    case TableChange.Create(String name, TableKind kind, byte[] definition, StorageOptions options, String beside) -> {
                        requireFree(name, names);
                        int neighbour = beside == null || kind == TableKind.HASH ? 0 : placement(beside, made, after.values());
                        TableDescriptor table = new TableDescriptor(nextId, name, kind, definition, options, neighbour, 0);
                        nextId++;
                        made.add(table);
                        first.add(new BlockCommand.CreateTable(table.id(), kind));
                    }
                    case TableChange.Alter(TableDescriptor table, byte[] definition, boolean whileEmpty) -> {
                        if (whileEmpty) {
                            requireEmpty(table, transaction);
                        }
                        TableDescriptor altered = altered(after.get(table.id()), table, definition);
                        after.put(altered.id(), altered);
                        transaction.put(DIRECTORY, DirectoryRow.key(altered), DirectoryRow.encode(altered));
                        first.add(new BlockCommand.AlterTable(altered.id(), altered.generation()));
                    }
                }
            }
            for (TableDescriptor table : made) {
                transaction.put(DIRECTORY, DirectoryRow.key(table), DirectoryRow.encode(table));
                after.put(table.id(), table);
            }
            if (!made.isEmpty()) {
                memory.admit(DDL_BYTES * environment().blocks().size() * made.size());
                transaction.put(DIRECTORY, NEXT_ID_KEY, DirectoryRow.encodeId(nextId));
            }
            proposeEverywhere(first);
            transaction.commit();
        } catch (Throwable failure) {
            // Blocks go back to what the directory says; where that is not known, at the next start.
            try {
                agree();
            } catch (RuntimeException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
        tables = Tables.of(tables.version + 1, after.values());
        proposeEverywhere(last);
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

    /// The id that says where a table's neighbour lies; 0 where the table is spread over the blocks.
    private static int placement(String name, Collection<TableDescriptor> made, Collection<TableDescriptor> there) {
        return Stream.concat(made.stream(), there.stream())
                .filter(table -> table.name().equals(name))
                .findFirst()
                .map(table -> table.kind() == TableKind.SORTED ? table.placement() : 0)
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
        return transaction.get(DIRECTORY, NEXT_ID_KEY, row) ? DirectoryRow.decodeId(row.rowBytes()) : FIRST_TABLE_ID;
    }

    /// In every block but the directory's, until no transaction under way is against it.
    private void proposeEverywhere(List<BlockCommand> commands) {
        List<Proposal> proposals = new ArrayList<>();
        for (Block block : environment().blocks()) {
            for (BlockCommand command : block.id() == BlockTable.DIRECTORY ? List.<BlockCommand> of() : commands) {
                proposals.add(new Proposal(block.id(), command));
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
                    environment().finishOrphan(result);
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
