package org.coconutdb.engine;

/// What a block says of itself.
///
/// @param id 0 is the directory: the block that holds the tables' definitions
/// @param tables slices of tables it holds
/// @param rows live rows in them
/// @param appliedIndex log index of the last command applied
/// @param commitTimestamp of the newest commit in it; 0 before the first
/// @param createdAtMicros when its first command was applied, by the log's time, in microseconds since 1970; 0 before that
/// @param updatedAtMicros when a row was last written, by the log's time; 0 before the first
public record BlockStatus(
        int id,
        int tables,
        long rows,
        long appliedIndex,
        long commitTimestamp,
        long createdAtMicros,
        long updatedAtMicros) {}
