package org.coconutdb.sql.plan;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.sql.access.Viewer;
import org.coconutdb.sql.catalog.Catalog;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.TableDefinition;
import org.coconutdb.sql.parser.SqlParsing;
import org.coconutdb.sql.run.ExecutionContext;
import org.coconutdb.sql.run.RuntimeErrors;
import org.coconutdb.sql.run.SequenceValues;
import org.coconutdb.sql.spill.QueryMemory;
import org.coconutdb.sql.spill.QueryMemoryConfig;
import org.coconutdb.sql.spill.StatementMemory;
import org.jspecify.annotations.Nullable;

/// A real engine in memory with a catalogue and the planner above it, without sessions.
final class PlannedDatabase implements AutoCloseable {
    private static final SequenceValues NO_SEQUENCES = new SequenceValues() {
        @Override
        public long next(int sequence) {
            throw new AssertionError("no sequence is made here");
        }

        @Override
        public long current(int sequence) {
            throw new AssertionError("no sequence is made here");
        }
    };

    private final CoconutEngine engine = CoconutEngine.open(new EngineConfig(null, 3, 256L << 20, LockPolicy.OFF));
    private final Catalog catalog = new Catalog(engine, List.of());
    private final QueryPlanner planner = new QueryPlanner();
    private static final QueryMemory MEMORY = new QueryMemory(QueryMemoryConfig.defaults(null));

    static ColumnDefinition column(String name, SqlTypeName type) {
        return column(name, type, -1, 0);
    }

    static ColumnDefinition column(String name, SqlTypeName type, int precision, int scale) {
        return new ColumnDefinition(name, type, precision, scale, true);
    }

    /// @param primaryKey positions; these columns are made NOT NULL
    CatalogTable create(String name, TableKind kind, List<Integer> primaryKey, ColumnDefinition... columns) {
        List<ColumnDefinition> declared = new ArrayList<>(Arrays.asList(columns));
        for (int key : primaryKey) {
            ColumnDefinition column = columns[key];
            declared.set(key, new ColumnDefinition(column.name(), column.type(), column.precision(), column.scale(), false));
        }
        catalog.create(new TableDefinition("PUBLIC", name, kind, declared, primaryKey));
        return catalog.snapshot().table("PUBLIC", name).orElseThrow();
    }

    void drop(CatalogTable table) {
        catalog.drop(table.definition().schema(), table.definition().name());
    }

    /// @param rows in storage representation
    void insert(CatalogTable table, List<@Nullable Object[]> rows) {
        for (int from = 0; from < rows.size(); from += 10_000) {
            try (Transaction transaction = engine.begin()) {
                for (@Nullable Object[] row : rows.subList(from, Math.min(rows.size(), from + 10_000))) {
                    @Nullable Object[] key = table.definition().primaryKey().stream().map(column -> row[column]).toArray();
                    transaction.put(table.descriptor(), table.keyCodec().encode(key), table.rowLayout().encode(row));
                }
                transaction.commit();
            }
        }
    }

    QueryPlan plan(String sql) {
        return planner.plan(SqlParsing.parse(sql), catalog.snapshot(), "PUBLIC");
    }

    ViewQuery viewQuery(String sql) {
        return planner.compile(catalog.snapshot(), "PUBLIC", false, context -> context.viewQuery(sql));
    }

    String explain(String sql) {
        return plan(sql).explain();
    }

    /// Rows as lists, in Calcite's internal representation.
    List<List<@Nullable Object>> rows(String sql, @Nullable Object... parameters) {
        return rows(plan(sql), parameters);
    }

    List<List<@Nullable Object>> rows(QueryPlan plan, @Nullable Object... parameters) {
        return rows(plan, new AtomicBoolean(), parameters);
    }

    List<List<@Nullable Object>> rows(QueryPlan plan, AtomicBoolean cancelled, @Nullable Object... parameters) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        try (Transaction transaction = engine.begin();
                StatementMemory memory = MEMORY.open(cancelled);
                Enumerator<@Nullable Object[]> found =
                        plan.run(new ExecutionContext(transaction, parameters, "PUBLIC", NO_SEQUENCES, Viewer.OWNER, ZoneOffset.UTC, false,
                                System
                                        .currentTimeMillis(),
                                cancelled, memory, null))) {
            while (found.moveNext()) {
                rows.add(new ArrayList<>(Arrays.asList(found.current())));
            }
        } catch (CoconutException known) {
            throw known;
        } catch (RuntimeException | Error failure) {
            throw RuntimeErrors.translate(failure);
        }
        return rows;
    }

    @Override
    public void close() {
        engine.close();
    }
}
