package org.coconutdb.sql.run;

import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicBoolean;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.sql.access.Viewer;
import org.coconutdb.sql.spill.StatementMemory;
import org.jspecify.annotations.Nullable;

/// What one execution of a plan reads and obeys.
///
/// @param transaction reads at its snapshot, writes into it
/// @param parameters in Calcite's internal representation (DATE: Integer days, TIME: Integer millis, TIMESTAMP: Long millis,
///     VARBINARY: ByteString, and so on), in order of the question marks
/// @param schema default schema of the session
/// @param sequences of the database, as the session has used them
/// @param viewer who runs it
/// @param timeZone of the session
/// @param forUpdate whether the commit rests on the rows that are read
/// @param startedMillis what CURRENT_TIMESTAMP is, since the epoch
/// @param cancelled set by another thread, or by the timeout: loops look at it
/// @param memory what its operators may hold; closed by who has made it
/// @param figures counts what operators do; null where nobody wants to know
public record ExecutionContext(
        Transaction transaction,
        @Nullable Object[] parameters,
        String schema,
        SequenceValues sequences,
        Viewer viewer,
        ZoneId timeZone,
        boolean forUpdate,
        long startedMillis,
        AtomicBoolean cancelled,
        StatementMemory memory,
        @Nullable RunFigures figures) {
    /// The same, counted by another.
    ExecutionContext countedBy(@Nullable RunFigures other) {
        return new ExecutionContext(transaction, parameters, schema, sequences, viewer, timeZone, forUpdate, startedMillis, cancelled,
                memory, other);
    }

    /// To be asked by whatever may go on for long. STATEMENT_CANCELLED.
    void requireNotCancelled() {
        if (cancelled.get()) {
            throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED);
        }
    }
}
