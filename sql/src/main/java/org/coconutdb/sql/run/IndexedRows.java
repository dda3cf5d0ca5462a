package org.coconutdb.sql.run;

import java.util.List;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.jspecify.annotations.Nullable;

/// The rows of an index's entries, one range after another. Entry and row are read at one snapshot, so they are of one state; an entry of a row whose
/// time to live is over leads to nothing.
final class IndexedRows extends Rows {
    private final CatalogIndex index;
    private final ExecutionContext execution;
    private final List<KeyRange> ranges;
    private final boolean reverse;
    private final @Nullable OperatorFigures figures;
    private final KeyBatch batch;
    private final RecordView entry = new RecordView();
    private @Nullable Scan scan;
    private int nextRange;
    private int position;

    /// @param ranges apart from each other, in the order of the answer
    IndexedRows(TableRead read, CatalogIndex index, PlanDataContext context, List<KeyRange> ranges, boolean reverse) {
        TableRead.Reader reader = read.start(context);
        this.index = index;
        this.execution = context.execution();
        this.figures = reader.figures();
        this.ranges = ranges;
        this.reverse = reverse;
        this.batch = new KeyBatch(read, reader, execution);
    }

    @Override
    @Nullable
    Object @Nullable [] next() {
        while (true) {
            while (position < batch.count()) {
                @Nullable Object[] row = batch.row(position++);
                if (row != null) {
                    return row;
                }
            }
            batch.clear();
            position = 0;
            while (!batch.isFull() && nextEntry()) {
                batch.add(index.primaryKey(entry));
            }
            if (batch.count() == 0) {
                return null;
            }
            batch.look();
        }
    }

    private boolean nextEntry() {
        execution.requireNotCancelled();
        while (true) {
            Scan current = scan;
            if (current == null) {
                if (nextRange == ranges.size()) {
                    return false;
                }
                current = execution.transaction().scan(index.descriptor(), ranges.get(nextRange++), reverse);
                scan = current;
            }
            boolean isThere = current.next(entry);
            if (figures != null) {
                current.addBlocksTo(figures.blocks());
            }
            if (isThere) {
                if (figures != null) {
                    figures.seeEntry();
                }
                return true;
            }
            scan = null;
        }
    }

    @Override
    void restart() {
        batch.clear();
        scan = null;
        nextRange = 0;
        position = 0;
    }
}
