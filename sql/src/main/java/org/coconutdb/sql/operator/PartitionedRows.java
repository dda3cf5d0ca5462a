package org.coconutdb.sql.operator;

import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.RowList;
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

    private final OperatorMemory memory;
    private final int level;
    private final int overheadBytes;
    private final String what;
    private final String mend;
    // With their hashes.
    private final RowList rows = new RowList();
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
        rows.add(row, hash);
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
        for (int i = 0; i < rows.size(); i++) {
            memory.checkCancelled();
            Object row = rows.row(i);
            int hash = rows.number(i);
            if (partition(hash) == largest) {
                writer.write(row);
            } else {
                rows.set(kept++, row, hash);
            }
        }
        rows.truncate(kept);
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
        for (int i = 0; i < rows.size(); i++) {
            memory.checkCancelled();
            partitionBytes[partition(rows.number(i))] += RowSize.of(rows.row(i)) + overheadBytes;
        }
        return open;
    }

    /// Rows that are in memory.
    int count() {
        return rows.size();
    }

    @Nullable
    Object row(int index) {
        return rows.row(index);
    }

    int hash(int index) {
        return rows.number(index);
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
