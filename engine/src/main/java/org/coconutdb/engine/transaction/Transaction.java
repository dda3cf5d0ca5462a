package org.coconutdb.engine.transaction;

import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.version.RecordView;

/// Reads at one snapshot, writes gathered until commit. Used by one thread at a time. TO BE WRITTEN: becomes final.
///
/// Conditions are checked when the commit is applied: [#insert] that the key is absent (23505 otherwise), [#update] and [#delete]
/// that the row was not changed since the snapshot (40001 otherwise), [#put] nothing. Reads see the snapshot, not the transaction's own writes yet.
public interface Transaction extends AutoCloseable {
    long snapshotTimestamp();

    /// Point lookup: points the view at the row, or answers false.
    boolean get(TableDescriptor table, byte[] key, RecordView into);

    /// Range scan. A sorted table answers in key order, descending when `reverse`; a hash table in any order, and then only for `KeyRange.ALL`.
    Scan scan(TableDescriptor table, KeyRange range, boolean reverse);

    void insert(TableDescriptor table, byte[] key, byte[] row);

    void put(TableDescriptor table, byte[] key, byte[] row);

    void update(TableDescriptor table, byte[] key, byte[] row);

    void delete(TableDescriptor table, byte[] key);

    /// Atomic over all tables and blocks, durable as the database promises. The transaction is over, whatever comes.
    void commit();

    /// Gives up what was not committed and closes the snapshot. Harmless twice.
    @Override
    void close();
}
