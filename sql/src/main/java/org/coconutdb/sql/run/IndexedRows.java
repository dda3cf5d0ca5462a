package org.coconutdb.sql.run;

import java.util.List;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.jspecify.annotations.Nullable;

/// The rows of an index's entries, one range after another, or what of them stands in the entries. Entry and row are read at one snapshot, so they
/// are of one state; an entry of a row whose time to live is over leads to nothing.
final class IndexedRows extends Rows {
    private final CatalogIndex index;
    private final EntryRead.@Nullable Reader entryReader;
    private final ExecutionContext execution;
    private final List<KeyRange> ranges;
    private final boolean reverse;
    private final @Nullable OperatorFigures figures;
    private final KeyBatch batch;
    private final RecordView entry = new RecordView();
    private @Nullable Scan scan;
    private int nextRange;
    private int position;

    /// @param entries reads entries in place of rows; null where they have not all that is wanted
    /// @param ranges apart from each other, in the order of the answer
    IndexedRows(
            TableRead read,
            CatalogIndex index,
            @Nullable EntryRead entries,
            PlanDataContext context,
            List<KeyRange> ranges,
            boolean reverse) {
        TableRead.Reader reader = read.start(context);
        this.index = index;
        // For update the commit has to rest on the row.
        this.entryReader = entries == null || context.execution().forUpdate() ? null : entries.start(context);
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
            @Nullable Object[] row = fill();
            if (row != null) {
                return row;
            }
            if (batch.count() == 0) {
                return null;
            }
            batch.look();
        }
    }

    /// Gathers keys of rows to be looked up. Where an entry has all that is wanted, nothing is gathered, and that is answered.
    private @Nullable Object @Nullable [] fill() {
        while (!batch.isFull() && nextEntry()) {
            // One with a time to live may have outlived its row.
            if (entryReader == null || entry.hasTtl()) {
                batch.add(index.primaryKey(entry));
                if (entryReader != null) {
                    // Alone, so that it keeps its place among those that are not looked up.
                    return null;
                }
                continue;
            }
            @Nullable Object[] row = entryReader.read(entry);
            if (row != null) {
                return row;
            }
        }
        return null;
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
