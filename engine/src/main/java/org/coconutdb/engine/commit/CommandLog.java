package org.coconutdb.engine.commit;

import java.util.List;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.CommandResult;

/// The log of a database's blocks, whatever carries it: this process's own log, or a replicated one.
///
/// Any thread may propose. When [#propose] returns, the commands are in the log as durably as the database promises, applied to
/// their blocks in log order, and visible to snapshots that open from now on. Prepares alone may become durable later, but never after
/// the decision of their transaction: while that is not, a crash may take them, and the transaction was not committed.
public interface CommandLog extends AutoCloseable {
    /// One command for one block.
    record Proposal(int block, BlockCommand command) {}

    /// Puts the commands into the log next to each other, in this order, and answers their results. A crash may cut the group: its
    /// first commands are then in the log and its last ones are not.
    ///
    /// A [BlockCommand.Decide] that commits carries timestamp 0 here: the log gives it the timestamp of its entry, the same to
    /// all in the group.
    ///
    /// Throws DISK_FULL where nothing was written, OUTCOME_UNKNOWN where a write failed half-way, IO_FAILED ever after.
    List<CommandResult> propose(List<Proposal> proposals);

    /// The newest timestamp given to an entry.
    long lastTimestamp();

    @Override
    void close();
}
