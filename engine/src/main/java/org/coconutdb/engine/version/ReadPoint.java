package org.coconutdb.engine.version;

/// What a reader reads at: of every key it sees the newest version committed at or below the snapshot, unless that has expired by the
/// time.
///
/// @param snapshot a commit timestamp
/// @param nowMicros the log's time when the snapshot was opened, so not before the stamp of anything in it; [#TIMELESS] where nothing
///     in it can expire
public record ReadPoint(long snapshot, long nowMicros) {
    /// Before everything: no version has expired.
    public static final long TIMELESS = Long.MIN_VALUE;
}
