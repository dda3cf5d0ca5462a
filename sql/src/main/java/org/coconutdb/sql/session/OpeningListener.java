package org.coconutdb.sql.session;

import java.nio.file.Path;

/// Is told how far a `file:` database is that a connection opens. Only its first connection does.
///
/// Calls for one database come one at a time, from several threads, at most some twenty a second; opening waits for each of them and fails
/// with what it throws. Databases that are opened at the same time call at the same time.
public interface OpeningListener {
    /// So many bytes of its files were read, of so many; they only rise. They are equal when all was read.
    void reached(Path directory, long bytes, long bytesTotal);

    /// It is open, or it could not be opened: the connection, or its error, comes after this. Always the last call, from the thread that
    /// asked for the connection.
    void ended(Path directory);
}
