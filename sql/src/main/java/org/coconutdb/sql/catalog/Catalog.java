package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.TableChange;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// The catalogue of an open database. Any thread may call it.
public final class Catalog {
    private final CoconutEngine engine;
    private final List<SystemView> views;
    // Replaced as a whole; two threads that build the same version do no harm.
    private volatile CatalogSnapshot snapshot;
    // By id: one object for each, which has the piece of its values that is being given out.
    private final Map<Integer, CatalogSequence> sequences = new ConcurrentHashMap<>();

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
        List<CatalogSequence> named = new ArrayList<>();
        for (TableDescriptor descriptor : engine.tables()) {
            if (CatalogSequence.isSequence(descriptor)) {
                named.add(sequences.computeIfAbsent(descriptor.id(), _ -> new CatalogSequence(engine, descriptor)));
                continue;
            }
            CatalogTable table = known.get(descriptor.id());
            boolean isSame = table != null && table.descriptor().generation() == descriptor.generation();
            tables.add(table != null && isSame ? table : new CatalogTable(engine, descriptor));
        }
        return new CatalogSnapshot(version, tables, named, views);
    }

    /// Makes a table. DUPLICATE_TABLE where the name is taken.
    public CatalogTable create(TableDefinition definition) {
        return create(definition, StorageOptions.DEFAULT);
    }

    /// Makes a table with bounds to what of it is in memory.
    public CatalogTable create(TableDefinition definition, StorageOptions options) {
        List<TableChange> changes = new ArrayList<>();
        changes.add(new TableChange.Create(definition.qualifiedName(), definition.kind(), definition.toBytes(), options));
        for (ColumnDefinition column : definition.columns()) {
            if (column.identity() != null) {
                changes.add(new TableChange.Create(CatalogSequence.engineName(column.identity()), TableKind.SORTED,
                        column.identity().values().toBytes(), StorageOptions.DEFAULT));
            }
        }
        engine.changeTables(changes);
        return new CatalogTable(engine, engine.table(definition.qualifiedName()).orElseThrow());
    }

    /// The sequence by its id. UNDEFINED_SEQUENCE where it was dropped.
    public CatalogSequence sequence(int id) {
        CatalogSequence sequence = sequences.get(id);
        if (sequence == null) {
            throw CoconutException.of(ErrorCode.UNDEFINED_SEQUENCE).with("sequenceId", id).mend("It was dropped meanwhile.");
        }
        return sequence;
    }

    /// Makes a sequence. DUPLICATE_SEQUENCE where the name is taken.
    public void createSequence(String qualifiedName, SequenceDefinition definition) {
        try {
            engine.createTable(CatalogSequence.engineName(qualifiedName), TableKind.SORTED, definition.toBytes());
        } catch (CoconutException failure) {
            if (failure.code() != ErrorCode.DUPLICATE_TABLE) {
                throw failure;
            }
            throw CoconutException.of(ErrorCode.DUPLICATE_SEQUENCE)
                    .with("sequence", qualifiedName)
                    .mend("Take another name, drop that sequence first, or say IF NOT EXISTS.");
        }
    }

    /// Drops a sequence that no default needs.
    public void dropSequence(CatalogSequence sequence) {
        try {
            engine.dropTable(sequence.id());
        } catch (CoconutException failure) {
            if (failure.code() != ErrorCode.UNDEFINED_TABLE) {
                throw failure;
            }
            throw CatalogSnapshot.undefinedSequence(sequence.qualifiedName());
        }
        sequences.remove(sequence.id());
    }

    /// Writes down what was given out of the sequences, so that closing the database leaves no gaps. Before the engine is closed.
    public void close() {
        sequences.values().forEach(CatalogSequence::giveBack);
    }

    /// Drops a table with all its rows. UNDEFINED_TABLE where there is none.
    public void drop(String schema, String name) {
        TableDescriptor descriptor = engine.table(TableDefinition.qualifiedName(schema, name))
                .orElseThrow(() -> CoconutException.of(ErrorCode.UNDEFINED_TABLE)
                        .with("table", TableDefinition.qualifiedName(schema, name))
                        .mend("SELECT TABLE_SCHEMA, TABLE_NAME FROM INFORMATION_SCHEMA.TABLES lists what there is."));
        List<TableChange> changes = new ArrayList<>();
        changes.add(new TableChange.Drop(descriptor.id()));
        for (ColumnDefinition column : TableDefinition.fromBytes(descriptor.definition()).columns()) {
            if (column.identity() != null) {
                engine.table(CatalogSequence.engineName(column.identity()))
                        .ifPresent(sequence -> changes.add(new TableChange.Drop(sequence.id())));
            }
        }
        engine.changeTables(changes);
        changes.forEach(change -> sequences.remove(((TableChange.Drop) change).table()));
    }
}
