package org.coconutdb.engine.cluster;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Threads that wait for a replica to move on. Any thread.
///
/// The lock in here is the innermost of all: nothing is called while it is held. [#signal] is called under locks of logs, and what is waited for may take just those.
final class ReplicaWaiters {
    // Leases come without an entry.
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();
    // Written under the lock.
    private final AtomicLong moves = new AtomicLong();

    /// Something has changed that may be waited for.
    void signal() {
        if (waiting.get() == 0) {
            // Who comes to wait from now on looks behind the change.
            return;
        }
        lock.lock();
        try {
            moves.incrementAndGet();
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until something is so, which is looked at behind every [#signal], and now and then. False where it is not by the deadline. STATEMENT_CANCELLED.
    ///
    /// @param untilNanos of System.nanoTime
    boolean await(BooleanSupplier condition, long untilNanos) {
        if (condition.getAsBoolean()) {
            return true;
        }
        waiting.incrementAndGet();
        try {
            while (true) {
                long seen = moves.get();
                if (condition.getAsBoolean()) {
                    return true;
                }
                long left = untilNanos - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                awaitMove(seen, Math.min(left, LOOK_NANOS));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED).mend("The thread was interrupted while it waited for a replica.");
        } finally {
            waiting.decrementAndGet();
        }
    }

    private void awaitMove(long seen, long nanosMax) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanosMax;
            while (moves.get() == seen && left > 0) {
                left = moved.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
