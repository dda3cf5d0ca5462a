package org.coconutdb.sql.run;

import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.jspecify.annotations.Nullable;

/// The rows of an index's entries, one range after another, or what of them stands in the entries. Entry and row are read at one snapshot, so they are of one state; an entry of a row whose
/// time to live is over leads to nothing.
final class IndexedRows extends Rows {
    private final TableRead read;
    private final TableRead.Reader reader;
    private final CatalogIndex index;
    private final EntryRead.@Nullable Reader entryReader;
    private final ExecutionContext execution;
    private final List<KeyRange> ranges;
    private final boolean reverse;
    private final @Nullable OperatorFigures figures;
    private final RecordView entry = new RecordView();
    private final RecordView row = new RecordView();
    private @Nullable Scan scan;
    private int position;

    /// @param ranges apart from each other, in the order of the answer
    IndexedRows(
            TableRead read,
            CatalogIndex index,
            @Nullable EntryRead entries,
            PlanDataContext context,
            List<KeyRange> ranges,
            boolean reverse) {
        this.read = read;
        this.reader = read.start(context);
        this.index = index;
        // For update the commit has to rest on the row.
        this.entryReader = entries == null || context.execution().forUpdate() ? null : entries.start(context);
        this.execution = context.execution();
        this.figures = reader.figures();
        this.ranges = ranges;
        this.reverse = reverse;
    }

    @Override
    @Nullable
    Object @Nullable [] next() {
        Transaction transaction = execution.transaction();
        while (true) {
            Scan current = scan;
            if (current == null) {
                if (position == ranges.size()) {
                    return null;
                }
                current = transaction.scan(index.descriptor(), ranges.get(position++), reverse);
                scan = current;
            }
            while (current.next(entry)) {
                if (execution.cancelled().get()) {
                    throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED);
                }
                if (figures != null) {
                    figures.seeEntry();
                    current.addBlocksTo(figures.blocks());
                }
                // One with a time to live may have outlived its row.
                @Nullable Object[] values = entryReader != null && !entry.hasTtl() ? entryReader.read(entry) : fromRow(transaction);
                if (values != null) {
                    return values;
                }
            }
            if (figures != null) {
                current.addBlocksTo(figures.blocks());
            }
            scan = null;
        }
    }

    private @Nullable Object @Nullable [] fromRow(Transaction transaction) {
        byte[] key = index.primaryKey(entry);
        if (figures != null) {
            figures.blocks().set(transaction.blockOf(read.table(), key));
        }
        @Nullable Object[] values = transaction.get(read.table(), key, row) ? reader.read(row) : null;
        if (values != null && execution.forUpdate()) {
            transaction.readForUpdate(read.table(), key);
        }
        return values;
    }

    @Override
    void restart() {
        scan = null;
        position = 0;
    }
}
