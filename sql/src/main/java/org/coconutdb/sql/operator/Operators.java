package org.coconutdb.sql.operator;

import java.util.Comparator;
import java.util.List;
import org.apache.calcite.DataContext;
import org.apache.calcite.linq4j.AbstractEnumerable;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.linq4j.function.Function0;
import org.apache.calcite.linq4j.function.Function1;
import org.apache.calcite.linq4j.function.Function2;
import org.apache.calcite.linq4j.function.Predicate2;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.run.PlanDataContext;
import org.coconutdb.sql.run.RowOrder;
import org.coconutdb.sql.spill.StatementMemory;
import org.jspecify.annotations.Nullable;

/// What generated code calls of operators that hold rows. Static methods of a class, because the compiler of generated code knows none of interfaces.
public final class Operators {
    private static final int COMPARISONS_UNCHECKED = 0x3ff;

    private Operators() {}

    /// Rows in an order.
    ///
    /// @param order a [RowOrder]
    /// @param offset null: from the first
    /// @param fetch null: all
    public static Enumerable<@Nullable Object> sorted(
            Enumerable<@Nullable Object> rows,
            Object order,
            @Nullable Object offset,
            @Nullable Object fetch,
            DataContext context) {
        return new SortedRows(rows, (RowOrder) order, offset == null ? 0 : bound(offset), fetch == null ? -1 : bound(fetch),
                (PlanDataContext) context);
    }

    /// Rows of two sides joined.
    ///
    /// @param shape a [JoinShape]
    /// @param condition beside the keys; null: none
    public static Enumerable<@Nullable Object> joined(
            Enumerable<@Nullable Object> left,
            Enumerable<@Nullable Object> right,
            Object shape,
            @Nullable Predicate2<@Nullable Object, @Nullable Object> condition,
            DataContext context) {
        return new JoinedRows(left, right, (JoinShape) shape, condition, (PlanDataContext) context);
    }

    /// Rows as the input of the aggregate that Calcite generates code for.
    ///
    /// @param shape a [GroupShape]
    public static Enumerable<@Nullable Object> grouped(Enumerable<@Nullable Object> rows, Object shape, DataContext context) {
        return new GroupedInput(rows, (GroupShape) shape, (PlanDataContext) context);
    }

    /// In the place of `EnumerableDefaults.groupByMultiple`, whose arguments it has.
    ///
    /// @param rows of [#grouped]
    public static Enumerable<@Nullable Object> groupBySets(
            Enumerable<@Nullable Object> rows,
            List<?> keys,
            Function0<?> begin,
            Function2<@Nullable Object, @Nullable Object, @Nullable Object> add,
            Function2<@Nullable Object, @Nullable Object, @Nullable Object> answer) {
        return ((GroupedInput) rows).groups(begin, add, answer);
    }

    /// Rows of a set operation.
    ///
    /// @param shape a [SetShape]
    public static Enumerable<@Nullable Object> set(Enumerable<@Nullable Object>[] operands, Object shape, DataContext context) {
        return new SetRows(List.of(operands), (SetShape) shape, (PlanDataContext) context);
    }

    /// Rows with functions over windows.
    ///
    /// @param shape a [WindowShape]
    /// @param functions answers rows for those of whole partitions
    public static Enumerable<@Nullable Object> windowed(
            Enumerable<@Nullable Object> rows,
            Object shape,
            Function1<Enumerable<@Nullable Object>, Enumerable<@Nullable Object>> functions,
            DataContext context) {
        return new WindowedRows(rows, (WindowShape) shape, functions, (PlanDataContext) context);
    }

    /// Rows of a recursive query.
    ///
    /// @param shape a [RecursionShape]
    /// @param table under which the iteration finds the rows of the last round
    public static Enumerable<@Nullable Object> recursive(
            Enumerable<@Nullable Object> seed,
            Enumerable<@Nullable Object> iteration,
            Object shape,
            Object table,
            DataContext context) {
        return new RecursiveRows(seed, iteration, (RecursionShape) shape, table, (PlanDataContext) context);
    }

    /// Rows of the last round of a recursive query.
    public static Enumerable<@Nullable Object> working(Object table, DataContext context) {
        return new WorkingRows(table, (PlanDataContext) context);
    }

    /// Rows that an operator of Calcite's holds.
    ///
    /// @param what they are, for an error
    /// @param isAnswered whether they become one value, which whoever holds its row counts
    public static Enumerable<@Nullable Object> counted(Enumerable<@Nullable Object> rows, String what, boolean isAnswered,
            DataContext context) {
        return new CountedRows(rows, what, isAnswered, (PlanDataContext) context).enumerable();
    }

    /// Rows of the elements of arrays.
    ///
    /// @param columns of the rows, each an array
    public static Enumerable<@Nullable Object> unnested(Enumerable<@Nullable Object> rows, int columns, boolean withOrdinality) {
        return new AbstractEnumerable<>() {
            @Override
            public Enumerator<@Nullable Object> enumerator() {
                return new UnnestedRows(rows.enumerator(), columns, withOrdinality);
            }
        };
    }

    /// Throws STATEMENT_CANCELLED where the statement shall end: for loops of generated code.
    public static void checkCancelled(DataContext context) {
        ((PlanDataContext) context).execution().memory().checkCancelled();
    }

    /// The same order, which looks at the cancel flag every thousandth time.
    public static <T> Comparator<T> cancellable(Comparator<T> order, DataContext context) {
        StatementMemory statement = ((PlanDataContext) context).execution().memory();
        return new Comparator<>() {
            private int comparisons;

            @Override
            public int compare(T left, T right) {
                if ((++comparisons & COMPARISONS_UNCHECKED) == 0) {
                    statement.checkCancelled();
                }
                return order.compare(left, right);
            }
        };
    }

    private static long bound(Object value) {
        long bound = ((Number) value).longValue();
        if (bound < 0) {
            throw CoconutException.of(ErrorCode.INVALID_ARGUMENT).with("rows", bound).mend("LIMIT and OFFSET take 0 or more.");
        }
        return bound;
    }
}
