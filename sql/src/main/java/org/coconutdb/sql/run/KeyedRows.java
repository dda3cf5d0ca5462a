package org.coconutdb.sql.run;

import org.jspecify.annotations.Nullable;

/// Rows of some keys.
final class KeyedRows extends Rows {
    private final ExecutionContext execution;
    private final byte[][] keys;
    private final KeyBatch batch;
    private int nextKey;
    private int position;

    /// @param keys encoded, no two alike, in the order of the answer
    KeyedRows(TableRead read, PlanDataContext context, byte[][] keys) {
        this.execution = context.execution();
        this.keys = keys;
        this.batch = new KeyBatch(read, read.start(context), execution);
    }

    @Override
    @Nullable
    Object @Nullable [] next() {
        while (true) {
            while (position < batch.count()) {
                @Nullable Object[] row = batch.row(position++);
                if (row != null) {
                    return row;
                }
            }
            if (nextKey == keys.length) {
                return null;
            }
            execution.requireNotCancelled();
            batch.clear();
            position = 0;
            while (nextKey < keys.length && !batch.isFull()) {
                batch.add(keys[nextKey++]);
            }
            batch.look();
        }
    }

    @Override
    void restart() {
        batch.clear();
        nextKey = 0;
        position = 0;
    }
}
