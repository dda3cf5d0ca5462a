package org.coconutdb.engine.version;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// Open snapshots and the low-water mark: the oldest timestamp that anyone may still read at.
///
/// A snapshot is a timestamp S: its reader sees of every key the newest version with commit timestamp <= S.
///
/// Each has a slot, whose word is S and a state, and which its owner alone gives back. A reader's snapshot ([#openReader]) can grow too old,
/// and then loses its right, so that what only it needs can be freed:
/// ```
///            openReader            rest                    revokeOld
///   FREE ───────────────► READING ──────► RESTING ───────────────────────► REVOKED
///    │                     │   │ ◄─────────                                   ▲
///    │ open, hold          │   │    wake                                      │ revokeOld
///    ▼                     │   │ revokeOld                rest                │
///   HELD          judging  │   └──────────► MARKED ───────────────────────► RESTING
///                          ▼
///                        JUDGING                    close: every state ► FREE
/// ```
/// READING: a read is under way, or its views may be looked at. MARKED: the same, and its owner is to end. RESTING: nobody looks at
/// anything. HELD: the engine's own readers, which end by themselves. JUDGING: reads no more; a commit is judged by it.
///
/// Invariants
/// 1. `lowWater() <= S` for every snapshot S in READING, MARKED, RESTING, JUDGING and HELD, and it never goes back.
/// 2. What was acknowledged before [#open] is in the snapshot: [#publish] comes before the acknowledgement.
/// 3. **Nobody looks at freed memory.** Owners read in READING, MARKED and HELD alone, and only the owner takes a word from there to one
///    that does not count. Others take away the right of RESTING only, by compare-and-set; the owner comes back from there by
///    compare-and-set too, before it reads. So one of them wins: where it is the owner, its word counted all the time, and views from
///    before its rest are still good; where it is not, the owner reads nothing any more.
/// 4. What the owner read before its rest stays before what is freed: it releases RESTING, the revoker acquires that word and releases
///    REVOKED, and whoever frees has acquired one of these or a later one.
/// 5. A commit is judged at S only in JUDGING, which is reached from READING by compare-and-set and not revoked: tombstones above S, by
///    which "unchanged since S" is judged, are there until it ends.
///
/// A reader first writes its timestamp into a slot and then looks again whether that is still the visible one: a writer that
/// computes the mark in between either sees the slot, or the reader sees the newer timestamp and moves on (the hazard-pointer
/// argument, Michael 2004).
public final class Snapshots {
    private static final int SLOTS = 4096;
    // One slot a cache line: two readers never write to the same line.
    private static final int STRIDE = 8;
    // Beside the word: how many have had the slot, changed before it is given back; and how old a snapshot was when it was revoked.
    private static final int SERIAL = 1;
    private static final int AGE_NANOS = 2;

    private static final int STATE_BITS = 3;
    private static final int STATE_MASK = (1 << STATE_BITS) - 1;
    private static final int READING = 0;
    private static final int MARKED = 1;
    private static final int RESTING = 2;
    private static final int REVOKED = 3;
    private static final int JUDGING = 4;
    private static final int HELD = 5;
    private static final long FREE = Long.MAX_VALUE;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final AtomicLong visible;
    private final AtomicLongArray slots = new AtomicLongArray(SLOTS * STRIDE);
    private final AtomicLong mark;
    // Highest slot ever used, so that the mark does not look at thousands of slots for three readers.
    private final AtomicLong slotCountUsed = new AtomicLong();
    private final long ageNanosMax;
    // Of the snapshot that a slot had in an earlier round of `revokeOld`: its serial number, and when it was first seen. Guarded by `ages`.
    private final Object ages = new Object();
    private final long[] seenSerials = new long[SLOTS];
    private final long[] seenNanos = new long[SLOTS];

    public Snapshots(long visible) {
        this(visible, 0);
    }

    /// @param ageNanosMax after which a reader's snapshot loses its right; 0: never
    public Snapshots(long visible, long ageNanosMax) {
        this.visible = new AtomicLong(visible);
        this.mark = new AtomicLong(visible);
        this.ageNanosMax = ageNanosMax;
        for (int i = 0; i < SLOTS; i++) {
            slots.set(i * STRIDE, FREE);
            seenSerials[i] = -1;
        }
    }

    private static long word(long timestamp, int state) {
        return timestamp << STATE_BITS | state;
    }

    private static int state(long word) {
        return (int) word & STATE_MASK;
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

    /// Opens a snapshot of the engine's own at the newest visible timestamp, which never grows too old. Answers the slot, which [#close]
    /// gives back and [#timestamp] reads.
    public int open() {
        return open(HELD);
    }

    /// The same for a reader who asks for its right with each operation ([#isReading]) and may lose it.
    public int openReader() {
        return open(READING);
    }

    private int open(int state) {
        int first = (int) ((Thread.currentThread().threadId() * 0x9E3779B9L) >>> 8) & 15;
        for (int i = 0; i < SLOTS; i++) {
            int slot = (first + i) & (SLOTS - 1);
            int index = slot * STRIDE;
            long timestamp = visible.get();
            if (slots.get(index) == FREE && slots.compareAndSet(index, FREE, word(timestamp, state))) {
                long used = slotCountUsed.get();
                while (used <= slot && !slotCountUsed.compareAndSet(used, slot + 1L)) {
                    used = slotCountUsed.get();
                }
                for (long again = visible.get(); again != timestamp; again = visible.get()) {
                    timestamp = again;
                    slots.set(index, word(timestamp, state));
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
        slots.set(slot * STRIDE, word(lowWater(), HELD));
        return slot;
    }

    public long timestamp(int slot) {
        return slots.get(slot * STRIDE) >>> STATE_BITS;
    }

    /// Owner: whether the snapshot may be read as before. Where not, it rests ([#wake]) or is too old ([#tooOld]). It orders nothing and
    /// need not: what it does not see yet was only marked.
    public boolean isReading(int slot, long timestamp) {
        return slots.getOpaque(slot * STRIDE) == word(timestamp, READING);
    }

    /// Owner of a reader's snapshot, in READING or MARKED: nothing that it has read is looked at any more before [#wake].
    public void rest(int slot, long timestamp) {
        // Over a mark, too: the next round finds it resting and old.
        slots.setRelease(slot * STRIDE, word(timestamp, RESTING));
    }

    /// Owner: goes on with a snapshot that rests; false where it is too old.
    public boolean wake(int slot, long timestamp) {
        return slots.compareAndSet(slot * STRIDE, word(timestamp, RESTING), word(timestamp, READING));
    }

    /// Owner of a reader's snapshot, in READING or MARKED: reads no more at its timestamp, and looks at nothing that it has read; a commit
    /// is only judged by it. So a transaction that waits for memory does not keep from being freed what it waits for. False where it is too
    /// old.
    public boolean stopReading(int slot, long timestamp) {
        return slots.compareAndSet(slot * STRIDE, word(timestamp, READING), word(timestamp, JUDGING));
    }

    public void close(int slot) {
        int index = slot * STRIDE;
        slots.setOpaque(index + SERIAL, slots.getOpaque(index + SERIAL) + 1);
        // Release is enough: the mark may see it late, and what was read before stays before.
        slots.setRelease(index, FREE);
    }

    /// Owner of a snapshot that was marked or revoked: what its operation fails with.
    public CoconutException tooOld(int slot) {
        return CoconutException.of(ErrorCode.SNAPSHOT_TOO_OLD)
                .with("ageSeconds", slots.get(slot * STRIDE + AGE_NANOS) / NANOS_PER_SECOND)
                .with("ageMaxSeconds", ageNanosMax / NANOS_PER_SECOND)
                .mend("Read again in a new transaction; raise snapshot.age.max for long reports.");
    }

    /// Takes away the right of readers' snapshots that are too old: of those that rest at once, of others with their next operation. A
    /// snapshot's age counts from the first call that saw it, so that to open one asks for no time: one that is called once a second lets
    /// it live up to two seconds longer, and never shorter.
    ///
    /// It may hit a younger one that comes into a slot, at the same timestamp, between two lines of this: which then fails as the older
    /// would have.
    ///
    /// @param nowNanos of a clock that never goes back
    /// @return how many were told
    public int revokeOld(long nowNanos) {
        if (ageNanosMax == 0) {
            return 0;
        }
        int told = 0;
        synchronized (ages) {
            int used = (int) slotCountUsed.get();
            for (int slot = 0; slot < used; slot++) {
                // The word first: whoever has the slot by then changed the serial number before.
                long word = slots.get(slot * STRIDE);
                if (state(word) == READING || state(word) == RESTING) {
                    told += revoke(slot, word, nowNanos) ? 1 : 0;
                }
            }
        }
        return told;
    }

    // Guarded by `ages`.
    private boolean revoke(int slot, long word, long nowNanos) {
        int index = slot * STRIDE;
        long serial = slots.get(index + SERIAL);
        if (serial != seenSerials[slot]) {
            seenSerials[slot] = serial;
            seenNanos[slot] = nowNanos;
            return false;
        }
        long ageNanos = nowNanos - seenNanos[slot];
        if (ageNanos < ageNanosMax) {
            return false;
        }
        slots.set(index + AGE_NANOS, ageNanos);
        return slots.compareAndSet(index, word, word(word >>> STATE_BITS, state(word) == RESTING ? REVOKED : MARKED));
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
            long word = slots.get(i * STRIDE);
            int state = state(word);
            if (word != FREE && state != REVOKED) {
                long timestamp = word >>> STATE_BITS;
                low = Math.min(low, timestamp);
                readers = state == JUDGING ? readers : Math.min(readers, timestamp);
            }
        }
        long known = mark.get();
        while (low > known && !mark.compareAndSet(known, low)) {
            known = mark.get();
        }
        low = Math.max(low, known);
        return new Marks(low, Math.max(low, readers));
    }
}
