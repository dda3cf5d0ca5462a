package org.coconutdb.sql.operator;

import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.sql.run.PlanDataContext;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.RowBuffer;
import org.coconutdb.sql.spill.RowSize;
import org.jspecify.annotations.Nullable;

/// Rows of a recursive query: those of the seed, then those that the iteration makes of the rows of the last round, until it makes none. Rows of a round are
/// kept for the next, on disk where they are many ([WorkingRows] reads them); where rows are to be different, those of all rounds are held, and refused when
/// there is no room.
final class RecursiveRows extends AbstractEnumerable<@Nullable Object> {
    private final Enumerable<@Nullable Object> seed;
    private final Enumerable<@Nullable Object> iteration;
    private final RecursionShape shape;
    private final Object table;
    private final PlanDataContext context;

    /// @param table under which the iteration reads the rows of the last round
    RecursiveRows(
            Enumerable<@Nullable Object> seed,
            Enumerable<@Nullable Object> iteration,
            RecursionShape shape,
            Object table,
            PlanDataContext context) {
        this.seed = seed;
        this.iteration = iteration;
        this.shape = shape;
        this.table = table;
        this.context = context;
    }

    @Override
    public Enumerator<@Nullable Object> enumerator() {
        return new HeldEnumerator(context.operatorMemory(), Recursion::new);
    }

    private final class Recursion implements RowIterator {
        private final OperatorMemory memory;
        private final GroupTable different;
        private final int[] columns = IntStream.range(0, shape.row().columns()).toArray();
        private RowBuffer last;
        private RowBuffer next;
        private InputRows input;
        private int round;
        private @Nullable Object answer;
        private boolean hasAnswer;
        private boolean isOver;

        Recursion(OperatorMemory memory) {
            this.memory = memory;
            this.different = new GroupTable(memory);
            this.last = buffer();
            this.next = buffer();
            context.working().put(table, last);
            this.input = new InputRows(seed.enumerator());
        }

        private RowBuffer buffer() {
            return new RowBuffer(memory, "rows of a round of a recursive query");
        }

        @Override
        public boolean hasNext() {
            while (!hasAnswer && !isOver) {
                memory.checkCancelled();
                if (input.hasNext()) {
                    Object row = input.next();
                    if (shape.all() || isDifferent(row)) {
                        next.add(row);
                        answer = row;
                        hasAnswer = true;
                    }
                } else {
                    endRound();
                }
            }
            return hasAnswer;
        }

        private boolean isDifferent(@Nullable Object row) {
            int hash = JoinShape.hash(row, shape.row(), columns);
            if (different.find(0, hash, row, shape.row(), columns) >= 0) {
                return false;
            }
            memory.grow(GroupTable.GROUP_BYTES + RowSize.of(row) + RowSize.ofReferences(columns.length),
                    "different rows of a recursive query",
                    "Write UNION ALL where rows cannot come twice, or read fewer columns.");
            @Nullable Object[] key = new @Nullable Object[columns.length];
            Arrays.setAll(key, i -> shape.row().column(row, i));
            different.add(0, hash, key, null);
            return true;
        }

        private void endRound() {
            input.close();
            isOver = next.isEmpty() || round == shape.roundsMax();
            round++;
            if (!isOver) {
                RowBuffer read = last;
                last = next;
                next = read;
                next.clear();
                context.working().put(table, last);
                input = new InputRows(iteration.enumerator());
            }
        }

        @Override
        public @Nullable Object next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            hasAnswer = false;
            return answer;
        }

        @Override
        public void close() {
            input.close();
            last.clear();
            next.clear();
        }
    }
}
