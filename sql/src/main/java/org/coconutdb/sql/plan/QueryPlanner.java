package org.coconutdb.sql.plan;

import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.sql.SqlNode;
import org.coconutdb.sql.catalog.CatalogSnapshot;

/// Turns queries into plans. Safe for any number of threads; keeps nothing between calls.
///
/// Work runs on the planning threads, see [PlanningThreads]; the caller waits.
public final class QueryPlanner {
    private final Parallelism parallelism;

    /// Of plans that run in one thread.
    public QueryPlanner() {
        this(Parallelism.NONE);
    }

    public QueryPlanner(Parallelism parallelism) {
        this.parallelism = parallelism;
    }

    /// Validates and plans a query: anything that answers rows. The syntax tree may be changed and is not to be used again.
    public QueryPlan plan(SqlNode query, CatalogSnapshot catalog, String schema) {
        return compile(catalog, schema, false, context -> context.plan(query));
    }

    /// Runs work that may plan, and ends it with STATEMENT_CANCELLED while it plans and is not wanted any more.
    ///
    /// @param cancelled asked every few milliseconds
    public static <T> T cancellable(BooleanSupplier cancelled, Supplier<T> work) {
        return ScopedValue.where(PlanningThreads.CANCELLED, cancelled).call(work::get);
    }

    /// Runs work that needs the validator or the converter, such as the compilation of an UPDATE, with a context of its own.
    ///
    /// @param isMeasured whether plans can count what their operators do, which costs those that run them a little
    public <T> T compile(CatalogSnapshot catalog, String schema, boolean isMeasured, Function<QueryContext, T> work) {
        return compile(catalog.rootSchema(), schema, isMeasured, work);
    }

    /// The same with schemas that need not be those of a catalogue.
    public <T> T compile(CalciteSchema schemas, String schema, boolean isMeasured, Function<QueryContext, T> work) {
        return PlanningThreads.call(cancelFlag -> work.apply(new QueryContext(schemas, schema, isMeasured, cancelFlag, parallelism)));
    }
}
