package org.coconutdb.engine.block;

import org.jspecify.annotations.Nullable;

/// What a command did.
///
/// @param outcome what happened
/// @param item position of what failed, among the writes and then the reads of the command; -1 where nothing did
/// @param holder who holds the key; only for HELD
/// @param decision what was decided of the transaction; only for [BlockCommand.Abandon] and [BlockCommand.Decide], null where the block is not its
///        coordinator or knows nothing of it
public record CommandResult(Outcome outcome, int item, @Nullable Holder holder, BlockCommand.@Nullable Decide decision) {
    public static final CommandResult DONE = new CommandResult(Outcome.DONE, -1, null, null);

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
        UNKNOWN_TABLE,
        /// A write was made for another generation of its table's definition.
        STALE_TABLE
    }

    /// A transaction that is prepared and not decided in the block.
    ///
    /// @param coordinator the block whose log holds the decision
    public record Holder(long transaction, int coordinator) {}

    static CommandResult decided(BlockCommand.@Nullable Decide decision) {
        return decision == null ? DONE : new CommandResult(Outcome.DONE, -1, null, decision);
    }

    /// Of a command that was not judged, since what it is judged by is not kept for so long, or came too late.
    public static CommandResult conflict() {
        return failed(Outcome.CONFLICT, 0);
    }

    static CommandResult failed(Outcome outcome, int item) {
        return new CommandResult(outcome, item, null, null);
    }

    /// That a transaction holds something.
    public static CommandResult held(long transaction, int coordinator) {
        return new CommandResult(Outcome.HELD, -1, new Holder(transaction, coordinator), null);
    }

    static CommandResult held(BlockCommand.Prepare by, int item) {
        return new CommandResult(Outcome.HELD, item, new Holder(by.transaction(), by.coordinator()), null);
    }

    public boolean isDone() {
        return outcome == Outcome.DONE;
    }
}
