package org.coconutdb.sql.session;

import java.util.concurrent.atomic.AtomicBoolean;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.sql.run.ExecutionContext;
import org.coconutdb.sql.run.SequenceValues;
import org.jspecify.annotations.Nullable;

/// One run of a statement.
///
/// @param transaction its snapshot and its changes
/// @param schema default schema of the session
/// @param sequences of the database, as the session has used them
/// @param startedMillis what CURRENT_TIMESTAMP is in all that it runs, since the epoch
/// @param cancelled set from outside; looked at by everything that loops
/// @param keys gathers what is handed back of inserted rows; null where nothing is
record Execution(Transaction transaction, String schema, SequenceValues sequences, long startedMillis, AtomicBoolean cancelled,
        @Nullable KeyCollector keys) {
    /// Begins now.
    Execution(Transaction transaction, String schema, SequenceValues sequences, ExecutionSignal signal) {
        this(transaction, schema, sequences, System.currentTimeMillis(), signal.cancelled(), signal.keys());
    }

    /// For a plan.
    ///
    /// @param parameters in Calcite's internal representation
    ExecutionContext context(@Nullable Object[] parameters) {
        return context(parameters, false);
    }

    /// @param forUpdate whether the commit rests on the rows that are read
    ExecutionContext context(@Nullable Object[] parameters, boolean forUpdate) {
        return new ExecutionContext(transaction, parameters, schema, sequences, forUpdate, startedMillis, cancelled);
    }

    void checkCancelled() {
        if (cancelled.get()) {
            throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED).mend("Nothing was changed.");
        }
    }
}
