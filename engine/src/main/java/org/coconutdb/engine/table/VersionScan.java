package org.coconutdb.engine.table;

import org.coconutdb.engine.version.RecordView;

/// Newest versions of a slice's keys at a timestamp, tombstones included. One thread; the low-water mark stays at or below the
/// timestamp meanwhile.
public final class VersionScan {
    private static final int BATCH = 256;

    private final TableSlice slice;
    private final RecordCursor cursor;
    private final long timestamp;
    private final long[] batch = new long[BATCH];
    private int count;
    private int position;

    VersionScan(TableSlice slice, RecordCursor cursor, long timestamp) {
        this.slice = slice;
        this.cursor = cursor;
        this.timestamp = timestamp;
    }

    /// Points the view at the next version; false at the end.
    public boolean next(RecordView into) {
        while (true) {
            while (position < count) {
                long record = slice.versionAt(batch[position++], timestamp);
                if (record != 0) {
                    slice.show(record, into);
                    return true;
                }
            }
            count = cursor.nextBatch(batch);
            position = 0;
            if (count == 0) {
                return false;
            }
        }
    }
}
