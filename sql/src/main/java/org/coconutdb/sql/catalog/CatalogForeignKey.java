package org.coconutdb.sql.catalog;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyCodec;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// A foreign key between two tables that exist. Immutable; any thread.
///
/// Values of a foreign key are those of its columns, in the order of the parent's key, none of them NULL: a row with a NULL among them refers
/// to nothing. They are told from others by the key that a row of the parent with them has, in the parent's own table or in its unique index.
public final class CatalogForeignKey {
    private final ForeignKeyDefinition definition;
    private final CatalogTable child;
    private final CatalogTable parent;
    private final @Nullable CatalogIndex parentIndex;
    private final @Nullable CatalogIndex childIndex;
    private final int[] childColumns;
    private final int[] parentColumns;
    // Of each of the first columns by which children are found: which of the values it is.
    private final int[] childOrder;

    private CatalogForeignKey(ForeignKeyDefinition definition, CatalogTable child, CatalogTable parent) {
        this.definition = definition;
        this.child = child;
        this.parent = parent;
        this.parentIndex = definition.parentKey().equals(parent.definition().keyName()) ? null : index(parent, definition.parentKey());
        this.childIndex = definition.index() == null ? null : index(child, definition.index());
        this.childColumns = definition.columns().stream().mapToInt(Integer::intValue).toArray();
        List<Integer> key = parentIndex == null ? parent.definition().primaryKey() : parentIndex.definition().positions();
        this.parentColumns = key.stream().mapToInt(Integer::intValue).toArray();
        List<Integer> found = childIndex == null ? child.definition().primaryKey() : childIndex.definition().positions();
        this.childOrder = found.stream().limit(childColumns.length).mapToInt(definition.columns()::indexOf).toArray();
    }

    /// @param tables of the catalogue, by qualified name
    static CatalogForeignKey of(ForeignKeyDefinition definition, CatalogTable child, Map<String, CatalogTable> tables) {
        CatalogTable parent = tables.get(definition.parent().qualified());
        if (parent == null) {
            throw broken(child, definition.parent().qualified());
        }
        return new CatalogForeignKey(definition, child, parent);
    }

    private static CatalogIndex index(CatalogTable table, String name) {
        return table.indexes().stream()
                .filter(index -> index.definition().name().equals(name))
                .findFirst()
                .orElseThrow(() -> broken(table, name));
    }

    private static CoconutException broken(CatalogTable table, String missing) {
        return CoconutException.of(ErrorCode.DATA_CORRUPTED)
                .with("table", table)
                .with("missing", missing)
                .mend("The directory names a foreign key to what is not there: restore the database from a backup.");
    }

    public ForeignKeyDefinition definition() {
        return definition;
    }

    /// The table that refers.
    public CatalogTable child() {
        return child;
    }

    /// The table that is referred to.
    public CatalogTable parent() {
        return parent;
    }

    /// The columns of the parent that are referred to.
    public List<Integer> parentColumns() {
        return Arrays.stream(parentColumns).boxed().toList();
    }

    /// What a row of the child refers to; null where it refers to nothing.
    ///
    /// @param row stored values, of which the foreign key's columns are looked at
    public @Nullable Object @Nullable [] childValues(@Nullable Object[] row) {
        return values(row, childColumns);
    }

    /// What rows can refer to a row of the parent by; null where nothing can, since it has a NULL there.
    ///
    /// @param row stored values, of which the referenced columns are looked at
    public @Nullable Object @Nullable [] parentValues(@Nullable Object[] row) {
        return values(row, parentColumns);
    }

    /// The values of a row of the parent, NULL among them.
    public @Nullable Object[] parentColumnsOf(@Nullable Object[] row) {
        @Nullable Object[] values = new @Nullable Object[parentColumns.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = row[parentColumns[i]];
        }
        return values;
    }

    private static @Nullable Object @Nullable [] values(@Nullable Object[] row, int[] columns) {
        @Nullable Object[] values = new @Nullable Object[columns.length];
        for (int i = 0; i < columns.length; i++) {
            values[i] = row[columns[i]];
            if (values[i] == null) {
                return null;
            }
        }
        return values;
    }

    /// Puts values into a row of the child.
    public void setChildValues(@Nullable Object[] row, @Nullable Object[] values) {
        for (int i = 0; i < childColumns.length; i++) {
            row[childColumns[i]] = values[i];
        }
    }

    // ---- where rows are found

    /// The engine's table that has a key for each row of the parent: its own, or that of the unique index.
    public TableDescriptor parentTable() {
        return parentIndex == null ? parent.descriptor() : parentIndex.descriptor();
    }

    private KeyCodec parentCodec() {
        return parentIndex == null ? parent.keyCodec() : parentIndex.codec();
    }

    /// The key in [#parentTable] of the row that has these values.
    public byte[] parentKey(@Nullable Object[] values) {
        return parentCodec().encode(values);
    }

    /// The inverse of [#parentKey].
    public @Nullable Object[] valuesOf(byte[] parentKey) {
        return parentCodec().decode(parentKey);
    }

    /// The engine's table, a sorted one, in which the rows of the child with given values are next to each other.
    public TableDescriptor childTable() {
        return childIndex == null ? child.descriptor() : childIndex.descriptor();
    }

    /// Where in [#childTable] the rows that refer to these values are.
    public KeyRange childRange(@Nullable Object[] values) {
        @Nullable Object[] ordered = new @Nullable Object[childOrder.length];
        for (int i = 0; i < ordered.length; i++) {
            ordered[i] = values[childOrder[i]];
        }
        KeyCodec codec = childIndex == null ? child.keyCodec() : childIndex.codec();
        return KeyRange.prefix(codec.encodePrefix(ordered));
    }

    /// What the row refers to that a key of [#childTable] is of; null where it refers to nothing.
    public @Nullable Object @Nullable [] referredBy(byte[] childKey) {
        KeyCodec codec = childIndex == null ? child.keyCodec() : childIndex.codec();
        @Nullable Object[] leading = codec.decodePrefix(childKey, childOrder.length);
        @Nullable Object[] values = new @Nullable Object[childOrder.length];
        for (int i = 0; i < values.length; i++) {
            values[childOrder[i]] = leading[i];
            if (leading[i] == null) {
                return null;
            }
        }
        return values;
    }

    /// The part of a key of [#childTable] that all keys of rows with the same values begin with.
    public byte[] childPrefix(byte[] childKey) {
        KeyCodec codec = childIndex == null ? child.keyCodec() : childIndex.codec();
        return Arrays.copyOf(childKey, codec.prefixLength(childKey, childOrder.length));
    }

    /// The primary key of the row that an entry of [#childTable] is of.
    public byte[] childKey(RecordView entry) {
        return childIndex == null ? entry.keyBytes() : childIndex.primaryKey(entry);
    }

    @Override
    public String toString() {
        return definition.name();
    }
}
