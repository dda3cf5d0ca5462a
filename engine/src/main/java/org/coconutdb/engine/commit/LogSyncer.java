package org.coconutdb.engine.commit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.coconutdb.engine.Durability;
import org.coconutdb.engine.error.CoconutException;

/// Syncs a log that acknowledges before it is synced ([Durability#INTERVAL]), on a thread of its own. It sleeps while nothing is written.
///
/// An entry is durable an interval after it was written, and the time that two syncs take: one may be under way that began before it.
///
/// After a sync has failed the log takes no more entries, and the thread ends: it is never tried again (fsync(2) reports an error once).
final class LogSyncer implements AutoCloseable {
    private final LogWriter writer;
    private final long intervalNanos;
    private final Thread thread;
    // Set by the log's writer when it is not, taken back by the thread before it syncs.
    private volatile boolean due;
    private volatile boolean stopping;

    private LogSyncer(LogWriter writer, Duration interval) {
        this.writer = writer;
        this.intervalNanos = interval.toNanos();
        this.thread = Thread.ofPlatform().daemon().name("coconut-sync").unstarted(this::run);
    }

    static LogSyncer start(LogWriter writer, Duration interval) {
        LogSyncer syncer = new LogSyncer(writer, interval);
        syncer.thread.start();
        return syncer;
    }

    /// Behind each write of the log: wakes the thread by the first since it has begun to sync.
    void written() {
        if (!due) {
            due = true;
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        while (!stopping) {
            if (!due) {
                LockSupport.park(this);
                continue;
            }
            long at = System.nanoTime() + intervalNanos;
            for (long left = intervalNanos; left > 0 && !stopping; left = at - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
            }
            if (stopping) {
                // Closing the log syncs it.
                return;
            }
            // First: what is written from here on may miss this sync and asks for the next.
            due = false;
            try {
                writer.sync();
            } catch (CoconutException failure) {
                // Logged where it happened; the next write and the close of the log say so, too.
                return;
            }
        }
    }

    /// Ends the thread, and waits for a sync under way. What is not synced stays so.
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
