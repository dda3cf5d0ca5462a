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

/// A table as it was declared; stored in the engine's directory as bytes.
///
/// @param schema such as `PUBLIC`
/// @param name as stored: upper case unless it was quoted
/// @param kind hash or sorted
/// @param columns in declared order
/// @param primaryKey positions in `columns`, in key order; at least one
/// @param keyName the primary key's own name
/// @param ttlSeconds time to live of rows that are inserted without one of their own; 0 for ever
public record TableDefinition(
        String schema,
        String name,
        TableKind kind,
        List<ColumnDefinition> columns,
        List<Integer> primaryKey,
        String keyName,
        int ttlSeconds) {
    private static final int FORMAT = 3;
    // The first without a time to live.
    private static final int FORMAT_WITHOUT_TTL = 2;
    private static final String KEY_SUFFIX = "_PK";

    public TableDefinition {
        Objects.requireNonNull(schema);
        Objects.requireNonNull(name);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(keyName);
        columns = List.copyOf(columns);
        primaryKey = List.copyOf(primaryKey);
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

    /// Of rows that never expire.
    public TableDefinition(
            String schema,
            String name,
            TableKind kind,
            List<ColumnDefinition> columns,
            List<Integer> primaryKey,
            String keyName) {
        this(schema, name, kind, columns, primaryKey, keyName, 0);
    }

    /// With a primary key that was given no name: it has the table's with `_PK` behind it.
    public TableDefinition(String schema, String name, TableKind kind, List<ColumnDefinition> columns, List<Integer> primaryKey) {
        this(schema, name, kind, columns, primaryKey, name + KEY_SUFFIX);
    }

    /// The same with a time to live for its rows.
    public TableDefinition withTtlSeconds(int seconds) {
        return new TableDefinition(schema, name, kind, columns, primaryKey, keyName, seconds);
    }

    /// The engine's name for it.
    public String qualifiedName() {
        return qualifiedName(schema, name);
    }

    /// The engine's name for a table.
    public static String qualifiedName(String schema, String name) {
        return schema + "." + name;
    }

    /// The definition as the engine's directory keeps it: format, names, kind, columns, key and its name, time to live, in the
    /// encoding of [DataOutputStream].
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
            }
            out.writeInt(primaryKey.size());
            for (int position : primaryKey) {
                out.writeInt(position);
            }
            out.writeUTF(keyName);
            out.writeInt(ttlSeconds);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return bytes.toByteArray();
    }

    /// The inverse of [#toBytes]. DATA_CORRUPTED where the bytes are none, or of a later version of the format.
    public static TableDefinition fromBytes(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format != FORMAT && format != FORMAT_WITHOUT_TTL) {
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
                columns.add(new ColumnDefinition(in.readUTF(), SqlTypeName.valueOf(in.readUTF()), in.readInt(), in.readInt(), readFlag(
                        in)));
            }
            List<Integer> primaryKey = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                primaryKey.add(in.readInt());
            }
            String keyName = in.readUTF();
            int ttlSeconds = format == FORMAT_WITHOUT_TTL ? 0 : in.readInt();
            TableDefinition definition = new TableDefinition(schema, name, kind, columns, primaryKey, keyName, ttlSeconds);
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
    }
}
