package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.TableChange;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.access.Viewer;
import org.coconutdb.sql.parser.AccessAction;
import org.jspecify.annotations.Nullable;

/// The catalogue of an open database. Any thread may call it; tables change one at a time, each as the newest catalogue has them.
public final class Catalog {
    private static final ScopedValue<Optional<String>> CREATOR = ScopedValue.newInstance();

    private final CoconutEngine engine;
    private final List<SystemView> views;
    private final ViewReader viewReader;
    // Replaced as a whole; two threads that build the same version do no harm.
    private volatile CatalogSnapshot snapshot;
    // By id: one object for each, which has the piece of its values that is being given out.
    private final Map<Integer, CatalogSequence> sequences = new ConcurrentHashMap<>();

    /// Of a database without views, which nobody could check.
    ///
    /// @param more system views beside the catalogue's own
    public Catalog(CoconutEngine engine, List<SystemView> more) {
        this(engine, more, List.of(), (view, _) -> {
            throw new IllegalStateException("nobody can read the view " + view.name());
        });
    }

    /// @param more system views beside the catalogue's own
    /// @param settings beside the engine's
    /// @param viewReader called while the catalogue changes: it must not change it
    public Catalog(CoconutEngine engine, List<SystemView> more, List<Setting> settings, ViewReader viewReader) {
        this.engine = engine;
        this.viewReader = viewReader;
        List<SystemView> all = new ArrayList<>(InformationSchema.views(this));
        all.addAll(AccessViews.views(this));
        all.addAll(SystemSchema.views(this, engine, settings));
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
        List<CatalogView> stored = new ArrayList<>();
        List<SchemaDefinition> schemas = new ArrayList<>();
        List<TableDescriptor> descriptors = engine.tables();
        Map<String, TableDescriptor> byName = new HashMap<>();
        descriptors.forEach(descriptor -> byName.put(descriptor.name(), descriptor));
        for (TableDescriptor descriptor : descriptors) {
            if (CatalogSequence.isSequence(descriptor)) {
                named.add(sequences.computeIfAbsent(descriptor.id(), _ -> new CatalogSequence(engine, descriptor)));
                continue;
            }
            if (AccessEntries.isEntry(descriptor)) {
                continue;
            }
            if (SchemaDefinition.isSchema(descriptor)) {
                schemas.add(SchemaDefinition.of(descriptor));
                continue;
            }
            if (CatalogIndex.isIndex(descriptor) || TableStatistics.isStatistics(descriptor)) {
                continue;
            }
            if (UnfinishedTable.isUnfinished(descriptor)) {
                continue;
            }
            if (ViewDefinition.isView(descriptor.definition())) {
                stored.add(CatalogView.of(descriptor));
                continue;
            }
            CatalogTable table = known.get(descriptor.id());
            boolean isSame = table != null && table.descriptor().generation() == descriptor.generation()
                    && table.hasStatisticsOf(byName.get(TableStatistics.engineName(descriptor.name())));
            tables.add(table != null && isSame ? table : new CatalogTable(engine, descriptor, byName, table));
        }
        return new CatalogSnapshot(version, schemas, tables, named, stored, views, AccessEntries.read(descriptors), engine.spaces());
    }

    /// Does something whose new tables, views, sequences and schemas belong to a role.
    ///
    /// @param owner null: to nobody
    public static <T> T creatingFor(@Nullable String owner, Supplier<T> work) {
        return ScopedValue.where(CREATOR, Optional.ofNullable(owner)).call(work::get);
    }

    private void change(List<TableChange> changes) {
        String owner = CREATOR.isBound() ? CREATOR.get().orElse(null) : null;
        engine.changeTables(AccessEntries.withAccess(changes, snapshot().access(), engine, owner));
    }

    /// Changes roles, or what was granted, as the catalogue is by then.
    ///
    /// @param by who does it
    /// @param schema of names without one
    public synchronized void changeAccess(Viewer by, AccessAction action, String schema) {
        CatalogSnapshot now = snapshot();
        String role = by.role();
        new AccessChanges(now, role == null ? Viewer.OWNER : now.access().viewer(role), schema, engine).run(action);
    }

    /// Makes a table. DUPLICATE_TABLE where the name is taken.
    public CatalogTable create(TableDefinition definition) {
        return create(definition, StorageOptions.DEFAULT);
    }

    /// Makes a table with bounds to what of it is in memory.
    ///
    /// @param definition its indexes and the sequences of its identity columns are made with it
    public synchronized CatalogTable create(TableDefinition definition, StorageOptions options) {
        requireSchema(definition.schema());
        List<TableChange> changes = new ArrayList<>();
        for (ForeignKeyDefinition foreignKey : definition.foreignKeys()) {
            ForeignKeys.requireParent(foreignKey, definition, snapshot());
        }
        addParents(definition, definition.foreignKeys(), changes);
        changes.add(new TableChange.Create(definition.qualifiedName(), definition.kind(), definition.toBytes(), options));
        definition.indexes().forEach(index -> changes.add(entries(definition, index)));
        identities(definition).forEach(identity -> changes.add(sequence(identity, options.space())));
        changeTables(changes);
        return table(definition.schema(), definition.name());
    }

    /// Makes a table that nobody sees until [#finish]. DUPLICATE_TABLE where the name is taken.
    ///
    /// @param definition without indexes, foreign keys and identity columns
    public synchronized UnfinishedTable begin(TableDefinition definition, StorageOptions options) {
        requireSchema(definition.schema());
        change(List.of(new TableChange.Create(definition.qualifiedName(), definition.kind(),
                UnfinishedTable.marked(definition.toBytes()), options)));
        TableDescriptor hidden = engine.table(definition.qualifiedName()).orElseThrow();
        return new UnfinishedTable(hidden, new CatalogTable(engine, UnfinishedTable.unmarked(hidden), Map.of(), null));
    }

    /// Shows a table to all, with the rows that it has.
    public synchronized void finish(UnfinishedTable table) {
        change(List.of(new TableChange.Alter(table.hidden(), table.table().descriptor().definition())));
    }

    /// Drops a table that was not finished.
    public synchronized void abandon(UnfinishedTable table) {
        change(List.of(new TableChange.Drop(table.hidden().id())));
    }

    /// Drops the tables that a crash has left unfinished. Before anybody else uses the database.
    public synchronized void abandonAll() {
        List<TableChange> changes = new ArrayList<>();
        engine.tables().stream().filter(UnfinishedTable::isUnfinished).forEach(table -> changes.add(new TableChange.Drop(table.id())));
        if (!changes.isEmpty()) {
            change(changes);
        }
    }

    /// Keeps what ANALYZE has found of a table, by which statements are planned from now on. TABLE_CHANGED where it was dropped meanwhile.
    public synchronized void keep(CatalogTable table, TableStatistics statistics) {
        TableName name = new TableName(table.definition().schema(), table.definition().name());
        if (snapshot().table(name.schema(), name.name()).map(CatalogTable::id).orElse(-1) != table.id()) {
            throw CoconutException.of(ErrorCode.TABLE_CHANGED).with("table", table).mend("Nothing was changed: run the statement again.");
        }
        TableDescriptor known = engine.table(TableStatistics.engineName(name.qualified())).orElse(null);
        change(List.of(known == null
                ? new TableChange.Create(TableStatistics.engineName(name.qualified()), TableKind.SORTED, statistics.toBytes(),
                        StorageOptions.DEFAULT)
                : new TableChange.Alter(known, statistics.toBytes())));
    }

    /// Makes a view. DUPLICATE_TABLE where a table has the name, or a view that is not to be replaced; INVALID_VIEW_DEFINITION where it would read
    /// itself; DEPENDENT_OBJECTS where views that read the one that it replaces could not be read then.
    ///
    /// @param replaces whether it takes the place of a view of the name
    /// @param version of the catalogue that its query was validated with: TABLE_CHANGED where there is another by now
    public synchronized void createView(ViewDefinition view, boolean replaces, long version) {
        CatalogSnapshot now = snapshot();
        if (now.version() != version) {
            throw CoconutException.of(ErrorCode.TABLE_CHANGED).mend("Nothing was changed: run the statement again.");
        }
        requireSchema(view.schema());
        ViewDependencies dependencies = new ViewDependencies(now, viewReader);
        dependencies.requireNoCycle(view);
        CatalogView replaced = replaces ? now.view(view.schema(), view.name()).orElse(null) : null;
        List<TableChange> changes = new ArrayList<>();
        if (replaced == null) {
            changes.add(new TableChange.Create(view.tableName().qualified(), TableKind.SORTED, view.toBytes(), StorageOptions.DEFAULT));
        } else {
            dependencies.change(view.tableName(), view.columns(), false, changes);
            Comments comments = replaced.definition().comments().kept(
                    column -> view.columns().stream().anyMatch(one -> one.name().equals(column)), _ -> false);
            changes.add(new TableChange.Alter(replaced.descriptor(), view.withComments(comments).toBytes()));
        }
        change(changes);
    }

    /// Drops a view. UNDEFINED_TABLE; DEPENDENT_OBJECTS where others read it.
    ///
    /// @param cascades whether views that read it are dropped with it
    public synchronized void dropView(TableName name, boolean cascades) {
        CatalogView view = snapshot().view(name.schema(), name.name()).orElseThrow(() -> undefined(name.schema(), name.name()));
        List<TableChange> changes = new ArrayList<>();
        new ViewDependencies(snapshot(), viewReader).drop(name, cascades, changes);
        changes.add(new TableChange.Drop(view.descriptor().id()));
        change(changes);
    }

    /// Has those who write to the parents of foreign keys know of them: what was compiled before is refused.
    private void addParents(TableDefinition definition, List<ForeignKeyDefinition> foreignKeys, List<TableChange> changes) {
        Set<TableName> parents = new LinkedHashSet<>();
        foreignKeys.forEach(foreignKey -> parents.add(foreignKey.parent()));
        parents.remove(new TableName(definition.schema(), definition.name()));
        for (TableName name : parents) {
            CatalogTable parent = table(name.schema(), name.name());
            changes.add(new TableChange.Alter(parent.descriptor(), parent.definition().toBytes()));
        }
    }

    /// The table of an index's entries.
    private static TableChange entries(TableDefinition table, IndexDefinition index) {
        return new TableChange.Create(CatalogIndex.engineName(table.schema(), index.name()), TableKind.SORTED, new byte[0],
                StorageOptions.DEFAULT, table.qualifiedName());
    }

    private CatalogTable table(String schema, String name) {
        return snapshot().table(schema, name).orElseThrow(() -> undefined(schema, name));
    }

    private static CoconutException undefined(String schema, String name) {
        return CoconutException.of(ErrorCode.UNDEFINED_TABLE)
                .with("table", TableDefinition.qualifiedName(schema, name))
                .mend("SELECT TABLE_SCHEMA, TABLE_NAME FROM INFORMATION_SCHEMA.TABLES lists what there is.");
    }

    /// Drops a table with all its rows and indexes. UNDEFINED_TABLE where there is none; DEPENDENT_OBJECTS where another one refers to it, or
    /// a view reads it.
    public void drop(String schema, String name) {
        drop(schema, name, false);
    }

    /// The same.
    ///
    /// @param cascades whether the foreign keys of other tables that refer to it, and the views that read it, are dropped with it
    public synchronized void drop(String schema, String name, boolean cascades) {
        List<TableChange> changes = drops().changes(List.of(table(schema, name)), cascades);
        change(changes);
        forgetSequences(changes);
    }

    private TableDrops drops() {
        return new TableDrops(snapshot(), viewReader, this::belongings);
    }

    /// What goes with a table beside its indexes.
    private List<TableDescriptor> belongings(CatalogTable table) {
        List<TableDescriptor> all = new ArrayList<>(identitySequences(table));
        engine.table(TableStatistics.engineName(table.definition().qualifiedName())).ifPresent(all::add);
        return all;
    }

    private List<TableDescriptor> identitySequences(CatalogTable table) {
        return identities(table.definition()).stream()
                .flatMap(identity -> engine.table(CatalogSequence.engineName(identity)).stream())
                .toList();
    }

    private void forgetSequences(List<TableChange> changes) {
        for (TableChange change : changes) {
            if (change instanceof TableChange.Drop(int table)) {
                sequences.remove(table);
            }
        }
    }

    /// Adds a foreign key that not all rows need fulfil yet: every write that is compiled from now on, to the table or to its parent, keeps it.
    /// INVALID_TABLE_DEFINITION where the table has a constraint of the name; TABLE_CHANGED where the table, its parent or an index is another
    /// than it was declared for.
    public synchronized void addForeignKey(CatalogTable table, ForeignKeyDefinition foreignKey) {
        TableDefinition definition = table.definition();
        if (definition.constraintNames().contains(foreignKey.name())) {
            throw CoconutException.of(ErrorCode.INVALID_TABLE_DEFINITION)
                    .with("table", table)
                    .with("constraint", foreignKey.name())
                    .mend("The table has another constraint of this name: choose a different one.");
        }
        List<ForeignKeyDefinition> all = new ArrayList<>(definition.foreignKeys());
        all.add(foreignKey.withReady(false));
        alter(table, definition.withForeignKeys(all), false);
    }

    /// Says that all rows fulfil a foreign key. UNDEFINED_CONSTRAINT where it was dropped meanwhile.
    public synchronized void finishForeignKey(TableName name, String foreignKey) {
        CatalogTable table = tableOfForeignKey(name, foreignKey);
        TableDefinition definition = table.definition();
        List<ForeignKeyDefinition> all = definition.foreignKeys()
                .stream()
                .map(each -> each.name().equals(foreignKey) ? each.withReady(true) : each)
                .toList();
        alter(table, definition.withForeignKeys(all), false);
    }

    /// Drops a foreign key, and the index that was made for it. UNDEFINED_CONSTRAINT.
    public synchronized void dropForeignKey(TableName name, String foreignKey) {
        CatalogTable table = tableOfForeignKey(name, foreignKey);
        alter(table, ForeignKeys.without(table.definition(), Set.of(foreignKey)), false);
    }

    private CatalogTable tableOfForeignKey(TableName name, String foreignKey) {
        return snapshot().table(name.schema(), name.name())
                .filter(table -> table.definition().foreignKeys().stream().anyMatch(each -> each.name().equals(foreignKey)))
                .orElseThrow(() -> CoconutException.of(ErrorCode.UNDEFINED_CONSTRAINT)
                        .with("table", name.qualified())
                        .with("constraint", foreignKey)
                        .mend("SELECT CONSTRAINT_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS lists what there is."));
    }

    /// Takes all rows out of tables, at once: each is dropped and made again as it was, empty. UNDEFINED_TABLE; DEPENDENT_OBJECTS where a table
    /// that is not among them refers to one.
    ///
    /// @param restartsIdentity whether identity columns begin to count anew
    public synchronized void truncate(Set<TableName> names, boolean restartsIdentity) {
        List<TableChange> changes = new ArrayList<>();
        for (TableName name : names) {
            CatalogTable table = table(name.schema(), name.name());
            requireNoneRefers(table, names);
            TableDescriptor descriptor = table.descriptor();
            changes.add(new TableChange.Drop(table.id()));
            changes.add(new TableChange.Create(descriptor.name(), descriptor.kind(), table.definition().emptied().toBytes(),
                    descriptor.options()));
            for (CatalogIndex index : table.indexes()) {
                changes.add(new TableChange.Drop(index.descriptor().id()));
                changes.add(entries(table.definition(), index.definition()));
            }
            if (restartsIdentity) {
                for (TableDescriptor sequence : identitySequences(table)) {
                    changes.add(new TableChange.Drop(sequence.id()));
                    changes.add(new TableChange.Create(sequence.name(), sequence.kind(), sequence.definition(), sequence.options()));
                }
            }
        }
        change(changes);
        forgetSequences(changes);
    }

    private void requireNoneRefers(CatalogTable table, Set<TableName> truncated) {
        for (CatalogForeignKey reference : snapshot().references(table)) {
            TableDefinition child = reference.child().definition();
            if (!truncated.contains(new TableName(child.schema(), child.name()))) {
                throw CoconutException.of(ErrorCode.DEPENDENT_OBJECTS)
                        .with("table", table)
                        .with("constraint", reference)
                        .with("referringTable", reference.child())
                        .mend("Rows of " + reference.child() + " may refer to it: TRUNCATE both in one statement, or DELETE.");
            }
        }
    }

    /// Gives a table another definition, and makes and drops the indexes and the sequences of identity columns that it has and has no more.
    /// DUPLICATE_INDEX; DEPENDENT_OBJECTS where a foreign key needs an index that goes; TABLE_CHANGED where somebody changed the table, or the parent of
    /// a new foreign key, since it was read; TABLE_NOT_EMPTY; DEPENDENT_OBJECTS where a view could not be read any more.
    ///
    /// @param table as the definition was made from it
    /// @param whileEmpty whether it happens only where the table has no rows
    /// @param cascades whether views that could not be read any more are dropped
    public synchronized void alter(CatalogTable table, TableDefinition after, boolean whileEmpty, boolean cascades) {
        TableDefinition before = table.definition();
        List<TableChange> changes = new ArrayList<>();
        if (!TableDefinitions.positions(before.columns()).equals(TableDefinitions.positions(after.columns()))) {
            new ViewDependencies(snapshot(), viewReader).change(new TableName(after.schema(), after.name()), after.columns(), cascades,
                    changes);
        }
        for (CatalogIndex index : table.indexes()) {
            if (after.indexes().stream().noneMatch(one -> one.name().equals(index.definition().name()))) {
                requireNoneNeeds(table, after, index.definition().name());
                changes.add(new TableChange.Drop(index.descriptor().id()));
            }
        }
        List<ForeignKeyDefinition> added = after.foreignKeys().stream()
                .filter(one -> before.foreignKeys().stream().noneMatch(other -> other.name().equals(one.name())))
                .toList();
        added.forEach(foreignKey -> ForeignKeys.requireParent(foreignKey, after, snapshot()));
        addParents(after, added, changes);
        Set<String> names = new HashSet<>(Set.of(after.keyName()));
        after.checks().forEach(check -> names.add(check.name()));
        after.foreignKeys().forEach(foreignKey -> names.add(foreignKey.name()));
        for (IndexDefinition index : after.indexes()) {
            if (!names.add(index.name())) {
                throw duplicateIndex(index.name());
            }
            if (before.indexes().stream().noneMatch(one -> one.name().equals(index.name()))) {
                changes.add(entries(after, index));
            }
        }
        Set<IdentityDefinition> identities = identities(after);
        for (IdentityDefinition identity : identities(before)) {
            if (!identities.contains(identity)) {
                engine.table(CatalogSequence.engineName(identity)).ifPresent(sequence -> changes.add(new TableChange.Drop(sequence.id())));
            }
        }
        identities.removeAll(identities(before));
        identities.forEach(identity -> changes.add(sequence(identity, table.descriptor().options().space())));
        changes.add(new TableChange.Alter(table.descriptor(), after.toBytes(), whileEmpty));
        changeTables(changes);
        forgetSequences(changes);
    }

    /// The same of a table whose columns stay.
    public void alter(CatalogTable table, TableDefinition after, boolean whileEmpty) {
        alter(table, after, whileEmpty, false);
    }

    /// The same with what the definition is by now. UNDEFINED_TABLE.
    public synchronized void alter(TableName name, UnaryOperator<TableDefinition> change, boolean cascades) {
        CatalogTable table = table(name.schema(), name.name());
        alter(table, change.apply(table.definition()), false, cascades);
    }

    private static Set<IdentityDefinition> identities(TableDefinition table) {
        return table.columns().stream()
                .flatMap(column -> Stream.ofNullable(column.identity()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /// @param space of the table: its rows and the values that they get are committed by one rule
    private static TableChange sequence(IdentityDefinition identity, int space) {
        return new TableChange.Create(CatalogSequence.engineName(identity), TableKind.SORTED, identity.values().toBytes(),
                StorageOptions.DEFAULT.inSpace(space));
    }

    /// DUPLICATE_INDEX where the engine knows the name of one.
    private void changeTables(List<TableChange> changes) {
        try {
            change(changes);
        } catch (CoconutException failure) {
            String name = failure.code() == ErrorCode.DUPLICATE_TABLE ? CatalogIndex.name(failure.facts().getOrDefault("table", "")) : null;
            throw name == null ? failure : duplicateIndex(name);
        }
    }

    private static CoconutException duplicateIndex(String name) {
        return CoconutException.of(ErrorCode.DUPLICATE_INDEX)
                .with("index", name)
                .mend("Take another name, drop that index first, or say IF NOT EXISTS.");
    }

    /// Drops an index and its entries. UNDEFINED_INDEX; DEPENDENT_OBJECTS where a constraint needs it.
    public synchronized void dropIndex(String schema, String name) {
        CatalogTable table = tableOfIndex(schema, name);
        CatalogIndex index = table.indexOf(CatalogIndex.engineName(schema, name)).orElseThrow();
        if (index.definition().constraint()) {
            throw CoconutException.of(ErrorCode.DEPENDENT_OBJECTS)
                    .with("index", name)
                    .with("table", table)
                    .mend("It is a UNIQUE constraint of the table: ALTER TABLE … DROP CONSTRAINT drops it.");
        }
        alter(table, table.definition().withIndexes(TableAlteration.without(table.definition().indexes(), other -> other.name().equals(
                name))),
                false);
    }

    /// @param after the table without the index
    private void requireNoneNeeds(CatalogTable table, TableDefinition after, String index) {
        for (ForeignKeyDefinition own : after.foreignKeys()) {
            if (index.equals(own.index())) {
                throw needed(table, index, own.name(), table);
            }
        }
        for (CatalogForeignKey reference : snapshot().references(table)) {
            boolean stays = reference.child().id() != table.id() || after.foreignKeys().contains(reference.definition());
            if (stays && index.equals(reference.definition().parentKey())) {
                throw needed(table, index, reference.definition().name(), reference.child());
            }
        }
    }

    private static CoconutException needed(CatalogTable table, String index, String foreignKey, CatalogTable child) {
        return CoconutException.of(ErrorCode.DEPENDENT_OBJECTS)
                .with("index", index)
                .with("table", table)
                .with("constraint", foreignKey)
                .with("referringTable", child)
                .mend("The foreign key needs it: ALTER TABLE " + child.definition().name() + " DROP CONSTRAINT " + foreignKey + " first.");
    }

    private CatalogTable tableOfIndex(String schema, String name) {
        return snapshot().tableOfIndex(schema, name)
                .orElseThrow(() -> CoconutException.of(ErrorCode.UNDEFINED_INDEX)
                        .with("index", TableDefinition.qualifiedName(schema, name))
                        .mend("SELECT TABLE_NAME, INDEX_NAME FROM SYSTEM.INDEXES lists what there is."));
    }

    /// The sequence by its id. TABLE_CHANGED where it was dropped: a statement that is compiled again finds the one that took its place, or none.
    public CatalogSequence sequence(int id) {
        CatalogSequence sequence = sequences.get(id);
        if (sequence == null) {
            throw CoconutException.of(ErrorCode.TABLE_CHANGED)
                    .with("sequenceId", id)
                    .mend("The sequence was dropped meanwhile: run the statement again.");
        }
        return sequence;
    }

    /// Makes a sequence. DUPLICATE_SEQUENCE where the name is taken.
    public synchronized void createSequence(TableName name, SequenceDefinition definition) {
        requireSchema(name.schema());
        String qualifiedName = name.qualified();
        try {
            change(List.of(new TableChange.Create(CatalogSequence.engineName(qualifiedName), TableKind.SORTED, definition.toBytes(),
                    StorageOptions.DEFAULT)));
        } catch (CoconutException failure) {
            if (failure.code() != ErrorCode.DUPLICATE_TABLE) {
                throw failure;
            }
            throw CoconutException.of(ErrorCode.DUPLICATE_SEQUENCE)
                    .with("sequence", qualifiedName)
                    .mend("Take another name, drop that sequence first, or say IF NOT EXISTS.");
        }
    }

    /// Drops a sequence. DEPENDENT_OBJECTS where a default needs it.
    public synchronized void dropSequence(CatalogSequence sequence) {
        SequenceUses.requireUnused(sequence, snapshot(), _ -> true);
        List<TableChange> changes = new ArrayList<>(List.of(new TableChange.Drop(sequence.id())));
        SchemaDefinition schema = snapshot().schema(sequence.schema()).orElseThrow();
        if (schema.comments().columns().containsKey(sequence.name())) {
            changes.add(schemaChange(new SchemaDefinition(schema.name(), schema.comments().withColumn(sequence.name(), null))));
        }
        try {
            change(changes);
        } catch (CoconutException failure) {
            if (failure.code() != ErrorCode.UNDEFINED_TABLE) {
                throw failure;
            }
            throw CatalogSnapshot.undefinedSequence(sequence.qualifiedName());
        }
        sequences.remove(sequence.id());
    }

    // ---- schemas

    /// UNDEFINED_SCHEMA where no table can be in it.
    private SchemaDefinition requireSchema(String name) {
        return snapshot().schema(name).orElseThrow(() -> CoconutException.of(ErrorCode.UNDEFINED_SCHEMA)
                .with("schema", name)
                .mend("CREATE SCHEMA makes one; SELECT SCHEMA_NAME FROM INFORMATION_SCHEMA.SCHEMATA lists what there is."));
    }

    /// Makes a schema. DUPLICATE_SCHEMA where the name is taken.
    ///
    /// @param owner null: whoever makes it
    public synchronized void createSchema(SchemaDefinition schema, @Nullable String owner) {
        if (owner != null && snapshot().access().roles().find(owner).isEmpty()) {
            throw CoconutException.of(ErrorCode.UNDEFINED_ROLE).with("name", owner).mend("CREATE USER and CREATE ROLE make one.");
        }
        if (snapshot().schema(schema.name()).isPresent()) {
            throw CoconutException.of(ErrorCode.DUPLICATE_SCHEMA)
                    .with("schema", schema.name())
                    .mend("Take another name, drop that schema first, or say IF NOT EXISTS.");
        }
        if (owner == null) {
            change(List.of(schemaChange(schema)));
            return;
        }
        boolean _ = creatingFor(owner, () -> {
            change(List.of(schemaChange(schema)));
            return true;
        });
    }

    /// Makes it, or gives it another definition.
    private TableChange schemaChange(SchemaDefinition schema) {
        return engine.table(schema.engineName())
                .<TableChange> map(stored -> new TableChange.Alter(stored, schema.toBytes()))
                .orElseGet(() -> new TableChange.Create(schema.engineName(), TableKind.SORTED, schema.toBytes(), StorageOptions.DEFAULT));
    }

    /// Drops a schema. UNDEFINED_SCHEMA; DEPENDENT_OBJECTS where there is something in it, or something outside of it needs that and stays.
    ///
    /// @param cascades whether all that is in it, the foreign keys of other tables that refer to it, and the views that read it, are dropped with it
    public synchronized void dropSchema(String name, boolean cascades) {
        CatalogSnapshot now = snapshot();
        requireSchema(name);
        SchemaContent content = SchemaContent.of(name, now, engine.tables());
        if (!cascades) {
            content.requireEmpty();
        }
        content.requireNoneUnfinished();
        for (CatalogSequence sequence : content.sequences()) {
            SequenceUses.requireUnused(sequence, now, table -> !table.definition().schema().equals(name));
        }
        Set<TableChange> changes = new LinkedHashSet<>(drops().changes(content.tables(), true));
        ViewDependencies dependencies = new ViewDependencies(now, viewReader);
        for (CatalogView view : content.views()) {
            List<TableChange> reading = new ArrayList<>();
            dependencies.drop(view.definition().tableName(), true, reading);
            changes.addAll(reading);
            changes.add(new TableChange.Drop(view.descriptor().id()));
        }
        content.sequences().forEach(sequence -> changes.add(new TableChange.Drop(sequence.id())));
        changes.add(new TableChange.Drop(engine.table(SchemaDefinition.engineName(name)).orElseThrow().id()));
        change(List.copyOf(changes));
        forgetSequences(List.copyOf(changes));
    }

    // ---- comments

    /// Says something of a table, or of what belongs to it. UNDEFINED_TABLE.
    ///
    /// @param change UNDEFINED_COLUMN where it is of a column that the table does not have
    public synchronized void commentTable(TableName name, UnaryOperator<TableDefinition> change) {
        CatalogTable table = table(name.schema(), name.name());
        change(List.of(new TableChange.Alter(table.descriptor(), change.apply(table.definition()).toBytes())));
    }

    /// The same of a view.
    public synchronized void commentView(TableName name, UnaryOperator<ViewDefinition> change) {
        CatalogView view = snapshot().view(name.schema(), name.name()).orElseThrow(() -> undefined(name.schema(), name.name()));
        change(List.of(new TableChange.Alter(view.descriptor(), change.apply(view.definition()).toBytes())));
    }

    /// The same of a schema, or of a sequence in it. UNDEFINED_SCHEMA.
    public synchronized void commentSchema(String name, UnaryOperator<Comments> change) {
        SchemaDefinition schema = requireSchema(name);
        change(List.of(schemaChange(new SchemaDefinition(name, change.apply(schema.comments())))));
    }

    /// Writes down what was given out of the sequences, so that closing the database leaves no gaps. Before the engine is closed.
    public void close() {
        sequences.values().forEach(CatalogSequence::giveBack);
    }
}
