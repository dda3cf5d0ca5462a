package org.coconutdb.sql.run;

import org.apache.calcite.DataContext;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// The rows of GENERATE_SERIES: from a number to another, both included, by steps. None where an argument is NULL. Generated code calls it.
public final class NumberSeries {
    private NumberSeries() {}

    public static Enumerable<Long> rows(@Nullable Long start, @Nullable Long stop, DataContext context) {
        return rows(start, stop, 1L, context);
    }

    /// @param step below 0 it counts down; INVALID_ARGUMENT for 0
    public static Enumerable<Long> rows(
            @Nullable Long start,
            @Nullable Long stop,
            @Nullable Long step,
            DataContext context) {
        if (step != null && step == 0) {
            throw CoconutException.of(ErrorCode.INVALID_ARGUMENT).with("step", step).mend("The step is above or below 0.");
        }
        Series series = start == null || stop == null || step == null ? new Series(1, 0, 1) : new Series(start, stop, step);
        return GeneratedCode.cancellable(new AbstractEnumerable<>() {
            @Override
            public Enumerator<Long> enumerator() {
                return new Numbers(series);
            }
        }, context);
    }

    private record Series(long start, long stop, long step) {
        boolean isWithin(long number) {
            return step > 0 ? number <= stop : number >= stop;
        }
    }

    private static final class Numbers implements Enumerator<Long> {
        private final Series series;
        private long next;
        private boolean hasNext;
        private long current;

        Numbers(Series series) {
            this.series = series;
            reset();
        }

        @Override
        public Long current() {
            return current;
        }

        @Override
        public boolean moveNext() {
            if (!hasNext) {
                return false;
            }
            current = next;
            next = current + series.step();
            // Behind the largest number of 64 bits there is none.
            boolean isOver = ((current ^ next) & (series.step() ^ next)) < 0;
            hasNext = !isOver && series.isWithin(next);
            return true;
        }

        @Override
        public void reset() {
            next = series.start();
            hasNext = series.isWithin(next);
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
