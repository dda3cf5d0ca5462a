package org.coconutdb.engine.version;

/// Up to where the past is over.
///
/// @param lowWater the oldest timestamp that anyone may still read at, or that a commit may still be judged by
/// @param readers the oldest timestamp that anyone may still read at: not below `lowWater`
public record Marks(long lowWater, long readers) {}
