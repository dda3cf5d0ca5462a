package org.coconutdb.sql.catalog;

import java.util.List;
import java.util.Objects;
import org.coconutdb.engine.TableKind;

/// A table as it was declared; stored in the engine's directory as bytes.
///
/// @param schema such as `PUBLIC`
/// @param name as stored: upper case unless it was quoted
/// @param kind hash or sorted
/// @param columns in declared order
/// @param primaryKey positions in `columns`, in key order; at least one
public record TableDefinition(String schema, String name, TableKind kind, List<ColumnDefinition> columns, List<Integer> primaryKey) {
    public TableDefinition {
        Objects.requireNonNull(schema);
        Objects.requireNonNull(name);
        Objects.requireNonNull(kind);
        columns = List.copyOf(columns);
        primaryKey = List.copyOf(primaryKey);
        if (primaryKey.isEmpty()) {
            throw new IllegalArgumentException("a table needs a primary key");
        }
    }

    /// The engine's name for it.
    public String qualifiedName() {
        return schema + "." + name;
    }
}
