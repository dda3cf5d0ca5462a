package org.coconutdb.sql.operator;

import org.jspecify.annotations.Nullable;

/// Other rows, of which the next can be looked at.
final class PeekedRows implements RowIterator {
    private final RowIterator rows;
    private @Nullable Object ahead;
    private boolean isAhead;

    PeekedRows(RowIterator rows) {
        this.rows = rows;
    }

    @Nullable
    Object peek() {
        if (!isAhead) {
            ahead = rows.next();
            isAhead = true;
        }
        return ahead;
    }

    @Override
    public boolean hasNext() {
        return isAhead || rows.hasNext();
    }

    @Override
    public @Nullable Object next() {
        Object row = peek();
        isAhead = false;
        ahead = null;
        return row;
    }

    @Override
    public void close() {
        rows.close();
    }
}
