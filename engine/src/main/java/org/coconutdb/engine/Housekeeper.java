package org.coconutdb.engine;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread of an open database that does what nobody waits for, about once a second. Started and closed by [CoconutEngine].
final class Housekeeper implements AutoCloseable {
    private static final long PERIOD_MILLIS = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeper.class);

    private final Runnable chores;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();
    // Guarded by `lock`.
    private boolean closed;

    /// @param chores one round; short, since [#close] waits for it
    Housekeeper(Runnable chores) {
        this.chores = chores;
        this.thread = new Thread(this::work, "coconut-housekeeper");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void work() {
        boolean failed = false;
        while (waitForRound()) {
            try {
                chores.run();
                failed = false;
            } catch (RuntimeException failure) {
                // Nobody waits for the chores, and the next round may find things mended. Told once, not every second.
                if (!failed) {
                    LOG.atWarn().setCause(failure).log("housekeeping failed");
                }
                failed = true;
            }
        }
    }

    /// False where it was closed.
    private boolean waitForRound() {
        lock.lock();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
            while (!closed && nanos > 0) {
                nanos = closing.awaitNanos(nanos);
            }
            return !closed;
        } catch (InterruptedException _) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for a round under way. Harmless twice, and before [#start].
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            closing.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
