package org.coconutdb.engine.transaction;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.CommandResult;
import org.coconutdb.engine.block.Read;
import org.coconutdb.engine.block.Write;
import org.coconutdb.engine.commit.CommandLog.Proposal;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.version.RecordHeap;
import org.coconutdb.engine.version.RecordView;

/// One transaction's commit. Over several blocks: *prepare* in each (conditions checked; what was read and will be written is held), then
/// *decide*, whose first copy, in the coordinator's block, is the decision. Both phases are one group in the log each. Only the second has
/// to be durable when it is answered: one log, so its sync is the first one's, too.
final class Commit {
    private static final String RUN_AGAIN = "Nothing was changed: run the transaction again.";

    // A transaction that holds keys is decided as soon as its second group is in the log: in a crash's wake, or on a disk that hangs, later.
    private static final long HELD_NANOS_MAX = 2_000_000_000L;
    private static final long HELD_WAIT_NANOS = 20_000L;

    private record Written(TableDescriptor table, Write write, boolean sawAbsence) {}

    /// What a block has to do with the transaction, in the order of the block's command.
    private static final class Part {
        final int block;
        final List<Written> writes = new ArrayList<>(1);
        final List<ReadSet.Item> reads = new ArrayList<>(0);

        Part(int block) {
            this.block = block;
        }

        // Without streams: most transactions have one of each, and wait for this.
        List<Write> writesOnly() {
            if (writes.size() == 1) {
                return List.of(writes.getFirst().write());
            }
            List<Write> only = new ArrayList<>(writes.size());
            for (Written written : writes) {
                only.add(written.write());
            }
            return only;
        }

        List<Read> readsOnly() {
            if (reads.isEmpty()) {
                return List.of();
            }
            List<Read> only = new ArrayList<>(reads.size());
            for (ReadSet.Item item : reads) {
                only.add(item.read());
            }
            return only;
        }
    }

    private final Transaction.Environment environment;
    private final long snapshot;
    private final long neededMemoryBytes;
    // By block.
    private final List<Part> parts = new ArrayList<>(1);

    /// @param snapshot that reads are judged by, and writes that do not say otherwise
    Commit(Transaction.Environment environment, long snapshot, WriteSet writes, List<ReadSet.Item> reads) {
        this.environment = environment;
        this.snapshot = snapshot;
        this.neededMemoryBytes = writes.neededMemoryBytes();
        for (WriteSet.Table table : writes.tables()) {
            table.forEach(version -> part(environment.blockTable().blockOf(table.descriptor, version.write.key())).writes
                    .add(new Written(table.descriptor, version.write, version.sawAbsence)));
        }
        for (ReadSet.Item item : reads) {
            switch (item.read()) {
                case Read.Key(int _, byte[] key, long _) -> part(environment.blockTable().blockOf(item.table(), key)).reads.add(item);
                case Read.Exists(int _, byte[] key) -> part(environment.blockTable().blockOf(item.table(), key)).reads.add(item);
                case Read.Range(int _, var range, long _) -> {
                    for (int block : environment.blockTable().blocksOf(item.table(), range)) {
                        part(block).reads.add(item);
                    }
                }
            }
        }
    }

    private Part part(int block) {
        int low = 0;
        int high = parts.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (parts.get(middle).block < block) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low == parts.size() || parts.get(low).block != block) {
            parts.add(low, new Part(block));
        }
        return parts.get(low);
    }

    void run() {
        try (Admission.Room _ = environment.admission().admit(neededMemoryBytes, () -> need(Commit::recordBytes), this::growth)) {
            long start = System.nanoTime();
            for (int attempt = 0;; attempt++) {
                List<CommandResult> results = parts.size() == 1 ? commitInOneBlock() : commitInTwoPhases();
                if (!isHeld(results) || System.nanoTime() - start > HELD_NANOS_MAX) {
                    requireDone(results);
                    return;
                }
                for (int i = 0; i < results.size(); i++) {
                    environment.finishOrphan(parts.get(i).block, results.get(i), System.nanoTime() - start);
                }
                // Nothing of this one is held meanwhile, so nobody waits for it in turn.
                LockSupport.parkNanos(this, ThreadLocalRandom.current().nextLong(HELD_WAIT_NANOS << Math.min(attempt, 6)));
            }
        }
    }

    private static boolean isHeld(List<CommandResult> results) {
        for (CommandResult result : results) {
            if (result.outcome() == CommandResult.Outcome.HELD) {
                return true;
            }
        }
        return false;
    }

    private List<CommandResult> commitInOneBlock() {
        Part part = parts.getFirst();
        return environment.log()
                .propose(List.of(new Proposal(part.block, new BlockCommand.Commit(snapshot, part.readsOnly(), part.writesOnly()))));
    }

    private List<CommandResult> commitInTwoPhases() {
        ReadGate gate = environment.gate();
        long id = gate == null ? ThreadLocalRandom.current().nextLong() : gate.transactionId();
        environment.deciding().add(id);
        try {
            return commitInTwoPhases(id);
        } finally {
            environment.deciding().remove(id);
        }
    }

    private List<CommandResult> commitInTwoPhases(long id) {
        int coordinator = parts.getFirst().block;
        List<Proposal> prepares = new ArrayList<>();
        parts.forEach(part -> prepares.add(
                new Proposal(part.block, new BlockCommand.Prepare(id, coordinator, snapshot, part.readsOnly(), part.writesOnly()))));
        if (!environment.log().isOneLog()) {
            return new CommitOverLogs(environment.log(), id, prepares).run();
        }
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
        return votes;
    }

    /// @param results of the parts, in their order
    private void requireDone(List<CommandResult> results) {
        for (int i = 0; i < results.size(); i++) {
            requireDone(results.get(i), parts.get(i));
        }
    }

    private static void requireDone(CommandResult result, Part part) {
        if (result.isDone()) {
            return;
        }
        int item = result.item();
        if (item >= part.writes.size()) {
            ReadSet.Item read = part.reads.get(item - part.writes.size());
            throw result.outcome() == CommandResult.Outcome.UNKNOWN_TABLE ? dropped(read.table()) : conflict(read);
        }
        Written write = part.writes.get(item);
        throw switch (result.outcome()) {
            // The row came after the statement that looked for it: run again, that statement will find it.
            case DUPLICATE_KEY -> write.sawAbsence() ? conflict(write) : failed(ErrorCode.DUPLICATE_KEY, write.table(), write.write()
                    .key());
            case CONFLICT, HELD -> conflict(write);
            case UNKNOWN_TABLE -> dropped(write.table());
            case STALE_TABLE -> altered(write.table());
            case DONE -> new IllegalStateException("done");
        };
    }

    private static CoconutException conflict(Written write) {
        return failed(ErrorCode.SERIALIZATION_CONFLICT, write.table(), write.write().key()).mend(RUN_AGAIN);
    }

    private static CoconutException conflict(ReadSet.Item item) {
        return switch (item.read()) {
            case Read.Key(int _, byte[] key, long _) -> failed(ErrorCode.SERIALIZATION_CONFLICT, item.table(), key).mend(RUN_AGAIN);
            case Read.Exists(int _, byte[] key) -> failed(ErrorCode.SERIALIZATION_CONFLICT, item.table(), key).mend(RUN_AGAIN);
            case Read.Range _ -> CoconutException.of(ErrorCode.SERIALIZATION_CONFLICT)
                    .with("table", item.table().name())
                    .with("read", "a range of keys")
                    .mend(RUN_AGAIN);
        };
    }

    /// `key` is given in hexadecimal digits: the layer above knows what it means.
    static CoconutException failed(ErrorCode code, TableDescriptor table, byte[] key) {
        return CoconutException.of(code).with("table", table.name()).with("key", HexFormat.of().formatHex(key));
    }

    /// Whoever runs again looks the table up anew, and finds that there is none, or that it does without the index that this was.
    static CoconutException dropped(TableDescriptor table) {
        return CoconutException.of(ErrorCode.TABLE_CHANGED).with("table", table.name()).mend(RUN_AGAIN);
    }

    /// Run again, a statement is compiled for the table as it is now.
    static CoconutException altered(TableDescriptor table) {
        return CoconutException.of(ErrorCode.TABLE_CHANGED).with("table", table.name()).mend(RUN_AGAIN);
    }

    private static long recordBytes(Written write) {
        byte[] row = write.write().row();
        return row == null ? 0 : RecordHeap.sizeFor(write.write().key().length, row.length);
    }

    /// What is needed beyond the rows that are there now. Somebody may change them until the writes are applied: then most are refused,
    /// and what remains is wrong by a row.
    private Admission.Need growth() {
        // This transaction's own snapshot may be over already.
        try (Transaction now = Transaction.beginEstimate(environment)) {
            RecordView view = new RecordView();
            return need(write -> {
                byte[] key = write.write().key();
                boolean replaces = now.inspect(write.table(), key, view);
                return recordBytes(write) - (replaces ? RecordHeap.sizeFor(key.length, view.rowLength()) : 0);
            });
        }
    }

    private Admission.Need need(ToLongFunction<Written> bytesOf) {
        Map<Integer, Long> byTable = new HashMap<>();
        Map<Integer, Long> byBlock = new HashMap<>();
        parts.forEach(part -> {
            for (Written write : part.writes) {
                long bytes = bytesOf.applyAsLong(write);
                // A deletion needs no room, also where there is none.
                if (bytes != 0) {
                    byTable.merge(write.table().id(), bytes, Long::sum);
                    byBlock.merge(part.block, bytes, Long::sum);
                }
            }
        });
        return new Admission.Need(byTable, byBlock);
    }
}
