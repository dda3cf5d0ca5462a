package org.coconutdb.sql.run;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.engine.transaction.BatchLookup;
import org.jspecify.annotations.Nullable;

/// Rows joined to one row each, or none: some at a time, few at first, for who wants no more, then as many as are worth it.
final class JoinedToOne implements Enumerator<@Nullable Object> {
    private static final int FIRST_SIZE = 8;

    /// Whether a pair meets the condition beside the key.
    interface Condition {
        boolean meets(@Nullable Object outerRow, @Nullable Object[] inner);
    }

    private final Enumerator<@Nullable Object> outerRows;
    private final JoinSource.Matches matches;
    private final LookupJoinShape shape;
    private final Condition condition;
    private final ExecutionContext execution;
    private int size = FIRST_SIZE;
    private final List<@Nullable Object> batch = new ArrayList<>(FIRST_SIZE);
    // Of each row of the batch.
    private List<@Nullable Object @Nullable []> found = List.of();
    private int position;
    private boolean outerIsOver;
    private @Nullable Object current;

    JoinedToOne(
            Enumerator<@Nullable Object> outerRows,
            JoinSource.Matches matches,
            LookupJoinShape shape,
            Condition condition,
            ExecutionContext execution) {
        this.outerRows = outerRows;
        this.matches = matches;
        this.shape = shape;
        this.condition = condition;
        this.execution = execution;
    }

    @Override
    public @Nullable Object current() {
        return current;
    }

    @Override
    public boolean moveNext() {
        while (true) {
            execution.requireNotCancelled();
            if (position == batch.size() && !nextBatch()) {
                return false;
            }
            @Nullable Object outerRow = batch.get(position);
            @Nullable Object[] inner = found.get(position++);
            boolean isPair = inner != null && condition.meets(outerRow, inner);
            boolean answered = switch (shape.type()) {
                case INNER -> isPair;
                case LEFT -> true;
                case SEMI -> isPair;
                case ANTI -> !isPair;
            };
            if (answered) {
                current = switch (shape.type()) {
                    case INNER, LEFT -> inner != null && isPair ? shape.joined(outerRow, inner) : shape.alone(outerRow);
                    case SEMI, ANTI -> outerRow;
                };
                return true;
            }
        }
    }

    private boolean nextBatch() {
        if (batch.size() == size) {
            size = Math.min(2 * size, BatchLookup.WORTHWHILE_MAX);
        }
        batch.clear();
        position = 0;
        List<@Nullable Object[]> keys = new ArrayList<>(size);
        while (batch.size() < size && nextOuter()) {
            @Nullable Object row = outerRows.current();
            batch.add(row);
            keys.add(shape.keyValues(row));
        }
        found = keys.isEmpty() ? List.of() : matches.findEach(keys);
        return !batch.isEmpty();
    }

    private boolean nextOuter() {
        outerIsOver = outerIsOver || !outerRows.moveNext();
        return !outerIsOver;
    }

    @Override
    public void reset() {
        outerRows.reset();
        outerIsOver = false;
        batch.clear();
        found = List.of();
        position = 0;
    }

    @Override
    public void close() {
        matches.close();
        outerRows.close();
    }
}
