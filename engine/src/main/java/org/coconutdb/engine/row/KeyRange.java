package org.coconutdb.engine.row;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A range of encoded keys in unsigned byte order: `[from, to)`, each end open to infinity where null.
///
/// Inclusive and exclusive ends are made by the caller from prefixes: [#after] gives the least key that is greater than
/// every key with a prefix. So one form serves all ranges.
///
/// @param from first key that belongs to the range, null: from the start
/// @param to first key that no longer belongs to the range, null: to the end
public record KeyRange(byte @Nullable [] from, byte @Nullable [] to) {
    public static final KeyRange ALL = new KeyRange(null, null);

    /// All keys that begin with the prefix.
    public static KeyRange prefix(byte[] prefix) {
        return new KeyRange(prefix, after(prefix));
    }

    /// The least byte string greater than all that begin with the prefix, null where there is none (all bits set).
    public static byte @Nullable [] after(byte[] prefix) {
        for (int i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != (byte) 0xFF) {
                byte[] next = Arrays.copyOf(prefix, i + 1);
                next[i]++;
                return next;
            }
        }
        return null;
    }

    public boolean contains(byte[] key) {
        return (from == null || Arrays.compareUnsigned(key, from) >= 0) && (to == null || Arrays.compareUnsigned(key, to) < 0);
    }

    /// Whether no key can be in it.
    public boolean isEmpty() {
        return from != null && to != null && Arrays.compareUnsigned(from, to) >= 0;
    }
}
