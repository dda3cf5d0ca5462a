package org.coconutdb.engine.table;

import org.coconutdb.engine.version.ReadPoint;
import org.coconutdb.engine.version.RecordView;

/// Visible rows of a range of one slice. One thread; its snapshot stays open meanwhile.
public final class SliceScan {
    // One leaf of a sorted table, or a short visit to a hash table's segment.
    private static final int BATCH = 256;

    private final TableSlice slice;
    private final RecordCursor cursor;
    private final ReadPoint point;
    private final long[] batch = new long[BATCH];
    private int count;
    private int position;

    SliceScan(TableSlice slice, RecordCursor cursor, ReadPoint point) {
        this.slice = slice;
        this.cursor = cursor;
        this.point = point;
    }

    /// Points the view at the next visible row; false at the end.
    public boolean next(RecordView into) {
        while (true) {
            while (position < count) {
                long record = slice.visible(batch[position++], point);
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
