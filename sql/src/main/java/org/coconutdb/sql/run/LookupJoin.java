package org.coconutdb.sql.run;

import java.util.Arrays;
import java.util.Objects;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.linq4j.function.Predicate2;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.RowBuffer;
import org.jspecify.annotations.Nullable;

/// Joins rows with the rows of a table that are found by a key made of them: one lookup a row, none where it has the key of the row before.
/// Holds the rows of one key at a time, on disk where they are many. Answers come in the order of the outer rows.
final class LookupJoin extends AbstractEnumerable<@Nullable Object> {
    private final Enumerable<@Nullable Object> outer;
    private final LookupJoinShape shape;
    private final LookupSource source;
    private final @Nullable Predicate2<@Nullable Object, @Nullable Object> condition;
    private final PlanDataContext context;

    /// @param condition beside the key, over an outer row and one of the table; null: none
    LookupJoin(
            Enumerable<@Nullable Object> outer,
            LookupJoinShape shape,
            LookupSource source,
            @Nullable Predicate2<@Nullable Object, @Nullable Object> condition,
            PlanDataContext context) {
        this.outer = outer;
        this.shape = shape;
        this.source = source;
        this.condition = condition;
        this.context = context;
    }

    @Override
    public Enumerator<@Nullable Object> enumerator() {
        return new Joined(outer.enumerator());
    }

    private final class Joined implements Enumerator<@Nullable Object> {
        private final Enumerator<@Nullable Object> outerRows;
        private final LookupSource.Lookup lookup = source.start(context);
        // Of the key at hand; empty where no row has it. Another row with the same key finds them here.
        private byte @Nullable [] key;
        private final OperatorMemory memory = context.operatorMemory();
        private final RowBuffer found = new RowBuffer(memory, "rows of one key of a join by lookups");
        // Pairs of the outer row at hand that are left; null where there are none.
        private RowBuffer.@Nullable Reader pairs;
        private @Nullable Object current;

        private Joined(Enumerator<@Nullable Object> outerRows) {
            this.outerRows = outerRows;
        }

        @Override
        public @Nullable Object current() {
            return current;
        }

        @Override
        public boolean moveNext() {
            // All pairs of one outer row are answered before the next is asked for.
            while (true) {
                RowBuffer.Reader left = pairs;
                while (left != null && left.hasNext()) {
                    requireNotCancelled();
                    @Nullable Object[] inner = row(left.next());
                    if (meets(outerRows.current(), inner)) {
                        current = shape.joined(outerRows.current(), inner);
                        return true;
                    }
                }
                requireNotCancelled();
                if (!outerRows.moveNext()) {
                    memory.close();
                    return false;
                }
                if (begin(outerRows.current())) {
                    return true;
                }
            }
        }

        /// Goes to an outer row; whether it is answered by itself.
        private boolean begin(@Nullable Object outerRow) {
            find(outerRow);
            pairs = null;
            return switch (shape.type()) {
                case INNER -> {
                    pairs = found.isEmpty() ? null : found.read();
                    yield false;
                }
                case LEFT -> {
                    boolean alone = !hasPair(outerRow);
                    current = alone ? shape.alone(outerRow) : null;
                    pairs = alone ? null : found.read();
                    yield alone;
                }
                case SEMI, ANTI -> {
                    boolean answered = hasPair(outerRow) == (shape.type() == LookupJoinShape.Type.SEMI);
                    current = outerRow;
                    yield answered;
                }
            };
        }

        private boolean hasPair(@Nullable Object outerRow) {
            if (found.isEmpty()) {
                return false;
            }
            RowBuffer.Reader all = found.read();
            while (all.hasNext()) {
                requireNotCancelled();
                if (meets(outerRow, row(all.next()))) {
                    return true;
                }
            }
            return false;
        }

        private static @Nullable Object[] row(@Nullable Object found) {
            return (@Nullable Object[]) Objects.requireNonNull(found);
        }

        /// For each pair: many may be refused before one is answered.
        private void requireNotCancelled() {
            if (context.execution().cancelled().get()) {
                throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED);
            }
        }

        private boolean meets(@Nullable Object outerRow, @Nullable Object[] inner) {
            return condition == null || condition.apply(outerRow, shape.innerRow(inner));
        }

        private void find(@Nullable Object outerRow) {
            byte[] wanted = lookup.key(shape.keyValues(outerRow));
            if (wanted == null) {
                found.clear();
            } else if (!Arrays.equals(wanted, key)) {
                found.clear();
                lookup.find(wanted, found);
            }
            key = wanted;
        }

        @Override
        public void reset() {
            outerRows.reset();
            key = null;
            found.clear();
            pairs = null;
        }

        @Override
        public void close() {
            memory.close();
            outerRows.close();
        }
    }
}
