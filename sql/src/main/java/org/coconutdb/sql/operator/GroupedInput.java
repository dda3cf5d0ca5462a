package org.coconutdb.sql.operator;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.linq4j.function.EqualityComparer;
import org.apache.calcite.linq4j.function.Function0;
import org.apache.calcite.linq4j.function.Function1;
import org.apache.calcite.linq4j.function.Function2;
import org.coconutdb.sql.run.PlanDataContext;
import org.coconutdb.sql.spill.OperatorMemory;
import org.jspecify.annotations.Nullable;

/// The input of an aggregate. The code that Calcite generates for one asks its input to group itself, and hands it functions that compute the results:
/// here the groups are [HybridGroups].
final class GroupedInput extends AbstractEnumerable<@Nullable Object> {
    private final Enumerable<@Nullable Object> rows;
    private final GroupShape shape;
    private final PlanDataContext context;

    GroupedInput(Enumerable<@Nullable Object> rows, GroupShape shape, PlanDataContext context) {
        this.rows = rows;
        this.shape = shape;
        this.context = context;
    }

    @Override
    public Enumerator<@Nullable Object> enumerator() {
        return rows.enumerator();
    }

    @Override
    @SuppressWarnings("unchecked") // the functions take the rows and states that they make
    public <K, A, R> Enumerable<R> groupBy(
            Function1<@Nullable Object, K> key,
            Function0<A> begin,
            Function2<A, @Nullable Object, A> add,
            Function2<K, A, R> answer) {
        return (Enumerable<R>) groups(begin, (Function2<@Nullable Object, @Nullable Object, @Nullable Object>) (Function2<?, ?, ?>) add,
                (Function2<@Nullable Object, @Nullable Object, @Nullable Object>) (Function2<?, ?, ?>) answer);
    }

    @Override
    public <K, A, R> Enumerable<R> groupBy(
            Function1<@Nullable Object, K> key,
            Function0<A> begin,
            Function2<A, @Nullable Object, A> add,
            Function2<K, A, R> answer,
            EqualityComparer<K> comparer) {
        return groupBy(key, begin, add, answer);
    }

    /// Groups by the sets of the shape, or by its columns.
    Enumerable<@Nullable Object> groups(
            Function0<?> begin,
            Function2<@Nullable Object, @Nullable Object, @Nullable Object> add,
            Function2<@Nullable Object, @Nullable Object, @Nullable Object> answer) {
        AggregateGrouping grouping = new AggregateGrouping(shape, begin, add, answer);
        int kinds = shape.sets().size();
        return new AbstractEnumerable<>() {
            @Override
            public Enumerator<@Nullable Object> enumerator() {
                return new HeldEnumerator(context.operatorMemory(), memory -> new HybridGroups(memory, grouping, kinds, 1,
                        new ConcatenatedInputs(List.of(rows))));
            }
        };
    }

    @Override
    public Enumerable<@Nullable Object> distinct() {
        int[] all = IntStream.range(0, shape.input().columns()).toArray();
        SetShape distinct = new SetShape(SetShape.Kind.UNION, false, shape.input(), all);
        return new SetRows(List.of(rows), distinct, context);
    }

    @Override
    public Enumerable<@Nullable Object> distinct(EqualityComparer<@Nullable Object> comparer) {
        return distinct();
    }

    @Override
    @SuppressWarnings("NullAway") // states may be NULL where generated code makes them so
    public <A, R> R aggregate(A seed, Function2<A, @Nullable Object, A> add, Function1<A, R> answer) {
        A state = seed;
        try (OperatorMemory memory = context.operatorMemory(); Enumerator<@Nullable Object> input = rows.enumerator()) {
            while (input.moveNext()) {
                memory.checkCancelled();
                Object row = input.current();
                long growth = AggregateGrouping.growth(shape, row);
                if (growth > 0) {
                    memory.grow(growth, "values of an aggregate", "Gather fewer values, or shorter ones.");
                }
                state = add.apply(state, row);
            }
            return answer.apply(state);
        }
    }

    @Override
    public String toString() {
        return "GroupedInput(" + Arrays.toString(shape.columns()) + ")";
    }
}
