package org.coconutdb.sql.operator;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.linq4j.function.Predicate2;
import org.coconutdb.sql.run.PlanDataContext;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.RowSize;
import org.coconutdb.sql.spill.SpillWriter;
import org.coconutdb.sql.spill.SpilledRows;
import org.jspecify.annotations.Nullable;

/// Rows of two sides joined: those of the right side are held by their key, those of the left come by.
///
/// Where the right side has no room, some of it is on disk by partitions of its keys ([PartitionedRows]). Left rows for these are put aside as well, and
/// each pair of partitions is joined by itself later, and cut again where it is too large. A pair that cutting does not make smaller, because a key is too
/// frequent, or there is none, is joined in passes: as many right rows as have room, and all left rows by them, and so on.
///
/// As long as nothing is on disk, answers come in the order of the left rows, those of one in the order of the right ones.
final class JoinedRows extends AbstractEnumerable<@Nullable Object> {
    private static final String WHAT = "rows of a join's right side";
    private static final String MEND = "Join fewer columns, or fewer rows.";
    private static final int STEPS_UNCHECKED = 0x3ff;

    private final Enumerable<@Nullable Object> left;
    private final Enumerable<@Nullable Object> right;
    private final JoinShape shape;
    private final @Nullable Predicate2<@Nullable Object, @Nullable Object> condition;
    private final PlanDataContext context;

    /// @param condition beside the keys; null: none
    JoinedRows(
            Enumerable<@Nullable Object> left,
            Enumerable<@Nullable Object> right,
            JoinShape shape,
            @Nullable Predicate2<@Nullable Object, @Nullable Object> condition,
            PlanDataContext context) {
        this.left = left;
        this.right = right;
        this.shape = shape;
        this.condition = condition;
        this.context = context;
    }

    @Override
    public Enumerator<@Nullable Object> enumerator() {
        return new HeldEnumerator(context.operatorMemory(), Join::new);
    }

    /// Partitions of both sides that are joined with each other.
    ///
    /// @param isStuck whether cutting them again is of no use: nearly all right rows are in this one
    private record Pair(SpilledRows right, SpilledRows left, int level, boolean isStuck) {}

    private enum Phase {
        /// Left rows come by.
        PROBE,
        /// Right rows without a match are answered.
        RIGHT_ALONE,
        /// Of a pair that is joined in passes: the next right rows are read.
        NEXT_PASS,
        /// Left rows that no pass has matched are answered.
        LEFT_ALONE,
        /// The next pair begins.
        NEXT_PAIR,
        OVER
    }

    private final class Join implements RowIterator {
        private final OperatorMemory memory;
        private final JoinShape.Type type = shape.type();
        private final Deque<Pair> pairs = new ArrayDeque<>();
        private final RowIterator leftInput;
        private Phase phase = Phase.PROBE;
        private JoinTable table;
        private RowIterator probe;
        private @Nullable Object answer;
        private boolean hasAnswer;
        private int steps;

        // The left row at hand, and the next right row that may match it.
        private @Nullable Object leftRow;
        private boolean hasLeftRow;
        private boolean isMatched;
        private int leftHash;
        private long leftInteger;
        private int entry = JoinTable.NONE;

        // Of what is at hand: partitions that are on disk.
        private @Nullable PartitionedRows held;
        private int level;
        private @Nullable SpilledRows[] rightRuns = new @Nullable SpilledRows[0];
        private @Nullable SpillWriter[] leftWriters = new @Nullable SpillWriter[0];
        private long rightRows;

        // Of a pair that is joined in passes.
        private @Nullable Pair passes;
        private PeekedRows rightRest = new PeekedRows(RowIterator.of(List.of()));
        private long passBytes;
        private BitSet leftMatched = new BitSet();
        private int leftNumber;

        private int nextAlone;

        Join(OperatorMemory memory) {
            this.memory = memory;
            try (Enumerator<@Nullable Object> input = right.enumerator()) {
                this.table = build(new InputRows(input), 0);
            }
            boolean isNothing = rightRows == 0 && !type.keepsLeft();
            this.leftInput = isNothing ? RowIterator.of(List.of()) : new InputRows(left.enumerator());
            this.probe = leftInput;
        }

        private JoinTable build(RowIterator rows, int atLevel) {
            PartitionedRows partitioned = new PartitionedRows(memory, atLevel, JoinTable.ROW_BYTES, WHAT, MEND);
            int spread = 0;
            rightRows = 0;
            while (rows.hasNext()) {
                Object row = rows.next();
                rightRows++;
                if (!shape.isNullKey(row, shape.right(), shape.rightKeys())) {
                    partitioned.add(row, JoinShape.hash(row, shape.right(), shape.rightKeys()));
                } else if (type.keepsRight()) {
                    // It matches none, so it may lie anywhere: not all of them in one partition.
                    partitioned.add(row, ++spread);
                }
            }
            level = atLevel;
            rightRuns = partitioned.finish();
            leftWriters = new @Nullable SpillWriter[rightRuns.length];
            for (int i = 0; i < rightRuns.length; i++) {
                // In the place of the right side's buffer.
                leftWriters[i] = rightRuns[i] == null ? null : memory.writer();
            }
            held = partitioned;
            return new JoinTable(shape, partitioned, memory);
        }

        @Override
        public boolean hasNext() {
            while (!hasAnswer && phase != Phase.OVER) {
                switch (phase) {
                    case PROBE -> probe();
                    case RIGHT_ALONE -> answerRightAlone();
                    case NEXT_PASS -> nextPass();
                    case LEFT_ALONE -> answerLeftAlone();
                    case NEXT_PAIR -> nextPair();
                    case OVER -> throw new IllegalStateException();
                }
            }
            return hasAnswer;
        }

        @Override
        public @Nullable Object next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            hasAnswer = false;
            return answer;
        }

        private void answer(@Nullable Object row) {
            answer = row;
            hasAnswer = true;
        }

        /// Until an answer is found, or the left rows end.
        private void probe() {
            while (true) {
                while (entry != JoinTable.NONE) {
                    int at = entry;
                    entry = table.next(at);
                    if ((++steps & STEPS_UNCHECKED) == 0) {
                        memory.checkCancelled();
                    }
                    if (table.hasKey(at, leftHash, leftInteger, leftRow) && meets(table.row(at)) && matches(at)) {
                        return;
                    }
                }
                if (hasLeftRow) {
                    hasLeftRow = false;
                    if (!isMatched && passes == null && type.keepsLeft()) {
                        answer(shape.leftAlone(leftRow));
                        return;
                    }
                }
                memory.checkCancelled();
                if (!probe.hasNext()) {
                    endProbe();
                    return;
                }
                begin(probe.next());
            }
        }

        private boolean meets(@Nullable Object rightRow) {
            return condition == null || condition.apply(leftRow, rightRow);
        }

        /// Notes a match; whether it is an answer.
        private boolean matches(int at) {
            boolean isFirst = !isMatched;
            isMatched = true;
            if (passes != null && isFirst) {
                leftMatched.set(leftNumber);
            }
            if (type.keepsRight()) {
                table.mark(at);
            }
            if (type == JoinShape.Type.SEMI || type == JoinShape.Type.ANTI) {
                entry = JoinTable.NONE;
                if (type == JoinShape.Type.ANTI) {
                    return false;
                }
                answer(leftRow);
                return true;
            }
            answer(shape.joined(leftRow, table.row(at)));
            return true;
        }

        private void begin(@Nullable Object row) {
            leftNumber++;
            leftRow = row;
            hasLeftRow = true;
            isMatched = false;
            entry = JoinTable.NONE;
            boolean decided = passes != null && (type == JoinShape.Type.SEMI || type == JoinShape.Type.ANTI) && leftMatched.get(leftNumber);
            if (decided || shape.isNullKey(row, shape.left(), shape.leftKeys())) {
                return;
            }
            leftHash = JoinShape.hash(row, shape.left(), shape.leftKeys());
            if (shape.isInteger() && shape.left().column(row, shape.leftKeys()[0]) instanceof Number number) {
                leftInteger = number.longValue();
            }
            if (leftWriters.length > 0 && held != null) {
                SpillWriter writer = leftWriters[held.partition(leftHash)];
                if (writer != null) {
                    writer.write(row);
                    hasLeftRow = false;
                    return;
                }
            }
            entry = table.first(leftHash);
        }

        private void endProbe() {
            for (int i = 0; i < leftWriters.length; i++) {
                SpillWriter writer = leftWriters[i];
                SpilledRows run = rightRuns[i];
                if (writer != null && run != null) {
                    boolean isStuck = run.rows() >= rightRows / 10 * 9 || level == PartitionedRows.LEVEL_MAX;
                    pairs.add(new Pair(run, writer.finish(), level + 1, isStuck));
                }
            }
            leftWriters = new @Nullable SpillWriter[0];
            rightRuns = new @Nullable SpilledRows[0];
            nextAlone = 0;
            phase = type.keepsRight() ? Phase.RIGHT_ALONE : afterTable();
        }

        private Phase afterTable() {
            return passes == null ? Phase.NEXT_PAIR : Phase.NEXT_PASS;
        }

        private void answerRightAlone() {
            int found = table.unmatched(nextAlone);
            if (found == JoinTable.NONE) {
                phase = afterTable();
            } else {
                nextAlone = found + 1;
                answer(shape.rightAlone(table.row(found)));
            }
        }

        private void nextPair() {
            held = null;
            table = emptyTable();
            memory.clear();
            Pair pair = pairs.poll();
            if (pair == null) {
                phase = Phase.OVER;
            } else if (pair.left.rows() == 0 && !type.keepsRight()) {
                pair.right.delete();
                pair.left.delete();
            } else if (pair.isStuck) {
                passes = pair;
                // A bit for each left row.
                memory.grow(pair.left.rows() / 8 + 64, "a bit for each row of a join's left side", MEND);
                leftMatched = new BitSet();
                rightRest = new PeekedRows(InputRows.of(pair.right, memory, true));
                phase = Phase.NEXT_PASS;
            } else {
                RowIterator rows = InputRows.of(pair.right, memory, true);
                table = build(rows, pair.level);
                probe = InputRows.of(pair.left, memory, true);
                phase = Phase.PROBE;
            }
        }

        /// In the place of one whose rows are to be given back.
        private JoinTable emptyTable() {
            return new JoinTable(shape, new PartitionedRows(memory, 0, JoinTable.ROW_BYTES, WHAT, MEND), memory);
        }

        private void nextPass() {
            Pair pair = Objects.requireNonNull(passes);
            table = emptyTable();
            memory.shrink(passBytes);
            passBytes = 0;
            if (!rightRest.hasNext()) {
                phase = Phase.LEFT_ALONE;
                leftNumber = 0;
                probe = InputRows.of(pair.left, memory, true);
                return;
            }
            probe = InputRows.of(pair.left, memory, false);
            PartitionedRows part = new PartitionedRows(memory, 0, JoinTable.ROW_BYTES, WHAT, MEND);
            while (rightRest.hasNext()) {
                memory.checkCancelled();
                Object row = rightRest.peek();
                long bytes = RowSize.of(row) + JoinTable.ROW_BYTES;
                if (!memory.tryGrow(bytes)) {
                    if (part.count() > 0) {
                        break;
                    }
                    memory.grow(bytes, WHAT, MEND);
                }
                part.put(rightRest.next(), JoinShape.hash(row, shape.right(), shape.rightKeys()));
                passBytes += bytes;
            }
            leftNumber = 0;
            table = new JoinTable(shape, part, memory);
            phase = Phase.PROBE;
        }

        private void answerLeftAlone() {
            boolean isKept = type.keepsLeft();
            while (isKept && probe.hasNext()) {
                memory.checkCancelled();
                Object row = probe.next();
                leftNumber++;
                if (!leftMatched.get(leftNumber)) {
                    answer(shape.leftAlone(row));
                    return;
                }
            }
            Pair pair = Objects.requireNonNull(passes);
            pair.left.delete();
            pair.right.delete();
            passes = null;
            phase = Phase.NEXT_PAIR;
        }

        @Override
        public void close() {
            leftInput.close();
        }
    }
}
