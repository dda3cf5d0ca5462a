package org.coconutdb.sql.operator;

import java.util.List;
import org.apache.calcite.linq4j.Enumerable;
import org.jspecify.annotations.Nullable;

/// Rows of one input after the other.
final class ConcatenatedInputs implements HybridGroups.Input {
    private final List<Enumerable<@Nullable Object>> inputs;
    private int source = -1;
    private @Nullable InputRows open;

    ConcatenatedInputs(List<Enumerable<@Nullable Object>> inputs) {
        this.inputs = inputs;
    }

    @Override
    public boolean hasNext() {
        while (open == null || !open.hasNext()) {
            close();
            if (source + 1 == inputs.size()) {
                return false;
            }
            source++;
            open = new InputRows(inputs.get(source).enumerator());
        }
        return true;
    }

    @Override
    public @Nullable Object next() {
        InputRows rows = open;
        if (rows == null) {
            throw new IllegalStateException("no row was asked for");
        }
        return rows.next();
    }

    @Override
    public int source() {
        return source;
    }

    @Override
    public void close() {
        InputRows rows = open;
        open = null;
        if (rows != null) {
            rows.close();
        }
    }
}
