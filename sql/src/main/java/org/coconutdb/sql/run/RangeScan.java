package org.coconutdb.sql.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.engine.row.KeyRange;
import org.jspecify.annotations.Nullable;

/// Rows of ranges of a sorted table: each row once though ranges may overlap, in key order.
///
/// @param reverse descending
public record RangeScan(TableRead read, List<KeyInterval> intervals, boolean reverse) implements RowSource {
    public RangeScan {
        intervals = List.copyOf(intervals);
    }

    @Override
    public Enumerator<@Nullable Object[]> open(PlanDataContext context) {
        List<KeyRange> ranges = new ArrayList<>(intervals.size());
        for (KeyInterval interval : intervals) {
            ranges.addAll(interval.ranges(read.keyCodec(), context));
        }
        List<KeyRange> apart = merged(ranges);
        return new ScannedRows(read, context, reverse ? apart.reversed() : apart, reverse);
    }

    /// The same keys as ranges in key order that do not touch.
    static List<KeyRange> merged(List<KeyRange> ranges) {
        if (ranges.size() < 2) {
            return ranges;
        }
        List<KeyRange> sorted = new ArrayList<>(ranges);
        Collections.sort(sorted, (left, right) -> compareStarts(left.from(), right.from()));
        List<KeyRange> merged = new ArrayList<>(sorted.size());
        KeyRange last = sorted.getFirst();
        for (KeyRange next : sorted.subList(1, sorted.size())) {
            byte[] end = last.to();
            byte[] start = next.from();
            if (end == null) {
                break;
            }
            if (start == null || Arrays.compareUnsigned(start, end) <= 0) {
                byte[] nextEnd = next.to();
                last = new KeyRange(last.from(), nextEnd == null || Arrays.compareUnsigned(nextEnd, end) > 0 ? nextEnd : end);
            } else {
                merged.add(last);
                last = next;
            }
        }
        merged.add(last);
        return merged;
    }

    private static int compareStarts(byte @Nullable [] left, byte @Nullable [] right) {
        if (left == null) {
            return right == null ? 0 : -1;
        }
        return right == null ? 1 : Arrays.compareUnsigned(left, right);
    }
}
