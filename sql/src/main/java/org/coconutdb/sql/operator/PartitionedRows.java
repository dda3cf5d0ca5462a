package org.coconutdb.sql.operator;

import java.util.Arrays;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.RowSize;
import org.coconutdb.sql.spill.SpillWriter;
import org.coconutdb.sql.spill.SpilledRows;
import org.jspecify.annotations.Nullable;

/// Rows held with a hash of their keys. Where memory ends they are cut into partitions by the hash, and those with the most bytes go to disk, each as a
/// run; rows that come later for one of these follow it. Rows keep their order, in memory and in each run.
final class PartitionedRows {
    /// Beyond, rows have a key in common, or nearly so.
    static final int LEVEL_MAX = 6;
    private static final int PARTITIONS_MAX = 32;
    private static final int FIRST_ROWS = 16;

    private final OperatorMemory memory;
    private final int level;
    private final int overheadBytes;
    private final String what;
    private final String mend;
    private @Nullable Object[] rows = new @Nullable Object[FIRST_ROWS];
    private int[] hashes = new int[FIRST_ROWS];
    private int count;
    // Null as long as all rows are in memory.
    private @Nullable SpillWriter @Nullable [] writers;
    private long[] partitionBytes = new long[0];
    private int shift;

    /// @param level how often the rows were cut already, each time by other bits
    /// @param overheadBytes what the operator holds for each row beside it, with its place here: 16 at least
    /// @param what is held, for an error
    /// @param mend of the same
    PartitionedRows(OperatorMemory memory, int level, int overheadBytes, String what, String mend) {
        this.memory = memory;
        this.level = level;
        this.overheadBytes = overheadBytes;
        this.what = what;
        this.mend = mend;
    }

    void add(@Nullable Object row, int hash) {
        memory.checkCancelled();
        SpillWriter writer = writer(hash);
        if (writer != null) {
            writer.write(row);
            return;
        }
        long bytes = RowSize.of(row) + overheadBytes;
        while (!memory.tryGrow(bytes)) {
            spillLargest(bytes);
            writer = writer(hash);
            if (writer != null) {
                writer.write(row);
                return;
            }
        }
        if (writers != null) {
            partitionBytes[partition(hash)] += bytes;
        }
        put(row, hash);
    }

    /// Holds a row that is counted already; not where others are on disk.
    void put(@Nullable Object row, int hash) {
        if (count == rows.length) {
            rows = Arrays.copyOf(rows, count * 2);
            hashes = Arrays.copyOf(hashes, count * 2);
        }
        rows[count] = row;
        hashes[count++] = hash;
    }

    int partition(int hash) {
        return shift == Integer.SIZE ? 0 : KeyValues.mixed(hash, level) >>> shift;
    }

    private @Nullable SpillWriter writer(int hash) {
        @Nullable SpillWriter[] open = writers;
        return open == null ? null : open[partition(hash)];
    }

    private void spillLargest(long wanted) {
        @Nullable SpillWriter[] open = writers;
        if (open == null) {
            open = cut();
        }
        int largest = 0;
        for (int i = 1; i < open.length; i++) {
            largest = partitionBytes[i] > partitionBytes[largest] ? i : largest;
        }
        if (partitionBytes[largest] == 0) {
            throw memory.refusal(wanted, what, mend);
        }
        SpillWriter writer = memory.writer();
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (partition(hashes[i]) == largest) {
                writer.write(rows[i]);
            } else {
                rows[kept] = rows[i];
                hashes[kept++] = hashes[i];
            }
        }
        Arrays.fill(rows, kept, count, null);
        count = kept;
        if (!memory.tryReplace(partitionBytes[largest], memory.blockBytes())) {
            throw memory.refusal(memory.blockBytes(), "a buffer to write rows to disk with", "Run fewer statements at once.");
        }
        partitionBytes[largest] = 0;
        open[largest] = writer;
    }

    /// Partitions for which buffers take an eighth of what the operator may hold.
    private @Nullable SpillWriter[] cut() {
        long buffers = memory.limitBytes() / (8L * memory.blockBytes());
        int partitions = Integer.highestOneBit(Math.clamp(buffers, 2, PARTITIONS_MAX));
        @Nullable SpillWriter[] open = new @Nullable SpillWriter[partitions];
        writers = open;
        shift = Integer.SIZE - Integer.numberOfTrailingZeros(partitions);
        partitionBytes = new long[partitions];
        for (int i = 0; i < count; i++) {
            partitionBytes[partition(hashes[i])] += RowSize.of(rows[i]) + overheadBytes;
        }
        return open;
    }

    /// Rows that are in memory.
    int count() {
        return count;
    }

    @Nullable
    Object row(int index) {
        return rows[index];
    }

    int hash(int index) {
        return hashes[index];
    }

    boolean hasSpilled() {
        return writers != null;
    }

    /// Ends the runs: by partition, null where its rows are in memory. Their buffers stay counted, for others that follow them.
    @Nullable
    SpilledRows[] finish() {
        @Nullable SpillWriter[] open = writers;
        if (open == null) {
            return new @Nullable SpilledRows[0];
        }
        @Nullable SpilledRows[] runs = new @Nullable SpilledRows[open.length];
        for (int i = 0; i < open.length; i++) {
            SpillWriter writer = open[i];
            runs[i] = writer == null ? null : writer.finish();
        }
        return runs;
    }
}
