package org.coconutdb.sql.operator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.linq4j.function.Function1;
import org.coconutdb.sql.run.PlanDataContext;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.RowSize;
import org.coconutdb.sql.spill.SpilledRows;
import org.jspecify.annotations.Nullable;

/// Rows with functions over windows. Generated code computes them of rows that are in memory, all rows of a partition among them; where not all partitions
/// have room at once, some wait on disk. One partition that has none is refused.
final class WindowedRows extends AbstractEnumerable<@Nullable Object> {
    private static final String MEND =
            "All rows of a partition are held at once: partition the window by more columns, read fewer rows or columns, or join an aggregate instead.";

    private final Enumerable<@Nullable Object> rows;
    private final WindowShape shape;
    private final Function1<Enumerable<@Nullable Object>, Enumerable<@Nullable Object>> functions;
    private final PlanDataContext context;

    /// @param functions answers rows for those of whole partitions
    WindowedRows(
            Enumerable<@Nullable Object> rows,
            WindowShape shape,
            Function1<Enumerable<@Nullable Object>, Enumerable<@Nullable Object>> functions,
            PlanDataContext context) {
        this.rows = rows;
        this.shape = shape;
        this.functions = functions;
        this.context = context;
    }

    @Override
    public Enumerator<@Nullable Object> enumerator() {
        return new HeldEnumerator(context.operatorMemory(), Windowed::new);
    }

    private record Part(SpilledRows rows, int level) {}

    private final class Windowed implements RowIterator {
        private final OperatorMemory memory;
        private final Deque<Part> parts = new ArrayDeque<>();
        private @Nullable InputRows answers;

        Windowed(OperatorMemory memory) {
            this.memory = memory;
            try (Enumerator<@Nullable Object> input = rows.enumerator()) {
                hold(new InputRows(input), 0);
            }
        }

        private void hold(RowIterator input, int level) {
            // Each row is answered by another one, and has its place in three lists meanwhile.
            int overhead = (int) RowSize.ofReferences(shape.input().columns() + shape.functions()) + 40 * shape.functions() + 64;
            PartitionedRows held = new PartitionedRows(memory, level, overhead, "rows of a window's partition", MEND);
            long count = 0;
            while (input.hasNext()) {
                Object row = input.next();
                count++;
                if (shape.partitionBy().length == 0 || level == PartitionedRows.LEVEL_MAX) {
                    long bytes = RowSize.of(row) + overhead;
                    memory.checkCancelled();
                    memory.grow(bytes, "rows of a window's partition", MEND);
                    held.put(row, 0);
                } else {
                    held.add(row, JoinShape.hash(row, shape.input(), shape.partitionBy()));
                }
            }
            for (SpilledRows run : held.finish()) {
                if (run != null) {
                    // Where it has nearly all rows again, cutting is of no use.
                    parts.add(new Part(run, run.rows() >= count / 10 * 9 ? PartitionedRows.LEVEL_MAX : level + 1));
                    memory.shrink(memory.blockBytes());
                }
            }
            answers = new InputRows(functions.apply(new HeldRows(held)).enumerator());
        }

        @Override
        public boolean hasNext() {
            while (true) {
                InputRows open = answers;
                if (open != null && open.hasNext()) {
                    return true;
                }
                answers = null;
                memory.clear();
                Part part = parts.poll();
                if (part == null) {
                    return false;
                }
                hold(InputRows.of(part.rows, memory, true), part.level);
            }
        }

        @Override
        public @Nullable Object next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return Objects.requireNonNull(answers).next();
        }

        /// Looks at the cancel flag while generated code takes the rows.
        private final class HeldRows extends AbstractEnumerable<@Nullable Object> {
            private final PartitionedRows held;

            HeldRows(PartitionedRows held) {
                this.held = held;
            }

            @Override
            public Enumerator<@Nullable Object> enumerator() {
                return new Enumerator<>() {
                    private int position = -1;

                    @Override
                    public @Nullable Object current() {
                        return held.row(position);
                    }

                    @Override
                    public boolean moveNext() {
                        memory.checkCancelled();
                        position++;
                        return position < held.count();
                    }

                    @Override
                    public void reset() {
                        position = -1;
                    }

                    @Override
                    public void close() {
                        // The rows are the window's.
                    }
                };
            }
        }
    }
}
