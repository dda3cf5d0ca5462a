package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.rel.type.RelDataType;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
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
    /// @param read positions of those columns: all for UPDATE, the key's for DELETE
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
    public boolean retriesDuplicates() {
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
        Transaction transaction = execution.transaction();
        TableDescriptor table = writer.table().descriptor();
        List<ColumnDefinition> definitions = writer.table().definition().columns();
        // Rows whose key changes go when all have left their old keys: SET id = id + 1 gives each the key of the next.
        List<Moved> moved = new ArrayList<>();
        int ttlSeconds = ttl.seconds(values);
        long count = 0;
        try (Enumerator<@Nullable Object[]> found = source.run(execution.context(converted))) {
            while (found.moveNext()) {
                execution.checkCancelled();
                @Nullable Object[] current = found.current();
                @Nullable Object[] row = new @Nullable Object[definitions.size()];
                for (int i = 0; i < read.length; i++) {
                    row[read[i]] = StorageValues.of(definitions.get(read[i]), EdgeValues.fromPlan(columnTypes[i], current[i]));
                }
                byte[] oldKey = writer.key(row);
                count++;
                if (delete) {
                    transaction.delete(table, oldKey);
                    continue;
                }
                for (int i = 0; i < columns.length; i++) {
                    row[columns[i]] = sources[i].value(execution, values, current);
                }
                byte[] key = writer.key(row);
                writer.check(execution, row);
                if (Arrays.equals(oldKey, key)) {
                    transaction.update(table, key, writer.row(row), ttlSeconds);
                } else {
                    transaction.delete(table, oldKey);
                    moved.add(new Moved(key, writer.row(row), ttlSeconds == TimeToLive.KEEP_SECONDS ? ttlOf(transaction, oldKey)
                            : ttlSeconds));
                }
            }
        }
        for (Moved row : moved) {
            transaction.insert(table, row.key(), row.row(), row.ttlSeconds());
        }
        return count;
    }

    /// A row that moves to another key takes its time to live with it.
    private int ttlOf(Transaction transaction, byte[] key) {
        RecordView record = new RecordView();
        return transaction.inspect(writer.table().descriptor(), key, record) ? record.ttlSeconds() : 0;
    }

    private record Moved(byte[] key, byte[] row, int ttlSeconds) {}
}
