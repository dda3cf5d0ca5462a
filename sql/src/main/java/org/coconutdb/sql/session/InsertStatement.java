package org.coconutdb.sql.session;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.type.RelDataType;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.plan.PlanOperator;
import org.coconutdb.sql.plan.QueryPlan;
import org.jspecify.annotations.Nullable;

/// INSERT, UPSERT and INSERT … ON CONFLICT, of listed rows or of a query's.
final class InsertStatement implements CompiledStatement.Write {
    /// What happens to a row whose key is taken.
    enum OnConflict {
        FAIL,
        REPLACE,
        NOTHING,
        UPDATE
    }

    private final TableWriter writer;
    private final List<ValueSource[]> rows;
    private final @Nullable QueryPlan source;
    private final int ordinalField;
    private final RelDataType[] sourceParameters;
    private final OnConflict onConflict;
    private final @Nullable ConflictTarget conflictTarget;
    private final @Nullable ConflictUpdate update;
    private final TimeToLive ttl;
    private final @Nullable Returning returning;
    private final List<ColumnInfo> parameters;

    /// @param rows one source a column of the table; with a plan, one row of sources for each of its rows, or with an ordinal one for
    ///     each number
    /// @param source computes rows; null where constants and parameters are all
    /// @param ordinalField of the plan's row: the number of its sources in `rows`; -1 where there is one row of sources
    /// @param conflictTarget for [OnConflict#NOTHING] and [OnConflict#UPDATE]
    /// @param update for [OnConflict#UPDATE]
    /// @param ttl of rows that are inserted or replaced
    /// @param returning null where nothing is answered
    InsertStatement(
            TableWriter writer,
            List<ValueSource[]> rows,
            @Nullable QueryPlan source,
            int ordinalField,
            OnConflict onConflict,
            @Nullable ConflictTarget conflictTarget,
            @Nullable ConflictUpdate update,
            TimeToLive ttl,
            @Nullable Returning returning,
            List<ColumnInfo> parameters) {
        this.writer = writer;
        this.rows = rows;
        this.source = source;
        this.ordinalField = ordinalField;
        this.sourceParameters = source == null ? new RelDataType[0] : QueryStatement.types(source.parameterTypes());
        this.onConflict = onConflict;
        this.conflictTarget = conflictTarget;
        this.update = update;
        this.ttl = ttl;
        this.returning = returning;
        this.parameters = parameters;
    }

    @Override
    public List<ColumnInfo> columns() {
        return List.of();
    }

    @Override
    public List<ColumnInfo> parameters() {
        return parameters;
    }

    @Override
    public boolean retriesDuplicate(CoconutException failure) {
        return conflictTarget != null && conflictTarget.has(failure.facts().getOrDefault("table", ""));
    }

    @Override
    public boolean isOutdated() {
        return source != null && source.isOutdated();
    }

    @Override
    public PlanOperator explain() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("table", writer.table().toString());
        if (conflictTarget != null) {
            facts.put("onConflict", update == null ? "do nothing" : "do update");
        }
        if (source == null) {
            facts.put("rows", String.valueOf(rows.size()));
        }
        return Explained.write(onConflict == OnConflict.REPLACE ? "Upsert" : "Insert", facts, source);
    }

    /// Whether its rows are listed, each value a constant, a parameter or made for each row.
    boolean readsNothing() {
        return source == null;
    }

    /// Columns that take parameters' values as they are, by the parameters' numbers.
    void addStored(@Nullable ColumnDefinition[] stored) {
        rows.forEach(row -> ValueSource.addStored(row, stored));
    }

    /// Whether it reads nothing, so that many executions can share a transaction, which does not show its own writes.
    boolean isBlind() {
        // To replace a row of a table with indexes, its entries have to be known.
        return source == null
                && (onConflict == OnConflict.FAIL || (onConflict == OnConflict.REPLACE && writer.table().indexes().isEmpty()));
    }

    @Override
    public long run(Execution execution, @Nullable Object[] values) {
        Run run = new Run(execution, values);
        if (execution.keys() != null) {
            execution.keys().begin(writer.table());
        }
        if (source == null) {
            for (ValueSource[] row : rows) {
                run.write(row, null);
            }
            return run.finish();
        }
        @Nullable Object[] converted = new @Nullable Object[values.length];
        for (int i = 0; i < sourceParameters.length; i++) {
            converted[i] = ParameterValues.toPlan(sourceParameters[i], i, values[i], execution.timeZone());
        }
        try (Enumerator<@Nullable Object[]> computed = source.run(execution.sourceContext(converted, false))) {
            while (computed.moveNext()) {
                @Nullable Object[] current = computed.current();
                run.write(ordinalField < 0 ? rows.getFirst() : rows.get(ordinal(current)), current);
            }
        }
        return run.finish();
    }

    private int ordinal(@Nullable Object[] computed) {
        return computed[ordinalField] instanceof Number number ? number.intValue() : 0;
    }

    private final class Run {
        private final Execution execution;
        private final @Nullable Object[] values;
        private final int ttlSeconds;
        private final RecordView found = new RecordView();
        private final RowChanges changes;
        private final ConflictTarget.@Nullable Search conflicts;
        private long count;

        Run(Execution execution, @Nullable Object[] values) {
            this.execution = execution;
            this.values = values;
            this.ttlSeconds = ttl.seconds(values);
            this.changes = new RowChanges(writer, execution);
            this.conflicts = conflictTarget == null ? null : conflictTarget.new Search(writer, execution.transaction());
        }

        void write(ValueSource[] sources, @Nullable Object @Nullable [] computed) {
            execution.checkCancelled();
            @Nullable Object[] row = new @Nullable Object[sources.length];
            for (int i = 0; i < row.length; i++) {
                row[i] = sources[i].value(execution, values, computed);
            }
            byte[] key = writer.key(row);
            // Whether it conflicts or not: the row excluded is one that could be.
            writer.check(execution, row);
            ConflictTarget.Search search = conflicts;
            if (search != null) {
                writeUnlessThere(search, key, row);
                return;
            }
            if (onConflict == OnConflict.REPLACE) {
                changes.put(key, row, ttlSeconds);
            } else {
                changes.insert(key, row, ttlSeconds);
            }
            inserted(row);
        }

        private void inserted(@Nullable Object[] row) {
            if (execution.keys() != null) {
                execution.keys().add(writer.table(), row);
            }
            written(row);
        }

        private void written(@Nullable Object[] row) {
            count++;
            if (returning != null && execution.returned() != null) {
                execution.returned().add(returning.answer(execution, values, row));
            }
        }

        private void writeUnlessThere(ConflictTarget.Search search, byte[] key, @Nullable Object[] row) {
            if (search.isWritten(key, row)) {
                if (update == null) {
                    return;
                }
                throw CoconutException.of(ErrorCode.CARDINALITY_VIOLATION)
                        .with("table", writer.table())
                        .mend("Two rows of this INSERT have the same key, and ON CONFLICT DO UPDATE changes a row once: remove one.");
            }
            byte[] inTheWay = search.find(key, row);
            if (inTheWay != null && update == null) {
                return;
            }
            search.note(key, row);
            if (inTheWay == null) {
                changes.insert(key, row, ttlSeconds);
                inserted(row);
                return;
            }
            if (!execution.transaction().get(writer.table().descriptor(), inTheWay, found)) {
                // Its time is over between the two looks.
                throw CoconutException.of(ErrorCode.SERIALIZATION_CONFLICT)
                        .with("table", writer.table())
                        .mend("Nothing was changed: run the transaction again.");
            }
            @Nullable Object[] changed = update == null ? null : update.apply(execution, changes, values, found, row);
            if (changed != null) {
                written(changed);
            }
        }

        long finish() {
            changes.finish();
            return count;
        }
    }
}
