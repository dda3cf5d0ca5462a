package org.coconutdb.engine.block;

import java.util.List;
import java.util.NavigableMap;
import org.coconutdb.engine.table.TableSlice;

/// All that a block is, at one index of its log: with the rows of its slices at the index's timestamp, what a checkpoint keeps.
///
/// @param appliedIndex the last entry of this block
/// @param commitTimestamp its newest commit
/// @param createdAtMicros when its first command was applied
/// @param updatedAtMicros when a row was last written
/// @param slices ordered by table id
/// @param prepared transactions in doubt
/// @param decisions remembered outcomes
public record BlockImage(
        int block,
        long appliedIndex,
        long commitTimestamp,
        long createdAtMicros,
        long updatedAtMicros,
        List<Slice> slices,
        List<BlockCommand.Prepare> prepared,
        List<BlockCommand.Decide> decisions) {
    /// One table's part, at a generation of its definition. The slice goes on changing; its versions at the image's timestamp do not, while the low-water mark is held.
    ///
    /// @param heldAt of keys that a prepared transaction will write: the timestamp of their newest version, 0 where there is none. The decision may come with a
    ///        timestamp at or below the image's, and is not in the image all the same
    public record Slice(int table, int generation, TableSlice rows, NavigableMap<byte[], Long> heldAt) {}

    public BlockImage {
        slices = List.copyOf(slices);
        prepared = List.copyOf(prepared);
        decisions = List.copyOf(decisions);
    }
}
