package org.coconutdb.sql.operator;

import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.sql.run.PlanDataContext;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.RowSize;
import org.jspecify.annotations.Nullable;

/// The input of an operator of Calcite's that holds its rows by itself: they are counted, and refused where there is no room.
///
/// @param isAnswered whether what is held becomes one value of a row, which whoever holds that row counts; otherwise it is held as long as the statement runs
record CountedRows(Enumerable<@Nullable Object> rows, String what, boolean isAnswered, PlanDataContext context) {
    /// A place in a list, and in what is made of it.
    private static final int ROW_OVERHEAD_BYTES = 24;

    Enumerable<@Nullable Object> enumerable() {
        return new AbstractEnumerable<>() {
            @Override
            public Enumerator<@Nullable Object> enumerator() {
                return new Counted(rows.enumerator(), context.operatorMemory());
            }
        };
    }

    private final class Counted implements Enumerator<@Nullable Object> {
        private final Enumerator<@Nullable Object> input;
        private final OperatorMemory memory;

        Counted(Enumerator<@Nullable Object> input, OperatorMemory memory) {
            this.input = input;
            this.memory = memory;
        }

        @Override
        public @Nullable Object current() {
            return input.current();
        }

        @Override
        public boolean moveNext() {
            memory.checkCancelled();
            boolean found = input.moveNext();
            if (found) {
                memory.grow(RowSize.of(input.current()) + ROW_OVERHEAD_BYTES, what, "Read fewer rows or columns.");
            } else {
                end();
            }
            return found;
        }

        private void end() {
            if (isAnswered) {
                memory.clear();
            }
        }

        @Override
        public void reset() {
            input.reset();
            memory.clear();
        }

        @Override
        public void close() {
            input.close();
            end();
        }
    }
}
