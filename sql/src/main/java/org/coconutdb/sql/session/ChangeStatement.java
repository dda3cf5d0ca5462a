package org.coconutdb.sql.session;

import java.math.BigDecimal;
import java.util.List;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.plan.QueryPlan;
import org.jspecify.annotations.Nullable;

/// UPDATE and DELETE: a query finds the rows, whole, and what is computed from them.
final class ChangeStatement implements CompiledStatement.Write {
    private final TableWriter writer;
    private final QueryPlan source;
    private final RelDataType[] parameterTypes;
    private final RelDataType[] columnTypes;
    private final int[] read;
    private final int[] columns;
    private final ValueSource[] sources;
    private final TimeToLive ttl;
    private final boolean delete;
    private final List<ColumnInfo> parameters;

    /// @param source answers columns of the table first, then what is computed
    /// @param read positions of those columns: all for UPDATE, the key's and the indexed ones for DELETE
    /// @param columns positions that are set; empty for DELETE
    /// @param ttl of the rows as changed
    ChangeStatement(
            TableWriter writer,
            QueryPlan source,
            int[] read,
            int[] columns,
            ValueSource[] sources,
            TimeToLive ttl,
            boolean delete,
            List<ColumnInfo> parameters) {
        this.writer = writer;
        this.source = source;
        this.parameterTypes = QueryStatement.types(source.parameterTypes());
        this.columnTypes = QueryStatement.types(source.rowType());
        this.read = read;
        this.columns = columns;
        this.sources = sources;
        this.ttl = ttl;
        this.delete = delete;
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
        return false;
    }

    @Override
    public List<String> explain() {
        return Explained.write((delete ? "Delete" : "Update") + "(table=[" + writer.table() + "])", source);
    }

    @Override
    public long run(Execution execution, @Nullable Object[] values) {
        @Nullable Object[] converted = new @Nullable Object[values.length];
        for (int i = 0; i < parameterTypes.length; i++) {
            converted[i] = ParameterValues.toPlan(parameterTypes[i], i, values[i]);
        }
        RowChanges changes = new RowChanges(writer, execution);
        List<ColumnDefinition> definitions = writer.table().definition().columns();
        int ttlSeconds = ttl.seconds(values);
        long count = 0;
        try (Enumerator<@Nullable Object[]> found = source.run(execution.context(converted))) {
            while (found.moveNext()) {
                execution.checkCancelled();
                @Nullable Object[] current = found.current();
                @Nullable Object[] row = new @Nullable Object[definitions.size()];
                for (int i = 0; i < read.length; i++) {
                    row[read[i]] = stored(definitions.get(read[i]), columnTypes[i], current[i]);
                }
                byte[] oldKey = writer.key(row);
                count++;
                if (delete) {
                    changes.delete(oldKey, row);
                    continue;
                }
                @Nullable Object[] before = row.clone();
                for (int i = 0; i < columns.length; i++) {
                    row[columns[i]] = sources[i].value(execution, values, current);
                }
                byte[] key = writer.key(row);
                writer.check(execution, row);
                changes.update(oldKey, before, key, row, ttlSeconds);
            }
        }
        changes.finish();
        return count;
    }

    /// A value that the column has, in the plan's representation, as the column stores it: for most types the same.
    private static @Nullable Object stored(ColumnDefinition column, RelDataType type, @Nullable Object value) {
        return switch (value) {
            case Long known when column.type() == SqlTypeName.BIGINT -> known;
            case Integer known when column.type() == SqlTypeName.INTEGER -> known;
            case String known when column.type() == SqlTypeName.VARCHAR -> known;
            case BigDecimal known when column.type() == SqlTypeName.DECIMAL -> known;
            case null, default -> StorageValues.of(column, EdgeValues.fromPlan(type, value));
        };
    }
}
