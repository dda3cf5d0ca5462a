package org.coconutdb.engine.commit;

import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.version.Stamp;

/// One command in the log.
///
/// @param index counts all entries of the log from 1
/// @param block whose command it is
/// @param stamp logical and wall time, rising with the index
record LogEntry(long index, int block, Stamp stamp, BlockCommand command) {}
