package org.coconutdb.sql.run;

import org.apache.calcite.linq4j.Enumerator;
import org.jspecify.annotations.Nullable;

/// Rows of a table that are read block by block.
///
/// @param rows which reads one block where its context says so
public record GatheredSource(RowSource rows, GatherShape shape) implements RowSource {
    @Override
    public Enumerator<@Nullable Object[]> open(PlanDataContext context) {
        return Gathering.of(context, shape, rows::open);
    }
}
