package org.coconutdb.sql.catalog;

import java.util.Arrays;
import java.util.List;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.row.Column;
import org.coconutdb.engine.row.KeyCodec;
import org.coconutdb.engine.row.KeyCodec.KeyColumn;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// An index that exists: a sorted table of entries, one for each row of its table. Immutable; any thread.
///
/// | entry | key | row |
/// | --- | --- | --- |
/// | of a unique index, without NULL | the row's values | the row's primary key |
/// | any other | the row's values, then its primary key | nothing |
///
/// So two rows with the same values want the same entry of a unique index, which one of them is refused.
public final class CatalogIndex {
    private static final String ENGINE_PREFIX = "INDEX ";
    private static final byte[] NOTHING = {};

    private final IndexDefinition definition;
    private final TableDescriptor descriptor;
    private final KeyCodec codec;
    private final int[] columns;

    CatalogIndex(IndexDefinition definition, TableDescriptor descriptor, List<Column> tableColumns) {
        this.definition = definition;
        this.descriptor = descriptor;
        this.columns = definition.positions().stream().mapToInt(Integer::intValue).toArray();
        this.codec = new KeyCodec(definition.columns().stream()
                .map(part -> new KeyColumn(tableColumns.get(part.column()), part.descending()))
                .toList());
    }

    /// The engine's name for an index: no table's is like it.
    static String engineName(String schema, String name) {
        return ENGINE_PREFIX + TableDefinition.qualifiedName(schema, name);
    }

    /// The name within its schema, of the engine's name of an index; null for any other.
    public static @Nullable String name(String engineName) {
        return engineName.startsWith(ENGINE_PREFIX) ? engineName.substring(engineName.indexOf('.') + 1) : null;
    }

    /// Whether the engine's table holds an index.
    static boolean isIndex(TableDescriptor table) {
        return table.name().startsWith(ENGINE_PREFIX);
    }

    public IndexDefinition definition() {
        return definition;
    }

    public TableDescriptor descriptor() {
        return descriptor;
    }

    /// Of the indexed columns.
    public KeyCodec codec() {
        return codec;
    }

    /// The key of a row's entry.
    ///
    /// @param row stored values, of which the indexed columns are looked at
    public byte[] entryKey(@Nullable Object[] row, byte[] primaryKey) {
        @Nullable Object[] values = new @Nullable Object[columns.length];
        boolean hasNull = false;
        for (int i = 0; i < columns.length; i++) {
            values[i] = row[columns[i]];
            hasNull |= values[i] == null;
        }
        byte[] prefix = codec.encode(values);
        if (definition.unique() && !hasNull) {
            return prefix;
        }
        byte[] key = Arrays.copyOf(prefix, prefix.length + primaryKey.length);
        System.arraycopy(primaryKey, 0, key, prefix.length, primaryKey.length);
        return key;
    }

    /// Whether a row's entry is one that no other row may have.
    public boolean isExclusive(@Nullable Object[] row) {
        return definition.unique() && Arrays.stream(columns).noneMatch(column -> row[column] == null);
    }

    /// What stands in a row's entry.
    public byte[] entryRow(@Nullable Object[] row, byte[] primaryKey) {
        return isExclusive(row) ? primaryKey : NOTHING;
    }

    /// The primary key of the row that an entry is of.
    public byte[] primaryKey(RecordView entry) {
        if (definition.unique() && entry.rowLength() > 0) {
            return entry.rowBytes();
        }
        byte[] key = entry.keyBytes();
        return Arrays.copyOfRange(key, codec.prefixLength(key, columns.length), key.length);
    }

    @Override
    public String toString() {
        return definition.name();
    }
}
