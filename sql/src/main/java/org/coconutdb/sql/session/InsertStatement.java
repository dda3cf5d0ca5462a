package org.coconutdb.sql.session;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.type.RelDataType;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.jdbc.session.ColumnInfo;
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
    private final @Nullable ConflictUpdate update;
    private final TimeToLive ttl;
    private final List<ColumnInfo> parameters;

    /// @param rows one source a column of the table; with a plan, one row of sources for each of its rows, or with an ordinal one for
    ///     each number
    /// @param source computes rows; null where constants and parameters are all
    /// @param ordinalField of the plan's row: the number of its sources in `rows`; -1 where there is one row of sources
    /// @param update for [OnConflict#UPDATE]
    /// @param ttl of rows that are inserted or replaced
    InsertStatement(
            TableWriter writer,
            List<ValueSource[]> rows,
            @Nullable QueryPlan source,
            int ordinalField,
            OnConflict onConflict,
            @Nullable ConflictUpdate update,
            TimeToLive ttl,
            List<ColumnInfo> parameters) {
        this.writer = writer;
        this.rows = rows;
        this.source = source;
        this.ordinalField = ordinalField;
        this.sourceParameters = source == null ? new RelDataType[0] : QueryStatement.types(source.parameterTypes());
        this.onConflict = onConflict;
        this.update = update;
        this.ttl = ttl;
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
    public boolean retriesDuplicates() {
        return onConflict == OnConflict.NOTHING || onConflict == OnConflict.UPDATE;
    }

    @Override
    public List<String> explain() {
        String operator = switch (onConflict) {
            case FAIL -> "Insert(table=[" + writer.table() + "]";
            case REPLACE -> "Upsert(table=[" + writer.table() + "]";
            case NOTHING -> "Insert(table=[" + writer.table() + "], onConflict=[do nothing]";
            case UPDATE -> "Insert(table=[" + writer.table() + "], onConflict=[do update]";
        };
        return Explained.write(operator + (source == null ? ", rows=[" + rows.size() + "])" : ")"), source);
    }

    /// Whether it reads nothing, so that many executions can share a transaction, which does not show its own writes.
    boolean isBlind() {
        return source == null && (onConflict == OnConflict.FAIL || onConflict == OnConflict.REPLACE);
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
            return run.count;
        }
        @Nullable Object[] converted = new @Nullable Object[values.length];
        for (int i = 0; i < sourceParameters.length; i++) {
            converted[i] = ParameterValues.toPlan(sourceParameters[i], i, values[i]);
        }
        try (Enumerator<@Nullable Object[]> computed = source.run(execution.context(converted))) {
            while (computed.moveNext()) {
                @Nullable Object[] current = computed.current();
                run.write(ordinalField < 0 ? rows.getFirst() : rows.get(ordinal(current)), current);
            }
        }
        return run.count;
    }

    private int ordinal(@Nullable Object[] computed) {
        return computed[ordinalField] instanceof Number number ? number.intValue() : 0;
    }

    private final class Run {
        private final Execution execution;
        private final @Nullable Object[] values;
        private final int ttlSeconds;
        private final RecordView found = new RecordView();
        // Keys that this statement has written: the snapshot does not show them.
        private final Set<ByteBuffer> written = new HashSet<>();
        private long count;

        Run(Execution execution, @Nullable Object[] values) {
            this.execution = execution;
            this.values = values;
            this.ttlSeconds = ttl.seconds(values);
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
            Transaction transaction = execution.transaction();
            boolean isInserted = true;
            switch (onConflict) {
                case FAIL -> transaction.insert(writer.table().descriptor(), key, writer.row(row), ttlSeconds);
                case REPLACE -> transaction.put(writer.table().descriptor(), key, writer.row(row), ttlSeconds);
                case NOTHING -> {
                    // Those that are there are not remembered: they may be far more than a transaction can write.
                    if (transaction.get(writer.table().descriptor(), key, found) || !written.add(ByteBuffer.wrap(key))) {
                        return;
                    }
                    transaction.insert(writer.table().descriptor(), key, writer.row(row), ttlSeconds);
                }
                case UPDATE -> {
                    if (!written.add(ByteBuffer.wrap(key))) {
                        throw CoconutException.of(ErrorCode.CARDINALITY_VIOLATION)
                                .with("table", writer.table())
                                .mend("Two rows of this INSERT have the same key, and ON CONFLICT DO UPDATE changes a row once: remove one.");
                    }
                    if (!transaction.get(writer.table().descriptor(), key, found)) {
                        transaction.insert(writer.table().descriptor(), key, writer.row(row), ttlSeconds);
                    } else if (update == null || !update.apply(execution, values, found, row)) {
                        return;
                    } else {
                        isInserted = false;
                    }
                }
            }
            if (isInserted && execution.keys() != null) {
                execution.keys().add(writer.table(), row);
            }
            count++;
        }
    }
}
