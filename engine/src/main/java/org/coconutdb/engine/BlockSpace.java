package org.coconutdb.engine;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.coconutdb.engine.replication.CommitRule;

/// A named set of blocks, whose entries are committed by a rule of their own. Each table lies in one space, with its indexes.
///
/// Spaces are numbered in their order, from 0, the default one, on: tables are kept with that number ([StorageOptions#space]), so the order and the numbers of blocks
/// never change, and new spaces come behind the others.
///
/// @param name as SQL stores names that were not quoted, in upper case
/// @param firstBlock its blocks follow each other
/// @param rule empty where this process has the database to itself, so that nobody votes
public record BlockSpace(String name, int firstBlock, int blockCount, Optional<CommitRule> rule) {
    public static final String DEFAULT = "DEFAULT";

    public BlockSpace {
        Objects.requireNonNull(rule);
        if (firstBlock < 1 || blockCount < 1) {
            throw new IllegalArgumentException("a space has a block at least, behind the directory's: " + name + ", " + firstBlock + ", "
                    + blockCount);
        }
    }

    /// The default space of a database that has no other and is this process's own.
    public static List<BlockSpace> only(int blockCount) {
        return List.of(new BlockSpace(DEFAULT, 1, blockCount, Optional.empty()));
    }

    /// The default space of a cluster.
    public static BlockSpace first(int blockCount, CommitRule rule) {
        return new BlockSpace(DEFAULT, 1, blockCount, Optional.of(rule));
    }

    /// The space whose blocks come behind this one's.
    public BlockSpace next(String nextName, int count, CommitRule itsRule) {
        return new BlockSpace(nextName, end(), count, Optional.of(itsRule));
    }

    /// The number of the block behind its last.
    public int end() {
        return firstBlock + blockCount;
    }

    public boolean holds(int block) {
        return block >= firstBlock && block < end();
    }
}
