package org.coconutdb.sql.operator;

import java.util.NoSuchElementException;
import java.util.function.Function;
import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.sql.spill.OperatorMemory;
import org.jspecify.annotations.Nullable;

/// Rows of an operator that holds some: made when the first is asked for, and given back with the last, or when it is closed. One thread.
final class HeldEnumerator implements Enumerator<@Nullable Object> {
    private final OperatorMemory memory;
    private final Function<OperatorMemory, RowIterator> operator;
    private @Nullable RowIterator rows;
    private @Nullable Object current;
    private boolean hasCurrent;
    private boolean isOver;

    /// @param operator reads its input and begins to answer
    HeldEnumerator(OperatorMemory memory, Function<OperatorMemory, RowIterator> operator) {
        this.memory = memory;
        this.operator = operator;
    }

    @Override
    public boolean moveNext() {
        if (isOver) {
            return false;
        }
        memory.checkCancelled();
        RowIterator open = rows;
        if (open == null) {
            open = operator.apply(memory);
            rows = open;
        }
        hasCurrent = open.hasNext();
        if (!hasCurrent) {
            close();
            return false;
        }
        current = open.next();
        return true;
    }

    @Override
    public @Nullable Object current() {
        if (!hasCurrent) {
            throw new NoSuchElementException();
        }
        return current;
    }

    @Override
    public void reset() {
        close();
        isOver = false;
    }

    @Override
    public void close() {
        RowIterator open = rows;
        rows = null;
        current = null;
        hasCurrent = false;
        isOver = true;
        try {
            if (open != null) {
                open.close();
            }
        } finally {
            memory.clear();
        }
    }
}
