package org.coconutdb.engine;

import java.util.Objects;

/// A table as the engine knows it. Ids are never used twice in a database.
///
/// @param id unique in the database, above 0
/// @param name unique in the database; the layer above gives it meaning (`SCHEMA.TABLE`)
/// @param kind hash or sorted
/// @param definition what the layer above stores with the table (columns, types); opaque here
/// @param options how much of it may be in memory
/// @param generation rises with each change of the definition: blocks refuse writes that were made for another
public record TableDescriptor(int id, String name, TableKind kind, byte[] definition, StorageOptions options, int generation) {
    public TableDescriptor {
        Objects.requireNonNull(options);
        Objects.requireNonNull(name);
        Objects.requireNonNull(kind);
        definition = definition.clone();
        if (id <= 0) {
            throw new IllegalArgumentException("table id must be above 0, was " + id);
        }
    }

    public TableDescriptor(int id, String name, TableKind kind, byte[] definition) {
        this(id, name, kind, definition, StorageOptions.DEFAULT, 0);
    }

    /// The same table with another definition.
    TableDescriptor altered(byte[] newDefinition) {
        return new TableDescriptor(id, name, kind, newDefinition, options, generation + 1);
    }

    @Override
    public byte[] definition() {
        return definition.clone();
    }
}
