package org.coconutdb.sql.session;

import java.time.ZoneId;
import java.util.Arrays;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.Session.Limits;
import org.coconutdb.sql.access.Viewer;
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
    private final Supplier<ZoneId> timeZone;
    private final Supplier<Viewer> viewer;
    private final long startedNanos = System.nanoTime();
    private volatile boolean timedOut;

    /// The time counts from here on.
    ///
    /// @param request what it hands back
    /// @param watch null where nobody wants to know how long it takes
    /// @param memory of the database
    /// @param timeZone answers the session's, which a batch may set anew
    /// @param viewer answers who runs it
    ExecutionSignal(Limits limits, KeyRequest request, SlowStatements.@Nullable Watch watch, QueryMemory memory,
            Supplier<ZoneId> timeZone, Supplier<Viewer> viewer) {
        this.viewer = viewer;
        this.timeZone = timeZone;
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

    /// In which clocks are read.
    ZoneId timeZone() {
        return timeZone.get();
    }

    /// Who runs it. INVALID_AUTHORIZATION where that is nobody any more.
    Viewer viewer() {
        return viewer.get();
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

    /// Since it began.
    long runningMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
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
