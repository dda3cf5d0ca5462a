package org.coconutdb.sql.run;

import java.util.List;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.RowBuffer;
import org.jspecify.annotations.Nullable;

/// The inner side of a [LookupJoin]: where the rows that have a key are found. Immutable.
public sealed interface JoinSource permits LookupSource, MergeSource {
    /// @param memory of the join, for the rows of a key
    /// @return one execution's; package-private type: only the join uses it
    Matches start(PlanDataContext context, OperatorMemory memory);

    /// Rows by keys, in one execution.
    interface Matches extends AutoCloseable {
        /// Whether each key has one row at most, and keys may be asked for some at a time.
        default boolean areOneAtMost() {
            return false;
        }

        /// The rows with a key, in its order; none for a key with NULL. Valid until the next call.
        ///
        /// @param key in Calcite's internal representation
        RowBuffer find(@Nullable Object[] key);

        /// Where there is [one row at most][#areOneAtMost]: the row of each key; null where none has it.
        default List<@Nullable Object @Nullable []> findEach(List<@Nullable Object[]> keys) {
            throw new UnsupportedOperationException();
        }

        @Override
        default void close() {
            // Most hold nothing.
        }
    }
}
