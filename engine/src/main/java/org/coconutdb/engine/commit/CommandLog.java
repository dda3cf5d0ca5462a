package org.coconutdb.engine.commit;

import java.util.List;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.CommandResult;
import org.coconutdb.engine.version.Marks;

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

    /// Proposes the first commands, and when all of them are done, the others; does not wait, and tells nobody how it ends: for what somebody else finishes where
    /// it does not happen.
    default void proposeLater(List<Proposal> first, List<Proposal> then) {
        if (!first.isEmpty()) {
            propose(first);
        }
        propose(then);
    }

    /// The newest timestamp given to an entry.
    long lastTimestamp();

    /// Whether commands for several blocks that are proposed together are entries of one log: next to each other, at one timestamp. Where each block has a
    /// log of its own, the commands of each come in their order, and nothing is said of those of others.
    boolean isOneLog();

    /// Whether this process is to propose what a block needs and no client asks for.
    boolean leads(int block);

    /// Runs something as the writer: no command is applied meanwhile.
    void asWriter(Runnable task);

    /// Writer: up to where the past of a block is over.
    Marks marks(int block);

    /// Lets time pass though nothing is committed: snapshots that open from now on, or soon, read at a later timestamp, and what was unlinked before can be freed
    /// when the older ones are closed.
    void advance();

    @Override
    void close();
}
