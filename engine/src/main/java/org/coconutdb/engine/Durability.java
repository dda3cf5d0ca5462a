package org.coconutdb.engine;

/// When a `file:` database acknowledges a commit. In every mode its entry has been written to the log's file by then, so that the end of
/// the process alone loses nothing, and what a power cut leaves is the log up to some entry, without holes.
/// docs/decisions/0007-durability.md argues why.
public enum Durability {
    /// After the entry has been synced. A power cut loses nothing acknowledged.
    SYNC,
    /// After the entry has been written; a thread syncs the log an interval after the first entry that is not. A power cut loses what was
    /// acknowledged within the interval, and while the sync itself took.
    INTERVAL,
    /// After the entry has been written; the log is synced where its file grows (4 MiB at a time), for a checkpoint, and when the database
    /// is opened and closed. A power cut may lose everything behind the last of these.
    NONE
}
