package org.coconutdb.sql.session;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.Session.Limits;
import org.jspecify.annotations.Nullable;

/// One execution as its session sees it. Tells it to end, and why: by [#cancel] from any thread, or by its query timeout.
final class ExecutionSignal {
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final int timeoutSeconds;
    private final @Nullable ScheduledFuture<?> deadline;
    private final @Nullable KeyCollector keys;
    private volatile boolean timedOut;

    /// The time counts from here on.
    ExecutionSignal(Limits limits) {
        this(limits, KeyRequest.NOTHING);
    }

    /// The same for one that may hand keys back.
    ExecutionSignal(Limits limits, KeyRequest request) {
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

    /// Where what is handed back is gathered; null where nothing is.
    @Nullable
    KeyCollector keys() {
        return keys;
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
        if (deadline != null) {
            deadline.cancel(false);
        }
    }
}
