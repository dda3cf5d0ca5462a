package org.coconutdb.engine.transaction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.block.Read;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Rows that a transaction has read for update: at every isolation level its commit rests on them, whether it writes or not. One thread.
final class RowsForUpdate {
    static final int ROWS_MAX = 1 << 16;

    private record RowKey(TableDescriptor table, byte[] key) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof RowKey that && table.id() == that.table.id() && Arrays.equals(key, that.key);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(key) + table.id();
        }
    }

    // The first snapshot that a row was read at: from then on nobody may have changed it.
    private final Map<RowKey, Long> readAt = new HashMap<>();

    /// The array is not copied. TRANSACTION_TOO_LARGE.
    void add(TableDescriptor table, byte[] key, long snapshot) {
        if (readAt.putIfAbsent(new RowKey(table, key), snapshot) == null && readAt.size() > ROWS_MAX) {
            throw CoconutException.of(ErrorCode.TRANSACTION_TOO_LARGE)
                    .with("rowsForUpdate", readAt.size())
                    .with("rowsForUpdateMax", ROWS_MAX)
                    .mend("Read fewer rows FOR UPDATE, in transactions of their own, or use SERIALIZABLE, which judges ranges without it.");
        }
    }

    /// What the commit rests on: rows that the transaction has written too, since a later statement may have found them changed already.
    ///
    /// @param snapshot that the commit judges by where a read does not say otherwise
    List<ReadSet.Item> items(long snapshot) {
        List<ReadSet.Item> items = new ArrayList<>();
        readAt.forEach((row, at) -> items
                .add(new ReadSet.Item(row.table(), new Read.Key(row.table().id(), row.key(), at == snapshot ? 0 : at))));
        return items;
    }
}
