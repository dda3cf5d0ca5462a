package org.coconutdb.engine.replication;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// What a replicated log moves at one of its replicas: the same entries in the same order make the same state everywhere.
///
/// Called by one thread at a time, except where it says otherwise; calls happen before those that follow them.
public interface ReplicatedState {
    /// One entry of a block's log: commands that were gathered while the entry before was under way, and what they share. Arrays are not copied.
    ///
    /// @param head what the primary says of all its commands: their time
    record Entry(byte[] head, List<byte[]> commands) {
        public Entry {
            commands = List.copyOf(commands);
        }
    }

    /// A state as it was behind one entry, to be written to files while the state goes on.
    interface Image extends AutoCloseable {
        /// Any thread. Files in an empty directory, synced.
        void write(Path directory) throws IOException;

        @Override
        void close();
    }

    /// At the primary, any thread: the head of the next entry, asked for behind the arrival of all its commands. Heads of a log are asked for one after the
    /// other, in the order of their entries; one that fails refuses its commands.
    CompletionStage<byte[]> head(int commandCount);

    /// At the primary: what was given as a head is in no entry, and will be in none.
    void onHeadUnused(byte[] head);

    /// An entry is in this replica's log, and not voted for yet: from here on what it touches is in flight. In log order; short. It may be called while an earlier
    /// entry is applied.
    void onAppended(long index, Entry entry);

    /// Entries from an index on are not in the log any more, and their marks are taken back. It may be called while an earlier entry is applied.
    void onTruncated(long fromIndex);

    /// An entry is committed: by rule 2, not by Raft alone. In log order, each once. It is in flight no more when this returns.
    ///
    /// @return the commands' results, in their order
    List<byte[]> apply(long index, Entry entry);

    /// Between two entries: what was applied until now.
    Image image();

    /// Takes the state of an image for its own, in place of all that it held. Before the first entry, and when this replica was too far behind for
    /// entries.
    ///
    /// @param appliedIndex the last entry in it
    void restore(Path directory, long appliedIndex) throws IOException;
}
