package org.coconutdb.engine.block;

/// What a command did.
///
/// @param outcome what happened
/// @param write position of the write whose condition failed, -1 where all held
public record CommandResult(Outcome outcome, int write) {
    public static final CommandResult DONE = new CommandResult(Outcome.DONE, -1);

    /// How a command ended; all but DONE left the block as it was.
    public enum Outcome {
        DONE,
        /// A row that must be absent is there.
        DUPLICATE_KEY,
        /// A row changed since the snapshot, or a transaction over several blocks holds it.
        CONFLICT,
        /// A write names a table that the block does not hold.
        UNKNOWN_TABLE
    }

    public boolean isDone() {
        return outcome == Outcome.DONE;
    }
}
