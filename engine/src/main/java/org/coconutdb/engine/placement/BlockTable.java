package org.coconutdb.engine.placement;

import java.util.stream.IntStream;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.row.KeyRange;

/// Which block holds a key. Immutable.
///
/// Block 0 is the directory, which holds the definitions of tables; blocks 1 to n hold tables. Rows of a hash table are spread over
/// [#SLOT_COUNT] slots by a hash of their distribution key, the primary key, and slots over blocks, round robin. A sorted table's
/// keys are one range, in the block that its id says.
public final class BlockTable {
    /// Block of the directory.
    public static final int DIRECTORY = 0;

    /// The sorted table that the directory keeps the others' definitions in.
    public static final int DIRECTORY_TABLE = 1;

    /// Fixed for the life of a format: a row's slot depends on it.
    public static final int SLOT_COUNT = 1024;

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
        return table.id() == DIRECTORY_TABLE ? DIRECTORY : 1 + table.id() % blockCount;
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
        return (int) (hash(key) >>> 32) & (SLOT_COUNT - 1);
    }

    /// FNV-1a, 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv), finished by the mixer of SplitMix64 so that keys which differ in their
    /// last byte alone spread over all bits. On disk rows lie where it says: it never changes.
    static long hash(byte[] key) {
        long hash = 0xCBF29CE484222325L;
        for (byte b : key) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
        }
        hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
        hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
        return hash ^ (hash >>> 31);
    }
}
