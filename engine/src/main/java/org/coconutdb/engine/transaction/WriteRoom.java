package org.coconutdb.engine.transaction;

import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// How much transactions may write: each by itself, as its entry of the log will count it, and all that are open together, as they take
/// of the heap until they are over. Any thread.
///
/// A transaction tells of its heap in steps of [#STEP_BYTES], and small ones not at all: most never touch what is shared.
///
/// @param bytesMax of one transaction: keys, rows and [WriteSet#WRITE_BYTES] for each write
/// @param heapBytesMax of all that are open
/// @param heapBytes told by all that are open
public record WriteRoom(long bytesMax, long heapBytesMax, AtomicLong heapBytes) {
    static final long STEP_BYTES = 1 << 20;
    // A writer's entry is encoded beside what it has gathered, and readers need the heap too.
    private static final int HEAP_SHARE = 4;

    /// Room for all transactions in a share of this process's heap.
    public static WriteRoom of(long bytesMax) {
        return new WriteRoom(bytesMax, Runtime.getRuntime().maxMemory() / HEAP_SHARE, new AtomicLong());
    }

    /// Before a write. TRANSACTION_TOO_LARGE where the transaction would be too large, MEMORY_LIMIT_REACHED where others hold what it
    /// needs. Answers what it has told of by then.
    ///
    /// @param bytes of the transaction with the write
    /// @param heapBytesNeeded of the transaction with the write
    /// @param told of before
    long admit(long bytes, long heapBytesNeeded, long told) {
        if (bytes > bytesMax) {
            throw CoconutException.of(ErrorCode.TRANSACTION_TOO_LARGE)
                    .with("bytes", bytes)
                    .with("bytesMax", bytesMax)
                    .mend("Write in smaller pieces, each its own transaction, or raise transaction.bytes.max.");
        }
        if (heapBytesNeeded <= told + STEP_BYTES) {
            return told;
        }
        if (heapBytesNeeded > heapBytesMax) {
            throw CoconutException.of(ErrorCode.TRANSACTION_TOO_LARGE)
                    .with("heapBytes", heapBytesNeeded)
                    .with("heapBytesMax", heapBytesMax)
                    .mend("Write in smaller pieces, each its own transaction, or give the process more heap (-Xmx).");
        }
        long more = heapBytesNeeded - told;
        if (heapBytes.addAndGet(more) > heapBytesMax) {
            heapBytes.addAndGet(-more);
            throw CoconutException.of(ErrorCode.MEMORY_LIMIT_REACHED)
                    .with("heapBytes", heapBytes.get() + more)
                    .with("heapBytesMax", heapBytesMax)
                    .mend("Other open transactions have written much: run this again when they are over, write in smaller pieces, or give the "
                            + "process more heap (-Xmx).");
        }
        return heapBytesNeeded;
    }

    /// Gives back what was told of and is held no more.
    void giveBack(long bytes) {
        heapBytes.addAndGet(-bytes);
    }
}
