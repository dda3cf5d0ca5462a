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
import java.util.Set;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
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
        List<ForeignKeyDefinition> foreignKeys) {
    private static final int FORMAT = 7;
    // Without foreign keys.
    private static final int FORMAT_WITHOUT_FOREIGN_KEYS = 6;
    // Without indexes either.
    private static final int FORMAT_WITHOUT_INDEXES = 5;
    // Without identity columns either.
    private static final int FORMAT_WITHOUT_IDENTITY = 4;
    // Without defaults and checks either.
    private static final int FORMAT_WITHOUT_CHECKS = 3;
    // Without a time to live either.
    private static final int FORMAT_WITHOUT_TTL = 2;
    private static final String KEY_SUFFIX = "_PK";

    public TableDefinition {
        Objects.requireNonNull(schema);
        Objects.requireNonNull(name);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(keyName);
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
        this(schema, name, kind, columns, primaryKey, keyName, 0, List.of(), List.of(), List.of());
    }

    /// With a primary key that was given no name: it has the table's with `_PK` behind it.
    public TableDefinition(String schema, String name, TableKind kind, List<ColumnDefinition> columns, List<Integer> primaryKey) {
        this(schema, name, kind, columns, primaryKey, name + KEY_SUFFIX);
    }

    /// The same with a time to live for its rows.
    public TableDefinition withTtlSeconds(int seconds) {
        return new TableDefinition(schema, name, kind, columns, primaryKey, keyName, seconds, checks, indexes, foreignKeys);
    }

    /// The same with these checks.
    public TableDefinition withChecks(List<CheckDefinition> conditions) {
        return new TableDefinition(schema, name, kind, columns, primaryKey, keyName, ttlSeconds, conditions, indexes, foreignKeys);
    }

    /// The same with these indexes.
    public TableDefinition withIndexes(List<IndexDefinition> all) {
        return new TableDefinition(schema, name, kind, columns, primaryKey, keyName, ttlSeconds, checks, all, foreignKeys);
    }

    /// The same with these foreign keys.
    public TableDefinition withForeignKeys(List<ForeignKeyDefinition> all) {
        return new TableDefinition(schema, name, kind, columns, primaryKey, keyName, ttlSeconds, checks, indexes, all);
    }

    /// Names of all that is declared of the table's rows: none of them twice.
    public Set<String> constraintNames() {
        Set<String> names = new HashSet<>(Set.of(keyName));
        checks.forEach(check -> names.add(check.name()));
        indexes.forEach(index -> names.add(index.name()));
        foreignKeys.forEach(foreignKey -> names.add(foreignKey.name()));
        return names;
    }

    /// The engine's name for it.
    public String qualifiedName() {
        return qualifiedName(schema, name);
    }

    /// The engine's name for a table.
    public static String qualifiedName(String schema, String name) {
        return schema + "." + name;
    }

    /// The definition as the engine's directory keeps it: format, names, kind, columns with their defaults, key and its name, time
    /// to live, checks, indexes, foreign keys, in the encoding of [DataOutputStream].
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
                out.writeUTF(column.type().name());
                out.writeInt(column.precision());
                out.writeInt(column.scale());
                out.writeBoolean(column.nullable());
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
            }
            out.writeInt(foreignKeys.size());
            for (ForeignKeyDefinition foreignKey : foreignKeys) {
                write(out, foreignKey);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return bytes.toByteArray();
    }

    /// The inverse of [#toBytes]. DATA_CORRUPTED where the bytes are none, or of a later version of the format.
    public static TableDefinition fromBytes(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format < FORMAT_WITHOUT_TTL || format > FORMAT) {
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
                columns.add(readColumn(in, format));
            }
            List<Integer> primaryKey = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                primaryKey.add(in.readInt());
            }
            String keyName = in.readUTF();
            int ttlSeconds = format == FORMAT_WITHOUT_TTL ? 0 : in.readInt();
            List<CheckDefinition> checks = new ArrayList<>();
            for (int left = format <= FORMAT_WITHOUT_CHECKS ? 0 : readCount(in); left > 0; left--) {
                checks.add(new CheckDefinition(in.readUTF(), in.readUTF()));
            }
            List<IndexDefinition> indexes = new ArrayList<>();
            for (int left = format <= FORMAT_WITHOUT_INDEXES ? 0 : readCount(in); left > 0; left--) {
                indexes.add(readIndex(in));
            }
            List<ForeignKeyDefinition> foreignKeys = new ArrayList<>();
            for (int left = format <= FORMAT_WITHOUT_FOREIGN_KEYS ? 0 : readCount(in); left > 0; left--) {
                foreignKeys.add(readForeignKey(in));
            }
            TableDefinition definition =
                    new TableDefinition(schema, name, kind, columns, primaryKey, keyName, ttlSeconds, checks, indexes, foreignKeys);
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

    private static ColumnDefinition readColumn(DataInputStream in, int format) throws IOException {
        ColumnDefinition column =
                new ColumnDefinition(in.readUTF(), SqlTypeName.valueOf(in.readUTF()), in.readInt(), in.readInt(), readFlag(in));
        if (format > FORMAT_WITHOUT_CHECKS && readFlag(in)) {
            column = column.withDefault(in.readUTF());
        }
        return format <= FORMAT_WITHOUT_IDENTITY || !readFlag(in) ? column : column.withIdentity(readIdentity(in));
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

    private static IndexDefinition readIndex(DataInputStream in) throws IOException {
        String name = in.readUTF();
        List<IndexDefinition.Part> parts = new ArrayList<>();
        for (int left = readCount(in); left > 0; left--) {
            parts.add(new IndexDefinition.Part(in.readInt(), readFlag(in)));
        }
        return new IndexDefinition(name, parts, readFlag(in), readFlag(in), readFlag(in));
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
            boolean isDecimal = column.type() == SqlTypeName.DECIMAL;
            if (!names.add(column.name()) || !Types.isSound(column) || (!isDecimal && column.scale() != 0)) {
                throw new IOException("a column that cannot be: " + column);
            }
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
            if (!constraints.add(index.name()) || new HashSet<>(index.positions()).size() != index.columns().size()) {
                throw new IOException("an index that cannot be: " + index);
            }
            for (int position : index.positions()) {
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
