package org.coconutdb.sql.run;

import java.util.Arrays;
import org.coconutdb.engine.transaction.BatchLookup;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// Rows of keys, looked up some at a time: few at first, for who wants no more, then as many as are worth it. Where rows are read for update, or
/// their headers are looked at, one at a time.
///
/// Between [#clear] and [#look] keys are added until [#isFull]; then each has its row, or none.
final class KeyBatch {
    private static final int FIRST_SIZE = 8;

    private final TableRead read;
    private final TableRead.Reader reader;
    private final ExecutionContext execution;
    private final boolean oneByOne;
    private final Transaction transaction;
    private @Nullable BatchLookup lookups;
    private byte[][] keys;
    private @Nullable Object[] @Nullable [] rows;
    private int size;
    private int count;

    KeyBatch(TableRead read, TableRead.Reader reader, ExecutionContext execution) {
        this.read = read;
        this.reader = reader;
        this.execution = execution;
        this.transaction = execution.transaction();
        this.oneByOne = execution.forUpdate() || read.isOfHeaders();
        this.size = oneByOne ? 1 : FIRST_SIZE;
        this.keys = new byte[size][];
        this.rows = new Object[size][];
    }

    /// Begins the next batch.
    void clear() {
        if (count == size && !oneByOne && size < BatchLookup.WORTHWHILE_MAX) {
            size = Math.min(2 * size, BatchLookup.WORTHWHILE_MAX);
            keys = Arrays.copyOf(keys, size);
            rows = Arrays.copyOf(rows, size);
        }
        count = 0;
    }

    void add(byte[] key) {
        keys[count++] = key;
    }

    boolean isFull() {
        return count == size;
    }

    int count() {
        return count;
    }

    /// Looks the keys up.
    void look() {
        OperatorFigures figures = reader.figures();
        if (figures != null) {
            for (int i = 0; i < count; i++) {
                figures.blocks().set(transaction.blockOf(read.table(), keys[i]));
            }
        }
        if (oneByOne) {
            for (int i = 0; i < count; i++) {
                rows[i] = lookAlone(keys[i]);
            }
            return;
        }
        BatchLookup found = lookups;
        if (found == null) {
            found = transaction.lookups(read.table());
            lookups = found;
        }
        found.find(keys, count);
        for (int i = 0; i < count; i++) {
            // At once: what else the statement does may end what the view shows.
            rows[i] = found.isFound(i) ? reader.read(found.row(i)) : null;
        }
    }

    private @Nullable Object @Nullable [] lookAlone(byte[] key) {
        RecordView view = new RecordView();
        boolean isThere = read.isOfHeaders() ? transaction.inspect(read.table(), key, view) : transaction.get(read.table(), key, view);
        @Nullable Object[] row = isThere ? reader.read(view) : null;
        if (row != null && execution.forUpdate() && !read.isOfHeaders()) {
            transaction.readForUpdate(read.table(), key);
        }
        return row;
    }

    /// The row of a key, by its place in the batch; null where there is none that meets the condition.
    @Nullable
    Object @Nullable [] row(int place) {
        return rows[place];
    }
}
