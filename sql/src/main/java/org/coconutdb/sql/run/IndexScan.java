package org.coconutdb.sql.run;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.jspecify.annotations.Nullable;

/// Rows whose entries in an index are in ranges: each row once though ranges may overlap, in the index's order.
///
/// @param read of the rows
/// @param intervals of the index's key
/// @param entries reads entries in place of rows; null where they have not all that is wanted
/// @param reverse the index's order backwards
public record IndexScan(TableRead read, CatalogIndex index, @Nullable EntryRead entries, List<KeyInterval> intervals, boolean reverse)
        implements
        RowSource {
    public IndexScan {
        intervals = List.copyOf(intervals);
    }

    @Override
    public Enumerator<@Nullable Object[]> open(PlanDataContext context) {
        index.requireReadable(context.execution().transaction());
        List<KeyRange> ranges = new ArrayList<>(intervals.size());
        for (KeyInterval interval : intervals) {
            ranges.addAll(interval.ranges(index.codec(), context));
        }
        List<KeyRange> apart = RangeScan.merged(ranges);
        return new IndexedRows(read, index, entries, context, reverse ? apart.reversed() : apart, reverse);
    }
}
