package org.coconutdb.engine.transaction;

import org.coconutdb.engine.version.RecordView;

/// Rows of a range at a snapshot. Ends with its transaction at the latest.
public interface Scan extends AutoCloseable {
    /// Points the view at the next visible row; false at the end.
    boolean next(RecordView into);

    @Override
    void close();
}
