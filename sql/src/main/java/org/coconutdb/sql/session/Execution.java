package org.coconutdb.sql.session;

import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.sql.access.Viewer;
import org.coconutdb.sql.run.ExecutionContext;
import org.coconutdb.sql.run.RunFigures;
import org.coconutdb.sql.run.SequenceValues;
import org.coconutdb.sql.spill.StatementMemory;
import org.jspecify.annotations.Nullable;

/// One run of a statement.
///
/// @param transaction its snapshot and its changes
/// @param schema default schema of the session
/// @param sequences of the database, as the session has used them
/// @param viewer who runs it
/// @param timeZone of the session
/// @param startedMillis what CURRENT_TIMESTAMP is in all that it runs, since the epoch
/// @param cancelled set from outside; looked at by everything that loops
/// @param memory what operators may hold; closed when the execution ends
/// @param keys gathers what is handed back of inserted rows; null where nothing is
/// @param returned gathers the rows of RETURNING; null where nobody wants them
/// @param figures counts what the operators of the statement's plan do; null where nobody wants to know
record Execution(Transaction transaction, String schema, SequenceValues sequences, Viewer viewer, ZoneId timeZone, long startedMillis,
        AtomicBoolean cancelled,
        StatementMemory memory, @Nullable KeyCollector keys, @Nullable List<@Nullable Object[]> returned, @Nullable RunFigures figures) {
    /// Begins now.
    Execution(Transaction transaction, String schema, SequenceValues sequences, ExecutionSignal signal) {
        this(transaction, schema, sequences, signal.viewer(), signal.timeZone(), System.currentTimeMillis(), signal.cancelled(), signal
                .memory(), signal
                        .keys(), null, null);
    }

    /// The same run, counted.
    Execution measuredBy(RunFigures counting) {
        return new Execution(transaction, schema, sequences, viewer, timeZone, startedMillis, cancelled, memory, keys, returned, counting);
    }

    /// The same run, whose rows are returned.
    Execution returningTo(List<@Nullable Object[]> rows) {
        return new Execution(transaction, schema, sequences, viewer, timeZone, startedMillis, cancelled, memory, keys, rows, figures);
    }

    /// For a plan beside the statement's own, such as that of a check.
    ///
    /// @param parameters in Calcite's internal representation
    ExecutionContext context(@Nullable Object[] parameters) {
        return new ExecutionContext(transaction, parameters, schema, sequences, viewer, timeZone, false, startedMillis, cancelled, memory,
                null);
    }

    /// For the plan of what the statement reads.
    ///
    /// @param parameters in Calcite's internal representation
    /// @param forUpdate whether the commit rests on the rows that are read
    ExecutionContext sourceContext(@Nullable Object[] parameters, boolean forUpdate) {
        return new ExecutionContext(transaction, parameters, schema, sequences, viewer, timeZone, forUpdate, startedMillis, cancelled,
                memory,
                figures);
    }

    void checkCancelled() {
        if (cancelled.get()) {
            throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED).mend("Nothing was changed.");
        }
    }
}
