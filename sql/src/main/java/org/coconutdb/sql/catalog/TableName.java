package org.coconutdb.sql.catalog;

/// A table's name as the catalogue has it.
public record TableName(String schema, String name) {
    /// The engine's name for it.
    public String qualified() {
        return TableDefinition.qualifiedName(schema, name);
    }
}
