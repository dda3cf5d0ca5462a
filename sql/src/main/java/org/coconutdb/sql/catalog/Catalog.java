package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// The catalogue of an open database. Any thread may call it.
public final class Catalog {
    private final CoconutEngine engine;
    private final List<SystemView> views;
    // Replaced as a whole; two threads that build the same version do no harm.
    private volatile CatalogSnapshot snapshot;

    /// @param more views beside the catalogue's own
    public Catalog(CoconutEngine engine, List<SystemView> more) {
        this.engine = engine;
        List<SystemView> all = new ArrayList<>(InformationSchema.views(this));
        all.addAll(SystemSchema.views(this, engine));
        all.addAll(more);
        this.views = List.copyOf(all);
        this.snapshot = build(Map.of());
    }

    /// The catalogue as it is now. Cheap where nothing changed.
    public CatalogSnapshot snapshot() {
        CatalogSnapshot known = snapshot;
        if (known.version() != engine.catalogVersion()) {
            Map<Integer, CatalogTable> tables = new HashMap<>();
            known.tables().forEach(table -> tables.put(table.id(), table));
            known = build(tables);
            snapshot = known;
        }
        return known;
    }

    private CatalogSnapshot build(Map<Integer, CatalogTable> known) {
        // The version first: a table that comes between is read again with the next.
        long version = engine.catalogVersion();
        List<CatalogTable> tables = new ArrayList<>();
        for (TableDescriptor descriptor : engine.tables()) {
            CatalogTable table = known.get(descriptor.id());
            boolean isSame = table != null && table.descriptor().generation() == descriptor.generation();
            tables.add(table != null && isSame ? table : new CatalogTable(engine, descriptor));
        }
        return new CatalogSnapshot(version, tables, views);
    }

    /// Makes a table. DUPLICATE_TABLE where the name is taken.
    public CatalogTable create(TableDefinition definition) {
        return create(definition, StorageOptions.DEFAULT);
    }

    /// Makes a table with bounds to what of it is in memory.
    public CatalogTable create(TableDefinition definition, StorageOptions options) {
        return new CatalogTable(engine,
                engine.createTable(definition.qualifiedName(), definition.kind(), definition.toBytes(), options));
    }

    /// Drops a table with all its rows. UNDEFINED_TABLE where there is none.
    public void drop(String schema, String name) {
        TableDescriptor descriptor = engine.table(TableDefinition.qualifiedName(schema, name))
                .orElseThrow(() -> CoconutException.of(ErrorCode.UNDEFINED_TABLE)
                        .with("table", TableDefinition.qualifiedName(schema, name))
                        .mend("SELECT TABLE_SCHEMA, TABLE_NAME FROM INFORMATION_SCHEMA.TABLES lists what there is."));
        engine.dropTable(descriptor.id());
    }
}
