package org.coconutdb.sql.run;

import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyCodec;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.spill.RowBuffer;
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
        private final RecordView row = new RecordView();

        private Lookup(PlanDataContext context, @Nullable RunFigures figures) {
            this.reader = read.start(context);
            this.execution = context.execution();
            this.codec = index == null ? read.keyCodec() : index.codec();
            this.figures = figures;
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

        /// Adds the rows with that key, in its order.
        void find(byte[] key, RowBuffer rows) {
            RunFigures counting = figures;
            if (counting == null) {
                look(key, rows);
                return;
            }
            counting.enter(measuredAs);
            try {
                counting.operator(measuredAs).begin();
                look(key, rows);
            } finally {
                counting.leave();
            }
        }

        private void look(byte[] key, RowBuffer rows) {
            if (index == null && isWhole) {
                add(rows, key, view);
                return;
            }
            OperatorFigures counted = reader.figures();
            Scan scan = execution.transaction().scan(index == null ? read.table() : index.descriptor(), KeyRange.prefix(key), false);
            while (scan.next(view)) {
                if (execution.cancelled().get()) {
                    throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED);
                }
                if (index == null) {
                    @Nullable Object[] found = reader.read(view);
                    if (found != null) {
                        keep(rows, execution.forUpdate() ? withLock(view.keyBytes(), found) : found);
                    }
                } else {
                    if (counted != null) {
                        counted.seeEntry();
                    }
                    add(rows, index.primaryKey(view), row);
                }
            }
            if (counted != null) {
                scan.addBlocksTo(counted.blocks());
            }
        }

        private void keep(RowBuffer rows, @Nullable Object[] row) {
            rows.add(row);
            if (figures != null) {
                figures.current().answer();
            }
        }

        private void add(RowBuffer rows, byte[] key, RecordView into) {
            Transaction transaction = execution.transaction();
            OperatorFigures counted = reader.figures();
            if (counted != null) {
                counted.blocks().set(transaction.blockOf(read.table(), key));
            }
            @Nullable Object[] found = transaction.get(read.table(), key, into) ? reader.read(into) : null;
            if (found != null) {
                keep(rows, withLock(key, found));
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
