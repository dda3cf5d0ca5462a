package org.coconutdb.sql.spill;

/// A run of rows in a statement's file, in the order in which they were written. Can be read any number of times, until it is deleted. One thread.
public final class SpilledRows {
    private final SpillFile file;
    private final int[] blocks;
    private final int lastLength;
    private final long rows;
    private final long rowBytesMax;
    // Blocks before it were given back while they were read.
    private int firstBlock;
    private boolean deleted;

    SpilledRows(SpillFile file, int[] blocks, int lastLength, long rows, long rowBytesMax) {
        this.file = file;
        this.blocks = blocks;
        this.lastLength = lastLength;
        this.rows = rows;
        this.rowBytesMax = rowBytesMax;
    }

    public long rows() {
        return rows;
    }

    /// Heap that the largest row takes, where its writer was told.
    public long rowBytesMax() {
        return rowBytesMax;
    }

    /// Reads it from the start.
    public SpillReader read(OperatorMemory memory) {
        return new SpillReader(this, memory, false);
    }

    /// Reads it from the start, for the last time: its room is given back meanwhile.
    public SpillReader take(OperatorMemory memory) {
        return new SpillReader(this, memory, true);
    }

    /// Gives its room back. Deleting it twice is harmless.
    public void delete() {
        if (!deleted) {
            deleted = true;
            for (int i = firstBlock; i < blocks.length; i++) {
                file.free(blocks[i]);
            }
        }
    }

    int blockCount() {
        return blocks.length;
    }

    int blockBytes() {
        return file.blockBytes();
    }

    /// Answers how many bytes the block has.
    int load(int number, byte[] into, boolean isLastTime) {
        int length = number == blocks.length - 1 ? lastLength : into.length;
        file.read(blocks[number], into, length);
        if (isLastTime) {
            file.free(blocks[number]);
            firstBlock = number + 1;
        }
        return length;
    }
}
