package org.coconutdb.sql.run;

import org.coconutdb.engine.transaction.BlockScan;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// Rows of a table that lie in one block.
final class BlockRows extends Rows {
    private final TableRead read;
    private final TableRead.Reader reader;
    private final ExecutionContext execution;
    private final BlockPart part;
    private final RecordView view = new RecordView();
    private BlockScan scan;

    BlockRows(TableRead read, PlanDataContext context, BlockPart part) {
        this.read = read;
        this.reader = read.start(context);
        this.execution = context.execution();
        this.part = part;
        this.scan = part.scan(read.table());
    }

    @Override
    @Nullable
    Object @Nullable [] next() {
        while (scan.next(view)) {
            // Rows that the condition refuses pass by here too, so the flags are looked at for each.
            execution.requireNotCancelled();
            part.requireWanted();
            @Nullable Object[] row = reader.read(view);
            if (row != null) {
                return row;
            }
        }
        OperatorFigures figures = reader.figures();
        if (figures != null) {
            figures.blocks().set(scan.block());
        }
        return null;
    }

    @Override
    void restart() {
        scan = part.scan(read.table());
    }
}
