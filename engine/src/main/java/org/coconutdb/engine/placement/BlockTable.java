package org.coconutdb.engine.placement;

import java.util.stream.IntStream;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.row.KeyHash;
import org.coconutdb.engine.row.KeyRange;

/// Which block holds a key. Immutable.
///
/// Block 0 is the directory, which holds the definitions of tables; blocks 1 to n hold tables. Rows of a hash table are spread over
/// [#SLOT_COUNT] slots by a hash of their distribution key, the primary key, and slots over blocks, round robin. A sorted table's
/// keys are one range, in the block that its id says, or the id of the table that it lies beside.
public final class BlockTable {
    /// Block of the directory.
    public static final int DIRECTORY = 0;

    /// The sorted table that the directory keeps the others' definitions in.
    public static final int DIRECTORY_TABLE = 1;

    /// Fixed for the life of a format: a row's slot depends on it.
    public static final int SLOT_COUNT = 1024;

    private static final long SLOT_SEED = 0x636F636F6E7574L;

    private final int blockCount;
    private final int[] all;

    /// @param blockCount blocks for tables, beside the directory
    public BlockTable(int blockCount) {
        if (blockCount < 1) {
            throw new IllegalArgumentException("a database needs a block for tables, had " + blockCount);
        }
        this.blockCount = blockCount;
        this.all = IntStream.rangeClosed(1, blockCount).toArray();
    }

    public int blockCount() {
        return blockCount;
    }

    /// The block that holds a row.
    public int blockOf(TableDescriptor table, byte[] key) {
        return table.kind() == TableKind.HASH ? 1 + slot(key) % blockCount : blockOfSorted(table);
    }

    private int blockOfSorted(TableDescriptor table) {
        return table.id() == DIRECTORY_TABLE ? DIRECTORY : 1 + table.placement() % blockCount;
    }

    /// The blocks that can hold rows of a range, in key order for a sorted table.
    public int[] blocksOf(TableDescriptor table, KeyRange range) {
        if (range.isEmpty()) {
            return new int[0];
        }
        return table.kind() == TableKind.HASH ? all.clone() : new int[] {blockOfSorted(table)};
    }

    /// The slot of a distribution key, 0 to [#SLOT_COUNT] less one.
    public static int slot(byte[] key) {
        // On disk rows lie where this says: it never changes without the database's format.
        return (int) (KeyHash.of(key, SLOT_SEED) >>> 32) & (SLOT_COUNT - 1);
    }
}
