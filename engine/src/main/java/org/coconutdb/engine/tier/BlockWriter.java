package org.coconutdb.engine.tier;

import org.coconutdb.engine.block.Block;

/// How the tier changes blocks: as the writer of their log, between its entries.
public interface BlockWriter {
    /// Runs something while no command is applied. Commits wait for it, so it is short.
    void run(Runnable task);

    /// The same to free of one table what no reader needs any more, at most so many records of each kind.
    void collect(Block block, int table, int limit);

    /// Lets time pass for readers though nothing was committed: snapshots that open from now on are newer than everything that was
    /// unlinked before.
    void advance();
}
