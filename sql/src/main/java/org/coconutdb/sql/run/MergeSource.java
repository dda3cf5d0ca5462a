package org.coconutdb.sql.run;

import java.util.Arrays;
import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.RowBuffer;
import org.jspecify.annotations.Nullable;

/// Finds rows with a key by going through rows that come in the order of the same key, where keys are asked for in that order too: a merge join. Each row
/// is read once, and those of one key are held.
///
/// Invariant: every row before `ahead` has a key that is not above the last one that was asked for, or NULL in it. So rows that are passed by are never
/// asked for again.
///
/// @param rows in order of the key
/// @param keyFields of these rows, in the key's order
/// @param descending of each, whether the order is backwards
/// @param measuredAs number in [RunFigures]; [LookupSource#NOT_MEASURED] in plans that count nothing
public record MergeSource(RowSource rows, int[] keyFields, boolean[] descending, int measuredAs) implements JoinSource {
    public MergeSource {
        keyFields = keyFields.clone();
        descending = descending.clone();
    }

    @Override
    public Matches start(PlanDataContext context, OperatorMemory memory) {
        RunFigures figures = measuredAs < 0 ? null : context.execution().figures();
        Enumerator<@Nullable Object[]> each = figures == null ? rows.open(context) : figures.measured(measuredAs, () -> rows.open(context));
        return new Merged(each, context.execution(), new RowBuffer(memory, "rows of one key of a merge join"));
    }

    private final class Merged implements Matches {
        private final Enumerator<@Nullable Object[]> each;
        private final ExecutionContext execution;
        private final RowBuffer group;
        // Of the group; null before the first.
        private @Nullable Object @Nullable [] groupKey;
        private @Nullable Object @Nullable [] ahead;
        private boolean hasBegun;

        Merged(Enumerator<@Nullable Object[]> each, ExecutionContext execution, RowBuffer group) {
            this.group = group;
            this.each = each;
            this.execution = execution;
        }

        @Override
        public RowBuffer find(@Nullable Object[] key) {
            if (Arrays.asList(key).contains(null)) {
                group.clear();
                groupKey = null;
                return group;
            }
            @Nullable Object[] known = groupKey;
            if (known != null && compare(known, key) == 0) {
                return group;
            }
            if (!hasBegun) {
                hasBegun = true;
                advance();
            }
            group.clear();
            groupKey = key;
            while (ahead != null) {
                int order = compareAhead(ahead, key);
                if (order > 0) {
                    break;
                }
                if (order == 0) {
                    group.add(ahead);
                }
                advance();
            }
            return group;
        }

        /// A row with NULL in its key is before all others, and so passed by.
        private int compareAhead(@Nullable Object[] row, @Nullable Object[] key) {
            @Nullable Object[] own = new @Nullable Object[keyFields.length];
            for (int i = 0; i < own.length; i++) {
                own[i] = row[keyFields[i]];
                if (own[i] == null) {
                    return -1;
                }
            }
            return compare(own, key);
        }

        private int compare(@Nullable Object[] left, @Nullable Object[] right) {
            for (int i = 0; i < left.length; i++) {
                Object first = left[i];
                Object second = right[i];
                int order = first == null || second == null ? 0 : RowOrder.values(first, second);
                if (order != 0) {
                    return descending[i] ? -order : order;
                }
            }
            return 0;
        }

        private void advance() {
            execution.requireNotCancelled();
            ahead = each.moveNext() ? each.current() : null;
        }

        @Override
        public void close() {
            each.close();
        }
    }
}
