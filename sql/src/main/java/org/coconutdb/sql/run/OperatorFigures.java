package org.coconutdb.sql.run;

import java.util.BitSet;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.spill.MemoryFigures;

/// What one execution counts of one operator, for EXPLAIN ANALYZE. One thread.
public final class OperatorFigures implements MemoryFigures {
    private long loops;
    private long rows;
    private long selfNanos;
    private boolean isRead;
    private long entriesSeen;
    private long rowsSeen;
    private long rowBytes;
    private long coldRows;
    private long heldBytesMax;
    private long spilledBytes;
    private final BitSet blocks = new BitSet();

    /// Of an operator that ran once and writes.
    public static OperatorFigures ofWrite(long rows, long selfNanos) {
        OperatorFigures figures = new OperatorFigures();
        figures.loops = 1;
        figures.rows = rows;
        figures.selfNanos = selfNanos;
        return figures;
    }

    /// How often it was started.
    public long loops() {
        return loops;
    }

    /// Rows that it answered, in all loops.
    public long rows() {
        return rows;
    }

    /// Time in the operator itself, its inputs not included.
    public long selfNanos() {
        return selfNanos;
    }

    /// Whether it reads a table, so that what follows means something.
    public boolean isRead() {
        return isRead;
    }

    /// Entries of an index that led to rows, or would have.
    public long entriesSeen() {
        return entriesSeen;
    }

    /// Rows that were looked at, whether they met the condition or not.
    public long rowsSeen() {
        return rowsSeen;
    }

    /// Bytes of those whose row was read: of one that is only counted, none are.
    public long rowBytes() {
        return rowBytes;
    }

    /// Rows that were read from disk or from a frame that was.
    public long coldRows() {
        return coldRows;
    }

    /// Blocks that were looked into, with rows in them or without.
    public int blockCount() {
        return blocks.cardinality();
    }

    /// Bytes of heap that it held at most, in any of its loops.
    public long heldBytesMax() {
        return heldBytesMax;
    }

    /// Bytes that it wrote to files, some perhaps several times.
    public long spilledBytes() {
        return spilledBytes;
    }

    @Override
    public void held(long bytes) {
        heldBytesMax = Math.max(heldBytesMax, bytes);
    }

    @Override
    public void spilled(long bytes) {
        spilledBytes += bytes;
    }

    /// Adds what another thread has counted of the same operator.
    void add(OperatorFigures other) {
        loops += other.loops;
        rows += other.rows;
        selfNanos += other.selfNanos;
        isRead |= other.isRead;
        entriesSeen += other.entriesSeen;
        rowsSeen += other.rowsSeen;
        rowBytes += other.rowBytes;
        coldRows += other.coldRows;
        heldBytesMax += other.heldBytesMax;
        spilledBytes += other.spilledBytes;
        blocks.or(other.blocks);
    }

    void begin() {
        loops++;
    }

    void answer() {
        rows++;
    }

    void add(long nanos) {
        selfNanos += nanos;
    }

    void read() {
        isRead = true;
    }

    void seeEntry() {
        entriesSeen++;
    }

    /// @param readsRow whether more than its header is asked for
    void see(RecordView view, boolean readsRow) {
        rowsSeen++;
        if (readsRow) {
            rowBytes += view.rowLength();
            coldRows += view.isCold() ? 1 : 0;
        }
    }

    BitSet blocks() {
        return blocks;
    }
}
