package org.coconutdb.sql.catalog;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// A schema that was made, stored in the engine's directory as a table without rows. [CatalogSnapshot#PUBLIC] is always there, and stored only where
/// there is a comment.
///
/// @param name as stored: upper case unless it was quoted
/// @param comments of it, and by name of its sequences (as columns)
public record SchemaDefinition(String name, Comments comments) {
    private static final String ENGINE_PREFIX = "SCHEMA ";
    private static final int FORMAT = 1;
    /// Characters of a name: that of its meta space has to be one, too.
    static final int NAME_LENGTH_MAX = 128 - CatalogSnapshot.META_SPACE.length() - 1;

    public SchemaDefinition {
        Objects.requireNonNull(name);
        Objects.requireNonNull(comments);
    }

    /// The name of a schema that is to be made. INVALID_SCHEMA_DEFINITION where it cannot be.
    ///
    /// The engine's names of tables begin with their schema's and a full stop, those of indexes and sequences with a word and a blank before that.
    public static String requireName(String name) {
        if (CatalogSnapshot.isSystemSchema(name) || name.equals(CatalogSnapshot.PUBLIC)) {
            throw invalid(name).mend("It is the system's own: choose another name. META_SPACE_ begins the names of meta spaces.");
        }
        if (name.indexOf('.') >= 0 || name.indexOf(' ') >= 0) {
            throw invalid(name).mend("A schema's name has no full stop and no blank.");
        }
        if (name.length() > NAME_LENGTH_MAX) {
            throw invalid(name).with("charactersMax", NAME_LENGTH_MAX).mend("Choose a shorter name.");
        }
        return TableDefinitions.requireName("schema", name);
    }

    private static CoconutException invalid(String name) {
        return CoconutException.of(ErrorCode.INVALID_SCHEMA_DEFINITION).with("schema", name);
    }

    /// The engine's name for it: no table's is like it.
    String engineName() {
        return engineName(name);
    }

    static String engineName(String name) {
        return ENGINE_PREFIX + name;
    }

    /// Whether the engine's table is a schema.
    static boolean isSchema(TableDescriptor table) {
        return table.name().startsWith(ENGINE_PREFIX);
    }

    static SchemaDefinition of(TableDescriptor table) {
        return fromBytes(table.name().substring(ENGINE_PREFIX.length()), table.definition());
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            comments.write(out);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return bytes.toByteArray();
    }

    private static SchemaDefinition fromBytes(String name, byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format != FORMAT) {
                throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                        .with("schemaFormat", format)
                        .with("knownFormat", FORMAT)
                        .mend("The schema was made by another version of CoconutDB: open the database with that one.");
            }
            SchemaDefinition definition = new SchemaDefinition(name, Comments.read(in));
            if (in.read() >= 0) {
                throw new IOException("bytes behind the end");
            }
            return definition;
        } catch (IOException failure) {
            throw CoconutException.of(ErrorCode.DATA_CORRUPTED, failure)
                    .with("what", "schema definition")
                    .mend("Restore the database from a backup.");
        }
    }
}
