package org.coconutdb.engine;

/// How a table keeps its rows.
public enum TableKind {
    /// Point lookups by the full key; rows are spread over the blocks by a hash of the distribution key.
    HASH,
    /// Point lookups and range scans in key order.
    SORTED
}
