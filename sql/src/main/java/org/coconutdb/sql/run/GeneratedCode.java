package org.coconutdb.sql.run;

import org.apache.calcite.DataContext;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.linq4j.Linq4j;
import org.apache.calcite.linq4j.function.Function1;
import org.apache.calcite.linq4j.function.Predicate2;
import org.jspecify.annotations.Nullable;

/// What generated code calls. Static methods of a class, because the compiler of generated code knows none of interfaces.
public final class GeneratedCode {
    private GeneratedCode() {}

    /// Rows as arrays. May be enumerated several times, each time from the start.
    public static Enumerable<@Nullable Object[]> rows(RowSource source, DataContext context) {
        return new AbstractEnumerable<>() {
            @Override
            public Enumerator<@Nullable Object[]> enumerator() {
                return source.open((PlanDataContext) context);
            }
        };
    }

    /// Where a row has one column: the values alone, which is what Calcite expects there.
    public static Enumerable<@Nullable Object> values(RowSource source, DataContext context) {
        return new AbstractEnumerable<>() {
            @Override
            public Enumerator<@Nullable Object> enumerator() {
                return Linq4j.transform(source.open((PlanDataContext) context), row -> row[0]);
            }
        };
    }

    /// Rows joined with what is found by a key made of each.
    ///
    /// @param shape a [LookupJoinShape]
    /// @param source a [JoinSource]
    /// @param condition null: none
    public static Enumerable<@Nullable Object> lookedUp(
            Enumerable<@Nullable Object> outer,
            Object shape,
            Object source,
            @Nullable Predicate2<@Nullable Object, @Nullable Object> condition,
            DataContext context) {
        return new LookupJoin(outer, (LookupJoinShape) shape, (JoinSource) source, condition, (PlanDataContext) context);
    }

    /// Rows of a fragment that is run block by block.
    ///
    /// @param fragment answers its rows in a context
    /// @param shape a [GatherShape]
    public static Enumerable<@Nullable Object> gathered(
            Function1<DataContext, Enumerable<@Nullable Object>> fragment,
            Object shape,
            DataContext context) {
        return new AbstractEnumerable<>() {
            @Override
            public Enumerator<@Nullable Object> enumerator() {
                return Gathering.of((PlanDataContext) context, (GatherShape) shape, part -> fragment.apply(part).enumerator());
            }
        };
    }

    /// The operator begins to be made ready: what it computes at once is its time. [#measured] ends it.
    public static void measuring(DataContext context, int operator) {
        RunFigures figures = ((PlanDataContext) context).execution().figures();
        if (figures != null) {
            figures.enter(operator);
        }
    }

    /// The same rows, which are counted and timed where the execution wants to know.
    public static <T> Enumerable<T> measured(Enumerable<T> rows, DataContext context, int operator) {
        RunFigures figures = ((PlanDataContext) context).execution().figures();
        if (figures == null) {
            return rows;
        }
        figures.leave();
        return new AbstractEnumerable<>() {
            @Override
            public Enumerator<T> enumerator() {
                return figures.measured(operator, rows::enumerator);
            }
        };
    }

    /// The same rows, which stop with 57014 when the statement is cancelled.
    public static <T> Enumerable<T> cancellable(Enumerable<T> rows, DataContext context) {
        return new AbstractEnumerable<>() {
            @Override
            public Enumerator<T> enumerator() {
                return new CancellableRows<>(rows.enumerator(), ((PlanDataContext) context).execution().cancelled());
            }
        };
    }

    /// The same, with a type that everybody knows.
    public static boolean holds(boolean condition) {
        return condition;
    }
}
