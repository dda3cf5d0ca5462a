package org.coconutdb.engine.version;

import org.coconutdb.engine.error.CoconutException;

/// A block's cold tier, as its slices see it: rows that are on disk, and the count of who still needs them.
///
/// Threads: [#load] and [#wanted] any thread; the rest the block's writer, or whoever loads the block.
public interface ColdRows {
    /// Reads the frame that holds a row. DATA_CORRUPTED with file and offset where it is damaged, IO_FAILED where it cannot be read.
    void load(ColdRef ref, ColdFrame into);

    /// The error for a row that is not where its record says: DATA_CORRUPTED with file and offset.
    CoconutException damaged(ColdRef ref);

    /// One more record refers to a row. DATA_CORRUPTED where there is no such file, or it ends before the row's frame does.
    void retain(int table, ColdRef ref, int keyBytes, int rowBytes);

    /// One record fewer does: no reader can ask for the row by it any more.
    void release(int table, ColdRef ref, int keyBytes, int rowBytes);

    /// No record of the table refers to a row any more.
    void releaseAll(int table);

    /// A lookup found the row, of which the view shows the bytes: it should become hot again. Never waits, and may be forgotten.
    void wanted(int table, RecordView row);
}
