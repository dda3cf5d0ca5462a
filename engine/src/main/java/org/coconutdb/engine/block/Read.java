package org.coconutdb.engine.block;

import java.util.Objects;
import org.coconutdb.engine.row.KeyRange;

/// What a transaction has read, and rests on: nobody may have changed it since its snapshot when it commits, nor change it while it is
/// prepared. Absence counts as what was read. Arrays are not copied.
public sealed interface Read {
    int table();

    /// One key.
    record Key(int table, byte[] key) implements Read {
        public Key {
            Objects.requireNonNull(key);
        }
    }

    /// All keys of a range, those that are not there included.
    record Range(int table, KeyRange range) implements Read {
        public Range {
            Objects.requireNonNull(range);
        }
    }
}
