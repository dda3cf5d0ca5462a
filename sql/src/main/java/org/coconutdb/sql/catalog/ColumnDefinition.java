package org.coconutdb.sql.catalog;

import java.util.Objects;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/// A column as it was declared.
///
/// @param name as stored: upper case unless it was quoted
/// @param type one of the types that [Types] lists
/// @param precision characters, bytes, digits or fractional seconds; -1 where the type has none or none was given
/// @param scale of a DECIMAL, otherwise 0
/// @param nullable false for NOT NULL and for columns of the primary key
/// @param defaultText the expression behind DEFAULT, as it was written; null where there is none
/// @param identity what makes its values; null for a column that is none
/// @param json whether it is a VARCHAR of which each value is JSON
public record ColumnDefinition(
        String name,
        SqlTypeName type,
        int precision,
        int scale,
        boolean nullable,
        @Nullable String defaultText,
        @Nullable IdentityDefinition identity,
        boolean json) {
    public ColumnDefinition {
        Objects.requireNonNull(name);
        Objects.requireNonNull(type);
    }

    /// Without a default.
    public ColumnDefinition(String name, SqlTypeName type, int precision, int scale, boolean nullable) {
        this(name, type, precision, scale, nullable, null, null, false);
    }

    /// The same with a default.
    ColumnDefinition withDefault(@Nullable String text) {
        return new ColumnDefinition(name, type, precision, scale, nullable, text, identity, json);
    }

    /// A column of JSON.
    static ColumnDefinition ofJson(String name, boolean nullable) {
        return new ColumnDefinition(name, SqlTypeName.VARCHAR, -1, 0, nullable, null, null, true);
    }

    /// The same as an identity column.
    ColumnDefinition withIdentity(IdentityDefinition definition) {
        return new ColumnDefinition(name, type, precision, scale, nullable, defaultText, definition, json);
    }

    /// Whether it has a value, perhaps NULL by its own wish, where none is given.
    public boolean hasDefault() {
        return defaultText != null || identity != null;
    }
}
