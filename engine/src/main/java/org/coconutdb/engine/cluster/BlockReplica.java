package org.coconutdb.engine.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.CommandResult;
import org.coconutdb.engine.block.Write;
import org.coconutdb.engine.commit.BlockFile;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.placement.BlockTable;
import org.coconutdb.engine.replication.ReplicatedState;
import org.coconutdb.engine.version.Stamp;

/// One block's replica at this host: what its log's entries do to it, and what of them it does not show yet.
///
/// Invariants
/// 1. What an entry may change is marked ([PendingWrites]) before the replica votes for it, and until the block shows it; what a prepared transaction may change,
///    until it is decided.
/// 2. Timestamps of entries rise with their index.
/// 3. A commit that was read below the log's low-water mark is refused: by the log alone, so everywhere alike. What it would be judged by is kept everywhere
///    above the mark.
final class BlockReplica implements ReplicatedState {
    // An entry's commands have indexes of their own: its own times this.
    private static final int COMMANDS_SHIFT = 10;

    private record Unapplied(EntryHead head, List<ReplicaCommand> commands) {}

    private record Prepared(long timestamp, BlockCommand.Prepare prepare) {}

    /// Gives out the heads of a block's entries.
    interface Heads {
        CompletionStage<EntryHead> next(int block);
    }

    private final int id;
    private final Replicas replicas;
    private final Heads heads;
    private final Runnable directoryChanged;
    private final PendingWrites pending = new PendingWrites();
    // By index.
    private final ConcurrentSkipListMap<Long, Unapplied> unapplied = new ConcurrentSkipListMap<>();
    private final ReplicaWaiters waiters = new ReplicaWaiters();
    private volatile long appendedIndex;
    private volatile long appendedTimestamp;
    private volatile long appliedIndex;
    private volatile long appliedTimestamp;
    // Older versions are not here.
    private volatile long readableFrom;
    // No entry that is not in this log will have a timestamp at or below it.
    private final AtomicLong closedUpTo = new AtomicLong();
    // The same by what the primary said, not by a lease.
    private final AtomicLong closedByPrimaryUpTo = new AtomicLong();
    private volatile long lowWater;
    private final AtomicInteger headsAsked = new AtomicInteger();
    private final Set<Long> headsGiven = ConcurrentHashMap.newKeySet();

    // Writer.
    private final Map<Long, Prepared> prepared = new HashMap<>();
    private long reserved;
    // Of the oldest in `prepared`; Long.MAX_VALUE where there is none.
    private volatile long preparedTimestamp = Long.MAX_VALUE;

    /// @param directoryChanged called when the directory's rows have changed, before that is shown
    BlockReplica(int id, Replicas replicas, Heads heads, Runnable directoryChanged) {
        this.id = id;
        this.replicas = replicas;
        this.heads = heads;
        this.directoryChanged = directoryChanged;
    }

    PendingWrites pending() {
        return pending;
    }

    long lowWater() {
        return lowWater;
    }

    long readableFrom() {
        return readableFrom;
    }

    long appendedIndex() {
        return appendedIndex;
    }

    long appliedIndex() {
        return appliedIndex;
    }

    /// Of the last entry in the log that has one.
    long appendedTimestamp() {
        return appendedTimestamp;
    }

    long closedUpTo() {
        return closedUpTo.get();
    }

    /// No entry that is not in this log by now will have a timestamp at or below this one.
    void close(long timestamp) {
        closedUpTo.accumulateAndGet(timestamp, Math::max);
    }

    long closedByPrimaryUpTo() {
        return closedByPrimaryUpTo.get();
    }

    /// As [#close], by what the primary said.
    void closeByPrimary(long timestamp) {
        closedByPrimaryUpTo.accumulateAndGet(timestamp, Math::max);
        close(timestamp);
    }

    /// Everything at or below it is applied, for ever.
    long shownUpTo() {
        // In this order: what was closed and then applied leaves nothing behind.
        long upTo = closedUpTo.get();
        Map.Entry<Long, Unapplied> first = unapplied.firstEntry();
        while (first != null && !first.getValue().head().isTimed()) {
            first = unapplied.higherEntry(first.getKey());
        }
        long behind = Math.min(first == null ? Long.MAX_VALUE : first.getValue().head().timestamp(), preparedTimestamp);
        return Math.min(upTo, behind - 1);
    }

    // ---- the log

    @Override
    public CompletionStage<byte[]> head(int commandCount) {
        headsAsked.incrementAndGet();
        CompletableFuture<byte[]> head = new CompletableFuture<>();
        var _ = heads.next(id).whenComplete((given, failure) -> {
            if (given != null && given.isTimed()) {
                headsGiven.add(given.timestamp());
            }
            headsAsked.decrementAndGet();
            if (failure != null) {
                waiters.signal();
                head.completeExceptionally(failure);
            } else {
                head.complete(given.encode());
            }
        });
        return head;
    }

    @Override
    public void onHeadUnused(byte[] head) {
        headsGiven.remove(EntryHead.decode(head).timestamp());
        waiters.signal();
    }

    /// Whether an entry of this primary has its timestamp, or is about to, and is not in the log yet.
    boolean isHeadUnderWay() {
        return headsAsked.get() > 0 || !headsGiven.isEmpty();
    }

    @Override
    public void onAppended(long index, Entry entry) {
        Unapplied read = read(entry);
        if (read.head().isTimed()) {
            for (ReplicaCommand command : read.commands()) {
                mark(command, read.head().timestamp());
            }
        }
        unapplied.put(index, read);
        appendedIndex = index;
        if (read.head().isTimed()) {
            // Behind the marks.
            appendedTimestamp = read.head().timestamp();
        }
        headsGiven.remove(read.head().timestamp());
        waiters.signal();
    }

    private static Unapplied read(Entry entry) {
        List<ReplicaCommand> commands = new ArrayList<>(entry.commands().size());
        for (byte[] command : entry.commands()) {
            commands.add(ReplicaCommand.decode(command));
        }
        return new Unapplied(EntryHead.decode(entry.head()), commands);
    }

    private void mark(ReplicaCommand command, long timestamp) {
        if (command instanceof ReplicaCommand.Change(BlockCommand change)) {
            switch (change) {
                case BlockCommand.Commit commit -> mark(commit.writes(), timestamp);
                case BlockCommand.Prepare prepare -> mark(prepare.writes(), timestamp);
                case BlockCommand.CreateTable create -> pending.addTable(create.table(), timestamp);
                default -> {}
            }
        }
    }

    private void mark(List<Write> writes, long timestamp) {
        for (Write write : writes) {
            pending.add(write.table(), write.key(), timestamp);
        }
    }

    private void unmark(ReplicaCommand command, long timestamp) {
        if (command instanceof ReplicaCommand.Change(BlockCommand change)) {
            switch (change) {
                case BlockCommand.Commit commit -> unmark(commit.writes(), timestamp);
                case BlockCommand.Prepare prepare -> {
                    Prepared held = prepared.get(prepare.transaction());
                    if (held == null || held.timestamp() != timestamp) {
                        unmark(prepare.writes(), timestamp);
                    }
                }
                case BlockCommand.CreateTable create -> pending.removeTable(create.table(), timestamp);
                default -> {}
            }
        }
    }

    private void unmark(List<Write> writes, long timestamp) {
        for (Write write : writes) {
            pending.remove(write.table(), write.key(), timestamp);
        }
    }

    @Override
    public void onTruncated(long fromIndex) {
        replicas.asWriter(() -> {
            for (Map.Entry<Long, Unapplied> gone : unapplied.tailMap(fromIndex, true).entrySet()) {
                unapplied.remove(gone.getKey());
                EntryHead head = gone.getValue().head();
                if (head.isTimed()) {
                    gone.getValue().commands().forEach(command -> unmark(command, head.timestamp()));
                }
            }
            appendedIndex = Math.min(appendedIndex, fromIndex - 1);
            long timestamp = appliedTimestamp;
            for (Unapplied left : unapplied.values()) {
                timestamp = Math.max(timestamp, left.head().timestamp());
            }
            appendedTimestamp = timestamp;
        });
        waiters.signal();
    }

    @Override
    public List<byte[]> apply(long index, Entry entry) {
        List<byte[]> results = new ArrayList<>(entry.commands().size());
        replicas.asWriter(() -> applyAsWriter(index, entry, results));
        waiters.signal();
        return results;
    }

    private void applyAsWriter(long index, Entry entry, List<byte[]> results) {
        if (replicas.isClosed()) {
            throw CoconutException.of(ErrorCode.CONNECTION_CLOSED).with("object", "database").mend("The host is being stopped.");
        }
        Unapplied known = unapplied.get(index);
        boolean isMarked = known != null;
        Unapplied read = known == null ? read(entry) : known;
        EntryHead head = read.head();
        lowWater = Math.max(lowWater, head.lowWater());
        boolean changesDirectory = false;
        for (int i = 0; i < read.commands().size(); i++) {
            ReplicaCommand command = read.commands().get(i);
            results.add(applyAsWriter((index << COMMANDS_SHIFT) + i, head, command, isMarked));
            changesDirectory |= id == BlockTable.DIRECTORY && command instanceof ReplicaCommand.Change;
        }
        replicas.clock().atLeast(head.wallMicros());
        Block block = replicas.blocks().get(id);
        if (block.holdsTtl() && !replicas.clock().isExpiring()) {
            replicas.clock().setExpiring();
        }
        if (changesDirectory) {
            directoryChanged.run();
        }
        if (block.beginCollection()) {
            block.collect(replicas.marks(lowWater));
        }
        if (isMarked && head.isTimed()) {
            read.commands().forEach(command -> unmark(command, head.timestamp()));
        }
        if (head.isTimed()) {
            appliedTimestamp = head.timestamp();
            appendedTimestamp = Math.max(appendedTimestamp, head.timestamp());
        }
        preparedTimestamp = prepared.values().stream().mapToLong(Prepared::timestamp).min().orElse(Long.MAX_VALUE);
        appliedIndex = index;
        appendedIndex = Math.max(appendedIndex, index);
        unapplied.remove(index);
    }

    private byte[] applyAsWriter(long index, EntryHead head, ReplicaCommand command, boolean isMarked) {
        return switch (command) {
            case ReplicaCommand.Reserve(long count) -> {
                long before = reserved;
                reserved = Math.addExact(reserved, count);
                yield ResultCodec.number(before);
            }
            case ReplicaCommand.Change(BlockCommand change) -> head.isTimed()
                    ? ResultCodec.encode(apply(index, head, change, isMarked))
                    : ResultCodec.untimed();
        };
    }

    private CommandResult apply(long index, EntryHead head, BlockCommand change, boolean isMarked) {
        if (isTooOld(change)) {
            return CommandResult.conflict();
        }
        CommandResult result = replicas.blocks().get(id).apply(index, new Stamp(head.timestamp(), head.wallMicros()), change);
        switch (change) {
            case BlockCommand.Prepare prepare -> {
                if (result.isDone()) {
                    if (!isMarked) {
                        mark(prepare.writes(), head.timestamp());
                    }
                    prepared.put(prepare.transaction(), new Prepared(head.timestamp(), prepare));
                }
            }
            case BlockCommand.Decide decide -> release(decide.transaction());
            case BlockCommand.Abandon abandon -> release(abandon.transaction());
            default -> {}
        }
        return result;
    }

    private boolean isTooOld(BlockCommand change) {
        return switch (change) {
            case BlockCommand.Commit commit -> commit.snapshot() < lowWater;
            case BlockCommand.Prepare prepare -> prepare.snapshot() < lowWater;
            default -> false;
        };
    }

    private void release(long transaction) {
        Prepared held = prepared.remove(transaction);
        if (held != null) {
            unmark(held.prepare().writes(), held.timestamp());
        }
    }

    // ---- images

    @Override
    public Image image() {
        ReplicaImage[] image = new ReplicaImage[1];
        replicas.asWriter(() -> {
            Block block = replicas.blocks().get(id);
            image[0] = new ReplicaImage(replicas.snapshots(), block.image(), appliedIndex, appliedTimestamp,
                    new ReplicaFile.State(lowWater, reserved, replicas.clock().nowMicros()));
        });
        return image[0];
    }

    @Override
    public void restore(Path directory, long index) throws IOException {
        ReplicaFile.State state = ReplicaFile.read(directory);
        Block restored = replicas.empty(id);
        long timestamp;
        try {
            timestamp = BlockFile.load(directory, restored);
        } catch (Throwable failure) {
            restored.close();
            throw failure;
        }
        replicas.asWriter(() -> {
            replicas.replace(id, restored);
            for (Map.Entry<Long, Unapplied> gone : unapplied.headMap(index, true).entrySet()) {
                unapplied.remove(gone.getKey());
                EntryHead head = gone.getValue().head();
                if (head.isTimed()) {
                    gone.getValue().commands().forEach(command -> unmark(command, head.timestamp()));
                }
            }
            List.copyOf(prepared.keySet()).forEach(this::release);
            for (BlockCommand.Prepare prepare : restored.inDoubt()) {
                // When it was prepared is not known: by then at the latest, and maybe below every snapshot.
                mark(prepare.writes(), 0);
                prepared.put(prepare.transaction(), new Prepared(0, prepare));
            }
            preparedTimestamp = prepared.isEmpty() ? Long.MAX_VALUE : 0;
            lowWater = Math.max(lowWater, state.lowWater());
            reserved = state.reserved();
            replicas.clock().atLeast(state.wallMicros());
            readableFrom = timestamp;
            appliedTimestamp = timestamp;
            appendedTimestamp = Math.max(appendedTimestamp, timestamp);
            appliedIndex = index;
            appendedIndex = Math.max(appendedIndex, index);
            if (restored.holdsTtl()) {
                replicas.clock().setExpiring();
            }
            if (id == BlockTable.DIRECTORY) {
                directoryChanged.run();
            }
        });
        waiters.signal();
    }

    /// Waits until something is so, which is looked at whenever an entry was appended, taken back or applied. False where it is not by the deadline.
    ///
    /// @param condition may take locks of logs
    /// @param untilNanos of System.nanoTime
    boolean await(BooleanSupplier condition, long untilNanos) {
        return waiters.await(condition, untilNanos);
    }
}
