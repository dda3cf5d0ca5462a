package org.coconutdb.engine.commit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.coconutdb.engine.OpeningProgress;
import org.jspecify.annotations.Nullable;

/// Counts what is read while a database is opened, and passes it on to a listener, now and then. Any thread may count.
///
/// Invariant: a state is read and told under one lock, and counts only rise; so what is told never goes back.
public final class OpeningMeter {
    /// Counts nothing.
    public static final OpeningMeter NONE = new OpeningMeter(null, Duration.ZERO);
    /// Often enough for a bar that moves.
    private static final Duration INTERVAL = Duration.ofMillis(50);

    private final @Nullable OpeningProgress listener;
    private final long intervalNanos;
    private final AtomicLong checkpointBytes = new AtomicLong();
    private final AtomicLong logBytes = new AtomicLong();
    private final ReentrantLock telling = new ReentrantLock();
    // Set before anything is counted.
    private long checkpointBytesTotal;
    private long logBytesTotal;
    // Written under `telling`; a thread that reads an old one finds the lock taken, or tells once too often.
    private volatile long toldNanos;

    /// @param interval between two calls of the listener, at least
    public OpeningMeter(@Nullable OpeningProgress listener, Duration interval) {
        this.listener = listener;
        this.intervalNanos = interval.toNanos();
    }

    public static OpeningMeter of(OpeningProgress listener) {
        return new OpeningMeter(listener, INTERVAL);
    }

    /// Whether anybody wants to know; where not, nothing has to be counted.
    boolean isOn() {
        return listener != null;
    }

    void begin(long checkpointBytesExpected, long logBytesExpected) {
        checkpointBytesTotal = checkpointBytesExpected;
        logBytesTotal = logBytesExpected;
        tell();
    }

    void loaded(long bytes) {
        count(checkpointBytes, bytes);
    }

    void replayed(long bytes) {
        count(logBytes, bytes);
    }

    private void count(AtomicLong counter, long bytes) {
        if (listener == null) {
            return;
        }
        counter.addAndGet(bytes);
        // Whoever finds another thread telling goes on with its work.
        if (System.nanoTime() - toldNanos >= intervalNanos && telling.tryLock()) {
            try {
                tell();
            } finally {
                telling.unlock();
            }
        }
    }

    /// All was read.
    void end() {
        tell();
    }

    private void tell() {
        if (listener == null) {
            return;
        }
        telling.lock();
        try {
            listener.reached(new OpeningProgress.State(checkpointBytes.get(), checkpointBytesTotal, logBytes.get(), logBytesTotal));
            toldNanos = System.nanoTime();
        } finally {
            telling.unlock();
        }
    }
}
