package org.coconutdb.sql.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.coconutdb.engine.row.KeyCodec;
import org.coconutdb.engine.row.KeyCodec.KeyColumn;
import org.coconutdb.engine.row.KeyRange;
import org.jspecify.annotations.Nullable;

/// Keys that begin with some values, and whose next column lies between two ends.
///
/// @param prefix equalities of the key's first columns
/// @param lower null: from the first
/// @param upper null: to the last
/// @param withoutNulls whether the next column is not NULL, which an end says as well
public record KeyInterval(List<KeyPart> prefix, @Nullable Bound lower, @Nullable Bound upper, boolean withoutNulls) {
    /// One end.
    public record Bound(ColumnDomain domain, Term term, boolean inclusive) {}

    public KeyInterval {
        prefix = List.copyOf(prefix);
    }

    /// With NULLs where there is no end.
    public KeyInterval(List<KeyPart> prefix, @Nullable Bound lower, @Nullable Bound upper) {
        this(prefix, lower, upper, false);
    }

    /// How many of the key's first columns are not NULL in it.
    public int columnsWithoutNulls() {
        return prefix.size() + (lower != null || upper != null || withoutNulls ? 1 : 0);
    }

    /// The ranges for one execution: one, but where a part of the prefix is of an array.
    List<KeyRange> ranges(KeyCodec codec, PlanDataContext context) {
        List<KeyRange> ranges = new ArrayList<>();
        for (List<KeyPart> single : KeyPart.ofElements(prefix, context)) {
            KeyRange range = new KeyInterval(single, lower, upper, withoutNulls).range(codec, context);
            if (range != null) {
                ranges.add(range);
            }
        }
        return ranges;
    }

    /// Whether there may be several ranges.
    public boolean isOfArray() {
        return prefix.stream().anyMatch(KeyPart::ofArray);
    }

    /// The range for one execution, null where no key can be in it. A NULL is in none that has an end: keys of an index may have some, behind all
    /// values.
    private @Nullable KeyRange range(KeyCodec codec, PlanDataContext context) {
        @Nullable Object[] values = new Object[prefix.size() + 1];
        for (int i = 0; i < prefix.size(); i++) {
            Object value = prefix.get(i).value(context);
            if (value == null) {
                return null;
            }
            values[i] = value;
        }
        KeyRange all = prefix.isEmpty() ? KeyRange.ALL : KeyRange.prefix(codec.encodePrefix(Arrays.copyOf(values, prefix.size())));
        if (columnsWithoutNulls() == prefix.size()) {
            return all;
        }
        KeyColumn column = codec.column(prefix.size());
        byte @Nullable [] from = all.from();
        byte @Nullable [] to = column.column().nullable() ? codec.encodePrefix(values) : all.to();
        for (boolean isLower : new boolean[] {true, false}) {
            Bound bound = isLower ? lower : upper;
            if (bound == null) {
                continue;
            }
            Object value = bound.term().evaluate(context);
            ColumnDomain.End end = value == null ? null
                    : isLower ? bound.domain().lowerEnd(value, bound.inclusive()) : bound.domain().upperEnd(value, bound.inclusive());
            if (end == null) {
                return null;
            }
            Object limit = end.value();
            if (limit == null) {
                continue;
            }
            values[prefix.size()] = limit;
            byte[] key = codec.encodePrefix(values);
            // Of a descending column the greatest value comes first.
            boolean isFirst = isLower != column.descending();
            // Behind an inclusive last end and an exclusive first one.
            byte[] place = isFirst == end.inclusive() ? key : KeyRange.after(key);
            if (isFirst) {
                if (place == null) {
                    return null;
                }
                from = place;
            } else {
                to = place == null ? to : place;
            }
        }
        KeyRange range = new KeyRange(from, to);
        return range.isEmpty() ? null : range;
    }
}
