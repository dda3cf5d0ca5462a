package org.coconutdb.engine;

/// What a block says of itself.
///
/// @param id 0 is the directory: the block that holds the tables' definitions
/// @param tables slices of tables it holds
/// @param rows live rows in them
/// @param appliedIndex log index of the last command applied
/// @param commitTimestamp of the newest commit in it
public record BlockStatus(int id, int tables, long rows, long appliedIndex, long commitTimestamp) {}
