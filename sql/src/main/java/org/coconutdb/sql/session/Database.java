package org.coconutdb.sql.session;

import java.util.List;
import java.util.Optional;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.sql.SqlNode;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.access.Audit;
import org.coconutdb.sql.access.Need;
import org.coconutdb.sql.catalog.Catalog;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.catalog.Setting;
import org.coconutdb.sql.catalog.SystemView;
import org.coconutdb.sql.catalog.ViewDefinition;
import org.coconutdb.sql.plan.ParallelConfig;
import org.coconutdb.sql.plan.Parallelism;
import org.coconutdb.sql.plan.QueryPlanner;
import org.coconutdb.sql.run.QueryWorkers;
import org.coconutdb.sql.spill.QueryMemory;
import org.coconutdb.sql.spill.QueryMemoryConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An open database: the engine, its catalogue, and the plans that were made for it. Shared by its sessions; any thread.
final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final CoconutEngine engine;
    private final Catalog catalog;
    private final QueryWorkers workers;
    private final QueryPlanner planner;
    private final PlanCache plans = new PlanCache();
    private final CopyProgress copies = new CopyProgress();
    private final Sessions sessions = new Sessions();
    private final SlowStatements slowStatements;
    private final QueryMemory queryMemory;
    private final Audit audit = new Audit();

    /// @param slowStatementMillis from which on a statement is told; 0: none is
    /// @param queryMemory what operators of all statements may hold; closed with the database
    Database(CoconutEngine engine, long slowStatementMillis, QueryMemory queryMemory, ParallelConfig parallel) {
        this.engine = engine;
        this.workers = new QueryWorkers(parallel.threads());
        this.planner = new QueryPlanner(new Parallelism(workers, engine.spaces(), parallel.rowsMin()));
        this.queryMemory = queryMemory;
        this.slowStatements = new SlowStatements(slowStatementMillis);
        this.catalog = new Catalog(engine, views(),
                settings(queryMemory.config(), parallel), this::hindrance);
        if (!engine.isMember()) {
            // Of a cluster they may be what other hosts are at.
            catalog.abandonAll();
            TableBuild.sweep(catalog);
        }
    }

    /// What they show is of all sessions.
    private List<SystemView> views() {
        return List.of(plans.totals().forAdmins(), plans.view().forAdmins(), copies.view().forAdmins(), slowStatements.view().forAdmins(),
                view(queryMemory).forAdmins(), view(audit).forAdmins(), sessions.view());
    }

    private static SystemView view(Audit audit) {
        return new SystemView(CatalogSnapshot.SYSTEM, "AUDIT",
                List.of(SystemView.moment("HAPPENED_AT"), SystemView.text("EVENT"), SystemView.text("USER_NAME"), SystemView.text("DETAIL"),
                        SystemView.text("ADDRESS")),
                () -> audit.last().stream().map(event -> new @Nullable Object[] {event.atMillis(), event.event(), event.role(), event
                        .detail(),
                        event.address()}).toList());
    }

    private static SystemView view(QueryMemory memory) {
        return new SystemView(CatalogSnapshot.SYSTEM, "QUERY_MEMORY",
                List.of(SystemView.bigint("BYTES_MAX"), SystemView.bigint("RESERVED_BYTES"), SystemView.bigint("SPILL_BYTES_MAX"),
                        SystemView.bigint("SPILLED_BYTES"), SystemView.bigint("SPILLED_BYTES_EVER"), SystemView.integer("STATEMENTS")),
                () -> List.<@Nullable Object[]> of(new @Nullable Object[] {memory.config().memoryBytes(), memory.reservedBytes(), memory
                        .config().spillBytesMax(), memory.spilledBytes(), memory.spilledBytesEver(), memory.statements()}));
    }

    private static List<Setting> settings(QueryMemoryConfig memory, ParallelConfig parallel) {
        return List.of(
                new Setting(ConnectionUrl.QUERY_PARALLELISM, parallel.threads(),
                        "threads that work for one statement at once, its own included; 1: no others"),
                new Setting(ConnectionUrl.QUERY_PARALLEL_ROWS, parallel.rowsMin(),
                        "rows of hash tables that a statement reads at least where other threads help"),
                new Setting(ConnectionUrl.QUERY_MEMORY, memory.memoryBytes(),
                        "bytes of heap that sorts, joins, aggregates and such of all statements hold together; one has half at most"),
                new Setting(ConnectionUrl.QUERY_SPILL_MAX, memory.spillBytesMax(),
                        "bytes of files of all statements together, where such operators hold more; 0: none"));
    }

    /// See [org.coconutdb.sql.catalog.ViewReader#hindrance].
    private Optional<String> hindrance(ViewDefinition view, CalciteSchema schemas) {
        try {
            boolean isSame = planner.compile(schemas, view.schema(), false, context -> context.answers(view.query(), view.columns()));
            return isSame ? Optional.empty() : Optional.of("a column of " + view.name() + " would have another type");
        } catch (CoconutException failure) {
            if (failure.code().category() != ErrorCode.Category.CALLER || failure.code() == ErrorCode.STATEMENT_CANCELLED) {
                throw failure;
            }
            return Optional.of(failure.facts().getOrDefault("detail", failure.code().message()));
        }
    }

    CoconutEngine engine() {
        return engine;
    }

    Catalog catalog() {
        return catalog;
    }

    PlanCache plans() {
        return plans;
    }

    QueryMemory queryMemory() {
        return queryMemory;
    }

    Audit audit() {
        return audit;
    }

    Sessions sessions() {
        return sessions;
    }

    SlowStatements slowStatements() {
        return slowStatements;
    }

    CopyProgress copies() {
        return copies;
    }

    /// Compiles for a catalogue.
    StatementCompiler compiler(CatalogSnapshot snapshot, String schema) {
        return new StatementCompiler(planner, snapshot, schema);
    }

    /// The same statement compiled for the catalogue as it is now.
    ///
    /// @param statement that compiling leaves as it is
    Prepared compile(SqlNode statement, String schema) {
        CatalogSnapshot snapshot = catalog.snapshot();
        return Prepared.of(compiler(snapshot, schema).compile(statement), snapshot.version(), schema);
    }

    /// The statement compiled for the catalogue as it is now, from the cache where it is there.
    Prepared compile(String sql, String schema) {
        CatalogSnapshot snapshot = catalog.snapshot();
        return plans.prepare(sql, snapshot.version(), schema, text -> compiler(snapshot, schema).compile(text));
    }

    /// A statement as it was compiled.
    ///
    /// @param catalogVersion that it was compiled for
    /// @param literals values of its parameters, where these stand for literals of its text; null where its client gives them
    /// @param needs what one must be allowed to run it
    /// @param isSecret whether its text is told to nobody
    record Prepared(CompiledStatement statement, long catalogVersion, String schema, @Nullable Object @Nullable [] literals,
            List<Need> needs, boolean isSecret) {
        /// With values that its client gives.
        static Prepared of(Compiled compiled, long catalogVersion, String schema) {
            return new Prepared(compiled.statement(), catalogVersion, schema, null, compiled.needs(), compiled.isSecret());
        }

        /// Another statement in the place of this one.
        Prepared running(CompiledStatement other) {
            return new Prepared(other, catalogVersion, schema, literals, needs, isSecret);
        }

        /// Parameters that the client gives values for.
        List<ColumnInfo> parameters() {
            return literals == null ? statement.parameters() : List.of();
        }

        /// Values of all parameters.
        @Nullable
        Object[] values(@Nullable Object[] given) {
            return literals == null ? given : literals;
        }
    }

    @Override
    public void close() {
        try {
            catalog.close();
        } catch (CoconutException failure) {
            // Only a gap in a sequence: the database must be closed all the same.
            LOG.atDebug().setCause(failure).log("values of sequences that were not given out are lost");
        }
        try {
            workers.close();
            queryMemory.close();
        } finally {
            engine.close();
        }
    }
}
