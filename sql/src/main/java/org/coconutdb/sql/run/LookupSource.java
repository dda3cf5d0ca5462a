package org.coconutdb.sql.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyCodec;
import org.coconutdb.engine.row.KeyRange;
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

    public LookupSource {
        domains = List.copyOf(domains);
    }

    @Override
    public Matches start(PlanDataContext context) {
        if (index != null) {
            index.requireReadable(context.execution().transaction());
        }
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
    private final class Lookup implements Matches {
        private final TableRead.Reader reader;
        private final EntryRead.@Nullable Reader entryReader;
        private final ExecutionContext execution;
        private final KeyCodec codec;
        private final @Nullable RunFigures figures;
        private final RecordView view = new RecordView();
        private final RecordView row = new RecordView();
        // Of the key at hand; null where no row has it. Another outer row with the same key finds them here.
        private byte @Nullable [] lastKey;
        private List<@Nullable Object[]> lastRows = List.of();

        private Lookup(PlanDataContext context, @Nullable RunFigures figures) {
            this.reader = read.start(context);
            // For update the commit has to rest on the row.
            this.entryReader = entries == null || context.execution().forUpdate() ? null : entries.start(context);
            this.execution = context.execution();
            this.codec = index == null ? read.keyCodec() : index.codec();
            this.figures = figures;
        }

        @Override
        public List<@Nullable Object[]> find(@Nullable Object[] values) {
            byte[] wanted = key(values);
            if (wanted == null) {
                lastRows = List.of();
            } else if (!Arrays.equals(wanted, lastKey)) {
                lastRows = rows(wanted);
            }
            lastKey = wanted;
            return lastRows;
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

        /// The rows with that key, in its order.
        private List<@Nullable Object[]> rows(byte[] key) {
            return figures == null ? looked(key) : measured(key, figures);
        }

        private List<@Nullable Object[]> measured(byte[] key, RunFigures counted) {
            counted.enter(measuredAs);
            try {
                OperatorFigures operator = counted.operator(measuredAs);
                operator.begin();
                List<@Nullable Object[]> rows = looked(key);
                rows.forEach(_ -> operator.answer());
                return rows;
            } finally {
                counted.leave();
            }
        }

        private List<@Nullable Object[]> looked(byte[] key) {
            List<@Nullable Object[]> rows = new ArrayList<>(isWhole ? 1 : 8);
            if (index == null && isWhole) {
                add(rows, key, view);
                return rows;
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
                        rows.add(execution.forUpdate() ? withLock(view.keyBytes(), found) : found);
                    }
                } else {
                    if (counted != null) {
                        counted.seeEntry();
                    }
                    if (entryReader != null && !view.hasTtl()) {
                        addEntry(rows, entryReader);
                    } else {
                        add(rows, index.primaryKey(view), row);
                    }
                }
            }
            if (counted != null) {
                scan.addBlocksTo(counted.blocks());
            }
            return rows;
        }

        private void addEntry(List<@Nullable Object[]> rows, EntryRead.Reader from) {
            @Nullable Object[] found = from.read(view);
            if (found != null) {
                rows.add(found);
            }
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
