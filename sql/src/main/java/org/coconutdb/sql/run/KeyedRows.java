package org.coconutdb.sql.run;

import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// Rows of some keys, one lookup each.
final class KeyedRows extends Rows {
    private final TableRead read;
    private final TableRead.Reader reader;
    private final ExecutionContext execution;
    private final byte[][] keys;
    private final RecordView view = new RecordView();
    private int position;

    /// @param keys encoded, no two alike, in the order of the answer
    KeyedRows(TableRead read, PlanDataContext context, byte[][] keys) {
        this.read = read;
        this.reader = read.start(context);
        this.execution = context.execution();
        this.keys = keys;
    }

    @Override
    @Nullable
    Object @Nullable [] next() {
        while (position < keys.length) {
            if (execution.cancelled().get()) {
                throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED);
            }
            byte[] key = keys[position++];
            OperatorFigures figures = reader.figures();
            if (figures != null) {
                figures.blocks().set(execution.transaction().blockOf(read.table(), key));
            }
            if (find(key)) {
                @Nullable Object[] row = reader.read(view);
                if (row != null) {
                    if (execution.forUpdate() && !read.isOfHeaders()) {
                        execution.transaction().readForUpdate(read.table(), key);
                    }
                    return row;
                }
            }
        }
        return null;
    }

    private boolean find(byte[] key) {
        return read.isOfHeaders() ? execution.transaction().inspect(read.table(), key, view)
                : execution.transaction().get(read.table(), key, view);
    }

    @Override
    void restart() {
        position = 0;
    }
}
