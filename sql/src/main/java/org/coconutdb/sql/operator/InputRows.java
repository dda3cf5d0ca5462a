package org.coconutdb.sql.operator;

import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.SpillReader;
import org.coconutdb.sql.spill.SpilledRows;
import org.jspecify.annotations.Nullable;

/// Rows of an input of an operator.
final class InputRows implements RowIterator {
    private final Enumerator<? extends @Nullable Object> rows;
    private boolean isAhead;
    private boolean isOver;

    InputRows(Enumerator<? extends @Nullable Object> rows) {
        this.rows = rows;
    }

    @Override
    public boolean hasNext() {
        if (!isAhead && !isOver) {
            isAhead = rows.moveNext();
            isOver = !isAhead;
        }
        return isAhead;
    }

    @Override
    public @Nullable Object next() {
        isAhead = false;
        return rows.current();
    }

    @Override
    public void close() {
        isOver = true;
        isAhead = false;
        rows.close();
    }

    /// Rows of a run, whose buffer is counted.
    ///
    /// @param isLastTime whether the run is given back meanwhile
    static RowIterator of(SpilledRows run, OperatorMemory memory, boolean isLastTime) {
        memory.grow(memory.blockBytes(), "a buffer to read rows from disk with", "Run fewer statements at once.");
        SpillReader reader = isLastTime ? run.take(memory) : run.read(memory);
        return new RowIterator() {
            private boolean isOver;

            @Override
            public boolean hasNext() {
                boolean found = !isOver && reader.hasNext();
                if (!found && !isOver) {
                    isOver = true;
                    memory.shrink(memory.blockBytes());
                }
                return found;
            }

            @Override
            public @Nullable Object next() {
                return reader.read();
            }
        };
    }
}
