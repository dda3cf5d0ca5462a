package org.coconutdb.engine;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.placement.BlockTable;
import org.coconutdb.engine.table.TableSlice;

/// What blocks have that the directory does not say: of changes of tables that failed, or that are under way.
///
/// @param unknown ids of tables that it does not have
/// @param ahead ids of tables whose generation in a block is higher, with that generation
record Leftovers(Set<Integer> unknown, Map<Integer, Integer> ahead) {
    static final Leftovers NONE = new Leftovers(Set.of(), Map.of());

    static Leftovers in(Collection<Block> blocks, Map<Integer, TableDescriptor> tables) {
        Set<Integer> unknown = new TreeSet<>();
        Map<Integer, Integer> ahead = new HashMap<>();
        for (Block block : blocks) {
            for (int id : block.tables()) {
                TableDescriptor table = tables.get(id);
                TableSlice slice = block.slice(id);
                if (table == null && id != BlockTable.DIRECTORY_TABLE) {
                    unknown.add(id);
                } else if (table != null && slice != null && slice.generation() > table.generation()) {
                    ahead.merge(id, slice.generation(), Math::max);
                }
            }
        }
        return new Leftovers(unknown, ahead);
    }

    boolean isNone() {
        return unknown.isEmpty() && ahead.isEmpty();
    }

    /// What both have found.
    Leftovers both(Leftovers other) {
        Set<Integer> inBoth = new TreeSet<>(unknown);
        inBoth.retainAll(other.unknown);
        Map<Integer, Integer> aheadInBoth = new HashMap<>(ahead);
        aheadInBoth.entrySet().retainAll(other.ahead.entrySet());
        return new Leftovers(inBoth, aheadInBoth);
    }
}
