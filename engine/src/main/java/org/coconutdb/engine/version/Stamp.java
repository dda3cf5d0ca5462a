package org.coconutdb.engine.version;

/// What a committed command says of its time, the same on every replica.
///
/// @param commitTimestamp logical, above every earlier one of the database
/// @param wallMicros microseconds since 1970, taken by the primary
public record Stamp(long commitTimestamp, long wallMicros) {}
