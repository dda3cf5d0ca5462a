package org.coconutdb.engine.block;

import java.util.Objects;
import org.coconutdb.engine.table.TableSlice;
import org.jspecify.annotations.Nullable;

/// One row's change in a transaction. The arrays are not copied: whoever makes a write gives them away.
///
/// @param table table id
/// @param condition what must hold of the key when the transaction commits
/// @param key encoded key
/// @param row the new row; null deletes
/// @param ttlSeconds time to live from the commit on, 0 for ever, [#KEEP_TTL] as the row that is there has it
/// @param generation of the table's definition that the row was made for
/// @param readAt the snapshot that [Condition#UNCHANGED] is judged by where it is a later one than the transaction's; else 0
public record Write(int table, Condition condition, byte[] key, byte @Nullable [] row, int ttlSeconds, int generation, long readAt) {
    /// In place of a time to live: as the row has it.
    public static final int KEEP_TTL = TableSlice.KEEP_TTL;

    /// What must hold of a key.
    public enum Condition {
        /// Nothing.
        NONE,
        /// There is no row, or one that has expired by the entry's stamp: else DUPLICATE_KEY.
        ABSENT,
        /// Nobody changed it since the transaction's snapshot: else SERIALIZATION_CONFLICT.
        UNCHANGED
    }

    /// For a table whose definition never changed.
    public Write(int table, Condition condition, byte[] key, byte @Nullable [] row, int ttlSeconds) {
        this(table, condition, key, row, ttlSeconds, 0, 0);
    }

    /// The snapshot that the condition is judged by.
    long judgedAt(long snapshot) {
        return readAt == 0 ? snapshot : readAt;
    }

    public Write {
        Objects.requireNonNull(condition);
        Objects.requireNonNull(key);
        if (ttlSeconds < KEEP_TTL) {
            throw new IllegalArgumentException("a time to live of " + ttlSeconds + " seconds");
        }
    }
}
