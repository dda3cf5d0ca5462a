package org.coconutdb.sql.run;

import java.util.Objects;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.linq4j.function.Predicate2;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.RowBuffer;
import org.jspecify.annotations.Nullable;

/// Joins rows with the rows of a table that are found by a key made of them: by a lookup for each, none where it has the key of the row before, or by a
/// merge. Holds the rows of one key at a time, on disk where they are many; where a key has one row at most, some outer rows and theirs, which are
/// looked up together. Answers come in the order of the outer rows.
final class LookupJoin extends AbstractEnumerable<@Nullable Object> {
    private final Enumerable<@Nullable Object> outer;
    private final LookupJoinShape shape;
    private final JoinSource source;
    private final @Nullable Predicate2<@Nullable Object, @Nullable Object> condition;
    private final PlanDataContext context;

    /// @param condition beside the key, over an outer row and one of the table; null: none
    LookupJoin(
            Enumerable<@Nullable Object> outer,
            LookupJoinShape shape,
            JoinSource source,
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
        Enumerator<@Nullable Object> outerRows = outer.enumerator();
        OperatorMemory memory = context.operatorMemory();
        JoinSource.Matches matches = source.start(context, memory);
        if (!matches.areOneAtMost()) {
            return new Joined(outerRows, memory, matches);
        }
        memory.close();
        return new JoinedToOne(outerRows, matches, shape, this::meets, context.execution());
    }

    private boolean meets(@Nullable Object outerRow, @Nullable Object[] inner) {
        return condition == null || condition.apply(outerRow, shape.innerRow(inner));
    }

    private final class Joined implements Enumerator<@Nullable Object> {
        private final Enumerator<@Nullable Object> outerRows;
        private OperatorMemory memory;
        private JoinSource.Matches matches;
        // Pairs of the outer row at hand that are left; null where there are none.
        private RowBuffer.@Nullable Reader pairs;
        private @Nullable Object current;

        private Joined(Enumerator<@Nullable Object> outerRows, OperatorMemory memory, JoinSource.Matches matches) {
            this.outerRows = outerRows;
            this.memory = memory;
            this.matches = matches;
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
                    // For each pair: many may be refused before one is answered.
                    context.execution().requireNotCancelled();
                    @Nullable Object[] inner = row(left.next());
                    if (meets(outerRows.current(), inner)) {
                        current = shape.joined(outerRows.current(), inner);
                        return true;
                    }
                }
                context.execution().requireNotCancelled();
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
            RowBuffer found = matches.find(shape.keyValues(outerRow));
            pairs = null;
            return switch (shape.type()) {
                case INNER -> {
                    pairs = found.isEmpty() ? null : found.read();
                    yield false;
                }
                case LEFT -> {
                    boolean alone = !hasPair(outerRow, found);
                    current = alone ? shape.alone(outerRow) : null;
                    pairs = alone ? null : found.read();
                    yield alone;
                }
                case SEMI, ANTI -> {
                    boolean answered = hasPair(outerRow, found) == (shape.type() == LookupJoinShape.Type.SEMI);
                    current = outerRow;
                    yield answered;
                }
            };
        }

        private boolean hasPair(@Nullable Object outerRow, RowBuffer found) {
            if (found.isEmpty()) {
                return false;
            }
            RowBuffer.Reader all = found.read();
            while (all.hasNext()) {
                context.execution().requireNotCancelled();
                if (meets(outerRow, row(all.next()))) {
                    return true;
                }
            }
            return false;
        }

        private static @Nullable Object[] row(@Nullable Object found) {
            return (@Nullable Object[]) Objects.requireNonNull(found);
        }

        @Override
        public void reset() {
            outerRows.reset();
            matches.close();
            memory.close();
            memory = context.operatorMemory();
            matches = source.start(context, memory);
            pairs = null;
        }

        @Override
        public void close() {
            matches.close();
            memory.close();
            outerRows.close();
        }
    }
}
