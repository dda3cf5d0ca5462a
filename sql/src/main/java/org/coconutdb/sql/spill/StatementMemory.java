package org.coconutdb.sql.spill;

import java.util.concurrent.atomic.AtomicBoolean;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// What the operators of one statement may hold: half of the database's budget together, and each half of what the others of its statement leave.
/// So the first of several takes half, the next a quarter, and none all. Each gets [#floorBytes] also where the others leave less.
///
/// Any thread, since parts of a statement may run side by side; closed by the statement's own when its rows are, and no part runs any more, whatever
/// its operators have forgotten to give back.
///
/// Invariant: what it has of the budget is the sum of what its operators have, and 0 when it is closed.
public final class StatementMemory implements AutoCloseable {
    private static final long PIECE_BYTES_MAX = 64L << 10;
    private static final long BLOCK_BYTES_MIN = 128;
    private static final long BLOCK_BYTES_MAX = 64L << 10;

    private final QueryMemory budget;
    private final AtomicBoolean cancelled;
    private final long bytesMax;
    private final long floorBytes;
    private final int blockBytes;
    // Guarded by this where it changes.
    private volatile long held;
    // These guarded by this.
    private @Nullable SpillFile file;
    private boolean isUsed;
    private boolean closed;

    StatementMemory(QueryMemory budget, AtomicBoolean cancelled) {
        this.budget = budget;
        this.cancelled = cancelled;
        this.bytesMax = budget.config().memoryBytes() / 2;
        this.floorBytes = bytesMax / 16;
        this.blockBytes = (int) Math.clamp(Long.highestOneBit(bytesMax / 128), BLOCK_BYTES_MIN, BLOCK_BYTES_MAX);
    }

    /// For an operator that begins to hold rows.
    ///
    /// @param figures null where nobody counts
    public synchronized OperatorMemory operator(@Nullable MemoryFigures figures) {
        if (closed) {
            throw CoconutException.of(ErrorCode.OBJECT_CLOSED).with("object", "statement").mend("Execute it again.");
        }
        if (!isUsed) {
            isUsed = true;
            budget.began();
        }
        return new OperatorMemory(this, figures);
    }

    /// Throws STATEMENT_CANCELLED where the flag is set.
    public void checkCancelled() {
        if (cancelled.get()) {
            throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED);
        }
    }

    /// Bytes that an operator may have which has so many.
    long limitOf(long own) {
        return Math.max(floorBytes, (bytesMax - (held - own)) / 2);
    }

    synchronized boolean tryReserve(long own, long bytes) {
        if (closed || own + bytes > limitOf(own) || !budget.tryReserve(bytes)) {
            return false;
        }
        held += bytes;
        return true;
    }

    synchronized void release(long bytes) {
        if (!closed) {
            held -= bytes;
            assert held >= 0 : "released more than was reserved";
            budget.release(bytes);
        }
    }

    /// The smallest piece that operators take, so that they do not all ask the budget for each row.
    long pieceBytes() {
        return Math.clamp(floorBytes / 32, 1, PIECE_BYTES_MAX);
    }

    int blockBytes() {
        return blockBytes;
    }

    QueryMemory budget() {
        return budget;
    }

    /// The statement's file, made when it is first asked for.
    synchronized SpillFile file() {
        SpillFile open = file;
        if (open == null) {
            open = new SpillFile(budget, blockBytes);
            file = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        budget.release(held);
        held = 0;
        if (isUsed) {
            budget.ended();
        }
        SpillFile open = file;
        file = null;
        if (open != null) {
            open.close();
        }
    }
}
