package org.coconutdb.sql.operator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.sql.run.PlanDataContext;
import org.coconutdb.sql.run.RowOrder;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.RowSize;
import org.jspecify.annotations.Nullable;

/// Rows in an order, all of them or the first ones. Rows that are equal in that order keep the one they came in.
final class SortedRows extends AbstractEnumerable<@Nullable Object> {
    /// Up to here the first rows are kept in a heap, while they have room in memory; beyond, all rows are sorted.
    private static final long HEAP_ROWS_MAX = 100_000;
    /// A heap's entry with its number.
    private static final int ENTRY_BYTES = 40;

    private record Numbered(@Nullable Object row, long number) {}

    private final Enumerable<@Nullable Object> rows;
    private final RowOrder order;
    private final long offset;
    private final long fetch;
    private final PlanDataContext context;

    /// @param fetch at most so many after the offset; negative: all
    SortedRows(Enumerable<@Nullable Object> rows, RowOrder order, long offset, long fetch, PlanDataContext context) {
        this.rows = rows;
        this.order = order;
        this.offset = Math.max(0, offset);
        this.fetch = fetch;
        this.context = context;
    }

    @Override
    public Enumerator<@Nullable Object> enumerator() {
        return new HeldEnumerator(context.operatorMemory(), this::sorted);
    }

    private RowIterator sorted(OperatorMemory memory) {
        long wanted = fetch < 0 || offset + fetch < 0 ? Long.MAX_VALUE : offset + fetch;
        RowIterator sorted;
        try (Enumerator<@Nullable Object> input = rows.enumerator()) {
            sorted = wanted <= HEAP_ROWS_MAX ? first((int) wanted, input, memory) : all(new ExternalSort(memory, order, wanted), input);
        }
        for (long i = 0; i < offset && sorted.hasNext(); i++) {
            sorted.next();
        }
        return fetch < 0 ? sorted : new FirstRows(sorted, fetch);
    }

    private static RowIterator all(ExternalSort sort, Enumerator<@Nullable Object> input) {
        while (input.moveNext()) {
            sort.add(input.current());
        }
        return sort.sorted();
    }

    private RowIterator first(int count, Enumerator<@Nullable Object> input, OperatorMemory memory) {
        if (count == 0) {
            return RowIterator.of(List.of());
        }
        Comparator<Numbered> byOrder = (left, right) -> {
            int by = order.compare(left.row, right.row);
            return by != 0 ? by : Long.compare(left.number, right.number);
        };
        PriorityQueue<Numbered> last = new PriorityQueue<>(Collections.reverseOrder(byOrder));
        long number = 0;
        while (input.moveNext()) {
            memory.checkCancelled();
            Numbered next = new Numbered(input.current(), number++);
            if (last.size() == count) {
                if (byOrder.compare(next, last.element()) >= 0) {
                    continue;
                }
                memory.shrink(bytes(last.remove()));
            }
            last.add(next);
            if (!memory.tryGrow(bytes(next))) {
                return others(last, count, input, memory);
            }
        }
        return RowIterator.of(inOrder(last, byOrder));
    }

    private static long bytes(Numbered numbered) {
        return RowSize.of(numbered.row) + ENTRY_BYTES;
    }

    /// Goes on without a heap, which has no room.
    private RowIterator others(PriorityQueue<Numbered> heap, int count, Enumerator<@Nullable Object> input, OperatorMemory memory) {
        memory.clear();
        ExternalSort sort = new ExternalSort(memory, order, count);
        inOrder(heap, Comparator.comparingLong(Numbered::number)).forEach(sort::add);
        return all(sort, input);
    }

    private static List<@Nullable Object> inOrder(PriorityQueue<Numbered> heap, Comparator<Numbered> by) {
        List<Numbered> found = new ArrayList<>(heap);
        found.sort(by);
        List<@Nullable Object> sorted = new ArrayList<>(found.size());
        found.forEach(numbered -> sorted.add(numbered.row));
        return sorted;
    }

    /// The first of other rows.
    private static final class FirstRows implements RowIterator {
        private final RowIterator rows;
        private long left;

        FirstRows(RowIterator rows, long left) {
            this.rows = rows;
            this.left = left;
        }

        @Override
        public boolean hasNext() {
            return left > 0 && rows.hasNext();
        }

        @Override
        public @Nullable Object next() {
            left--;
            return rows.next();
        }

        @Override
        public void close() {
            rows.close();
        }
    }
}
