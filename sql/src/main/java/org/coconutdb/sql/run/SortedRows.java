package org.coconutdb.sql.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.linq4j.Linq4j;

/// Rows in an order, all of them or the first ones. Rows that are equal in that order keep the one they came in.
final class SortedRows<T> extends AbstractEnumerable<T> {
    /// Up to here the first rows are kept in a heap; beyond, all rows are sorted.
    private static final long HEAP_ROWS_MAX = 100_000;

    private record Numbered<T>(T row, long number) {}

    private final Enumerable<T> rows;
    private final RowOrder order;
    private final long offset;
    private final long fetch;

    /// @param fetch at most so many after the offset; negative: all
    SortedRows(Enumerable<T> rows, RowOrder order, long offset, long fetch) {
        this.rows = rows;
        this.order = order;
        this.offset = Math.max(0, offset);
        this.fetch = fetch;
    }

    @Override
    public Enumerator<T> enumerator() {
        List<T> sorted = fetch >= 0 && offset + fetch <= HEAP_ROWS_MAX ? first((int) (offset + fetch)) : all();
        int from = (int) Math.min(offset, sorted.size());
        int to = fetch < 0 ? sorted.size() : (int) Math.min(sorted.size(), from + Math.min(fetch, Integer.MAX_VALUE));
        return Linq4j.enumerator(sorted.subList(from, to));
    }

    private List<T> all() {
        List<T> sorted = new ArrayList<>();
        try (Enumerator<T> input = rows.enumerator()) {
            while (input.moveNext()) {
                sorted.add(input.current());
            }
        }
        sorted.sort(order);
        return sorted;
    }

    private List<T> first(int count) {
        if (count == 0) {
            return List.of();
        }
        Comparator<Numbered<T>> byOrder =
                Comparator.<Numbered<T>, Object> comparing(Numbered::row, order).thenComparingLong(Numbered::number);
        PriorityQueue<Numbered<T>> last = new PriorityQueue<>(Collections.reverseOrder(byOrder));
        long number = 0;
        try (Enumerator<T> input = rows.enumerator()) {
            while (input.moveNext()) {
                Numbered<T> next = new Numbered<>(input.current(), number++);
                if (last.size() < count) {
                    last.add(next);
                } else if (byOrder.compare(next, last.element()) < 0) {
                    last.remove();
                    last.add(next);
                }
            }
        }
        List<Numbered<T>> found = new ArrayList<>(last);
        found.sort(byOrder);
        return found.stream().map(Numbered::row).toList();
    }
}
