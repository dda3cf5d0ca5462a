package org.coconutdb.sql.run;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Rows that stop with 57014 when the flag is set. Scans look at the flag themselves; this is for operators that make many rows of few.
public record CancellableRows<T>(Enumerator<T> rows, AtomicBoolean cancelled) implements Enumerator<T> {
    @Override
    public T current() {
        return rows.current();
    }

    @Override
    public boolean moveNext() {
        if (cancelled.get()) {
            throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED);
        }
        return rows.moveNext();
    }

    @Override
    public void reset() {
        rows.reset();
    }

    @Override
    public void close() {
        rows.close();
    }
}
