package org.coconutdb.sql.plan;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.RelTrait;
import org.jspecify.annotations.Nullable;

/// Where rows are: all together, or spread over the blocks of hash tables, by a hash of some of their fields.
///
/// Rows of two operators that are spread over one block space by keys of the same types are in one block where their keys are equal, since all hash tables of a space
/// have the same blocks, and their keys are encoded and hashed alike. So what joins them by these keys, or groups them by more than these, can be run in each block by itself.
///
/// @param inBlocks whether each row is in one of the blocks; else all are together
/// @param space the number of the block space, of rows in blocks
/// @param keys lists of fields, of which each by itself says in which block a row is; empty: it may be in any
record BlockDistribution(boolean inBlocks, int space, List<List<Integer>> keys) implements RelTrait {
    /// Rows that are together.
    static final BlockDistribution TOGETHER = new BlockDistribution(false, 0, List.of());

    BlockDistribution {
        keys = keys.stream().map(List::copyOf).toList();
    }

    static BlockDistribution inBlocks(int space, List<List<Integer>> keys) {
        return new BlockDistribution(true, space, keys);
    }

    /// In the same blocks by other keys.
    BlockDistribution by(List<List<Integer>> others) {
        return new BlockDistribution(inBlocks, space, others);
    }

    @Override
    public BlockDistributionDef getTraitDef() {
        return BlockDistributionDef.INSTANCE;
    }

    /// Rows of blocks are as wanted where each key that is wanted is one of theirs.
    @Override
    public boolean satisfies(RelTrait wanted) {
        return wanted instanceof BlockDistribution other && inBlocks == other.inBlocks && space == other.space && keys.containsAll(
                other.keys);
    }

    @Override
    public void register(RelOptPlanner planner) {
        // No rule has to know.
    }

    /// The key whose fields are all among these, so that rows which are equal in them are in one block; null where there is none.
    @Nullable
    List<Integer> within(List<Integer> fields) {
        return keys.stream().filter(fields::containsAll).findFirst().orElse(null);
    }

    /// As EXPLAIN shows it.
    String text(List<String> names) {
        return keys.isEmpty() ? "blocks" : keys.getFirst().stream().map(names::get).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return inBlocks ? "blocks of " + space + keys : "together";
    }
}
