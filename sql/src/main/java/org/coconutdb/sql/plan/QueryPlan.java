package org.coconutdb.sql.plan;

import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.type.RelDataType;
import org.coconutdb.sql.run.ExecutionContext;
import org.jspecify.annotations.Nullable;

/// A query ready to run any number of times, by any number of threads at once. Holds no RelNode.
public interface QueryPlan {
    /// Names and types of the answer's columns.
    RelDataType rowType();

    /// Types of the parameters, one field for each question mark.
    RelDataType parameterTypes();

    /// Starts it: rows as arrays in Calcite's internal representation, one element a column, also for one column. Close the enumerator.
    Enumerator<@Nullable Object[]> run(ExecutionContext context);

    /// Whether tables have so many more or less rows by now than when it was made that another plan may be better. Its answers are right either way.
    default boolean isOutdated() {
        return false;
    }

    /// What EXPLAIN shows of it.
    PlanOperator operators();

    /// The same as lines.
    default String explain() {
        return PlanFormat.TEXT.write(operators(), null);
    }
}
