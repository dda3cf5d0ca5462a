package org.coconutdb.engine.table;

import java.util.NavigableMap;
import org.coconutdb.engine.version.RecordView;

/// Newest versions of a slice's keys at a timestamp, tombstones included. One thread; the low-water mark stays at or below the
/// timestamp meanwhile.
public final class VersionScan {
    private static final int BATCH = 256;

    private final TableSlice slice;
    private final RecordCursor cursor;
    private final long timestamp;
    private final NavigableMap<byte[], Long> at;
    private final long[] batch = new long[BATCH];
    private int count;
    private int position;

    /// @param at keys whose version is asked for at another timestamp
    VersionScan(TableSlice slice, RecordCursor cursor, long timestamp, NavigableMap<byte[], Long> at) {
        this.slice = slice;
        this.cursor = cursor;
        this.timestamp = timestamp;
        this.at = at;
    }

    /// Points the view at the next version; false at the end.
    public boolean next(RecordView into) {
        while (true) {
            while (position < count) {
                long newest = batch[position++];
                long record = slice.versionAt(newest, at.isEmpty() ? timestamp : timestampOf(newest, into));
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

    private long timestampOf(long record, RecordView view) {
        slice.show(record, view);
        Long other = at.get(view.keyBytes());
        return other == null ? timestamp : other;
    }
}
