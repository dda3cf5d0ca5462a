package org.coconutdb.sql.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.coconutdb.engine.row.KeyCodec;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.BatchLookup;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.jspecify.annotations.Nullable;

/// Finds the rows of a table whose key, or an index's, begins with some values: the inner side of a [LookupJoin]. Immutable; [#start] gives the
/// state of one execution.
///
/// @param read of the rows
/// @param index whose entries lead to them; null: the primary key
/// @param domains of the columns that have values, the first ones of the key
/// @param isWhole whether the values make a whole key, with one row at most
/// @param measuredAs number in [RunFigures]; [#NOT_MEASURED] in plans that count nothing
public record LookupSource(TableRead read, @Nullable CatalogIndex index, List<ColumnDomain> domains, boolean isWhole, int measuredAs) {
    /// In place of a number.
    public static final int NOT_MEASURED = -1;

    public LookupSource {
        domains = List.copyOf(domains);
    }

    Lookup start(PlanDataContext context) {
        RunFigures figures = measuredAs < 0 ? null : context.execution().figures();
        if (figures == null) {
            return new Lookup(context, null);
        }
        // What is counted of the rows belongs to the operator that runs when their reader is made.
        figures.enter(measuredAs);
        try {
            return new Lookup(context, figures);
        } finally {
            figures.leave();
        }
    }

    /// Lookups of one execution.
    final class Lookup {
        private final TableRead.Reader reader;
        private final ExecutionContext execution;
        private final KeyCodec codec;
        private final @Nullable RunFigures figures;
        private final RecordView view = new RecordView();
        private final BatchLookup lookups;

        private Lookup(PlanDataContext context, @Nullable RunFigures figures) {
            this.reader = read.start(context);
            this.execution = context.execution();
            this.codec = index == null ? read.keyCodec() : index.codec();
            this.figures = figures;
            this.lookups = execution.transaction().lookups(read.table());
        }

        /// The key's bytes, or how they begin; null where no row can have it: a NULL, or a value that a column cannot hold.
        ///
        /// @param values in Calcite's internal representation, one for each domain
        byte @Nullable [] key(@Nullable Object[] values) {
            @Nullable Object[] fitted = new @Nullable Object[values.length];
            for (int i = 0; i < values.length; i++) {
                fitted[i] = domains.get(i).equalTo(values[i]);
                if (fitted[i] == null) {
                    return null;
                }
            }
            return codec.encodePrefix(fitted);
        }

        /// Whether [#rows] takes several keys at once.
        boolean takesSeveral() {
            return index == null && isWhole && !execution.forUpdate();
        }

        /// The rows with each of the keys, in its order.
        ///
        /// @param keys one, or as many as are worth it where [#takesSeveral]
        List<List<@Nullable Object[]>> rows(List<byte[]> keys) {
            return figures == null ? looked(keys) : measured(keys, figures);
        }

        private List<List<@Nullable Object[]>> measured(List<byte[]> keys, RunFigures counted) {
            counted.enter(measuredAs);
            try {
                OperatorFigures operator = counted.operator(measuredAs);
                keys.forEach(_ -> operator.begin());
                List<List<@Nullable Object[]>> rows = looked(keys);
                rows.forEach(each -> each.forEach(_ -> operator.answer()));
                return rows;
            } finally {
                counted.leave();
            }
        }

        private List<List<@Nullable Object[]>> looked(List<byte[]> keys) {
            return takesSeveral() ? lookedUp(keys) : List.of(scanned(keys.getFirst()));
        }

        private List<List<@Nullable Object[]>> lookedUp(List<byte[]> keys) {
            execution.requireNotCancelled();
            Transaction transaction = execution.transaction();
            OperatorFigures counted = reader.figures();
            if (counted != null) {
                keys.forEach(key -> counted.blocks().set(transaction.blockOf(read.table(), key)));
            }
            lookups.find(keys.toArray(byte[][]::new), keys.size());
            List<List<@Nullable Object[]>> rows = new ArrayList<>(keys.size());
            for (int i = 0; i < keys.size(); i++) {
                @Nullable Object[] found = lookups.isFound(i) ? reader.read(lookups.row(i)) : null;
                rows.add(found == null ? List.of() : Collections.singletonList(found));
            }
            return rows;
        }

        private List<@Nullable Object[]> scanned(byte[] key) {
            if (index == null && isWhole) {
                List<@Nullable Object[]> rows = new ArrayList<>(1);
                add(rows, key, view);
                return rows;
            }
            List<@Nullable Object[]> rows = new ArrayList<>();
            OperatorFigures counted = reader.figures();
            Scan scan = execution.transaction().scan(index == null ? read.table() : index.descriptor(), KeyRange.prefix(key), false);
            KeyBatch batch = new KeyBatch(read, reader, execution);
            while (scan.next(view)) {
                execution.requireNotCancelled();
                if (index == null) {
                    @Nullable Object[] found = reader.read(view);
                    if (found != null) {
                        rows.add(execution.forUpdate() ? withLock(view.keyBytes(), found) : found);
                    }
                    continue;
                }
                if (counted != null) {
                    counted.seeEntry();
                }
                batch.add(index.primaryKey(view));
                if (batch.isFull()) {
                    take(batch, rows);
                }
            }
            take(batch, rows);
            if (counted != null) {
                scan.addBlocksTo(counted.blocks());
            }
            return rows;
        }

        private static void take(KeyBatch batch, List<@Nullable Object[]> rows) {
            batch.look();
            for (int i = 0; i < batch.count(); i++) {
                @Nullable Object[] found = batch.row(i);
                if (found != null) {
                    rows.add(found);
                }
            }
            batch.clear();
        }

        private void add(List<@Nullable Object[]> rows, byte[] key, RecordView into) {
            Transaction transaction = execution.transaction();
            OperatorFigures counted = reader.figures();
            if (counted != null) {
                counted.blocks().set(transaction.blockOf(read.table(), key));
            }
            @Nullable Object[] found = transaction.get(read.table(), key, into) ? reader.read(into) : null;
            if (found != null) {
                rows.add(withLock(key, found));
            }
        }

        private @Nullable Object[] withLock(byte[] key, @Nullable Object[] found) {
            if (execution.forUpdate()) {
                execution.transaction().readForUpdate(read.table(), key);
            }
            return found;
        }
    }
}
