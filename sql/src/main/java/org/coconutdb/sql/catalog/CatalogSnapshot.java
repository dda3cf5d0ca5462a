package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.schema.Table;
import org.apache.calcite.schema.impl.AbstractSchema;
import org.apache.calcite.sql.SqlIdentifier;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.access.AccessRules;
import org.coconutdb.sql.access.SecuredObject;
import org.jspecify.annotations.Nullable;

/// The catalogue at one version: tables, tables of the meta space, views, system views, and all of them as Calcite's schemas. Immutable.
public final class CatalogSnapshot {
    public static final String PUBLIC = "PUBLIC";
    public static final String INFORMATION_SCHEMA = "INFORMATION_SCHEMA";
    public static final String SYSTEM = "SYSTEM";
    /// Has a table for each of [#PUBLIC], with what is known of its rows; those of other schemas have their own, see [#metaSpace].
    public static final String META_SPACE = "META_SPACE";

    private final long version;
    private final AccessRules access;
    private final Map<String, CatalogTable> tables;
    // By the ids of their children and parents.
    private final Map<Integer, List<CatalogForeignKey>> foreignKeys = new HashMap<>();
    private final Map<Integer, List<CatalogForeignKey>> references = new HashMap<>();
    private final Map<String, CatalogSequence> sequences;
    private final Map<String, CatalogSequence> identities;
    private final List<MetaTable> metaTables;
    private final Map<String, CatalogView> views;
    // Those that are stored.
    private final Map<String, SchemaDefinition> made;
    private final List<SystemView> systemViews;
    private final Map<String, Map<String, Table>> schemas;
    private final CalciteSchema rootSchema;
    private final List<BlockSpace> spaces;

    /// @param spaces that tables can lie in
    CatalogSnapshot(
            long version,
            Collection<SchemaDefinition> made,
            Collection<CatalogTable> tables,
            Collection<CatalogSequence> sequences,
            Collection<CatalogView> views,
            List<SystemView> systemViews,
            AccessRules access,
            List<BlockSpace> spaces) {
        this.spaces = List.copyOf(spaces);
        this.access = access;
        this.version = version;
        this.systemViews = List.copyOf(systemViews);
        this.views = new TreeMap<>();
        Map<String, CatalogTable> byName = new TreeMap<>();
        Map<String, Map<String, Table>> bySchema = new LinkedHashMap<>();
        this.made = new TreeMap<>();
        made.forEach(schema -> this.made.put(schema.name(), schema));
        for (String schema : schemas()) {
            bySchema.put(schema, new HashMap<>());
        }
        for (CatalogTable table : tables) {
            byName.put(table.definition().qualifiedName(), table);
            bySchema.computeIfAbsent(table.definition().schema(), _ -> new HashMap<>())
                    .put(table.definition().name(), new StoredTable(table));
        }
        this.metaTables = byName.values().stream().map(MetaTable::new).toList();
        for (MetaTable table : metaTables) {
            bySchema.computeIfAbsent(table.definition().schema(), _ -> new HashMap<>()).put(table.definition().name(), new StoredTable(
                    table));
        }
        for (CatalogView view : views) {
            this.views.put(view.toString(), view);
            bySchema.computeIfAbsent(view.definition().schema(), _ -> new HashMap<>())
                    .put(view.definition().name(), new StoredView(view.definition(), access.of(SecuredObject.table(view.definition()
                            .schema(), view
                                    .definition().name())).owner()));
        }
        for (SystemView view : systemViews) {
            bySchema.computeIfAbsent(view.schema(), _ -> new HashMap<>()).put(view.name(), view);
        }
        this.tables = byName;
        for (CatalogTable table : byName.values()) {
            for (ForeignKeyDefinition definition : table.definition().foreignKeys()) {
                CatalogForeignKey foreignKey = CatalogForeignKey.of(definition, table, byName);
                foreignKeys.computeIfAbsent(table.id(), _ -> new ArrayList<>()).add(foreignKey);
                references.computeIfAbsent(foreignKey.parent().id(), _ -> new ArrayList<>()).add(foreignKey);
            }
        }
        this.sequences = new TreeMap<>();
        this.identities = new HashMap<>();
        sequences.forEach(sequence -> (sequence.isIdentity() ? identities : this.sequences).put(sequence.isIdentity() ? sequence.name()
                : sequence.qualifiedName(), sequence));
        this.schemas = bySchema;
        this.rootSchema = rootSchema(bySchema);
    }

    private static CalciteSchema rootSchema(Map<String, Map<String, Table>> schemas) {
        CalciteSchema root = CalciteSchema.createRootSchema(false, false);
        schemas.forEach((name, content) -> root.add(name, new Schema(content)));
        return root;
    }

    /// Block spaces that tables can lie in, by their numbers.
    public List<BlockSpace> spaces() {
        return spaces;
    }

    /// Rises with each change of a table's definition.
    public long version() {
        return version;
    }

    /// Roles, owners and what was granted.
    public AccessRules access() {
        return access;
    }

    public CalciteSchema rootSchema() {
        return rootSchema;
    }

    /// The schemas as they would be if a table or view had these columns, to validate queries with and not to run them.
    CalciteSchema rootSchema(TableName table, List<ColumnDefinition> columns) {
        Map<String, Map<String, Table>> changed = new LinkedHashMap<>(schemas);
        Map<String, Table> content = new HashMap<>(changed.getOrDefault(table.schema(), Map.of()));
        content.put(table.name(), new SystemView(table.schema(), table.name(), columns, List::of));
        changed.put(table.schema(), content);
        return rootSchema(changed);
    }

    public Optional<CatalogTable> table(String schema, String name) {
        return Optional.ofNullable(tables.get(TableDefinition.qualifiedName(schema, name)));
    }

    /// What the table refers to.
    public List<CatalogForeignKey> foreignKeys(CatalogTable table) {
        return List.copyOf(foreignKeys.getOrDefault(table.id(), List.of()));
    }

    /// What refers to the table.
    public List<CatalogForeignKey> references(CatalogTable table) {
        return List.copyOf(references.getOrDefault(table.id(), List.of()));
    }

    /// The table that has the index; empty where there is no such index.
    public Optional<CatalogTable> tableOfIndex(String schema, String index) {
        return tables.values().stream()
                .filter(table -> table.definition().schema().equals(schema))
                .filter(table -> table.definition().indexes().stream().anyMatch(one -> one.name().equals(index)))
                .findFirst();
    }

    /// The table that the engine's table holds the rows or an index of, by the engine's name.
    public Optional<CatalogTable> tableOf(String engineName) {
        return tables.values().stream()
                .filter(table -> table.descriptor().name().equals(engineName) || table.indexOf(engineName).isPresent())
                .findFirst();
    }

    /// By schema and name.
    public List<CatalogSequence> sequences() {
        return List.copyOf(sequences.values());
    }

    /// The sequence that a name means. UNDEFINED_SEQUENCE.
    ///
    /// @param defaultSchema where the name has no schema
    public CatalogSequence requireSequence(SqlIdentifier name, String defaultSchema) {
        String[] parts = TableDefinitions.resolve(name, defaultSchema);
        CatalogSequence sequence = sequences.get(TableDefinition.qualifiedName(parts[0], parts[1]));
        if (sequence == null) {
            throw undefinedSequence(parts[1])
                    .with("line", name.getParserPosition().getLineNum())
                    .with("column", name.getParserPosition().getColumnNum());
        }
        return sequence;
    }

    /// The sequence that makes the values of an identity column.
    public CatalogSequence sequence(IdentityDefinition identity) {
        CatalogSequence sequence = identities.get(identity.sequence());
        if (sequence == null) {
            throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                    .with("sequence", identity.sequence())
                    .mend("The directory names an identity column whose sequence is not there: restore the database from a backup.");
        }
        return sequence;
    }

    static CoconutException undefinedSequence(String name) {
        return CoconutException.of(ErrorCode.UNDEFINED_SEQUENCE)
                .with("sequence", name)
                .mend("SELECT SEQUENCE_NAME FROM INFORMATION_SCHEMA.SEQUENCES lists what there is.");
    }

    /// By schema and name.
    public List<CatalogTable> tables() {
        return List.copyOf(tables.values());
    }

    /// By name.
    public List<MetaTable> metaTables() {
        return metaTables;
    }

    /// Whether it names something that can only be read.
    public boolean isReadOnly(String schema, String name) {
        return view(schema, name).isPresent()
                || systemViews.stream().anyMatch(view -> view.schema().equals(schema) && view.name().equals(name))
                || metaTables.stream()
                        .anyMatch(table -> table.definition().schema().equals(schema) && table.definition().name().equals(name));
    }

    /// By schema and name.
    public List<CatalogView> views() {
        return List.copyOf(views.values());
    }

    public Optional<CatalogView> view(String schema, String name) {
        return Optional.ofNullable(views.get(TableDefinition.qualifiedName(schema, name)));
    }

    public List<SystemView> systemViews() {
        return systemViews;
    }

    /// Of all sorts, by name.
    public List<String> schemas() {
        SortedSet<String> names = new TreeSet<>(List.of(INFORMATION_SCHEMA, META_SPACE, PUBLIC, SYSTEM));
        for (String schema : made.keySet()) {
            names.add(schema);
            names.add(metaSpace(schema));
        }
        return List.copyOf(names);
    }

    /// A schema that tables can be in.
    public Optional<SchemaDefinition> schema(String name) {
        SchemaDefinition stored = made.get(name);
        return stored == null && name.equals(PUBLIC) ? Optional.of(new SchemaDefinition(PUBLIC, Comments.NONE)) : Optional.ofNullable(
                stored);
    }

    /// The schema that shows what is known of the rows of a schema's tables.
    public static String metaSpace(String schema) {
        return schema.equals(PUBLIC) ? META_SPACE : META_SPACE + "_" + schema;
    }

    /// The schema that a meta space is of; null where the name is none.
    static @Nullable String ofMetaSpace(String name) {
        return name.equals(META_SPACE) ? PUBLIC : name.startsWith(META_SPACE + "_") ? name.substring(META_SPACE.length() + 1) : null;
    }

    /// Whether the name is, or may be, that of a schema that nobody makes or writes to.
    public static boolean isSystemSchema(String name) {
        return name.equals(INFORMATION_SCHEMA) || name.equals(SYSTEM) || name.equals(META_SPACE) || name.startsWith(META_SPACE + "_");
    }

    private static final class Schema extends AbstractSchema {
        private final Map<String, Table> tables;

        Schema(Map<String, Table> tables) {
            this.tables = Map.copyOf(tables);
        }

        @Override
        protected Map<String, Table> getTableMap() {
            return tables;
        }
    }
}
