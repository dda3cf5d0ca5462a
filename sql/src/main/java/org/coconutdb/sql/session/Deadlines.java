package org.coconutdb.sql.session;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Ends executions that take longer than their query timeout. One daemon thread, `coconut-deadlines`, for the whole process; it only
/// sets flags, and ends by itself after a minute without deadlines.
final class Deadlines {
    private static final ScheduledThreadPoolExecutor TIMER = timer();

    private Deadlines() {}

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor timer =
                new ScheduledThreadPoolExecutor(
                        1,
                        work -> {
                            Thread thread = new Thread(work, "coconut-deadlines");
                            thread.setDaemon(true);
                            return thread;
                        });
        timer.setKeepAliveTime(1, TimeUnit.MINUTES);
        timer.allowCoreThreadTimeOut(true);
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    /// Runs the action after so many seconds, unless the answer is cancelled before.
    static ScheduledFuture<?> after(int seconds, Runnable action) {
        return TIMER.schedule(action, seconds, TimeUnit.SECONDS);
    }
}
