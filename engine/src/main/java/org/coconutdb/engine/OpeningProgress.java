package org.coconutdb.engine;

/// Is told how far a database is that is being opened.
///
/// Calls come from several threads, one at a time and at most some twenty a second; what is reached never goes back. The last call, when
/// all was read, says so: done is total. A database that cannot be opened has no such call. Opening waits for each call, and fails with
/// what it throws.
@FunctionalInterface
public interface OpeningProgress {
    void reached(State state);

    /// Bytes of files that were read, of those that will be. A log's files reach beyond its entries, so its last step may be a large one.
    record State(long checkpointBytes, long checkpointBytesTotal, long logBytes, long logBytesTotal) {
        public long bytes() {
            return checkpointBytes + logBytes;
        }

        public long bytesTotal() {
            return checkpointBytesTotal + logBytesTotal;
        }
    }
}
