package org.coconutdb.engine.block;

/// What a command did.
///
/// @param outcome what happened
/// @param item position of what failed, among the writes and then the reads of the command; -1 where nothing did
public record CommandResult(Outcome outcome, int item) {
    public static final CommandResult DONE = new CommandResult(Outcome.DONE, -1);

    /// How a command ended; all but DONE left the block as it was.
    public enum Outcome {
        DONE,
        /// A row that must be absent is there.
        DUPLICATE_KEY,
        /// What was read, or a row that is to be changed, has changed since the snapshot.
        CONFLICT,
        /// A transaction over several blocks that is not decided yet holds a key: the same command may succeed later.
        HELD,
        /// A write or a read names a table that the block does not hold.
        UNKNOWN_TABLE
    }

    public boolean isDone() {
        return outcome == Outcome.DONE;
    }
}
