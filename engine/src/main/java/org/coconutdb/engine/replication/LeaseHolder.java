package org.coconutdb.engine.replication;

import java.util.function.LongSupplier;

/// The right of a replica to answer reads from its own memory: the holder's side, which forgets it with its process. Any thread.
public final class LeaseHolder {
    private final long lengthNanos;
    private final LongSupplier nanoTime;
    // Of this process's clock.
    private volatile long untilNanos;

    /// @param nanoTime never steps
    public LeaseHolder(ReplicationTiming timing, LongSupplier nanoTime) {
        this.lengthNanos = timing.readLeaseNanos();
        this.nanoTime = nanoTime;
        this.untilNanos = nanoTime.getAsLong();
    }

    /// A primary has granted what was asked for at a time of this process's clock. It lasts from then: who granted cannot know when the grant comes in.
    public synchronized void onGranted(long askedNanos) {
        long until = askedNanos + lengthNanos;
        if (until - untilNanos > 0) {
            untilNanos = until;
        }
    }

    /// Whether reads may be answered. What comes after may take its time: it is enough that the lease was held at one moment behind the call of the
    /// read and before it looked at what is in flight.
    public boolean isHeld() {
        return untilNanos - nanoTime.getAsLong() > 0;
    }
}
