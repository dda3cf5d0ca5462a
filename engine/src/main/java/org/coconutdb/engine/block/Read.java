package org.coconutdb.engine.block;

import java.util.Objects;
import org.coconutdb.engine.row.KeyRange;

/// What a transaction has read, and rests on: nobody may have changed it since its snapshot when it commits, nor change it while it is
/// prepared; of [Exists], nobody may have deleted it. Absence counts as what was read. Arrays are not copied.
public sealed interface Read {
    int table();

    /// One key.
    ///
    /// @param readAt the snapshot that it was read at, where that is not the transaction's; else 0
    record Key(int table, byte[] key, long readAt) implements Read {
        public Key {
            Objects.requireNonNull(key);
        }

        public Key(int table, byte[] key) {
            this(table, key, 0);
        }

        /// The snapshot that it is judged by.
        ///
        /// @param snapshot the transaction's
        long judgedAt(long snapshot) {
            return readAt == 0 ? snapshot : readAt;
        }
    }

    /// All keys of a range, those that are not there included.
    ///
    /// @param readAt the snapshot that it was read at, where that is not the transaction's; else 0
    record Range(int table, KeyRange range, long readAt) implements Read {
        public Range {
            Objects.requireNonNull(range);
        }

        public Range(int table, KeyRange range) {
            this(table, range, 0);
        }

        /// The snapshot that it is judged by.
        ///
        /// @param snapshot the transaction's
        long judgedAt(long snapshot) {
            return readAt == 0 ? snapshot : readAt;
        }
    }

    /// That there is a row of the key, whatever is in it: judged by the newest state and by no snapshot. Others may change the row meanwhile;
    /// nobody may delete it.
    record Exists(int table, byte[] key) implements Read {
        public Exists {
            Objects.requireNonNull(key);
        }
    }
}
