package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.Column;
import org.coconutdb.engine.row.KeyCodec;
import org.coconutdb.engine.row.KeyCodec.KeyColumn;
import org.coconutdb.engine.row.RowLayout;
import org.coconutdb.engine.row.StorageType;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// An index that exists: a sorted table of entries, one for each row of its table. Immutable; any thread.
///
/// | entry | key | row |
/// | --- | --- | --- |
/// | of a unique index, without NULL | the row's values | the row's primary key |
/// | any other | the row's values, then its primary key | nothing |
///
/// So two rows with the same values want the same entry of a unique index, which one of them is refused. Where the index includes columns, an
/// entry's row is one of [#includedLayout]: their values, and behind them the primary key where that is not in the key, NULL where it is.
public final class CatalogIndex {
    private static final String ENGINE_PREFIX = "INDEX ";
    private static final byte[] NOTHING = {};

    private final IndexDefinition definition;
    private final TableDescriptor descriptor;
    private final KeyCodec codec;
    private final long readableFrom;
    private final int[] columns;
    private final int[] included;
    // Null where nothing is included.
    private final @Nullable RowLayout includedLayout;

    /// @param readableFrom timestamp of the oldest snapshot that has all entries
    CatalogIndex(IndexDefinition definition, TableDescriptor descriptor, List<Column> tableColumns, long readableFrom) {
        this.readableFrom = readableFrom;
        this.definition = definition;
        this.descriptor = descriptor;
        this.columns = definition.positions().stream().mapToInt(Integer::intValue).toArray();
        this.codec = new KeyCodec(definition.columns().stream()
                .map(part -> new KeyColumn(tableColumns.get(part.column()), part.descending()))
                .toList());
        this.included = definition.included().stream().mapToInt(Integer::intValue).toArray();
        List<Column> stored = new ArrayList<>(definition.included().stream().map(tableColumns::get).toList());
        stored.add(new Column(StorageType.BYTES, 0, 0, true));
        this.includedLayout = included.length == 0 ? null : new RowLayout(stored);
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

    long readableFrom() {
        return readableFrom;
    }

    /// To be called before entries are read in place of rows. TABLE_CHANGED where the statement's snapshot is from before the index was built, and so
    /// has rows without entries.
    public void requireReadable(Transaction transaction) {
        if (transaction.snapshotTimestamp() < readableFrom) {
            throw CoconutException.of(ErrorCode.TABLE_CHANGED)
                    .with("index", definition.name())
                    .mend("The index was built while the transaction was open: roll back and run it again.");
        }
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
        RowLayout layout = includedLayout;
        if (layout == null) {
            return isExclusive(row) ? primaryKey : NOTHING;
        }
        @Nullable Object[] values = new @Nullable Object[included.length + 1];
        for (int i = 0; i < included.length; i++) {
            values[i] = row[included[i]];
        }
        values[included.length] = isExclusive(row) ? primaryKey : null;
        return layout.encode(values);
    }

    /// How the row of an entry lies, whose columns are those that the index includes, in order, and then the primary key; null where it includes
    /// none.
    public @Nullable RowLayout includedLayout() {
        return includedLayout;
    }

    /// The primary key of the row that an entry is of.
    public byte[] primaryKey(RecordView entry) {
        byte[] inRow = primaryKeyInRow(entry);
        if (inRow != null) {
            return inRow;
        }
        byte[] key = entry.keyBytes();
        return Arrays.copyOfRange(key, codec.prefixLength(key, columns.length), key.length);
    }

    /// The primary key that stands in the row of an entry; null of one that has it in its key, behind the indexed columns.
    public byte @Nullable [] primaryKeyInRow(RecordView entry) {
        RowLayout layout = includedLayout;
        if (!definition.unique()) {
            return null;
        }
        if (layout == null) {
            return entry.rowLength() > 0 ? entry.rowBytes() : null;
        }
        return (byte[]) layout.get(entry.rowSegment(), entry.rowOffset(), included.length);
    }

    @Override
    public String toString() {
        return definition.name();
    }
}
