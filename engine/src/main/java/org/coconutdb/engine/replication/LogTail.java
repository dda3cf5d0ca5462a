package org.coconutdb.engine.replication;

import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The end of a replica's log that it has not applied: what is in flight, and who is in sync by all there is. It follows the log, also where that loses its end.
/// One thread at a time.
final class LogTail {
    /// An entry.
    ///
    /// @param entry of ours; null where it is one of Raft's own, or was let go of to save memory
    /// @param bytes of it, in the log
    /// @param isOurs whether it is one of ours
    record Unapplied(long index, long term, @Nullable BlockEntry entry, int bytes, boolean isOurs) {}

    /// What is held of entries that wait to be applied; of those beyond it only their numbers are, and they are read from the log again.
    private static final long HELD_BYTES_MAX = 64L << 20;

    private final ReplicatedState state;
    private InSyncLog inSync;
    private ReplicaSet formedBy;
    private final TreeMap<Long, Unapplied> records = new TreeMap<>();
    private long lastIndex = -1;
    private long heldBytes;

    LogTail(ReplicaSet members, ReplicatedState state) {
        this.state = state;
        this.inSync = new InSyncLog(members);
        this.formedBy = members;
    }

    InSyncLog inSync() {
        return inSync;
    }

    long lastIndex() {
        return lastIndex;
    }

    /// Who was there when the cluster was formed; before [#reset].
    void formedBy(ReplicaSet hosts) {
        formedBy = hosts;
    }

    /// From now on it follows a log whose entries up to an index are in an image.
    void reset(long index, List<InSyncLog.Change> changes) {
        records.clear();
        heldBytes = 0;
        lastIndex = index;
        inSync = new InSyncLog(inSync.members(), formedBy);
        changes.forEach(inSync::append);
    }

    /// The next entry is in the log.
    void append(long index, long term, @Nullable BlockEntry entry, int bytes) {
        if (index != lastIndex + 1) {
            throw new IllegalStateException("entry " + index + " follows on " + lastIndex);
        }
        lastIndex = index;
        switch (entry) {
            case BlockEntry.Commands commands -> state.onAppended(index, commands.entry());
            case BlockEntry.Change change -> inSync.append(new InSyncLog.Change(index, change.replica(), change.admits()));
            case BlockEntry.Nothing _ -> {
            }
            case null -> {
            }
        }
        boolean isHeld = entry instanceof BlockEntry.Change || heldBytes + bytes <= HELD_BYTES_MAX;
        if (isHeld && entry != null) {
            heldBytes += bytes;
        }
        records.put(index, new Unapplied(index, term, isHeld ? entry : null, bytes, entry != null));
    }

    /// Entries from an index on are not in the log any more.
    void truncate(long from) {
        if (from > lastIndex) {
            return;
        }
        records.tailMap(from, true).values().forEach(this::letGo);
        records.tailMap(from, true).clear();
        lastIndex = from - 1;
        inSync.truncate(from);
        state.onTruncated(from);
    }

    /// The first entry that has another term than the log's; past the end where there is none.
    long firstOther(TermOf log) {
        // A log's terms do not go back: where an entry is the same, all before it are.
        for (Unapplied record : records.descendingMap().values()) {
            if (log.termAt(record.index()) == record.term()) {
                return record.index() + 1;
            }
        }
        return records.isEmpty() ? lastIndex + 1 : records.firstKey();
    }

    /// A log's terms, by index; -1 where it has no entry there.
    interface TermOf {
        long termAt(long index);
    }

    @Nullable
    Unapplied get(long index) {
        return records.get(index);
    }

    /// An entry is applied.
    void applied(Unapplied record) {
        if (records.remove(record.index(), record)) {
            letGo(record);
        }
    }

    private void letGo(Unapplied record) {
        if (record.entry() != null) {
            heldBytes -= record.bytes();
        }
    }
}
