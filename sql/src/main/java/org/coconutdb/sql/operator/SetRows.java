package org.coconutdb.sql.operator;

import java.util.List;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.coconutdb.sql.run.PlanDataContext;
import org.coconutdb.sql.spill.RowSize;
import org.jspecify.annotations.Nullable;

/// UNION, INTERSECT, EXCEPT and DISTINCT: whole rows are keys of groups, which count from which operand they came.
final class SetRows extends AbstractEnumerable<@Nullable Object> {
    private final List<Enumerable<@Nullable Object>> operands;
    private final SetShape shape;
    private final PlanDataContext context;

    SetRows(List<Enumerable<@Nullable Object>> operands, SetShape shape, PlanDataContext context) {
        this.operands = operands;
        this.shape = shape;
        this.context = context;
    }

    @Override
    public Enumerator<@Nullable Object> enumerator() {
        int sources = shape.kind() == SetShape.Kind.UNION ? 1 : operands.size();
        return new HeldEnumerator(context.operatorMemory(), memory -> new HybridGroups(memory, new Counting(), 1, sources,
                new ConcatenatedInputs(operands)));
    }

    /// Counts the copies of a row in each operand.
    private final class Counting implements Grouping {
        private final boolean counts = shape.kind() != SetShape.Kind.UNION;

        @Override
        public RowShape shape() {
            return shape.row();
        }

        @Override
        public int[] columns(int kind) {
            return shape.columns();
        }

        @Override
        public long keyBytes(@Nullable Object row) {
            return RowSize.of(row);
        }

        @Override
        public long stateBytes(@Nullable Object firstRow) {
            return counts ? 16 + 8L * operands.size() : 0;
        }

        @Override
        public @Nullable Object begin() {
            return counts ? new long[operands.size()] : null;
        }

        @Override
        public @Nullable Object add(@Nullable Object state, int source, @Nullable Object row) {
            if (state instanceof long[] copies) {
                copies[source]++;
            }
            return state;
        }

        @Override
        public long growth(@Nullable Object row) {
            return 0;
        }

        @Override
        public long kept(@Nullable Object row) {
            return 0;
        }

        @Override
        public long answers(@Nullable Object state) {
            if (!(state instanceof long[] copies)) {
                return 1;
            }
            long answers = copies[0];
            for (int i = 1; i < copies.length; i++) {
                if (shape.kind() == SetShape.Kind.INTERSECT) {
                    answers = Math.min(answers, copies[i]);
                } else if (shape.all()) {
                    answers = Math.max(0, answers - copies[i]);
                } else if (copies[i] > 0) {
                    answers = 0;
                }
            }
            return shape.all() ? answers : Math.min(1, answers);
        }

        @Override
        public @Nullable Object answer(int kind, @Nullable Object[] key, @Nullable Object state) {
            return key.length == 1 ? key[0] : key;
        }

        @Override
        public String what() {
            return "different rows of a set operation";
        }

        @Override
        public String mend() {
            return "Read fewer columns.";
        }
    }
}
