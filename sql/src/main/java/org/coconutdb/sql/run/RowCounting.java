package org.coconutdb.sql.run;

import java.util.Objects;
import java.util.OptionalLong;
import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyRange;
import org.jspecify.annotations.Nullable;

/// One row: how many there are. Nothing of them is decoded, and of a whole table nothing is looked at where the engine knows their number at the
/// statement's snapshot; then a serializable transaction has read all keys of it just as if it had looked.
///
/// @param rows which are counted
/// @param whole the table, where they are all that it has; else null
/// @param parts how they are counted block by block; null: all by one thread
public record RowCounting(RowSource rows, @Nullable TableRead whole, @Nullable GatherShape parts) implements RowSource {
    @Override
    public Enumerator<@Nullable Object[]> open(PlanDataContext context) {
        return new Count(context);
    }

    private final class Count extends Rows {
        private final PlanDataContext context;
        private boolean isOver;

        Count(PlanDataContext context) {
            this.context = context;
        }

        @Override
        @Nullable
        Object @Nullable [] next() {
            if (isOver) {
                return null;
            }
            isOver = true;
            if (context.execution().cancelled().get()) {
                throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED);
            }
            TableRead table = whole;
            OptionalLong known = table == null ? OptionalLong.empty()
                    : context.execution().transaction().scan(table.table(), KeyRange.ALL, false).countAtOnce();
            return new @Nullable Object[] {known.isPresent() ? known.getAsLong() : counted()};
        }

        private long counted() {
            GatherShape split = parts;
            if (split == null) {
                try (Enumerator<@Nullable Object[]> each = rows.open(context)) {
                    return count(each);
                }
            }
            RowCounting one = new RowCounting(rows, null, null);
            try (Enumerator<@Nullable Object[]> counts = Gathering.of(context, split, one::open)) {
                return sum(counts);
            }
        }

        private static long count(Enumerator<@Nullable Object[]> each) {
            long count = 0;
            while (each.moveNext()) {
                count++;
            }
            return count;
        }

        private static long sum(Enumerator<@Nullable Object[]> counts) {
            long sum = 0;
            while (counts.moveNext()) {
                sum += (Long) Objects.requireNonNull(counts.current()[0]);
            }
            return sum;
        }

        @Override
        void restart() {
            isOver = false;
        }
    }
}
