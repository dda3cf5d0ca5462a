package org.coconutdb.sql.operator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.coconutdb.sql.spill.OperatorMemory;
import org.coconutdb.sql.spill.RowSize;
import org.coconutdb.sql.spill.SpillWriter;
import org.coconutdb.sql.spill.SpilledRows;
import org.jspecify.annotations.Nullable;

/// Groups of rows with the same key. Groups are begun in memory as long as there is room; then rows of further ones go to disk, by partitions of their
/// keys, and each partition is handled the same way when the groups in memory have been answered. So states of groups never go to disk, and each round
/// answers a group at least. One that grows beyond all room by itself is refused.
///
/// As long as nothing is on disk, groups are answered in the order of their first rows.
final class HybridGroups implements RowIterator {
    private static final int PARTITIONS_MAX = 32;

    /// Rows of several inputs, of several kinds.
    interface Input {
        boolean hasNext();

        /// The next row.
        @Nullable
        Object next();

        /// Number of the input that the last row is of.
        int source();

        void close();
    }

    private record Part(SpilledRows rows, int level) {}

    private final OperatorMemory memory;
    private final Grouping grouping;
    private final int kinds;
    private final int sources;
    private final Deque<Part> parts = new ArrayDeque<>();
    private GroupTable table;
    // Groups of the table that were answered.
    private int answered;
    private @Nullable Object answer;
    private long answersLeft;

    // Of the round: where rows go that have no group in memory, null as long as all have.
    private @Nullable SpillWriter @Nullable [] writers;
    private int level;
    private int shift;

    /// @param kinds how many keys each row has
    /// @param sources how many inputs there are
    HybridGroups(OperatorMemory memory, Grouping grouping, int kinds, int sources, Input input) {
        this.memory = memory;
        this.table = new GroupTable(memory);
        this.grouping = grouping;
        this.kinds = kinds;
        this.sources = sources;
        try {
            while (input.hasNext()) {
                memory.checkCancelled();
                Object row = input.next();
                for (int kind = 0; kind < kinds; kind++) {
                    take(kind, input.source(), row);
                }
            }
        } finally {
            input.close();
        }
        endRound();
    }

    private void take(int kind, int source, @Nullable Object row) {
        int[] columns = grouping.columns(kind);
        RowShape shape = grouping.shape();
        int hash = kind;
        for (int column : columns) {
            hash = KeyValues.combined(hash, KeyValues.hash(shape.column(row, column)));
        }
        int group = table.find(kind, hash, row, shape, columns);
        if (group < 0) {
            if (writers != null || !hasRoom(row, columns.length)) {
                write(kind, source, row, hash);
                return;
            }
            @Nullable Object[] key = new @Nullable Object[columns.length];
            for (int i = 0; i < key.length; i++) {
                key[i] = shape.column(row, columns[i]);
            }
            group = table.add(kind, hash, key, grouping.begin());
        }
        long growth = grouping.growth(row);
        long kept = grouping.kept(row);
        growth += kept == 0 ? 0 : table.keep(group, kept);
        if (growth > 0) {
            memory.grow(growth, grouping.what(), grouping.mend());
        }
        table.setState(group, grouping.add(table.state(group), source, row));
    }

    /// Whether there is room for another group, and for the buffers that rows of further ones would need.
    private boolean hasRoom(@Nullable Object row, int columns) {
        long bytes = GroupTable.GROUP_BYTES + grouping.keyBytes(row) + RowSize.ofReferences(columns) + grouping.stateBytes(row);
        if (table.count() == 0) {
            memory.grow(bytes, grouping.what(), grouping.mend());
            return true;
        }
        long spare = memory.limitBytes() - memory.usedBytes() - bytes;
        return spare > memory.limitBytes() / 8 && memory.tryGrow(bytes);
    }

    private void write(int kind, int source, @Nullable Object row, int hash) {
        @Nullable SpillWriter[] open = writers;
        if (open == null) {
            long buffers = memory.limitBytes() / (8L * memory.blockBytes());
            int partitions = Integer.highestOneBit(Math.clamp(buffers, 2, PARTITIONS_MAX));
            shift = Integer.SIZE - Integer.numberOfTrailingZeros(partitions);
            open = new @Nullable SpillWriter[partitions];
            writers = open;
        }
        int partition = KeyValues.mixed(hash, level) >>> shift;
        SpillWriter writer = open[partition];
        if (writer == null) {
            memory.grow(memory.blockBytes(), "a buffer to write rows to disk with", "Run fewer statements at once.");
            writer = memory.writer();
            open[partition] = writer;
        }
        writer.write(kinds == 1 && sources == 1 ? row : new @Nullable Object[] {kind * sources + source, row});
    }

    private void endRound() {
        @Nullable SpillWriter[] open = writers;
        if (open != null) {
            for (SpillWriter writer : open) {
                if (writer != null) {
                    parts.add(new Part(writer.finish(), level + 1));
                    memory.shrink(memory.blockBytes());
                }
            }
            writers = null;
        }
        answered = 0;
    }

    /// The groups in memory were answered: those of a partition come in their place.
    private boolean nextRound() {
        table = new GroupTable(memory);
        memory.clear();
        Part part = parts.poll();
        if (part == null) {
            return false;
        }
        level = part.level;
        RowIterator rows = InputRows.of(part.rows, memory, true);
        while (rows.hasNext()) {
            memory.checkCancelled();
            Object row = rows.next();
            if (kinds == 1 && sources == 1) {
                take(0, 0, row);
            } else {
                @Nullable Object[] tagged = (@Nullable Object[]) Objects.requireNonNull(row);
                int tag = (Integer) Objects.requireNonNull(tagged[0]);
                take(tag / sources, tag % sources, tagged[1]);
            }
        }
        endRound();
        return true;
    }

    @Override
    public boolean hasNext() {
        while (answersLeft == 0) {
            memory.checkCancelled();
            if (answered == table.count()) {
                if (parts.isEmpty() || !nextRound()) {
                    return false;
                }
                continue;
            }
            int group = answered++;
            answersLeft = grouping.answers(table.state(group));
            if (answersLeft > 0) {
                answer = grouping.answer(table.kind(group), table.key(group), table.state(group));
            }
            table.forget(group);
        }
        return true;
    }

    @Override
    public @Nullable Object next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        answersLeft--;
        return answer;
    }
}
