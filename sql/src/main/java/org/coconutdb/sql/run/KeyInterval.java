package org.coconutdb.sql.run;

import java.util.Arrays;
import java.util.List;
import org.coconutdb.engine.row.KeyCodec;
import org.coconutdb.engine.row.KeyRange;
import org.jspecify.annotations.Nullable;

/// Keys that begin with some values, and whose next column lies between two ends.
///
/// @param prefix equalities of the key's first columns
/// @param lower null: from the first
/// @param upper null: to the last
public record KeyInterval(List<KeyPart> prefix, @Nullable Bound lower, @Nullable Bound upper) {
    /// One end.
    public record Bound(ColumnDomain domain, Term term, boolean inclusive) {}

    public KeyInterval {
        prefix = List.copyOf(prefix);
    }

    /// The range for one execution, null where no key can be in it.
    @Nullable
    KeyRange range(KeyCodec codec, PlanDataContext context) {
        @Nullable Object[] values = new Object[prefix.size() + 1];
        for (int i = 0; i < prefix.size(); i++) {
            Object value = prefix.get(i).value(context);
            if (value == null) {
                return null;
            }
            values[i] = value;
        }
        KeyRange all = prefix.isEmpty() ? KeyRange.ALL : KeyRange.prefix(codec.encodePrefix(Arrays.copyOf(values, prefix.size())));
        byte @Nullable [] from = all.from();
        byte @Nullable [] to = all.to();
        if (lower != null) {
            Object value = lower.term().evaluate(context);
            ColumnDomain.End end = value == null ? null : lower.domain().lowerEnd(value, lower.inclusive());
            if (end == null) {
                return null;
            }
            Object limit = end.value();
            if (limit != null) {
                values[prefix.size()] = limit;
                byte[] key = codec.encodePrefix(values);
                from = end.inclusive() ? key : KeyRange.after(key);
                if (from == null) {
                    return null;
                }
            }
        }
        if (upper != null) {
            Object value = upper.term().evaluate(context);
            ColumnDomain.End end = value == null ? null : upper.domain().upperEnd(value, upper.inclusive());
            if (end == null) {
                return null;
            }
            Object limit = end.value();
            if (limit != null) {
                values[prefix.size()] = limit;
                byte[] key = codec.encodePrefix(values);
                byte[] after = end.inclusive() ? KeyRange.after(key) : key;
                to = after == null ? to : after;
            }
        }
        KeyRange range = new KeyRange(from, to);
        return range.isEmpty() ? null : range;
    }
}
