package org.coconutdb.sql.catalog;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.Column;
import org.coconutdb.engine.row.RowHistory;
import org.coconutdb.engine.row.RowLayout;
import org.coconutdb.engine.row.RowVersions;
import org.coconutdb.engine.row.StorageType;
import org.coconutdb.sql.parser.ReferentialAction;
import org.jspecify.annotations.Nullable;

/// A table as it was declared; stored in the engine's directory as bytes.
///
/// @param schema such as `PUBLIC`
/// @param name as stored: upper case unless it was quoted
/// @param kind hash or sorted
/// @param columns in declared order
/// @param primaryKey positions in `columns`, in key order; at least one
/// @param keyName the primary key's own name
/// @param ttlSeconds time to live of rows that are inserted without one of their own; 0 for ever
/// @param checks in declared order
/// @param indexes in the order in which they were made
/// @param foreignKeys in the order in which they were made
/// @param rows what rows are made of, those too that were written before a column came or went
/// @param comments of it, its columns and its indexes
public record TableDefinition(
        String schema,
        String name,
        TableKind kind,
        List<ColumnDefinition> columns,
        List<Integer> primaryKey,
        String keyName,
        int ttlSeconds,
        List<CheckDefinition> checks,
        List<IndexDefinition> indexes,
        List<ForeignKeyDefinition> foreignKeys,
        RowHistory rows,
        Comments comments) {
    private static final int FORMAT = 9;
    // Without arrays.
    private static final int FORMAT_BEFORE_ARRAYS = 8;
    // Without comments, and what indexes include.
    private static final int FORMAT_BEFORE_COMMENTS = 7;
    private static final String KEY_SUFFIX = "_PK";

    public TableDefinition {
        Objects.requireNonNull(schema);
        Objects.requireNonNull(name);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(keyName);
        Objects.requireNonNull(rows);
        Objects.requireNonNull(comments);
        columns = List.copyOf(columns);
        primaryKey = List.copyOf(primaryKey);
        checks = List.copyOf(checks);
        indexes = List.copyOf(indexes);
        foreignKeys = List.copyOf(foreignKeys);
        if (primaryKey.isEmpty()) {
            throw new IllegalArgumentException("a table needs a primary key");
        }
        for (int position : primaryKey) {
            Objects.checkIndex(position, columns.size());
        }
        if (ttlSeconds < 0) {
            throw new IllegalArgumentException("a time to live of " + ttlSeconds + " seconds");
        }
    }

    /// Of rows that never expire and are not checked, without indexes.
    public TableDefinition(
            String schema,
            String name,
            TableKind kind,
            List<ColumnDefinition> columns,
            List<Integer> primaryKey,
            String keyName) {
        this(schema, name, kind, columns, primaryKey, keyName, 0, List.of(), List.of(), List.of(), rowsOf(columns), Comments.NONE);
    }

    /// With a primary key that was given no name: it has the table's with `_PK` behind it.
    public TableDefinition(String schema, String name, TableKind kind, List<ColumnDefinition> columns, List<Integer> primaryKey) {
        this(schema, name, kind, columns, primaryKey, name + KEY_SUFFIX);
    }

    /// The same with a time to live for its rows.
    public TableDefinition withTtlSeconds(int seconds) {
        return new TableDefinition(schema, name, kind, columns, primaryKey, keyName, seconds, checks, indexes, foreignKeys, rows, comments);
    }

    /// The same with these checks.
    public TableDefinition withChecks(List<CheckDefinition> conditions) {
        return new TableDefinition(schema, name, kind, columns, primaryKey, keyName, ttlSeconds, conditions, indexes, foreignKeys, rows,
                comments);
    }

    /// The same with these indexes.
    public TableDefinition withIndexes(List<IndexDefinition> all) {
        return new TableDefinition(schema, name, kind, columns, primaryKey, keyName, ttlSeconds, checks, all, foreignKeys, rows,
                comments.kept(_ -> true, index -> all.stream().anyMatch(one -> one.name().equals(index))));
    }

    /// The same with these foreign keys.
    public TableDefinition withForeignKeys(List<ForeignKeyDefinition> all) {
        return new TableDefinition(schema, name, kind, columns, primaryKey, keyName, ttlSeconds, checks, indexes, all, rows, comments);
    }

    /// The same with these comments.
    public TableDefinition withComments(Comments all) {
        return new TableDefinition(schema, name, kind, columns, primaryKey, keyName, ttlSeconds, checks, indexes, foreignKeys, rows, all);
    }

    /// Names of all that is declared of the table's rows: none of them twice.
    public Set<String> constraintNames() {
        Set<String> names = new HashSet<>(Set.of(keyName));
        checks.forEach(check -> names.add(check.name()));
        indexes.forEach(index -> names.add(index.name()));
        foreignKeys.forEach(foreignKey -> names.add(foreignKey.name()));
        return names;
    }

    private static RowHistory rowsOf(List<ColumnDefinition> columns) {
        return RowHistory.of(columns.stream().map(Types::column).toList());
    }

    /// The same without rows, and so without a history of them.
    public TableDefinition emptied() {
        return new TableDefinition(schema, name, kind, columns, primaryKey, keyName, ttlSeconds, checks, indexes, foreignKeys, rowsOf(
                columns), comments);
    }

    /// The same with these columns, which differ in nothing that is stored in rows.
    public TableDefinition withColumns(List<ColumnDefinition> changed) {
        return new TableDefinition(schema, name, kind, changed, primaryKey, keyName, ttlSeconds, checks, indexes, foreignKeys, rows,
                comments);
    }

    /// The same with more columns behind the others.
    ///
    /// @param missing a value for each, that it has in rows which are there, in the type that its storage type names
    public TableDefinition withAdded(List<ColumnDefinition> added, List<@Nullable Object> missing) {
        List<ColumnDefinition> all = new ArrayList<>(columns);
        all.addAll(added);
        List<RowHistory.Kept> kept = new ArrayList<>();
        for (int i = 0; i < added.size(); i++) {
            kept.add(new RowHistory.Kept(Types.column(added.get(i)), missing.get(i)));
        }
        return new TableDefinition(schema, name, kind, all, primaryKey, keyName, ttlSeconds, checks, indexes, foreignKeys,
                changedRows(List.of(), kept), comments);
    }

    /// The same without some columns, which neither the key nor an index nor a foreign key has.
    public TableDefinition without(Set<String> names) {
        List<ColumnDefinition> left = columns.stream().filter(column -> !names.contains(column.name())).toList();
        List<Integer> removed = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (names.contains(columns.get(i).name())) {
                removed.add(i);
            }
        }
        List<Integer> key = primaryKey.stream().map(position -> left.indexOf(columns.get(position))).toList();
        List<IndexDefinition> moved = indexes.stream()
                .map(index -> index.at(position -> left.indexOf(columns.get(position))))
                .toList();
        List<ForeignKeyDefinition> movedKeys = foreignKeys.stream()
                .map(foreignKey -> foreignKey.at(position -> left.indexOf(columns.get(position))))
                .toList();
        return new TableDefinition(schema, name, kind, left, key, keyName, ttlSeconds, checks, moved, movedKeys,
                changedRows(removed, List.of()), comments.kept(column -> !names.contains(column), _ -> true));
    }

    private RowHistory changedRows(List<Integer> removed, List<RowHistory.Kept> added) {
        if (rows.version() == RowLayout.VERSION_MAX) {
            throw CoconutException.of(ErrorCode.INVALID_TABLE_DEFINITION)
                    .with("table", qualifiedName())
                    .with("changes", rows.version())
                    .mend("A table's columns can change that often: make a new table and INSERT INTO it a SELECT from this one.");
        }
        return rows.changed(removed, added);
    }

    /// The column's position; empty where there is none of this name.
    public OptionalInt position(String column) {
        return IntStream.range(0, columns.size()).filter(i -> columns.get(i).name().equals(column)).findFirst();
    }

    /// The engine's name for it.
    public String qualifiedName() {
        return qualifiedName(schema, name);
    }

    /// The engine's name for a table.
    public static String qualifiedName(String schema, String name) {
        return schema + "." + name;
    }

    /// The definition as the engine's directory keeps it: format, names, kind, columns with their types and defaults, key and its name, time
    /// to live, checks, indexes, history of rows, foreign keys, comments, in the encoding of [DataOutputStream].
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeUTF(schema);
            out.writeUTF(name);
            out.writeUTF(kind.name());
            out.writeInt(columns.size());
            for (ColumnDefinition column : columns) {
                out.writeUTF(column.name());
                column.writeType(out);
                out.writeBoolean(column.defaultText() != null);
                if (column.defaultText() != null) {
                    out.writeUTF(column.defaultText());
                }
                writeIdentity(out, column.identity());
            }
            out.writeInt(primaryKey.size());
            for (int position : primaryKey) {
                out.writeInt(position);
            }
            out.writeUTF(keyName);
            out.writeInt(ttlSeconds);
            out.writeInt(checks.size());
            for (CheckDefinition check : checks) {
                out.writeUTF(check.name());
                out.writeUTF(check.text());
                out.writeBoolean(check.ready());
            }
            out.writeInt(indexes.size());
            for (IndexDefinition index : indexes) {
                out.writeUTF(index.name());
                out.writeInt(index.columns().size());
                for (IndexDefinition.Part part : index.columns()) {
                    out.writeInt(part.column());
                    out.writeBoolean(part.descending());
                }
                out.writeBoolean(index.unique());
                out.writeBoolean(index.constraint());
                out.writeBoolean(index.ready());
                out.writeInt(index.included().size());
                for (int position : index.included()) {
                    out.writeInt(position);
                }
            }
            writeRows(out);
            out.writeInt(foreignKeys.size());
            for (ForeignKeyDefinition foreignKey : foreignKeys) {
                write(out, foreignKey);
            }
            comments.write(out);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return bytes.toByteArray();
    }

    /// The inverse of [#toBytes]. DATA_CORRUPTED where the bytes are none, or of a later version of the format.
    public static TableDefinition fromBytes(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format != FORMAT && format != FORMAT_BEFORE_ARRAYS && format != FORMAT_BEFORE_COMMENTS) {
                throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                        .with("definitionFormat", format)
                        .with("knownFormat", FORMAT)
                        .mend("The table was made by another version of CoconutDB: open the database with that one.");
            }
            String schema = in.readUTF();
            String name = in.readUTF();
            TableKind kind = TableKind.valueOf(in.readUTF());
            List<ColumnDefinition> columns = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                columns.add(readColumn(in));
            }
            if (format < FORMAT && columns.stream().anyMatch(column -> column.element() != null)) {
                throw new IOException("arrays in a format that has none");
            }
            List<Integer> primaryKey = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                primaryKey.add(in.readInt());
            }
            String keyName = in.readUTF();
            int ttlSeconds = in.readInt();
            List<CheckDefinition> checks = new ArrayList<>();
            for (int left = readCount(in); left > 0; left--) {
                checks.add(new CheckDefinition(in.readUTF(), in.readUTF(), readFlag(in)));
            }
            List<IndexDefinition> indexes = new ArrayList<>();
            for (int left = readCount(in); left > 0; left--) {
                indexes.add(readIndex(in, format > FORMAT_BEFORE_COMMENTS));
            }
            RowHistory rows = readRows(in, columns);
            List<ForeignKeyDefinition> foreignKeys = new ArrayList<>();
            for (int left = readCount(in); left > 0; left--) {
                foreignKeys.add(readForeignKey(in));
            }
            Comments comments = format == FORMAT_BEFORE_COMMENTS ? Comments.NONE : Comments.read(in);
            TableDefinition definition = new TableDefinition(schema, name, kind, columns, primaryKey, keyName, ttlSeconds, checks, indexes,
                    foreignKeys, rows, comments);
            if (in.read() >= 0) {
                throw new IOException("bytes behind the end");
            }
            definition.requireSound();
            return definition;
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException failure) {
            throw CoconutException.of(ErrorCode.DATA_CORRUPTED, failure)
                    .with("what", "table definition")
                    .mend("Restore the database from a backup.");
        }
    }

    /// A flag, and behind it, where columns have come or gone: all columns, each by its storage type, digits, scale, whether it may be NULL (of arrays the
    /// same of their elements), and the value that it is missing in older rows as a row of it alone; how many of them the first version has; the changes.
    private void writeRows(DataOutputStream out) throws IOException {
        out.writeBoolean(rows.version() > 0);
        if (rows.version() == 0) {
            return;
        }
        out.writeInt(rows.columns().size());
        for (RowHistory.Kept kept : rows.columns()) {
            Column column = kept.column();
            write(out, column);
            out.writeBoolean(kept.missing() != null);
            if (kept.missing() != null) {
                byte[] row = alone(column).encode(new Object[] {kept.missing()});
                out.writeInt(row.length);
                out.write(row);
            }
        }
        out.writeInt(rows.first());
        out.writeInt(rows.changes().size());
        for (RowHistory.Change change : rows.changes()) {
            out.writeInt(change.removed().size());
            for (int id : change.removed()) {
                out.writeInt(id);
            }
            out.writeInt(change.added());
        }
    }

    private static void write(DataOutputStream out, Column column) throws IOException {
        out.writeUTF(column.type().name());
        out.writeByte(column.precision());
        out.writeByte(column.scale());
        out.writeBoolean(column.nullable());
        if (column.element() != null) {
            write(out, column.element());
        }
    }

    private static Column readStored(DataInputStream in) throws IOException {
        StorageType type = StorageType.valueOf(in.readUTF());
        int precision = in.readByte();
        int scale = in.readByte();
        boolean nullable = readFlag(in);
        return new Column(type, precision, scale, nullable, type == StorageType.ARRAY ? readStored(in) : null);
    }

    private static RowHistory readRows(DataInputStream in, List<ColumnDefinition> columns) throws IOException {
        if (!readFlag(in)) {
            return rowsOf(columns);
        }
        List<RowHistory.Kept> kept = new ArrayList<>();
        for (int left = readCount(in); left > 0; left--) {
            Column column = readStored(in);
            Object missing = null;
            if (readFlag(in)) {
                byte[] row = new byte[readCount(in)];
                in.readFully(row);
                missing = new RowVersions(RowHistory.of(List.of(column))).decode(row)[0];
            }
            kept.add(new RowHistory.Kept(column, missing));
        }
        int first = readCount(in);
        List<RowHistory.Change> changes = new ArrayList<>();
        for (int left = readCount(in); left > 0; left--) {
            List<Integer> removed = new ArrayList<>();
            for (int ids = readCount(in); ids > 0; ids--) {
                removed.add(in.readInt());
            }
            changes.add(new RowHistory.Change(removed, in.readInt()));
        }
        return new RowHistory(kept, first, changes);
    }

    private static RowLayout alone(Column column) {
        return new RowLayout(List.of(column));
    }

    private static ColumnDefinition readColumn(DataInputStream in) throws IOException {
        ColumnDefinition column = ColumnDefinition.readType(in.readUTF(), in);
        if (readFlag(in)) {
            column = column.withDefault(in.readUTF());
        }
        return readFlag(in) ? column.withIdentity(readIdentity(in)) : column;
    }

    private static void writeIdentity(DataOutputStream out, @Nullable IdentityDefinition identity) throws IOException {
        out.writeBoolean(identity != null);
        if (identity != null) {
            byte[] values = identity.values().toBytes();
            out.writeBoolean(identity.always());
            out.writeUTF(identity.sequence());
            out.writeInt(values.length);
            out.write(values);
        }
    }

    private static IdentityDefinition readIdentity(DataInputStream in) throws IOException {
        boolean always = readFlag(in);
        String sequence = in.readUTF();
        byte[] values = new byte[readCount(in)];
        in.readFully(values);
        return new IdentityDefinition(always, sequence, SequenceDefinition.fromBytes(values));
    }

    private static IndexDefinition readIndex(DataInputStream in, boolean withIncluded) throws IOException {
        String name = in.readUTF();
        List<IndexDefinition.Part> parts = new ArrayList<>();
        for (int left = readCount(in); left > 0; left--) {
            parts.add(new IndexDefinition.Part(in.readInt(), readFlag(in)));
        }
        boolean unique = readFlag(in);
        boolean constraint = readFlag(in);
        boolean ready = readFlag(in);
        List<Integer> included = new ArrayList<>();
        for (int left = withIncluded ? readCount(in) : 0; left > 0; left--) {
            included.add(in.readInt());
        }
        return new IndexDefinition(name, parts, included, unique, constraint, ready);
    }

    private static void write(DataOutputStream out, ForeignKeyDefinition foreignKey) throws IOException {
        out.writeUTF(foreignKey.name());
        out.writeInt(foreignKey.columns().size());
        for (int column : foreignKey.columns()) {
            out.writeInt(column);
        }
        out.writeUTF(foreignKey.parent().schema());
        out.writeUTF(foreignKey.parent().name());
        out.writeUTF(foreignKey.parentKey());
        out.writeUTF(foreignKey.onDelete().name());
        out.writeUTF(foreignKey.onUpdate().name());
        out.writeBoolean(foreignKey.index() != null);
        if (foreignKey.index() != null) {
            out.writeUTF(foreignKey.index());
        }
        out.writeBoolean(foreignKey.ownsIndex());
        out.writeBoolean(foreignKey.ready());
    }

    private static ForeignKeyDefinition readForeignKey(DataInputStream in) throws IOException {
        String name = in.readUTF();
        List<Integer> columns = new ArrayList<>();
        for (int left = readCount(in); left > 0; left--) {
            columns.add(in.readInt());
        }
        TableName parent = new TableName(in.readUTF(), in.readUTF());
        String parentKey = in.readUTF();
        ReferentialAction onDelete = ReferentialAction.valueOf(in.readUTF());
        ReferentialAction onUpdate = ReferentialAction.valueOf(in.readUTF());
        String index = readFlag(in) ? in.readUTF() : null;
        return new ForeignKeyDefinition(name, columns, parent, parentKey, onDelete, onUpdate, index, readFlag(in), readFlag(in));
    }

    private static int readCount(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0) {
            throw new IOException("a count of " + count);
        }
        return count;
    }

    private static boolean readFlag(DataInputStream in) throws IOException {
        int flag = in.readUnsignedByte();
        if (flag > 1) {
            throw new IOException("a flag that is " + flag);
        }
        return flag == 1;
    }

    /// What CREATE TABLE made sure of, so that damage is found here and not where a row is read.
    private void requireSound() throws IOException {
        Set<String> names = new HashSet<>();
        for (ColumnDefinition column : columns) {
            if (!names.add(column.name()) || !Types.isSound(column)) {
                throw new IOException("a column that cannot be: " + column);
            }
        }
        if (!rows.current().equals(columns.stream().map(Types::column).toList())) {
            throw new IOException("rows of other columns than the table's");
        }
        for (int position : primaryKey) {
            if (columns.get(position).nullable()) {
                throw new IOException("a key that can be NULL: " + columns.get(position));
            }
        }
        if (new HashSet<>(primaryKey).size() != primaryKey.size()) {
            throw new IOException("a column twice in the key");
        }
        Set<String> constraints = new HashSet<>(Set.of(keyName));
        for (CheckDefinition check : checks) {
            if (!constraints.add(check.name())) {
                throw new IOException("a constraint twice: " + check.name());
            }
        }
        for (IndexDefinition index : indexes) {
            if (!constraints.add(index.name()) || new HashSet<>(index.storedPositions()).size() != index.storedPositions().size()) {
                throw new IOException("an index that cannot be: " + index);
            }
            for (int position : index.storedPositions()) {
                Objects.checkIndex(position, columns.size());
            }
        }
        for (ForeignKeyDefinition foreignKey : foreignKeys) {
            if (!constraints.add(foreignKey.name()) || new HashSet<>(foreignKey.columns()).size() != foreignKey.columns().size()) {
                throw new IOException("a foreign key that cannot be: " + foreignKey);
            }
            for (int position : foreignKey.columns()) {
                Objects.checkIndex(position, columns.size());
            }
        }
    }
}
