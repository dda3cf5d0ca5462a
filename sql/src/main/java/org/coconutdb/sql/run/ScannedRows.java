package org.coconutdb.sql.run;

import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// Rows of ranges, one range after another.
final class ScannedRows extends Rows {
    private final TableRead read;
    private final TableRead.Reader reader;
    private final ExecutionContext execution;
    private final List<KeyRange> ranges;
    private final boolean reverse;
    private final @Nullable OperatorFigures figures;
    private final RecordView view = new RecordView();
    private @Nullable Scan scan;
    private int position;

    /// @param ranges apart from each other, in the order of the answer
    ScannedRows(TableRead read, PlanDataContext context, List<KeyRange> ranges, boolean reverse) {
        this.read = read;
        this.reader = read.start(context);
        this.execution = context.execution();
        this.figures = reader.figures();
        this.ranges = ranges;
        this.reverse = reverse;
    }

    @Override
    @Nullable
    Object @Nullable [] next() {
        while (true) {
            Scan current = scan;
            if (current == null) {
                if (position == ranges.size()) {
                    return null;
                }
                current = execution.transaction().scan(read.table(), ranges.get(position++), reverse);
                scan = current;
            }
            while (current.next(view)) {
                // Rows that the condition refuses pass by here too, so the flag is looked at for each.
                if (execution.cancelled().get()) {
                    throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED);
                }
                @Nullable Object[] row = reader.read(view);
                if (row != null) {
                    if (figures != null) {
                        current.addBlocksTo(figures.blocks());
                    }
                    if (execution.forUpdate() && !read.isOfHeaders()) {
                        execution.transaction().readForUpdate(read.table(), view.keyBytes());
                    }
                    return row;
                }
            }
            if (figures != null) {
                current.addBlocksTo(figures.blocks());
            }
            scan = null;
        }
    }

    @Override
    void restart() {
        scan = null;
        position = 0;
    }
}
