package org.coconutdb.sql.catalog;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Objects;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/// A column as it was declared.
///
/// @param name as stored: upper case unless it was quoted
/// @param type one of the types that [Types] lists
/// @param precision characters, bytes, digits or fractional seconds, of an ARRAY its elements at most; -1 where the type has none or none was
///     given
/// @param scale of a DECIMAL, otherwise 0
/// @param nullable false for NOT NULL and for columns of the primary key
/// @param defaultText the expression behind DEFAULT, as it was written; null where there is none
/// @param identity what makes its values; null for a column that is none
/// @param json whether it is a VARCHAR of which each value is JSON
/// @param element of an ARRAY, what its elements are: a column of the same name, without a default; null for all other types
public record ColumnDefinition(
        String name,
        SqlTypeName type,
        int precision,
        int scale,
        boolean nullable,
        @Nullable String defaultText,
        @Nullable IdentityDefinition identity,
        boolean json,
        @Nullable ColumnDefinition element) {
    public ColumnDefinition {
        Objects.requireNonNull(name);
        Objects.requireNonNull(type);
        if ((type == SqlTypeName.ARRAY) != (element != null)) {
            throw new IllegalArgumentException(type + " of elements " + element);
        }
    }

    /// Without a default.
    public ColumnDefinition(String name, SqlTypeName type, int precision, int scale, boolean nullable) {
        this(name, type, precision, scale, nullable, null, null, false, null);
    }

    /// The same with a default.
    ColumnDefinition withDefault(@Nullable String text) {
        return new ColumnDefinition(name, type, precision, scale, nullable, text, identity, json, element);
    }

    /// A column of JSON.
    static ColumnDefinition ofJson(String name, boolean nullable) {
        return new ColumnDefinition(name, SqlTypeName.VARCHAR, -1, 0, nullable, null, null, true, null);
    }

    /// A column of arrays.
    ///
    /// @param cardinalityMax of elements; -1: any number
    public static ColumnDefinition ofArrays(String name, ColumnDefinition element, int cardinalityMax, boolean nullable) {
        return new ColumnDefinition(name, SqlTypeName.ARRAY, cardinalityMax, 0, nullable, null, null, false, element);
    }

    /// The type alone under another name.
    public ColumnDefinition typed(String other, boolean allowsNull) {
        return new ColumnDefinition(other, type, precision, scale, allowsNull, null, null, json, element == null ? null : element.typed(
                other,
                element.nullable));
    }

    /// What the elements of an array are.
    public ColumnDefinition elementOrThrow() {
        return Objects.requireNonNull(element);
    }

    /// The same as an identity column.
    ColumnDefinition withIdentity(IdentityDefinition definition) {
        return new ColumnDefinition(name, type, precision, scale, nullable, defaultText, definition, json, element);
    }

    /// Writes type, precision, scale and whether it may be NULL; of arrays the same of the elements behind that.
    void writeType(DataOutputStream out) throws IOException {
        out.writeUTF(json ? Types.JSON : type.name());
        out.writeInt(precision);
        out.writeInt(scale);
        out.writeBoolean(nullable);
        if (element != null) {
            element.writeType(out);
        }
    }

    /// The inverse of [#writeType]. IllegalArgumentException where there is no such type.
    static ColumnDefinition readType(String name, DataInputStream in) throws IOException {
        String type = in.readUTF();
        boolean isJson = type.equals(Types.JSON);
        int precision = in.readInt();
        int scale = in.readInt();
        int nullable = in.readUnsignedByte();
        if (nullable > 1) {
            throw new IOException("a flag that is " + nullable);
        }
        SqlTypeName known = isJson ? SqlTypeName.VARCHAR : SqlTypeName.valueOf(type);
        return new ColumnDefinition(name, known, precision, scale, nullable == 1, null, null, isJson,
                known == SqlTypeName.ARRAY ? readType(name, in) : null);
    }

    /// Whether it has a value, perhaps NULL by its own wish, where none is given.
    public boolean hasDefault() {
        return defaultText != null || identity != null;
    }
}
