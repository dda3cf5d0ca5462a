package org.coconutdb.sql.spill;

import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// What one operator holds. It asks before it holds a row, by [RowSize], and gives back what it drops. One thread.
public final class OperatorMemory implements AutoCloseable {
    private final StatementMemory statement;
    private final @Nullable MemoryFigures figures;
    // What it holds, and what of the budget it has for that: a little more.
    private long used;
    private long granted;

    OperatorMemory(StatementMemory statement, @Nullable MemoryFigures figures) {
        this.statement = statement;
        this.figures = figures;
    }

    /// Whether it may hold so much more.
    public boolean tryGrow(long bytes) {
        long wanted = used + bytes;
        if (wanted > granted && !grant(wanted)) {
            return false;
        }
        used = wanted;
        if (figures != null) {
            figures.held(used);
        }
        return true;
    }

    private boolean grant(long wanted) {
        long missing = wanted - granted;
        long piece = Math.max(missing, statement.pieceBytes());
        if (!statement.tryReserve(granted, piece)) {
            piece = missing;
            if (!statement.tryReserve(granted, piece)) {
                return false;
            }
        }
        granted += piece;
        return true;
    }

    /// The same where the operator can do nothing else: QUERY_MEMORY_REACHED where there is no room.
    ///
    /// @param what it holds, for the message
    /// @param mend what the user can do beside giving it more memory
    public void grow(long bytes, String what, String mend) {
        if (!tryGrow(bytes)) {
            throw refusal(bytes, what, mend);
        }
    }

    /// Says that there is no room for so many bytes more.
    public CoconutException refusal(long bytes, String what, String mend) {
        QueryMemory budget = statement.budget();
        return CoconutException.of(ErrorCode.QUERY_MEMORY_REACHED)
                .with("holds", what)
                .with("bytes", used + bytes)
                .with("bytesMax", Math.min(limitBytes(), granted + budget.config().memoryBytes() - budget.reservedBytes()))
                .with("query.memory", budget.config().memoryBytes())
                .mend("Raise query.memory (and -Xmx with it). " + mend);
    }

    /// Drops so many of them.
    public void shrink(long bytes) {
        used -= bytes;
        assert used >= 0 : "an operator drops more than it holds";
        long spare = granted - used - 2 * statement.pieceBytes();
        if (spare > 0) {
            granted -= spare;
            statement.release(spare);
        }
    }

    /// Drops some and holds others instead: where that is no more, it needs nobody's leave. Whether it may.
    public boolean tryReplace(long dropped, long added) {
        used -= dropped;
        assert used >= 0 : "an operator drops more than it holds";
        if (tryGrow(added)) {
            shrink(0);
            return true;
        }
        used += dropped;
        return false;
    }

    /// Drops all.
    public void clear() {
        statement.release(granted);
        granted = 0;
        used = 0;
    }

    /// Bytes that it holds.
    public long usedBytes() {
        return used;
    }

    /// Bytes that it may hold at most as things are in its statement.
    public long limitBytes() {
        return statement.limitOf(granted);
    }

    /// Of one buffer for writing or reading a file.
    public int blockBytes() {
        return statement.blockBytes();
    }

    /// Throws STATEMENT_CANCELLED where the statement shall end.
    public void checkCancelled() {
        statement.checkCancelled();
    }

    /// Begins to write a run. Its buffer is not counted: see [#blockBytes].
    public SpillWriter writer() {
        return new SpillWriter(this, statement.file());
    }

    void spilled(long bytes) {
        if (figures != null) {
            figures.spilled(bytes);
        }
    }

    @Override
    public void close() {
        clear();
    }
}
