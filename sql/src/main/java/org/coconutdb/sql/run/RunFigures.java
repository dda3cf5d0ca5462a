package org.coconutdb.sql.run;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.apache.calcite.linq4j.Enumerator;
import org.jspecify.annotations.Nullable;

/// What one execution of a plan counts of its operators, for EXPLAIN ANALYZE; operators have the numbers that the plan shows them by, the
/// root 0, each before its inputs. One thread.
///
/// Operators call each other, and each moment belongs to the one that was entered last. So times of all operators add up to what passed
/// between the first entry and the last leave, whoever asks whom for rows.
public final class RunFigures {
    private final List<OperatorFigures> operators = new ArrayList<>();
    private final Deque<OperatorFigures> running = new ArrayDeque<>();
    // Of a part: what is none of its operators' own.
    private final @Nullable OperatorFigures around;
    private long since;

    public RunFigures() {
        this(null);
    }

    private RunFigures(@Nullable OperatorFigures around) {
        this.around = around;
        if (around != null) {
            running.push(around);
        }
    }

    /// Of one part of a plan that runs in parts: its time counts between [#resume] and [#pause], and is added to the others' by [#add].
    static RunFigures ofPart() {
        return new RunFigures(new OperatorFigures());
    }

    void resume() {
        since = System.nanoTime();
    }

    void pause() {
        charge();
    }

    /// Adds what a part has counted, which runs no more. So times of operators that ran in parts are those of all threads together.
    ///
    /// @param whole the operator that is run in parts
    void add(RunFigures part, OperatorFigures whole) {
        for (int i = 0; i < part.operators.size(); i++) {
            operator(i).add(part.operators.get(i));
        }
        if (part.around != null) {
            whole.add(part.around);
        }
    }

    public OperatorFigures operator(int number) {
        while (operators.size() <= number) {
            operators.add(new OperatorFigures());
        }
        return operators.get(number);
    }

    /// Time in all operators.
    public long nanos() {
        return operators.stream().mapToLong(OperatorFigures::selfNanos).sum() + (around == null ? 0 : around.selfNanos());
    }

    /// The operator that runs.
    OperatorFigures current() {
        return running.element();
    }

    /// The same; null where none does.
    @Nullable
    OperatorFigures running() {
        return running.peek();
    }

    void enter(int operator) {
        charge();
        running.push(operator(operator));
    }

    void leave() {
        charge();
        running.pop();
    }

    private void charge() {
        long now = System.nanoTime();
        OperatorFigures operator = running.peek();
        if (operator != null) {
            operator.add(now - since);
        }
        since = now;
    }

    /// Rows of an operator, counted and timed.
    public <T> Enumerator<T> measured(int operator, Supplier<Enumerator<T>> rows) {
        enter(operator);
        try {
            OperatorFigures figures = current();
            figures.begin();
            return new Measured<>(operator, figures, rows.get());
        } finally {
            leave();
        }
    }

    private final class Measured<T> implements Enumerator<T> {
        private final int operator;
        private final OperatorFigures figures;
        private final Enumerator<T> rows;

        Measured(int operator, OperatorFigures figures, Enumerator<T> rows) {
            this.operator = operator;
            this.figures = figures;
            this.rows = rows;
        }

        @Override
        public T current() {
            // Generated code computes columns here.
            enter(operator);
            try {
                return rows.current();
            } finally {
                leave();
            }
        }

        @Override
        public boolean moveNext() {
            enter(operator);
            try {
                boolean found = rows.moveNext();
                if (found) {
                    figures.answer();
                }
                return found;
            } finally {
                leave();
            }
        }

        @Override
        public void reset() {
            figures.begin();
            rows.reset();
        }

        @Override
        public void close() {
            rows.close();
        }
    }
}
