package org.coconutdb.sql.operator;

import java.util.Arrays;
import java.util.List;
import org.apache.calcite.linq4j.function.Function0;
import org.apache.calcite.linq4j.function.Function2;
import org.apache.calcite.runtime.FlatLists;
import org.coconutdb.sql.spill.RowSize;
import org.jspecify.annotations.Nullable;

/// Groups of GROUP BY and DISTINCT, whose results generated code computes.
final class AggregateGrouping implements Grouping {
    /// A value that is kept: a place in a list of all of them.
    private static final int GATHERED_BYTES = 48;

    private final GroupShape shape;
    private final List<int[]> keys;
    private final Function0<?> begin;
    private final Function2<@Nullable Object, @Nullable Object, @Nullable Object> add;
    private final Function2<@Nullable Object, @Nullable Object, @Nullable Object> answer;

    AggregateGrouping(
            GroupShape shape,
            Function0<?> begin,
            Function2<@Nullable Object, @Nullable Object, @Nullable Object> add,
            Function2<@Nullable Object, @Nullable Object, @Nullable Object> answer) {
        this.shape = shape;
        this.keys = shape.sets().stream().map(set -> Arrays.stream(set).map(position -> shape.columns()[position]).toArray()).toList();
        this.begin = begin;
        this.add = add;
        this.answer = answer;
    }

    @Override
    public RowShape shape() {
        return shape.input();
    }

    @Override
    public int[] columns(int kind) {
        return keys.get(kind);
    }

    @Override
    public long keyBytes(@Nullable Object row) {
        return valueBytes(row, shape.columns());
    }

    private long valueBytes(@Nullable Object row, int[] columns) {
        long bytes = 0;
        for (int column : columns) {
            bytes += RowSize.of(shape.input().column(row, column));
        }
        return bytes;
    }

    @Override
    public long stateBytes(@Nullable Object firstRow) {
        return shape.stateBytes();
    }

    @Override
    public @Nullable Object begin() {
        return begin.apply();
    }

    @Override
    public @Nullable Object add(@Nullable Object state, int source, @Nullable Object row) {
        return add.apply(state, row);
    }

    @Override
    public long growth(@Nullable Object row) {
        return growth(shape, row);
    }

    static long growth(GroupShape shape, @Nullable Object row) {
        if (shape.gathersRows()) {
            return RowSize.of(row) + GATHERED_BYTES;
        }
        long bytes = 0;
        for (int column : shape.gathered()) {
            bytes += RowSize.of(shape.input().column(row, column)) + GATHERED_BYTES;
        }
        return bytes;
    }

    @Override
    public long kept(@Nullable Object row) {
        return shape.kept().length == 0 ? 0 : valueBytes(row, shape.kept());
    }

    @Override
    public long answers(@Nullable Object state) {
        return 1;
    }

    @Override
    public @Nullable Object answer(int kind, @Nullable Object[] key, @Nullable Object state) {
        return answer.apply(shape.hasSets() ? keyOfSet(kind, key) : key(key), state);
    }

    /// As generated code expects it: a bare value, or a list.
    private static @Nullable Object key(@Nullable Object[] key) {
        return key.length == 1 ? key[0] : FlatLists.of(Arrays.asList(key));
    }

    /// All columns of the key, and of each whether it is in none of this set's.
    private Object keyOfSet(int kind, @Nullable Object[] key) {
        int columns = shape.columns().length;
        @Nullable Object[] values = new @Nullable Object[2 * columns];
        Arrays.fill(values, columns, values.length, true);
        int[] set = shape.sets().get(kind);
        for (int i = 0; i < set.length; i++) {
            values[set[i]] = key[i];
            values[columns + set[i]] = false;
        }
        return FlatLists.of(Arrays.asList(values));
    }

    @Override
    public String what() {
        return "groups of rows";
    }

    @Override
    public String mend() {
        return "Gather fewer values a group (LISTAGG, ARRAY_AGG and such keep all of them), or shorter ones.";
    }
}
