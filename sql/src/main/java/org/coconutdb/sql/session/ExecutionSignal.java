package org.coconutdb.sql.session;

import java.util.Arrays;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.Session.Limits;
import org.coconutdb.sql.spill.QueryMemory;
import org.coconutdb.sql.spill.StatementMemory;
import org.jspecify.annotations.Nullable;

/// One execution as its session sees it. Tells it to end, and why: by [#cancel] from any thread, or by its query timeout.
final class ExecutionSignal {
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final int timeoutSeconds;
    private final @Nullable ScheduledFuture<?> deadline;
    private final @Nullable KeyCollector keys;
    private final SlowStatements.@Nullable Watch watch;
    private final StatementMemory memory;
    private volatile boolean timedOut;

    /// The time counts from here on.
    ///
    /// @param request what it hands back
    /// @param watch null where nobody wants to know how long it takes
    /// @param memory of the database
    ExecutionSignal(Limits limits, KeyRequest request, SlowStatements.@Nullable Watch watch, QueryMemory memory) {
        this.memory = memory.open(cancelled);
        this.watch = watch;
        this.keys = request instanceof KeyRequest.Nothing ? null : new KeyCollector(request);
        this.timeoutSeconds = limits.timeoutSeconds();
        this.deadline = timeoutSeconds <= 0 ? null : Deadlines.after(timeoutSeconds, this::timeOut);
    }

    private void timeOut() {
        timedOut = true;
        cancelled.set(true);
    }

    /// Looked at by everything that loops.
    AtomicBoolean cancelled() {
        return cancelled;
    }

    /// What operators may hold; nothing any more when the execution ends.
    StatementMemory memory() {
        return memory;
    }

    /// Where what is handed back is gathered; null where nothing is.
    @Nullable
    KeyCollector keys() {
        return keys;
    }

    /// Null where nobody wants to know how long it takes.
    SlowStatements.@Nullable Watch watch() {
        return watch;
    }

    /// Notes rows that were changed.
    void count(long... rows) {
        if (watch != null) {
            watch.addRows(Arrays.stream(rows).sum());
        }
    }

    /// What the client takes until it asks for a row is not the execution's time.
    void pause() {
        if (watch != null) {
            watch.pause();
        }
    }

    void cancel() {
        cancelled.set(true);
    }

    boolean isTimedOut() {
        return timedOut;
    }

    int timeoutSeconds() {
        return timeoutSeconds;
    }

    /// The execution is over.
    void end() {
        memory.close();
        if (watch != null) {
            watch.end();
        }
        if (deadline != null) {
            deadline.cancel(false);
        }
    }
}
