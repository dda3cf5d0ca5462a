package org.coconutdb.sql.catalog;

import java.util.Objects;
import org.apache.calcite.sql.type.SqlTypeName;

/// A column as it was declared.
///
/// @param name as stored: upper case unless it was quoted
/// @param type one of the types that [Types] lists
/// @param precision characters, bytes, digits or fractional seconds; -1 where the type has none or none was given
/// @param scale of a DECIMAL, otherwise 0
/// @param nullable false for NOT NULL and for columns of the primary key
public record ColumnDefinition(String name, SqlTypeName type, int precision, int scale, boolean nullable) {
    public ColumnDefinition {
        Objects.requireNonNull(name);
        Objects.requireNonNull(type);
    }
}
