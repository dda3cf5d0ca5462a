package org.coconutdb.sql.catalog;

import org.coconutdb.engine.TableDescriptor;

/// A view that exists: a table of the engine without rows, whose definition is the view's. Immutable; any thread.
public record CatalogView(ViewDefinition definition, TableDescriptor descriptor) {
    static CatalogView of(TableDescriptor descriptor) {
        return new CatalogView(ViewDefinition.fromBytes(descriptor.definition()), descriptor);
    }

    @Override
    public String toString() {
        return definition.tableName().qualified();
    }
}
