package org.coconutdb.sql.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.linq4j.function.Predicate2;
import org.coconutdb.engine.transaction.BatchLookup;
import org.jspecify.annotations.Nullable;

/// Joins rows with the rows of a table that are found by a key made of them: one lookup a row, none where it has the key of the row before.
/// Holds the rows of one key at a time, or, where a key has one row at most, some outer rows and theirs, which are looked up together. Answers
/// come in the order of the outer rows.
final class LookupJoin extends AbstractEnumerable<@Nullable Object> {
    private static final int NO_KEY = -1;
    private static final int LAST_KEY = -2;

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
        private static final int FIRST_SIZE = 8;

        private final Enumerator<@Nullable Object> outerRows;
        private final LookupSource.Lookup lookup = source.start(context);
        private int size = lookup.takesSeveral() ? FIRST_SIZE : 1;
        // Outer rows, and what was found of each.
        private final List<@Nullable Object> batch = new ArrayList<>();
        private final List<List<@Nullable Object[]>> foundOfBatch = new ArrayList<>();
        private int nextOfBatch;
        private boolean outerIsOver;
        private @Nullable Object outerRow;
        // Of the key at hand; empty where no row has it.
        private List<@Nullable Object[]> found = List.of();
        // The last one that was looked up, and its rows.
        private byte @Nullable [] key;
        private List<@Nullable Object[]> foundOfKey = List.of();
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
                    context.execution().requireNotCancelled();
                    @Nullable Object[] inner = found.get(position++);
                    if (meets(outerRow, inner)) {
                        current = shape.joined(outerRow, inner);
                        return true;
                    }
                }
                context.execution().requireNotCancelled();
                if (nextOfBatch == batch.size() && !nextBatch()) {
                    return false;
                }
                outerRow = batch.get(nextOfBatch);
                found = foundOfBatch.get(nextOfBatch++);
                if (begin()) {
                    return true;
                }
            }
        }

        private boolean nextOuter() {
            outerIsOver = outerIsOver || !outerRows.moveNext();
            return !outerIsOver;
        }

        private boolean nextBatch() {
            if (batch.size() == size && lookup.takesSeveral()) {
                size = Math.min(2 * size, BatchLookup.WORTHWHILE_MAX);
            }
            batch.clear();
            foundOfBatch.clear();
            nextOfBatch = 0;
            // Where a row's key stands among those that are looked up; one that was looked up before; one that no row can have.
            List<byte[]> keys = new ArrayList<>(size);
            int[] places = new int[size];
            while (batch.size() < size && nextOuter()) {
                @Nullable Object row = outerRows.current();
                byte[] wanted = lookup.key(shape.keyValues(row));
                if (wanted == null) {
                    places[batch.size()] = NO_KEY;
                } else if (Arrays.equals(wanted, key)) {
                    places[batch.size()] = keys.isEmpty() ? LAST_KEY : keys.size() - 1;
                } else {
                    places[batch.size()] = keys.size();
                    keys.add(wanted);
                    key = wanted;
                }
                batch.add(row);
            }
            List<List<@Nullable Object[]>> looked = keys.isEmpty() ? List.of() : lookup.rows(keys);
            for (int i = 0; i < batch.size(); i++) {
                foundOfBatch.add(switch (places[i]) {
                    case NO_KEY -> List.of();
                    case LAST_KEY -> foundOfKey;
                    default -> looked.get(places[i]);
                });
            }
            if (!looked.isEmpty()) {
                foundOfKey = looked.getLast();
            }
            return !batch.isEmpty();
        }

        /// Goes to an outer row; whether it is answered by itself.
        private boolean begin() {
            position = 0;
            return switch (shape.type()) {
                case INNER -> false;
                case LEFT -> {
                    boolean alone = !hasPair();
                    current = alone ? shape.alone(outerRow) : null;
                    position = alone ? found.size() : 0;
                    yield alone;
                }
                case SEMI, ANTI -> {
                    boolean answered = hasPair() == (shape.type() == LookupJoinShape.Type.SEMI);
                    current = outerRow;
                    position = found.size();
                    yield answered;
                }
            };
        }

        private boolean hasPair() {
            for (@Nullable Object[] inner : found) {
                context.execution().requireNotCancelled();
                if (meets(outerRow, inner)) {
                    return true;
                }
            }
            return false;
        }

        private boolean meets(@Nullable Object outerRow, @Nullable Object[] inner) {
            return condition == null || condition.apply(outerRow, shape.innerRow(inner));
        }

        @Override
        public void reset() {
            outerRows.reset();
            key = null;
            batch.clear();
            foundOfBatch.clear();
            nextOfBatch = 0;
            outerIsOver = false;
            outerRow = null;
            found = List.of();
            position = 0;
        }

        @Override
        public void close() {
            outerRows.close();
        }
    }
}
