package org.coconutdb.engine.commit;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// The time that entries of the log are stamped with and that readers judge by. Any thread.
///
/// Invariants
/// 1. [#nowMicros] never goes back, for all of its callers together: what a reader saw as the time W is never followed by an entry
///    stamped before W, though the system's clock may step back.
/// 2. It is never before the stamp of an entry that [#atLeast] told of.
public final class LogClock {
    private static final long READ_GRAIN_MICROS = 1_000;

    private final LongSupplier wallMicros;
    private final LongSupplier nanoTime;
    private final AtomicLong lastMicros = new AtomicLong();
    // Set before the first commit with a time to live is published.
    private volatile boolean expiring;
    // Written by one thread, about once a second; read by every lookup, so that none asks the system.
    private volatile int coarseSeconds;

    /// @param wallMicros microseconds since 1970; may step back
    public LogClock(LongSupplier wallMicros) {
        this(wallMicros, System::nanoTime);
    }

    /// @param wallMicros microseconds since 1970; may step back
    /// @param nanoTime nanoseconds since any time; never steps
    public LogClock(LongSupplier wallMicros, LongSupplier nanoTime) {
        this.wallMicros = wallMicros;
        this.nanoTime = nanoTime;
        tick();
    }

    /// By the system's clock.
    public static LogClock system() {
        return new LogClock(LogClock::systemMicros);
    }

    private static long systemMicros() {
        Instant now = Instant.now();
        return Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000L), now.getNano() / 1_000);
    }

    /// Microseconds since 1970.
    public long nowMicros() {
        long now = wallMicros.getAsLong();
        for (long last = lastMicros.get(); last < now; last = lastMicros.get()) {
            if (lastMicros.compareAndSet(last, now)) {
                return now;
            }
        }
        return lastMicros.get();
    }

    /// The time for a reader: [#nowMicros], up to a millisecond behind it but never before an earlier call of either. So many readers write
    /// to the shared time a thousand times a second at most.
    public long readMicros() {
        long last = lastMicros.get();
        return wallMicros.getAsLong() - last < READ_GRAIN_MICROS ? last : nowMicros();
    }

    /// Moves the time on to that of an entry of the log.
    public void atLeast(long micros) {
        lastMicros.accumulateAndGet(micros, Math::max);
    }

    /// Whether anything can expire, so that readers need the time.
    public boolean isExpiring() {
        return expiring;
    }

    /// Tells that something can expire from now on.
    public void setExpiring() {
        expiring = true;
    }

    /// For how long things take: nanoseconds since any time, by a clock that nobody sets.
    public long nanoTime() {
        return nanoTime.getAsLong();
    }

    /// Seconds since 1970, up to about a second behind.
    public int coarseSeconds() {
        return coarseSeconds;
    }

    /// Moves the coarse time on.
    public void tick() {
        coarseSeconds = (int) (nowMicros() / 1_000_000L);
    }
}
