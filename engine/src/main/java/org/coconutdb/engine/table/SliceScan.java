package org.coconutdb.engine.table;

import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.version.ReadPoint;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// Visible rows of a range of one slice. One thread; its snapshot stays open meanwhile.
public final class SliceScan {
    // One leaf of a sorted table, or a short visit to a hash table's segment.
    private static final int BATCH = 256;

    private final TableSlice slice;
    private final RecordCursor cursor;
    private final ReadPoint point;
    private final long[] batch = new long[BATCH];
    // Of a hash table that has cold rows.
    private final @Nullable ColdLast coldLast;
    private int count;
    private int position;
    private boolean atEnd;
    private boolean showingCold;

    SliceScan(TableSlice slice, RecordCursor cursor, ReadPoint point) {
        this.slice = slice;
        this.cursor = cursor;
        this.point = point;
        this.coldLast = slice.kind() == TableKind.HASH && slice.coldRowCount() > 0 ? new ColdLast() : null;
    }

    /// Points the view at the next visible row; false at the end.
    public boolean next(RecordView into) {
        ColdLast later = coldLast;
        while (true) {
            if (showingCold && later != null) {
                long record = later.next();
                if (record != 0) {
                    slice.show(record, into);
                    return true;
                }
                showingCold = false;
            }
            while (position < count) {
                long record = slice.visible(batch[position++], point);
                if (record != 0) {
                    slice.show(record, into);
                    if (later == null || !into.isCold()) {
                        return true;
                    }
                    later.add(into.coldRef(), record);
                }
            }
            if (atEnd) {
                return false;
            }
            count = cursor.nextBatch(batch);
            position = 0;
            atEnd = count == 0;
            showingCold = later != null && (atEnd || later.isFull());
        }
    }
}
