package org.coconutdb.sql.run;

import java.util.ArrayList;
import java.util.List;
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
/// @param domains of the columns that have values, the first ones of the key
/// @param isWhole whether the values make a whole key, with one row at most
public record LookupSource(TableRead read, @Nullable CatalogIndex index, List<ColumnDomain> domains, boolean isWhole) {
    public LookupSource {
        domains = List.copyOf(domains);
    }

    Lookup start(PlanDataContext context) {
        return new Lookup(context);
    }

    /// Lookups of one execution.
    final class Lookup {
        private final TableRead.Reader reader;
        private final ExecutionContext execution;
        private final KeyCodec codec;
        private final RecordView view = new RecordView();
        private final RecordView row = new RecordView();

        private Lookup(PlanDataContext context) {
            this.reader = read.start(context);
            this.execution = context.execution();
            this.codec = index == null ? read.keyCodec() : index.codec();
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

        /// The rows with that key, in its order.
        List<@Nullable Object[]> rows(byte[] key) {
            Transaction transaction = execution.transaction();
            List<@Nullable Object[]> rows = new ArrayList<>(isWhole ? 1 : 8);
            if (index == null && isWhole) {
                @Nullable Object[] found = transaction.get(read.table(), key, view) ? reader.read(view) : null;
                if (found != null) {
                    rows.add(withLock(key, found));
                }
                return rows;
            }
            Scan scan = transaction.scan(index == null ? read.table() : index.descriptor(), KeyRange.prefix(key), false);
            while (scan.next(view)) {
                if (index == null) {
                    @Nullable Object[] found = reader.read(view);
                    if (found != null) {
                        rows.add(execution.forUpdate() ? withLock(view.keyBytes(), found) : found);
                    }
                } else {
                    byte[] primaryKey = index.primaryKey(view);
                    @Nullable Object[] found = transaction.get(read.table(), primaryKey, row) ? reader.read(row) : null;
                    if (found != null) {
                        rows.add(withLock(primaryKey, found));
                    }
                }
            }
            return rows;
        }

        private @Nullable Object[] withLock(byte[] key, @Nullable Object[] found) {
            if (execution.forUpdate()) {
                execution.transaction().readForUpdate(read.table(), key);
            }
            return found;
        }
    }
}
