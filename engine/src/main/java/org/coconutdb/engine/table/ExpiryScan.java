package org.coconutdb.engine.table;

import org.coconutdb.engine.version.RecordView;

/// Rows of one slice whose time to live is over, in any order: newest versions, whoever may see them. One thread; a snapshot stays
/// open meanwhile.
public final class ExpiryScan {
    private static final int BATCH = 256;

    private final TableSlice slice;
    private final RecordCursor cursor;
    private final long nowMicros;
    private final RecordView view = new RecordView();
    private final long[] batch = new long[BATCH];
    private int count;
    private int position;
    private long earliestMicros = Long.MAX_VALUE;

    ExpiryScan(TableSlice slice, RecordCursor cursor, long nowMicros) {
        this.slice = slice;
        this.cursor = cursor;
        this.nowMicros = nowMicros;
    }

    /// Points the view at the next expired row; false at the end.
    public boolean next(RecordView into) {
        while (true) {
            while (position < count) {
                slice.show(batch[position++], view);
                if (!view.hasTtl() || view.isTombstone()) {
                    continue;
                }
                if (view.expiresAtMicros() <= nowMicros) {
                    into.at(view);
                    return true;
                }
                earliestMicros = Math.min(earliestMicros, view.expiresAtMicros());
            }
            count = cursor.nextBatch(batch);
            position = 0;
            if (count == 0) {
                return false;
            }
        }
    }

    /// When the first of the rows expires that were passed and have not yet; `Long.MAX_VALUE` where there is none.
    public long earliestMicros() {
        return earliestMicros;
    }
}
