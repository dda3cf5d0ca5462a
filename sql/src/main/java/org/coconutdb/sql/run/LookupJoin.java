package org.coconutdb.sql.run;

import java.util.List;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.linq4j.function.Predicate2;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Joins rows with the rows of a table that are found by a key made of them: by a lookup for each, none where it has the key of the row before, or by a
/// merge.
/// Holds the rows of one key at a time. Answers come in the order of the outer rows.
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
        return new Joined(outer.enumerator());
    }

    private final class Joined implements Enumerator<@Nullable Object> {
        private final Enumerator<@Nullable Object> outerRows;
        private JoinSource.Matches matches = source.start(context);
        // With the key of the outer row at hand.
        private List<@Nullable Object[]> found = List.of();
        // Of the next pair of the outer row at hand.
        private int position;
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
            // All pairs of one outer row are answered before the next is asked for; between them `position` is behind the last.
            while (true) {
                while (position < found.size()) {
                    requireNotCancelled();
                    @Nullable Object[] inner = found.get(position++);
                    if (meets(outerRows.current(), inner)) {
                        current = shape.joined(outerRows.current(), inner);
                        return true;
                    }
                }
                requireNotCancelled();
                if (!outerRows.moveNext()) {
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
            position = 0;
            return switch (shape.type()) {
                case INNER -> false;
                case LEFT -> {
                    boolean alone = !hasPair(outerRow);
                    current = alone ? shape.alone(outerRow) : null;
                    position = alone ? found.size() : 0;
                    yield alone;
                }
                case SEMI, ANTI -> {
                    boolean answered = hasPair(outerRow) == (shape.type() == LookupJoinShape.Type.SEMI);
                    current = outerRow;
                    position = found.size();
                    yield answered;
                }
            };
        }

        private boolean hasPair(@Nullable Object outerRow) {
            for (@Nullable Object[] inner : found) {
                requireNotCancelled();
                if (meets(outerRow, inner)) {
                    return true;
                }
            }
            return false;
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
            found = matches.find(shape.keyValues(outerRow));
        }

        @Override
        public void reset() {
            outerRows.reset();
            matches.close();
            matches = source.start(context);
            found = List.of();
            position = 0;
        }

        @Override
        public void close() {
            outerRows.close();
            matches.close();
        }
    }
}
