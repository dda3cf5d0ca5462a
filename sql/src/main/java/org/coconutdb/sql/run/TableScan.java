package org.coconutdb.sql.run;

import java.util.List;
import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.engine.row.KeyRange;
import org.jspecify.annotations.Nullable;

/// All rows of a table: in key order of a sorted one, in any order of a hash table.
///
/// @param reverse descending; of a sorted table only
public record TableScan(TableRead read, boolean reverse) implements RowSource {
    @Override
    public Enumerator<@Nullable Object[]> open(PlanDataContext context) {
        BlockPart part = context.part();
        return part == null ? new ScannedRows(read, context, List.of(KeyRange.ALL), reverse) : new BlockRows(read, context, part);
    }
}
