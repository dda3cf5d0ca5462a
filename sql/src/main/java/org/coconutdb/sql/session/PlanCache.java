package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.SystemView;
import org.coconutdb.sql.parser.LiftedText;
import org.jspecify.annotations.Nullable;

/// Compiled statements of one database. Used by any thread.
///
/// Texts that differ only in blanks and comments share a plan ([StatementText]), and so do many that differ only in literals ([LiftedText]). Types of
/// parameters come from the statement, not from the values, and so from the text.
final class PlanCache {
    static final int PLANS_MAX = 1_000;
    /// A longer text is mostly data (a VALUES list) that does not come a second time.
    static final int TEXT_LENGTH_MAX = 16 << 10;

    private final PlanTable<Compiled> plans = new PlanTable<>(PLANS_MAX);
    private final PlanTable<SharedStatement> shared = new PlanTable<>(PLANS_MAX);
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder plannings = new LongAdder();
    private volatile boolean isSharing = true;

    /// The statement for a catalogue, compiled where nobody has asked for it before.
    ///
    /// @param compiler runs the parser, the validator and the planner
    Database.Prepared prepare(String sql, long catalogVersion, String schema, Function<String, Compiled> compiler) {
        if (sql.length() > TEXT_LENGTH_MAX) {
            misses.increment();
            plannings.increment();
            return Database.Prepared.of(compiler.apply(sql), catalogVersion, schema);
        }
        PlanTable.Key key = new PlanTable.Key(StatementText.normalise(sql), catalogVersion, schema);
        Compiled known = plans.find(key);
        if (known != null && !known.statement().isOutdated()) {
            hits.increment();
            return Database.Prepared.of(known, catalogVersion, schema);
        }
        Database.Prepared sharing = isSharing ? prepareShared(sql, catalogVersion, schema, compiler) : null;
        if (sharing != null) {
            return sharing;
        }
        misses.increment();
        plannings.increment();
        long start = System.nanoTime();
        Compiled compiled = compiler.apply(sql);
        // How long it was planned is a part of what EXPLAIN ANALYZE answers.
        boolean isTimed = compiled.statement() instanceof AnalyzedQuery || compiled.statement() instanceof AnalyzedWrite;
        if (!isTimed && !compiled.isSecret()) {
            plans.put(key, compiled, System.nanoTime() - start);
        }
        return Database.Prepared.of(compiled, catalogVersion, schema);
    }

    /// Null where the statement has a plan of its own.
    private Database.@Nullable Prepared prepareShared(
            String sql,
            long catalogVersion,
            String schema,
            Function<String, Compiled> compiler) {
        LiftedText text = LiftedText.of(StatementText.normalise(sql));
        if (text == null) {
            return null;
        }
        PlanTable.Key key = new PlanTable.Key(text.key(), catalogVersion, schema);
        SharedStatement known = shared.find(key);
        boolean isKnown = known != null && !known.isOutdated();
        if (known == null || !isKnown) {
            long start = System.nanoTime();
            known = compileShared(text, compiler);
            shared.put(key, known, System.nanoTime() - start);
        }
        CompiledStatement statement = known.statement();
        @Nullable Object[] values = statement == null ? null : known.values(text);
        if (statement == null || values == null) {
            return null;
        }
        (isKnown ? hits : misses).increment();
        return new Database.Prepared(statement, catalogVersion, schema, values, known.needs(), false);
    }

    private SharedStatement compileShared(LiftedText text, Function<String, Compiled> compiler) {
        plannings.increment();
        try {
            return SharedStatement.of(compiler.apply(text.text()), text);
        } catch (CoconutException refused) {
            if (refused.code() == ErrorCode.STATEMENT_CANCELLED) {
                throw refused;
            }
            // As it was written it may be right; where it is not, it says what its own fault is.
            return SharedStatement.NONE;
        }
    }

    /// Whether literals may be lifted; for those who compare.
    void setSharing(boolean sharing) {
        isSharing = sharing;
    }

    /// How often the parser, the validator and the planner ran.
    long plannings() {
        return plannings.sum();
    }

    /// SYSTEM.PLAN_CACHE.
    SystemView totals() {
        return new SystemView(
                CatalogSnapshot.SYSTEM,
                "PLAN_CACHE",
                List.of(SystemView.bigint("PLANS"), SystemView.bigint("HITS"), SystemView.bigint("MISSES"), SystemView.bigint("PLANNINGS")),
                () -> List.<@Nullable Object[]> of(new @Nullable Object[] {(long) rows().size(), hits.sum(), misses.sum(), plannings
                        .sum()}));
    }

    /// SYSTEM.CACHED_PLANS.
    SystemView view() {
        return new SystemView(
                CatalogSnapshot.SYSTEM,
                "CACHED_PLANS",
                List.of(SystemView.text("STATEMENT"), SystemView.text("DEFAULT_SCHEMA"), SystemView.bool("IS_SHARED"),
                        SystemView.bigint("CATALOG_VERSION"), SystemView.bigint("USES"), SystemView.bigint("PLANNING_MICROS")),
                this::rows);
    }

    private List<@Nullable Object[]> rows() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        plans.all().forEach(entry -> rows.add(row(entry, entry.key().text(), false)));
        for (PlanTable.Cached<SharedStatement> entry : shared.all()) {
            if (entry.plan().statement() != null) {
                rows.add(row(entry, LiftedText.textOf(entry.key().text()), true));
            }
        }
        return rows;
    }

    /// Uses count the one that it was compiled for.
    private static @Nullable Object[] row(PlanTable.Cached<?> entry, String text, boolean isShared) {
        return new @Nullable Object[] {text, entry.key().schema(), isShared, entry.key().catalogVersion(), 1 + entry.uses().sum(),
                entry.planningNanos() / 1_000};
    }
}
