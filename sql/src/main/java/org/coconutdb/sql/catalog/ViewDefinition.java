package org.coconutdb.sql.catalog;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// A view as it was declared; stored in the engine's directory as bytes, under a name as tables have them, so that no table has the same.
///
/// @param schema such as `PUBLIC`
/// @param name as stored: upper case unless it was quoted
/// @param columns what its query answers, by the names that the view gives them; without defaults
/// @param query its text; every table has its schema and every column its table, so that it means the same whatever comes later
/// @param reads tables and views that the query names, each once
/// @param comments of it and its columns
public record ViewDefinition(String schema, String name, List<ColumnDefinition> columns, String query, List<TableName> reads,
        Comments comments) {
    /// Characters of a query at most, so that each fits the stored form.
    public static final int QUERY_LENGTH_MAX = 100_000;
    // No version of a table's definition begins like this.
    private static final byte MARK = 'V';
    private static final int FORMAT = 2;
    // Without comments.
    private static final int FORMAT_BEFORE = 1;

    public ViewDefinition {
        Objects.requireNonNull(schema);
        Objects.requireNonNull(name);
        Objects.requireNonNull(query);
        columns = List.copyOf(columns);
        reads = List.copyOf(reads);
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("a view needs a column");
        }
    }

    /// Without comments.
    public ViewDefinition(String schema, String name, List<ColumnDefinition> columns, String query, List<TableName> reads) {
        this(schema, name, columns, query, reads, Comments.NONE);
    }

    /// The same with these comments.
    public ViewDefinition withComments(Comments all) {
        return new ViewDefinition(schema, name, columns, query, reads, all);
    }

    public TableName tableName() {
        return new TableName(schema, name);
    }

    /// Whether the query names the table, or what the meta space shows of it.
    boolean reads(TableName table) {
        return reads.contains(table)
                || reads.contains(new TableName(CatalogSnapshot.metaSpace(table.schema()), table.name()));
    }

    /// Whether the bytes are a view's and no table's.
    static boolean isView(byte[] definition) {
        return definition.length > 0 && definition[0] == MARK;
    }

    /// The definition as the engine's directory keeps it: mark, format, names, columns, query, what it reads, comments, in the encoding of
    /// [DataOutputStream].
    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(MARK);
            out.writeByte(FORMAT);
            out.writeUTF(schema);
            out.writeUTF(name);
            out.writeInt(columns.size());
            for (ColumnDefinition column : columns) {
                out.writeUTF(column.name());
                column.writeType(out);
            }
            byte[] text = query.getBytes(StandardCharsets.UTF_8);
            out.writeInt(text.length);
            out.write(text);
            out.writeInt(reads.size());
            for (TableName table : reads) {
                out.writeUTF(table.schema());
                out.writeUTF(table.name());
            }
            comments.write(out);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return bytes.toByteArray();
    }

    /// The inverse of [#toBytes]. DATA_CORRUPTED where the bytes are none, or of a later version of the format.
    static ViewDefinition fromBytes(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int mark = in.readByte();
            int format = in.readByte();
            if (mark != MARK || (format != FORMAT && format != FORMAT_BEFORE)) {
                throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                        .with("definitionFormat", format)
                        .with("knownFormat", FORMAT)
                        .mend("The view was made by another version of CoconutDB: open the database with that one.");
            }
            String schema = in.readUTF();
            String name = in.readUTF();
            List<ColumnDefinition> columns = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                columns.add(ColumnDefinition.readType(in.readUTF(), in));
            }
            int length = in.readInt();
            if (length < 0 || length > in.available()) {
                throw new IOException("a query of " + length + " bytes");
            }
            String query = new String(in.readNBytes(length), StandardCharsets.UTF_8);
            List<TableName> reads = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                reads.add(new TableName(in.readUTF(), in.readUTF()));
            }
            Comments comments = format == FORMAT_BEFORE ? Comments.NONE : Comments.read(in);
            if (in.read() >= 0) {
                throw new IOException("bytes behind the end");
            }
            return new ViewDefinition(schema, name, columns, query, reads, comments);
        } catch (IOException | IllegalArgumentException failure) {
            throw CoconutException.of(ErrorCode.DATA_CORRUPTED, failure)
                    .with("what", "view definition")
                    .mend("Restore the database from a backup.");
        }
    }
}
