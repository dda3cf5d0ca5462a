package org.coconutdb.sql.session;

import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.version.RecordHeap;
import org.coconutdb.sql.catalog.CatalogTable;
import org.jspecify.annotations.Nullable;

/// Rows of a table → the bytes of its keys and rows.
final class TableWriter {
    private final CatalogTable table;
    private final int[] key;

    TableWriter(CatalogTable table) {
        this.table = table;
        List<Integer> primaryKey = table.definition().primaryKey();
        this.key = primaryKey.stream().mapToInt(Integer::intValue).toArray();
    }

    CatalogTable table() {
        return table;
    }

    /// The encoded key of a row of stored values.
    byte[] key(@Nullable Object[] row) {
        @Nullable Object[] values = new @Nullable Object[key.length];
        for (int i = 0; i < key.length; i++) {
            values[i] = row[key[i]];
        }
        byte[] encoded = table.keyCodec().encode(values);
        if (encoded.length > RecordHeap.KEY_BYTES_MAX) {
            throw CoconutException.of(ErrorCode.KEY_TOO_LARGE)
                    .with("table", table)
                    .with("keyBytes", encoded.length)
                    .with("keyBytesMax", RecordHeap.KEY_BYTES_MAX)
                    .mend("Use shorter values in the primary key.");
        }
        return encoded;
    }

    byte[] row(@Nullable Object[] row) {
        return table.rowLayout().encode(row);
    }

    /// Whether the column, by position, belongs to the primary key.
    boolean isKeyColumn(int column) {
        for (int part : key) {
            if (part == column) {
                return true;
            }
        }
        return false;
    }
}
