package org.coconutdb.sql.session;

import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.plan.PointPlan;
import org.coconutdb.sql.plan.PlanOperator;
import org.coconutdb.sql.plan.QueryPlan;
import org.coconutdb.sql.run.PointReader;
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
    private final @Nullable Returning returning;
    private final List<ColumnInfo> parameters;
    // The source, where it finds one row whose bytes need not be taken apart; null: any other.
    private final @Nullable PointPlan point;

    /// @param source answers columns of the table first, then what is computed
    /// @param read positions of those columns: all for UPDATE and where rows are returned, the key's and the indexed ones for DELETE
    /// @param columns positions that are set; empty for DELETE
    /// @param ttl of the rows as changed
    /// @param returning null where nothing is answered
    ChangeStatement(
            TableWriter writer,
            QueryPlan source,
            int[] read,
            int[] columns,
            ValueSource[] sources,
            TimeToLive ttl,
            boolean delete,
            @Nullable Returning returning,
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
        this.returning = returning;
        this.parameters = parameters;
        this.point = source instanceof PointPlan plan && isDirect() ? plan : null;
    }

    /// Whether the row's entries in indexes and what refers to it stay as they are, and it needs no look at columns that stay.
    private boolean isDirect() {
        List<CatalogIndex> indexes = writer.table().indexes();
        if (!writer.isFree() || delete) {
            return delete && writer.isFree() && indexes.isEmpty();
        }
        Set<Integer> fixed = new HashSet<>(writer.table().definition().primaryKey());
        indexes.forEach(index -> fixed.addAll(index.definition().storedPositions()));
        // An entry lives as long as its row.
        return Arrays.stream(columns).noneMatch(fixed::contains) && (indexes.isEmpty() || ttl.equals(TimeToLive.KEEP));
    }

    /// Columns that take parameters' values as they are, by the parameters' numbers.
    void addStored(@Nullable ColumnDefinition[] stored) {
        ValueSource.addStored(sources, stored);
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
    public boolean isOutdated() {
        return point == null && source.isOutdated();
    }

    @Override
    public PlanOperator explain() {
        return Explained.write(delete ? "Delete" : "Update", Map.of("table", writer.table().toString()), source);
    }

    @Override
    public long run(Execution execution, @Nullable Object[] values) {
        @Nullable Object[] converted = new @Nullable Object[values.length];
        for (int i = 0; i < parameterTypes.length; i++) {
            converted[i] = ParameterValues.toPlan(parameterTypes[i], i, values[i], execution.timeZone());
        }
        int ttlSeconds = ttl.seconds(values);
        if (point != null) {
            PointReader row = point.read(execution.sourceContext(converted, false));
            if (!row.find()) {
                return 0;
            }
            if (delete || writer.table().indexes().isEmpty() || !row.record().hasTtl()) {
                changeInPlace(row, execution, values, ttlSeconds);
                return 1;
            }
        }
        return changeRows(execution, values, converted, ttlSeconds);
    }

    private void changeInPlace(PointReader row, Execution execution, @Nullable Object[] values, int ttlSeconds) {
        TableDescriptor table = writer.table().descriptor();
        if (delete) {
            if (isAnswering(execution)) {
                answer(execution, values, stored(row));
            }
            execution.transaction().delete(table, row.key());
            return;
        }
        @Nullable Object[] current = new @Nullable Object[columnTypes.length];
        for (int i = read.length; i < current.length; i++) {
            current[i] = row.field(i);
        }
        @Nullable Object[] changed = new @Nullable Object[columns.length];
        for (int i = 0; i < columns.length; i++) {
            changed[i] = sources[i].value(execution, values, current);
        }
        execution.transaction().update(table, row.key(), row.changed(columns, changed), ttlSeconds);
        if (isAnswering(execution)) {
            @Nullable Object[] after = stored(row);
            for (int i = 0; i < columns.length; i++) {
                after[columns[i]] = changed[i];
            }
            answer(execution, values, after);
        }
    }

    /// The row as it was read, whole.
    private @Nullable Object[] stored(PointReader row) {
        List<ColumnDefinition> definitions = writer.table().definition().columns();
        @Nullable Object[] whole = new @Nullable Object[definitions.size()];
        for (int i = 0; i < read.length; i++) {
            whole[read[i]] = stored(definitions.get(read[i]), columnTypes[i], row.field(i));
        }
        return whole;
    }

    private boolean isAnswering(Execution execution) {
        return returning != null && execution.returned() != null;
    }

    private void answer(Execution execution, @Nullable Object[] values, @Nullable Object[] row) {
        if (returning != null && execution.returned() != null) {
            execution.returned().add(returning.answer(execution, values, row));
        }
    }

    private long changeRows(Execution execution, @Nullable Object[] values, @Nullable Object[] converted, int ttlSeconds) {
        RowChanges changes = new RowChanges(writer, execution);
        List<ColumnDefinition> definitions = writer.table().definition().columns();
        long count = 0;
        try (Enumerator<@Nullable Object[]> found = source.run(execution.sourceContext(converted, false))) {
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
                    answer(execution, values, row);
                    continue;
                }
                @Nullable Object[] before = row.clone();
                for (int i = 0; i < columns.length; i++) {
                    row[columns[i]] = sources[i].value(execution, values, current);
                }
                byte[] key = writer.key(row);
                writer.check(execution, row);
                changes.update(oldKey, before, key, row, ttlSeconds);
                answer(execution, values, row);
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
            // Both are of one kind: no zone stands between them.
            case null, default -> StorageValues.of(column, EdgeValues.fromPlan(type, value), ZoneOffset.UTC);
        };
    }
}
