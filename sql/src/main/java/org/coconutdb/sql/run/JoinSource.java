package org.coconutdb.sql.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The inner side of a [LookupJoin]: where the rows that have a key are found. Immutable.
public sealed interface JoinSource permits LookupSource, MergeSource {
    /// @return one execution's; package-private type: only the join uses it
    Matches start(PlanDataContext context);

    /// Rows by keys, in one execution.
    interface Matches extends AutoCloseable {
        /// The rows with a key, in its order; none for a key with NULL. Valid until the next call.
        ///
        /// @param key in Calcite's internal representation
        List<@Nullable Object[]> find(@Nullable Object[] key);

        @Override
        default void close() {
            // Most hold nothing.
        }
    }
}
