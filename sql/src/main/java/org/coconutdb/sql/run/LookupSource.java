package org.coconutdb.sql.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.coconutdb.engine.row.KeyCodec;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.BatchLookup;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.RowBuffer;
import org.jspecify.annotations.Nullable;

/// Finds the rows of a table whose key, or an index's, begins with some values: the inner side of a [LookupJoin]. Immutable; [#start] gives the
/// state of one execution.
///
/// @param read of the rows
/// @param index whose entries lead to them; null: the primary key
/// @param entries reads entries in place of rows; null where there is no index, or they have not all that is wanted
/// @param domains of the columns that have values, the first ones of the key
/// @param isWhole whether the values make a whole key, with one row at most
/// @param measuredAs number in [RunFigures]; [#NOT_MEASURED] in plans that count nothing
public record LookupSource(
        TableRead read,
        @Nullable CatalogIndex index,
        @Nullable EntryRead entries,
        List<ColumnDomain> domains,
        boolean isWhole,
        int measuredAs)
        implements
        JoinSource {
    /// In place of a number.
    public static final int NOT_MEASURED = -1;
    private static final int NO_KEY = -1;

    public LookupSource {
        domains = List.copyOf(domains);
    }

    @Override
    public Matches start(PlanDataContext context, OperatorMemory memory) {
        if (index != null) {
            index.requireReadable(context.execution().transaction());
        }
        RunFigures figures = measuredAs < 0 ? null : context.execution().figures();
        if (figures == null) {
            return new Lookup(context, memory, null);
        }
        // What is counted of the rows belongs to the operator that runs when their reader is made.
        figures.enter(measuredAs);
        try {
            return new Lookup(context, memory, figures);
        } finally {
            figures.leave();
        }
    }

    /// Lookups of one execution.
    private final class Lookup implements Matches {
        private final TableRead.Reader reader;
        private final EntryRead.@Nullable Reader entryReader;
        private final ExecutionContext execution;
        private final KeyCodec codec;
        private final @Nullable RunFigures figures;
        private final RecordView view = new RecordView();
        private final BatchLookup lookups;
        // Of the key at hand; another outer row with the same key finds them here.
        private final RowBuffer rows;
        private byte @Nullable [] lastKey;

        private Lookup(PlanDataContext context, OperatorMemory memory, @Nullable RunFigures figures) {
            this.reader = read.start(context);
            // For update the commit has to rest on the row.
            this.entryReader = entries == null || context.execution().forUpdate() ? null : entries.start(context);
            this.execution = context.execution();
            this.codec = index == null ? read.keyCodec() : index.codec();
            this.figures = figures;
            this.lookups = execution.transaction().lookups(read.table());
            this.rows = new RowBuffer(memory, "rows of one key of a join by lookups");
        }

        @Override
        public boolean areOneAtMost() {
            return index == null && isWhole && !execution.forUpdate();
        }

        @Override
        public RowBuffer find(@Nullable Object[] values) {
            byte[] wanted = key(values);
            if (wanted == null || !Arrays.equals(wanted, lastKey)) {
                rows.clear();
            }
            if (wanted != null && !Arrays.equals(wanted, lastKey)) {
                counted(() -> look(wanted));
            }
            lastKey = wanted;
            return rows;
        }

        @Override
        public List<@Nullable Object @Nullable []> findEach(List<@Nullable Object[]> values) {
            List<@Nullable Object @Nullable []> found = new ArrayList<>(values.size());
            counted(() -> lookUp(values, found));
            return found;
        }

        private void counted(Runnable lookup) {
            RunFigures counting = figures;
            if (counting == null) {
                lookup.run();
                return;
            }
            counting.enter(measuredAs);
            try {
                lookup.run();
            } finally {
                counting.leave();
            }
        }

        private void lookUp(List<@Nullable Object[]> values, List<@Nullable Object @Nullable []> found) {
            byte[][] keys = new byte[values.size()][];
            // Where a key stands among those that are looked up, which has no two of one key in a row; [#NO_KEY] where no row can have it.
            int[] places = new int[values.size()];
            int count = 0;
            for (int i = 0; i < places.length; i++) {
                byte[] key = key(values.get(i));
                if (key == null) {
                    places[i] = NO_KEY;
                } else {
                    if (count == 0 || !Arrays.equals(key, keys[count - 1])) {
                        keys[count++] = key;
                    }
                    places[i] = count - 1;
                }
            }
            List<@Nullable Object @Nullable []> looked = lookUp(keys, count);
            for (int place : places) {
                found.add(place == NO_KEY ? null : looked.get(place));
            }
        }

        private List<@Nullable Object @Nullable []> lookUp(byte[][] keys, int count) {
            Transaction transaction = execution.transaction();
            OperatorFigures counted = reader.figures();
            for (int i = 0; counted != null && i < count; i++) {
                begin();
                counted.blocks().set(transaction.blockOf(read.table(), keys[i]));
            }
            lookups.find(keys, count);
            List<@Nullable Object @Nullable []> looked = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                @Nullable Object[] row = lookups.isFound(i) ? reader.read(lookups.row(i)) : null;
                if (row != null && figures != null) {
                    figures.current().answer();
                }
                looked.add(row);
            }
            return looked;
        }

        private void begin() {
            if (figures != null) {
                figures.operator(measuredAs).begin();
            }
        }

        /// The key's bytes, or how they begin; null where no row can have it: a NULL, or a value that a column cannot hold.
        ///
        /// @param values in Calcite's internal representation, one for each domain
        private byte @Nullable [] key(@Nullable Object[] values) {
            @Nullable Object[] fitted = new @Nullable Object[values.length];
            for (int i = 0; i < values.length; i++) {
                fitted[i] = domains.get(i).equalTo(values[i]);
                if (fitted[i] == null) {
                    return null;
                }
            }
            return codec.encodePrefix(fitted);
        }

        /// Keeps the rows with that key, in its order.
        private void look(byte[] key) {
            begin();
            OperatorFigures counted = reader.figures();
            KeyBatch batch = new KeyBatch(read, reader, execution);
            if (index == null && isWhole) {
                batch.add(key);
                take(batch);
                return;
            }
            Scan scan = execution.transaction().scan(index == null ? read.table() : index.descriptor(), KeyRange.prefix(key), false);
            while (scan.next(view)) {
                execution.requireNotCancelled();
                if (index == null) {
                    @Nullable Object[] found = reader.read(view);
                    if (found != null) {
                        keep(execution.forUpdate() ? withLock(view.keyBytes(), found) : found);
                    }
                    continue;
                }
                if (counted != null) {
                    counted.seeEntry();
                }
                if (entryReader != null && !view.hasTtl()) {
                    @Nullable Object[] found = entryReader.read(view);
                    if (found != null) {
                        keep(found);
                    }
                    continue;
                }
                batch.add(index.primaryKey(view));
                if (batch.isFull() || entryReader != null) {
                    take(batch);
                }
            }
            take(batch);
            if (counted != null) {
                scan.addBlocksTo(counted.blocks());
            }
        }

        private void take(KeyBatch batch) {
            batch.look();
            for (int i = 0; i < batch.count(); i++) {
                @Nullable Object[] found = batch.row(i);
                if (found != null) {
                    keep(found);
                }
            }
            batch.clear();
        }

        private void keep(@Nullable Object[] row) {
            rows.add(row);
            if (figures != null) {
                figures.current().answer();
            }
        }

        private @Nullable Object[] withLock(byte[] key, @Nullable Object[] found) {
            execution.transaction().readForUpdate(read.table(), key);
            return found;
        }
    }
}
