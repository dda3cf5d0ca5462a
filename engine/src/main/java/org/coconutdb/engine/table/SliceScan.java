package org.coconutdb.engine.table;

import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.version.ReadPoint;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// Visible rows of a range of one slice. One thread; its snapshot stays open meanwhile.
public final class SliceScan {
    // One leaf of a sorted table, or about a page of a hash table.
    static final int BATCH = 256;
    // Records lie all over the heap. Looked at in one go they come from memory side by side, not one after another; a few at first, for
    // a reader who may want no more.
    private static final int AHEAD_MIN = 8;
    private static final int AHEAD_MAX = 64;

    private final TableSlice slice;
    private final RecordCursor cursor;
    private final ReadPoint point;
    private final long[] batch = new long[BATCH];
    // Of a hash table that has cold rows.
    private final @Nullable ColdLast coldLast;
    private int count;
    private int position;
    // Of the batch: up to here it holds visible versions, 0 for none; behind it, newest versions.
    private int resolved;
    private int ahead = AHEAD_MIN;
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
                if (position == resolved) {
                    resolve();
                }
                long record = batch[position++];
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
            resolved = 0;
            atEnd = count == 0;
            showingCold = later != null && (atEnd || later.isFull());
        }
    }

    private void resolve() {
        int end = Math.min(count, resolved + ahead);
        slice.resolve(batch, resolved, end, point);
        resolved = end;
        ahead = Math.min(2 * ahead, AHEAD_MAX);
    }
}
