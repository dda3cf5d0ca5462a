package org.coconutdb.engine.memory;

/// Whom memory is accounted to.
///
/// @param block block id
/// @param table table id, 0 for the block's own
public record MemoryOwner(int block, int table) {}
