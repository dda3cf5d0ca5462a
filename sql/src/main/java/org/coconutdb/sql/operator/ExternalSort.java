package org.coconutdb.sql.operator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.coconutdb.sql.run.RowOrder;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.RowSize;
import org.coconutdb.sql.spill.SpillReader;
import org.coconutdb.sql.spill.SpillWriter;
import org.coconutdb.sql.spill.SpilledRows;
import org.jspecify.annotations.Nullable;

/// Sorts rows: in memory where they have room there, otherwise by runs in the statement's file that are merged, in several rounds where they are many.
/// Rows that are equal keep the order they came in: a run has rows that came before those of the next, and a merge prefers the earlier run.
final class ExternalSort {
    /// A reference in a piece of rows, and that piece's part of what a merge sort sets aside.
    private static final int ROW_OVERHEAD_BYTES = 12;
    private static final int MERGED_MAX = 64;
    private static final int COMPARISONS_UNCHECKED = 0x3ff;

    private final OperatorMemory memory;
    private final Comparator<@Nullable Object> order;
    private final long rowsMax;
    private SortedPieces held;
    private List<SpilledRows> runs = new ArrayList<>();
    private long heldRowBytesMax;
    private int comparisons;

    /// @param rowsMax how many are wanted of the beginning
    ExternalSort(OperatorMemory memory, RowOrder order, long rowsMax) {
        this.memory = memory;
        this.rowsMax = rowsMax;
        this.order = (left, right) -> {
            if ((++comparisons & COMPARISONS_UNCHECKED) == 0) {
                memory.checkCancelled();
            }
            return order.compare(left, right);
        };
        this.held = new SortedPieces(memory, this.order);
    }

    void add(@Nullable Object row) {
        memory.checkCancelled();
        long bytes = RowSize.of(row) + ROW_OVERHEAD_BYTES;
        if (!memory.tryGrow(bytes)) {
            if (!held.isEmpty()) {
                writeRun();
            }
            memory.grow(bytes, "a row to sort", "Sort fewer columns.");
        }
        heldRowBytesMax = Math.max(heldRowBytesMax, bytes);
        held.add(row);
    }

    private void writeRun() {
        SpillWriter writer = memory.writer();
        RowIterator sorted = held.sorted();
        for (long i = 0; i < rowsMax && sorted.hasNext(); i++) {
            writer.write(sorted.next(), heldRowBytesMax);
        }
        runs.add(writer.finish());
        held = new SortedPieces(memory, order);
        heldRowBytesMax = 0;
        memory.clear();
    }

    /// The rows in order, to be asked for once.
    RowIterator sorted() {
        if (runs.isEmpty()) {
            return held.sorted();
        }
        if (!held.isEmpty()) {
            writeRun();
        }
        while (true) {
            int together = mergedAtOnce();
            if (runs.size() <= together) {
                RowIterator merge = merge(runs);
                runs = new ArrayList<>();
                return merge;
            }
            mergeOnce(together);
        }
    }

    /// How many runs have room for a buffer and a row each, beside the buffer of what is written.
    private int mergedAtOnce() {
        long rowBytes = 0;
        for (SpilledRows run : runs) {
            rowBytes = Math.max(rowBytes, run.rowBytesMax());
        }
        long each = rowBytes + memory.blockBytes();
        return Math.clamp(memory.limitBytes() / each - 1, 2, MERGED_MAX);
    }

    private void mergeOnce(int together) {
        List<SpilledRows> merged = new ArrayList<>();
        for (int from = 0; from < runs.size(); from += together) {
            List<SpilledRows> group = runs.subList(from, Math.min(runs.size(), from + together));
            if (group.size() == 1) {
                merged.add(group.getFirst());
                continue;
            }
            long rowBytesMax = 0;
            for (SpilledRows run : group) {
                rowBytesMax = Math.max(rowBytesMax, run.rowBytesMax());
            }
            RowIterator merge = merge(group);
            memory.grow(memory.blockBytes(), "a buffer to sort with", "Run fewer statements at once.");
            SpillWriter writer = memory.writer();
            for (long i = 0; i < rowsMax && merge.hasNext(); i++) {
                writer.write(merge.next(), rowBytesMax);
            }
            merged.add(writer.finish());
            merge.close();
            memory.clear();
        }
        runs = merged;
    }

    /// Rows of several runs in order.
    private RowIterator merge(List<SpilledRows> merged) {
        long bytes = 0;
        for (SpilledRows run : merged) {
            bytes += run.rowBytesMax() + memory.blockBytes();
        }
        memory.grow(bytes, "rows and buffers of " + merged.size() + " sorted runs", "Sort fewer columns.");
        return new MergedRows(memory, order, merged.stream().map(run -> new Run(run, run.take(memory))).toList());
    }

    private record Run(SpilledRows rows, SpillReader reader) implements RowIterator {
        @Override
        public boolean hasNext() {
            return reader.hasNext();
        }

        @Override
        public @Nullable Object next() {
            return reader.read();
        }

        @Override
        public void close() {
            rows.delete();
        }
    }
}
