package org.coconutdb.engine.placement;

import java.util.List;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyHash;
import org.coconutdb.engine.row.KeyRange;

/// Which block holds a key. Immutable.
///
/// Block 0 is the directory, which holds the definitions of tables; the others hold tables, those of a space those of its tables. Rows of a hash table are spread over
/// [#SLOT_COUNT] slots by a hash of their distribution key, the primary key, and slots over the blocks of its space, round robin. A sorted table's
/// keys are one range, in the block of its space that its id says, or the id of the table that it lies beside.
public final class BlockTable {
    /// Block of the directory.
    public static final int DIRECTORY = 0;

    /// The sorted table that the directory keeps the others' definitions in.
    public static final int DIRECTORY_TABLE = 1;

    /// Fixed for the life of a format: a row's slot depends on it.
    public static final int SLOT_COUNT = 1024;

    private static final long SLOT_SEED = 0x636F636F6E7574L;

    private final List<BlockSpace> spaces;

    /// @param blockCount blocks for tables, beside the directory
    public BlockTable(int blockCount) {
        this(BlockSpace.only(blockCount));
    }

    /// @param spaces by their numbers, the default one first
    public BlockTable(List<BlockSpace> spaces) {
        int first = DIRECTORY + 1;
        for (BlockSpace space : spaces) {
            if (space.firstBlock() != first) {
                throw new IllegalArgumentException("blocks of spaces follow each other: " + spaces);
            }
            first = space.end();
        }
        if (spaces.isEmpty()) {
            throw new IllegalArgumentException("a database needs a block for tables");
        }
        this.spaces = List.copyOf(spaces);
    }

    /// By their numbers, the default one first.
    public List<BlockSpace> spaces() {
        return spaces;
    }

    /// Blocks for tables, beside the directory.
    public int blockCount() {
        return spaces.getLast().end() - 1;
    }

    /// The space that a table lies in.
    public BlockSpace spaceOf(TableDescriptor table) {
        int number = table.options().space();
        if (number >= spaces.size()) {
            throw CoconutException.of(ErrorCode.BROKEN_INVARIANT)
                    .with("table", table.name())
                    .with("space", number)
                    .with("spaces", spaces.size())
                    .mend("The table lies in a block space that this host was not told of: give all hosts the same spaces.");
        }
        return spaces.get(number);
    }

    /// The block that holds a row.
    public int blockOf(TableDescriptor table, byte[] key) {
        if (table.kind() == TableKind.SORTED) {
            return blockOfSorted(table);
        }
        BlockSpace space = spaceOf(table);
        return space.firstBlock() + slot(key) % space.blockCount();
    }

    private int blockOfSorted(TableDescriptor table) {
        if (table.id() == DIRECTORY_TABLE) {
            return DIRECTORY;
        }
        BlockSpace space = spaceOf(table);
        return space.firstBlock() + table.placement() % space.blockCount();
    }

    /// The blocks that can hold rows of a range, in key order for a sorted table; of hash tables in one space the same, in one order.
    public int[] blocksOf(TableDescriptor table, KeyRange range) {
        if (range.isEmpty()) {
            return new int[0];
        }
        return table.kind() == TableKind.HASH ? blocksOf(spaceOf(table)) : new int[] {blockOfSorted(table)};
    }

    /// All blocks of a space.
    public static int[] blocksOf(BlockSpace space) {
        int[] blocks = new int[space.blockCount()];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = space.firstBlock() + i;
        }
        return blocks;
    }

    /// The slot of a distribution key, 0 to [#SLOT_COUNT] less one.
    public static int slot(byte[] key) {
        // On disk rows lie where this says: it never changes without the database's format.
        return (int) (KeyHash.of(key, SLOT_SEED) >>> 32) & (SLOT_COUNT - 1);
    }
}
