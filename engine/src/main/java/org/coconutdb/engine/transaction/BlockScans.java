package org.coconutdb.engine.transaction;

import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.version.ReadPoint;

/// A whole table, to be read block by block: by several threads side by side while the transaction's own waits for them. Immutable.
///
/// All see one snapshot, that of the statement which has made it, and a serializable transaction has read the whole table, whatever they get to. Rows
/// that the transaction wrote itself are not among them: see [Transaction#blockScans].
public final class BlockScans {
    private final Transaction transaction;
    private final int[] blocks;
    private final TableDescriptor table;
    private final ReadPoint point;

    BlockScans(Transaction transaction, int[] blocks, TableDescriptor table, ReadPoint point) {
        this.transaction = transaction;
        this.blocks = blocks;
        this.table = table;
        this.point = point;
    }

    /// Blocks that rows of the table can lie in. Of two hash tables of one space the same, in the same order: rows whose encoded keys are equal are in blocks of one
    /// place.
    public int count() {
        return blocks.length;
    }

    /// Begins to read a block, from 0 to [#count] less one.
    public BlockScan open(int place) {
        return new BlockScan(transaction, blocks[place], table, point);
    }
}
