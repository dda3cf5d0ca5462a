package org.coconutdb.sql.session;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.catalog.CatalogTable;
import org.jspecify.annotations.Nullable;

/// Where ON CONFLICT looks for a row that is in the way: the primary key, unique indexes, or all of them. Immutable; any thread.
///
/// @param primaryKey whether the primary key is one of them
/// @param indexes unique ones
record ConflictTarget(CatalogTable table, boolean primaryKey, List<CatalogIndex> indexes) {
    ConflictTarget {
        indexes = List.copyOf(indexes);
    }

    /// Whether a duplicate of this table of the engine is a conflict that the statement asked to be told of.
    boolean has(String engineName) {
        return (primaryKey && engineName.equals(table.descriptor().name()))
                || indexes.stream().anyMatch(index -> index.descriptor().name().equals(engineName));
    }

    /// The search of one run. It knows the rows that the run has written, which its snapshot does not show.
    final class Search {
        private record Taken(String name, ByteBuffer key) {}

        private final TableWriter writer;
        private final Transaction transaction;
        private final Set<Taken> written = new HashSet<>();
        private final RecordView view = new RecordView();

        Search(TableWriter writer, Transaction transaction) {
            this.writer = writer;
            this.transaction = transaction;
        }

        /// The primary key of a committed row in the row's way; null where there is none.
        byte @Nullable [] find(byte[] key, @Nullable Object[] row) {
            if (primaryKey && transaction.get(table.descriptor(), key, view)) {
                return key;
            }
            for (CatalogIndex index : indexes) {
                if (index.isExclusive(row) && transaction.get(index.descriptor(), writer.entryKey(index, row, key), view)) {
                    return index.primaryKey(view);
                }
            }
            return null;
        }

        /// Whether a row that this run has written is in the way.
        boolean isWritten(byte[] key, @Nullable Object[] row) {
            return taken(key, row).stream().anyMatch(written::contains);
        }

        /// Notes that this run writes the row.
        void note(byte[] key, @Nullable Object[] row) {
            written.addAll(taken(key, row));
        }

        private Set<Taken> taken(byte[] key, @Nullable Object[] row) {
            Set<Taken> taken = new HashSet<>();
            if (primaryKey) {
                taken.add(new Taken(table.descriptor().name(), ByteBuffer.wrap(key)));
            }
            for (CatalogIndex index : indexes) {
                if (index.isExclusive(row)) {
                    taken.add(new Taken(index.descriptor().name(), ByteBuffer.wrap(writer.entryKey(index, row, key))));
                }
            }
            return taken;
        }
    }
}
