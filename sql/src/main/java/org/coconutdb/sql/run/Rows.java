package org.coconutdb.sql.run;

import java.util.NoSuchElementException;
import org.apache.calcite.linq4j.Enumerator;
import org.jspecify.annotations.Nullable;

/// Rows made one after another: subclasses say how to find the next one and how to begin again.
abstract class Rows implements Enumerator<@Nullable Object[]> {
    private @Nullable Object @Nullable [] current;

    /// The next row, null at the end.
    abstract @Nullable Object @Nullable [] next();

    /// Goes to before the first row.
    abstract void restart();

    @Override
    public final @Nullable Object[] current() {
        @Nullable Object[] row = current;
        if (row == null) {
            throw new NoSuchElementException();
        }
        return row;
    }

    @Override
    public final boolean moveNext() {
        current = next();
        return current != null;
    }

    @Override
    public final void reset() {
        current = null;
        restart();
    }

    @Override
    public final void close() {
        current = null;
    }
}
