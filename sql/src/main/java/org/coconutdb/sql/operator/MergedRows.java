package org.coconutdb.sql.operator;

import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import org.coconutdb.sql.spill.OperatorMemory;
import org.jspecify.annotations.Nullable;

/// Rows of several sorted inputs in order; of rows that are equal those of an earlier input come first. A tree of losers (Knuth, The Art of Computer Programming 3,
/// 5.4.1): a row takes as many comparisons as the tree has levels.
final class MergedRows implements RowIterator {
    private static final int NONE = -1;

    private final OperatorMemory memory;
    private final Comparator<@Nullable Object> order;
    private final List<? extends RowIterator> inputs;
    private final int count;
    // The row of each input that is next.
    private final @Nullable Object[] heads;
    private final boolean[] hasEnded;
    // Of each match but the first who lost it. The inputs themselves follow as the tree's leaves.
    private final int[] losers;
    private int winner;

    MergedRows(OperatorMemory memory, Comparator<@Nullable Object> order, List<? extends RowIterator> inputs) {
        this.memory = memory;
        this.order = order;
        this.inputs = inputs;
        this.count = inputs.size();
        this.heads = new @Nullable Object[count];
        this.hasEnded = new boolean[count];
        this.losers = new int[count];
        for (int i = 0; i < count; i++) {
            advance(i);
        }
        this.winner = count == 0 ? NONE : play(1);
    }

    private void advance(int input) {
        RowIterator rows = inputs.get(input);
        hasEnded[input] = !rows.hasNext();
        heads[input] = hasEnded[input] ? null : rows.next();
    }

    private int play(int node) {
        if (node >= count) {
            return node - count;
        }
        int left = play(2 * node);
        int right = play(2 * node + 1);
        boolean isLeft = isBefore(left, right);
        losers[node] = isLeft ? right : left;
        return isLeft ? left : right;
    }

    private boolean isBefore(int input, int other) {
        if (hasEnded[input] || hasEnded[other]) {
            return !hasEnded[input];
        }
        int by = order.compare(heads[input], heads[other]);
        return by < 0 || (by == 0 && input < other);
    }

    @Override
    public boolean hasNext() {
        return winner != NONE && !hasEnded[winner];
    }

    @Override
    public @Nullable Object next() {
        memory.checkCancelled();
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        int input = winner;
        Object row = heads[input];
        advance(input);
        for (int node = (input + count) / 2; node >= 1; node /= 2) {
            if (isBefore(losers[node], input)) {
                int loser = input;
                input = losers[node];
                losers[node] = loser;
            }
        }
        winner = input;
        return row;
    }

    @Override
    public void close() {
        inputs.forEach(RowIterator::close);
    }
}
