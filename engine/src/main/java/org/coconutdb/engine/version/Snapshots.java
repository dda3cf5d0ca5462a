package org.coconutdb.engine.version;

import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicLong;

/// Open snapshots and the low-water mark: the oldest timestamp that anyone may still read at.
///
/// A slot holds the timestamp of whoever has it, inverted when it is only judged by ([#stopReading]).
///
/// A snapshot is a timestamp S: its reader sees of every key the newest version with commit timestamp <= S.
///
/// Invariants
/// 1. `lowWater() <= S` for every open snapshot S, and it never goes back.
/// 2. What was acknowledged before [#open] is in the snapshot: [#publish] comes before the acknowledgement.
///
/// A reader first writes its timestamp into a slot and then looks again whether that is still the visible one: a writer that
/// computes the mark in between either sees the slot, or the reader sees the newer timestamp and moves on (the hazard-pointer
/// argument, Michael 2004).
public final class Snapshots {
    private static final int SLOTS = 4096;
    private static final long FREE = Long.MAX_VALUE;
    // One slot a cache line: two readers never write to the same line.
    private static final int STRIDE = 8;

    private final AtomicLong visible;
    private final AtomicLongArray slots = new AtomicLongArray(SLOTS * STRIDE);
    private final AtomicLong mark;
    // Highest slot ever used, so that the mark does not look at thousands of slots for three readers.
    private final AtomicLong slotCountUsed = new AtomicLong();

    public Snapshots(long visible) {
        this.visible = new AtomicLong(visible);
        this.mark = new AtomicLong(visible);
        for (int i = 0; i < SLOTS; i++) {
            slots.set(i * STRIDE, FREE);
        }
    }

    /// The newest timestamp whose commits are wholly applied.
    public long visible() {
        return visible.get();
    }

    /// Makes all commits up to the timestamp visible to snapshots that open from now on. One caller at a time.
    public void publish(long timestamp) {
        assert timestamp >= visible.get() : "visible would go back";
        visible.set(timestamp);
    }

    /// Opens a snapshot at the newest visible timestamp. Answers the slot, which [#close] gives back and [#timestamp] reads.
    public int open() {
        int first = (int) ((Thread.currentThread().threadId() * 0x9E3779B9L) >>> 8) & 15;
        for (int i = 0; i < SLOTS; i++) {
            int slot = (first + i) & (SLOTS - 1);
            int index = slot * STRIDE;
            long timestamp = visible.get();
            if (slots.get(index) == FREE && slots.compareAndSet(index, FREE, timestamp)) {
                long used = slotCountUsed.get();
                while (used <= slot && !slotCountUsed.compareAndSet(used, slot + 1L)) {
                    used = slotCountUsed.get();
                }
                for (long again = visible.get(); again != timestamp; again = visible.get()) {
                    timestamp = again;
                    slots.set(index, timestamp);
                }
                return slot;
            }
        }
        throw CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                .with("openSnapshotsMax", SLOTS)
                .mend("Close transactions and result sets that are no longer read.");
    }

    /// Keeps the low-water mark from rising until the slot that this answers is closed: nothing is freed that a snapshot which is open
    /// now, or a transaction that reads at one, may still ask for. Called by the one thread that computes the mark.
    public int hold() {
        int slot = open();
        slots.set(slot * STRIDE, lowWater());
        return slot;
    }

    public long timestamp(int slot) {
        return timestampOf(slots.get(slot * STRIDE));
    }

    private static long timestampOf(long slot) {
        return slot < 0 ? ~slot : slot;
    }

    /// Whoever has the slot reads no more at its timestamp, and looks at nothing that it has read: a commit is only judged by it. So a
    /// transaction that waits for memory does not keep from being freed what it waits for.
    public void stopReading(int slot) {
        slots.setRelease(slot * STRIDE, ~timestamp(slot));
    }

    public void close(int slot) {
        // Release is enough: the mark may see it late, and what was read before stays before.
        slots.setRelease(slot * STRIDE, FREE);
    }

    /// The oldest timestamp that a snapshot reads at now or later.
    public long lowWater() {
        return marks().lowWater();
    }

    /// Up to where the past is over, for readers and for those who judge.
    public Marks marks() {
        // Visible first: a snapshot that opens after this line reads at it or later.
        long low = visible.get();
        long readers = low;
        int used = (int) slotCountUsed.get();
        for (int i = 0; i < used; i++) {
            long slot = slots.get(i * STRIDE);
            low = Math.min(low, timestampOf(slot));
            readers = slot < 0 ? readers : Math.min(readers, slot);
        }
        long known = mark.get();
        while (low > known && !mark.compareAndSet(known, low)) {
            known = mark.get();
        }
        low = Math.max(low, known);
        return new Marks(low, Math.max(low, readers));
    }
}
