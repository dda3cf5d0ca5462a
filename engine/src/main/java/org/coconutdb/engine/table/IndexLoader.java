package org.coconutdb.engine.table;

/// Puts keys into an index that nobody reads yet; made for keys that ascend, and right for others. One thread, the index's writer, which
/// changes the index by nothing else as long as it uses the loader.
@FunctionalInterface
interface IndexLoader {
    /// As [RecordIndex#put].
    long put(byte[] key, long record);
}
