package org.coconutdb.engine.block;

import java.util.List;
import org.coconutdb.engine.TableKind;

/// What can happen to a block. A command's effect depends on the block's state and the command alone, so that the same log gives
/// the same block everywhere.
public sealed interface BlockCommand {
    /// Makes an empty slice; without effect where there is one.
    record CreateTable(int table, TableKind kind) implements BlockCommand {}

    /// From here on the block takes writes for this generation of the table's definition alone; without effect where it has this or a later one. Held where a
    /// prepared transaction will still write to the table.
    record AlterTable(int table, int generation) implements BlockCommand {}

    /// Forgets the slice; without effect where there is none.
    record DropTable(int table) implements BlockCommand {}

    /// A whole transaction of this block: its conditions are checked, then all of its writes happen, or none.
    ///
    /// @param snapshot the timestamp that the transaction read at
    /// @param reads what must be unchanged since
    record Commit(long snapshot, List<Read> reads, List<Write> writes) implements BlockCommand {
        public Commit {
            reads = List.copyOf(reads);
            writes = List.copyOf(writes);
        }
    }

    /// First phase of a transaction over several blocks: checks the conditions, keeps the writes, and holds their keys and what was read.
    ///
    /// @param transaction unique among those under way
    /// @param coordinator the block whose log holds the decision
    record Prepare(long transaction, int coordinator, long snapshot, List<Read> reads, List<Write> writes) implements BlockCommand {
        public Prepare {
            reads = List.copyOf(reads);
            writes = List.copyOf(writes);
        }
    }

    /// Second phase: makes the kept writes happen at the timestamp, or drops them. In the coordinator's log it is the decision.
    ///
    /// @param commitTimestamp the same in every participant; meaningless for an abort
    record Decide(long transaction, boolean commit, long commitTimestamp) implements BlockCommand {}

    /// Removes rows whose time to live is over: each whose newest version is the one named and has expired by the entry's stamp. What was
    /// written meanwhile, or is held by a prepared transaction, stays.
    record Expire(int table, List<ExpiredRow> rows) implements BlockCommand {
        public Expire {
            rows = List.copyOf(rows);
        }
    }

    /// A version that was seen expired. The array is not copied.
    ///
    /// @param key encoded key
    /// @param commitTimestamp of the version
    record ExpiredRow(byte[] key, long commitTimestamp) {}

    /// Coordinator, of a transaction whose proposer is gone: aborts it where it is not decided. The result says what is decided.
    record Abandon(long transaction) implements BlockCommand {}

    /// Coordinator: every participant has the decision in its log; it need not be remembered.
    record Forget(long transaction) implements BlockCommand {}
}
