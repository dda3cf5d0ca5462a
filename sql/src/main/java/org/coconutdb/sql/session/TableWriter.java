package org.coconutdb.sql.session;

import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.version.RecordHeap;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.catalog.CatalogTable;
import org.jspecify.annotations.Nullable;

/// Rows of a table, checked → the bytes of its keys and rows.
final class TableWriter {
    private final CatalogTable table;
    private final @Nullable RowChecks checks;
    private final @Nullable TableReferences references;
    private final int[] key;

    /// @param checks of rows; null where all pass
    /// @param references null where the table refers to none and none refers to it, or where only its indexes are written
    TableWriter(CatalogTable table, @Nullable RowChecks checks, @Nullable TableReferences references) {
        this.table = table;
        this.checks = checks;
        this.references = references;
        List<Integer> primaryKey = table.definition().primaryKey();
        this.key = primaryKey.stream().mapToInt(Integer::intValue).toArray();
    }

    CatalogTable table() {
        return table;
    }

    /// Null where there are no foreign keys.
    @Nullable
    TableReferences references() {
        return references;
    }

    /// Whether a row can come, change or leave without a look at its other columns or at other tables.
    boolean isFree() {
        return checks == null && references == null;
    }

    /// The encoded key of a row of stored values.
    byte[] key(@Nullable Object[] row) {
        @Nullable Object[] values = new @Nullable Object[key.length];
        for (int i = 0; i < key.length; i++) {
            values[i] = row[key[i]];
        }
        return requireFits("primary key", table.keyCodec().encode(values));
    }

    /// The key of a row's entry in an index.
    byte[] entryKey(CatalogIndex index, @Nullable Object[] row, byte[] primaryKey) {
        return requireFits("index " + index, index.entryKey(row, primaryKey));
    }

    private byte[] requireFits(String what, byte[] encoded) {
        if (encoded.length > RecordHeap.KEY_BYTES_MAX) {
            throw CoconutException.of(ErrorCode.KEY_TOO_LARGE)
                    .with("table", table)
                    .with("keyBytes", encoded.length)
                    .with("keyBytesMax", RecordHeap.KEY_BYTES_MAX)
                    .mend("Use shorter values in the columns of the " + what + ".");
        }
        return encoded;
    }

    /// CHECK_VIOLATION where the row is not one of the table's.
    void check(Execution execution, @Nullable Object[] row) {
        if (checks != null) {
            checks.require(table, execution, row);
        }
    }

    byte[] row(@Nullable Object[] row) {
        return table.rowLayout().encode(row);
    }
}
