package org.coconutdb.engine.replication;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a block asks of its log, and of Raft.
interface RaftLogView {
    /// An entry of the log.
    ///
    /// @param entry null where it is one of Raft's own
    record Logged(long index, long term, @Nullable BlockEntry entry, int bytes) {}

    /// The last entry, synced or not; of what is in a snapshot where the log has none.
    long lastIndex();

    /// Without a lock of the log, as is the next.
    long flushedIndex();

    long chosenIndex();

    /// -1 where the log has no such entry.
    long termAt(long index);

    /// Null where the log has no such entry.
    @Nullable
    Logged read(long index);

    /// Runs while nothing is appended and nothing truncated.
    void whileLocked(Runnable action);

    long currentTerm();

    /// The hosts that Raft counts, by the end of the log.
    ReplicaSet memberHosts();

    /// Who leads, as far as is known; -1.
    int leader();

    /// Takes this replica out of Raft until the process begins again. Waits for what is under way.
    void stop();

    /// Hands an entry to Raft, to be appended to this replica's log. What it is told is how that ended: null, or why it was not appended or may have been lost.
    void submit(Submission submission, Consumer<@Nullable Throwable> ended);

    /// For how long all entries of a term have been refused since this replica hands its lead over; 0 where it does not.
    long handingOverNanos(long term);

    /// An entry on its way into the log.
    interface Submission {
        BlockEntry entry();

        /// The entry goes into the log at this index, unless it must not any more.
        ///
        /// @return whether it may
        boolean onAppending(long index, long term);
    }
}
