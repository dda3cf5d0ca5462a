package org.coconutdb.engine.table;

import org.coconutdb.engine.version.RecordView;

/// Newest versions of one slice that are rows in memory, whoever may see them. One thread; a snapshot stays open meanwhile.
public final class HotRows {
    private static final int BATCH = 256;

    private final TableSlice slice;
    private final RecordCursor cursor;
    private final long[] batch = new long[BATCH];
    private int count;
    private int position;

    HotRows(TableSlice slice, RecordCursor cursor) {
        this.slice = slice;
        this.cursor = cursor;
    }

    /// Points the view at the next one; false at the end.
    public boolean next(RecordView into) {
        while (true) {
            while (position < count) {
                slice.show(batch[position++], into);
                if ((into.flags() & (RecordView.TOMBSTONE | RecordView.COLD)) == 0) {
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
