package org.coconutdb.engine;

import java.util.Objects;

/// A table as the engine knows it. Ids are never used twice in a database.
///
/// @param id unique in the database, above 0
/// @param name unique in the database; the layer above gives it meaning (`SCHEMA.TABLE`)
/// @param kind hash or sorted
/// @param definition what the layer above stores with the table (columns, types); opaque here
/// @param options which block space it lies in, and how much of it may be in memory
/// @param beside the table in whose block this one, a sorted one, lies too: its id, or 0 where it lies where its own says
/// @param generation rises with each change of the definition: blocks refuse writes that were made for another
public record TableDescriptor(int id, String name, TableKind kind, byte[] definition, StorageOptions options, int beside,
        int generation) {
    public TableDescriptor {
        Objects.requireNonNull(options);
        Objects.requireNonNull(name);
        Objects.requireNonNull(kind);
        definition = definition.clone();
        if (id <= 0) {
            throw new IllegalArgumentException("table id must be above 0, was " + id);
        }
        if (beside != 0 && kind != TableKind.SORTED) {
            throw new IllegalArgumentException("only a sorted table lies in one block: " + name);
        }
    }

    public TableDescriptor(int id, String name, TableKind kind, byte[] definition) {
        this(id, name, kind, definition, StorageOptions.DEFAULT, 0, 0);
    }

    /// The id that says in which block a sorted table lies.
    public int placement() {
        return beside == 0 ? id : beside;
    }

    /// The same table with the same definition, for which blocks that are ahead take writes again.
    TableDescriptor raised(int newGeneration) {
        return new TableDescriptor(id, name, kind, definition, options, beside, newGeneration);
    }

    /// The same table with another definition.
    TableDescriptor altered(byte[] newDefinition) {
        return new TableDescriptor(id, name, kind, newDefinition, options, beside, generation + 1);
    }

    @Override
    public byte[] definition() {
        return definition.clone();
    }
}
