package org.coconutdb.sql.operator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
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
    /// A reference in the list of rows, in its copy while that grows, and in the half that a merge sort sets aside.
    private static final int ROW_OVERHEAD_BYTES = 12;
    private static final int MERGED_MAX = 64;
    private static final int COMPARISONS_UNCHECKED = 0x3ff;

    private final OperatorMemory memory;
    private final Comparator<@Nullable Object> order;
    private final long rowsMax;
    private List<@Nullable Object> held = new ArrayList<>();
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
        held.sort(order);
        SpillWriter writer = memory.writer();
        int count = (int) Math.min(rowsMax, held.size());
        for (int i = 0; i < count; i++) {
            writer.write(held.get(i), heldRowBytesMax);
        }
        runs.add(writer.finish());
        held = new ArrayList<>();
        heldRowBytesMax = 0;
        memory.clear();
    }

    /// The rows in order, to be asked for once.
    RowIterator sorted() {
        if (runs.isEmpty()) {
            held.sort(order);
            return RowIterator.of(held);
        }
        if (!held.isEmpty()) {
            writeRun();
        }
        while (true) {
            int together = mergedAtOnce();
            if (runs.size() <= together) {
                Merge merge = new Merge(runs);
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
            Merge merge = new Merge(group);
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
    private final class Merge implements RowIterator {
        private final PriorityQueue<Head> heads;

        private record Head(@Nullable Object row, int run, SpillReader reader, SpilledRows of) {}

        Merge(List<SpilledRows> merged) {
            this.heads = new PriorityQueue<>((left, right) -> {
                int by = order.compare(left.row, right.row);
                return by != 0 ? by : Integer.compare(left.run, right.run);
            });
            long bytes = 0;
            for (SpilledRows run : merged) {
                bytes += run.rowBytesMax() + memory.blockBytes();
            }
            memory.grow(bytes, "rows and buffers of " + merged.size() + " sorted runs", "Sort fewer columns.");
            for (int i = 0; i < merged.size(); i++) {
                SpilledRows run = merged.get(i);
                advance(i, run.take(memory), run);
            }
        }

        private void advance(int run, SpillReader reader, SpilledRows of) {
            if (reader.hasNext()) {
                heads.add(new Head(reader.read(), run, reader, of));
            }
        }

        @Override
        public boolean hasNext() {
            return !heads.isEmpty();
        }

        @Override
        public @Nullable Object next() {
            memory.checkCancelled();
            Head first = heads.poll();
            if (first == null) {
                throw new NoSuchElementException();
            }
            advance(first.run, first.reader, first.of);
            return first.row;
        }

        @Override
        public void close() {
            heads.forEach(head -> head.of.delete());
            heads.clear();
        }
    }
}
