package org.coconutdb.engine.block;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One row's change in a transaction. The arrays are not copied: whoever makes a write gives them away.
///
/// @param table table id
/// @param condition what must hold of the key when the transaction commits
/// @param key encoded key
/// @param row the new row; null deletes
/// @param ttlSeconds time to live, 0 for ever
public record Write(int table, Condition condition, byte[] key, byte @Nullable [] row, int ttlSeconds) {
    /// What must hold of a key.
    public enum Condition {
        /// Nothing.
        NONE,
        /// There is no row: else DUPLICATE_KEY.
        ABSENT,
        /// Nobody changed it since the transaction's snapshot: else SERIALIZATION_CONFLICT.
        UNCHANGED
    }

    public Write {
        Objects.requireNonNull(condition);
        Objects.requireNonNull(key);
    }
}
