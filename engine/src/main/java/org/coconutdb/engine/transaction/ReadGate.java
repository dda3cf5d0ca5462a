package org.coconutdb.engine.transaction;

import org.coconutdb.engine.row.KeyRange;

/// Where reads of a replicated database ask whether this replica may answer them: docs/decisions/0018-transactions-in-a-cluster.md. A database of one
/// process has none. Any thread; calls wait for a bounded time, and then fail with a CoconutException.
public interface ReadGate {
    /// A timestamp for a snapshot: not below that of anything that was acknowledged, anywhere, before this call, and not above one that is given out
    /// behind it.
    long snapshot();

    /// Waits until this replica shows all of a key that a snapshot shows, now and for ever.
    ///
    /// @param snapshot from [#snapshot]
    /// @param byPrimary whether the block's primary is asked, whatever lease is held here
    void awaitKey(int block, int table, byte[] key, long snapshot, boolean byPrimary);

    /// The same of all keys of a range that lie in the block, those that are not there included.
    void awaitRange(int block, int table, KeyRange range, long snapshot, boolean byPrimary);

    /// Whether this replica shows of a key what every replica would: then its newest version answers a read that is called now, without a snapshot. Does
    /// not wait.
    boolean isNewest(int block, int table, byte[] key);

    /// Whether a snapshot shows everything that was acknowledged, anywhere, up to so long ago. Does not wait.
    boolean isYoungerThan(long snapshot, long ageNanos);

    /// A number for a transaction over several blocks, by which the other processes find this one. Nobody else has it.
    long transactionId();

    /// Whether a transaction that another process runs, and that has been seen to hold something undecided for so long, is left to others: that process does
    /// not say that it is still at it. May wait for its answer.
    boolean isOrphaned(long transaction, long heldNanos);
}
