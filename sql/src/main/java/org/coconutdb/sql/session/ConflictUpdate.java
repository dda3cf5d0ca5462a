package org.coconutdb.sql.session;

import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.type.RelDataType;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.plan.QueryPlan;
import org.jspecify.annotations.Nullable;

/// DO UPDATE SET of an INSERT … ON CONFLICT: new values from the row that is there and the row that was to be inserted.
///
/// The plan is a query over two rows of parameters, which stand behind the statement's own: the columns of the row that is there, then
/// those of the row excluded.
final class ConflictUpdate {
    private final TableWriter writer;
    private final QueryPlan plan;
    private final RelDataType[] parameterTypes;
    private final int[] columns;
    private final ValueSource[] sources;
    private final TimeToLive ttl;
    private final int statementParameters;

    /// @param columns positions that are set
    /// @param sources one for each, over the plan's row
    /// @param statementParameters question marks of the statement itself
    ConflictUpdate(TableWriter writer, QueryPlan plan, int[] columns, ValueSource[] sources, TimeToLive ttl, int statementParameters) {
        this.writer = writer;
        this.plan = plan;
        this.parameterTypes = QueryStatement.types(plan.parameterTypes());
        this.columns = columns;
        this.sources = sources;
        this.ttl = ttl;
        this.statementParameters = statementParameters;
    }

    /// Changes the row that is there. Answers it as it is then; null where the WHERE of the update leaves it.
    @Nullable
    Object @Nullable [] apply(
            Execution execution,
            RowChanges changes,
            @Nullable Object[] values,
            RecordView found,
            @Nullable Object[] excluded) {
        @Nullable Object[] row = writer.table().rowVersions().decode(found.rowBytes());
        int width = row.length;
        @Nullable Object[] parameters = new @Nullable Object[statementParameters + 2 * width];
        for (int i = 0; i < parameters.length; i++) {
            Object value;
            if (i < statementParameters) {
                value = values[i];
            } else {
                int column = (i - statementParameters) % width;
                Object stored = i - statementParameters < width ? row[column] : excluded[column];
                value = EdgeValues.fromStorage(writer.table().definition().columns().get(column), stored);
            }
            parameters[i] = i < parameterTypes.length ? ParameterValues.toPlan(parameterTypes[i], i, value, execution.timeZone()) : null;
        }
        byte[] oldKey = writer.key(row);
        @Nullable Object[] before = row.clone();
        int ttlSeconds = ttl.seconds(values);
        try (Enumerator<@Nullable Object[]> computed = plan.run(execution.context(parameters))) {
            if (!computed.moveNext()) {
                return null;
            }
            for (int i = 0; i < columns.length; i++) {
                row[columns[i]] = sources[i].value(execution, values, computed.current());
            }
        }
        byte[] key = writer.key(row);
        writer.check(execution, row);
        changes.update(oldKey, before, key, row, ttlSeconds);
        return row;
    }
}
