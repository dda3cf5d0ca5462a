package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.TableChange;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.sql.access.AccessRules;
import org.coconutdb.sql.access.ObjectAccess;
import org.coconutdb.sql.access.Roles;
import org.coconutdb.sql.access.SchemaAccess;
import org.coconutdb.sql.access.SecuredObject;
import org.jspecify.annotations.Nullable;

/// Where roles and what was granted lie in the engine's directory: one entry has all roles, and one for each schema owners and grants of what is in it.
/// Both are tables of the engine without rows, so that they change in one step with what they speak of.
final class AccessEntries {
    private static final String ROLES = "ROLES ";
    private static final String SCHEMA_PREFIX = "ACCESS ";
    private static final String SEQUENCE_PREFIX = CatalogSequence.engineName("");
    private static final String MADE_SCHEMA_PREFIX = SchemaDefinition.engineName("");
    private static final List<String> OTHER_PREFIXES = List.of("INDEX ", "STATISTICS ", SCHEMA_PREFIX, ROLES);

    private AccessEntries() {}

    static boolean isEntry(TableDescriptor table) {
        return table.name().equals(ROLES) || table.name().startsWith(SCHEMA_PREFIX);
    }

    static AccessRules read(Collection<TableDescriptor> tables) {
        Roles roles = Roles.NONE;
        Map<String, SchemaAccess> schemas = new HashMap<>();
        for (TableDescriptor table : tables) {
            if (table.name().equals(ROLES)) {
                roles = Roles.fromBytes(table.definition());
            } else if (table.name().startsWith(SCHEMA_PREFIX)) {
                schemas.put(table.name().substring(SCHEMA_PREFIX.length()), SchemaAccess.fromBytes(table.definition()));
            }
        }
        return roles.byName().isEmpty() && schemas.isEmpty() ? AccessRules.NONE : new AccessRules(roles, schemas);
    }

    static TableChange change(CoconutEngine engine, Roles roles) {
        return change(engine, ROLES, roles.toBytes());
    }

    static TableChange change(CoconutEngine engine, String schema, SchemaAccess access) {
        return change(engine, SCHEMA_PREFIX + schema, access.toBytes());
    }

    private static TableChange change(CoconutEngine engine, String name, byte[] definition) {
        return engine.table(name)
                .<TableChange> map(stored -> new TableChange.Alter(stored, definition))
                .orElseGet(() -> new TableChange.Create(name, TableKind.SORTED, definition, StorageOptions.DEFAULT));
    }

    /// The changes, and with them what becomes of owners and grants: what is made gets an owner, what is dropped takes its own with it, and so do
    /// columns.
    ///
    /// @param owner of what is made; null: nobody
    static List<TableChange> withAccess(List<TableChange> changes, AccessRules rules, CoconutEngine engine, @Nullable String owner) {
        Map<Integer, TableDescriptor> byId = engine.tables().stream().collect(Collectors.toMap(TableDescriptor::id, table -> table));
        Set<String> dropped = new HashSet<>();
        Set<String> made = new HashSet<>();
        for (TableChange change : changes) {
            switch (change) {
                case TableChange.Drop(int id) when byId.containsKey(id) -> dropped.add(byId.get(id).name());
                case TableChange.Create create -> made.add(create.name());
                default -> {}
            }
        }
        Map<String, SchemaAccess> schemas = new LinkedHashMap<>();
        for (String name : dropped) {
            SecuredObject object = object(name);
            if (object != null && !made.contains(name)) {
                schemas.compute(object.schema(), (schema, now) -> (now == null ? rules.schema(schema) : now).without(object));
            }
        }
        for (String name : made) {
            SecuredObject object = object(name);
            if (object != null && owner != null && !dropped.contains(name)) {
                schemas.compute(object.schema(), (schema, now) -> (now == null ? rules.schema(schema) : now).with(object,
                        access -> access.ownedBy(owner)));
            }
        }
        for (TableChange change : changes) {
            if (change instanceof TableChange.Alter alter) {
                SecuredObject object = object(alter.table().name());
                ObjectAccess access = object == null ? ObjectAccess.NOBODYS : rules.of(object);
                if (object != null && access.grants().stream().anyMatch(grant -> !grant.column().isEmpty())) {
                    Set<String> columns = columns(alter.definition());
                    schemas.compute(object.schema(), (schema, now) -> (now == null ? rules.schema(schema) : now).with(object,
                            before -> before.keeping(columns)));
                }
            }
        }
        List<TableChange> all = new ArrayList<>(changes);
        schemas.forEach((schema, access) -> addChanged(engine, schema, rules.schema(schema), access, all));
        return all;
    }

    private static void addChanged(
            CoconutEngine engine,
            String schema,
            SchemaAccess before,
            SchemaAccess after,
            List<TableChange> changes) {
        if (after.objects().isEmpty()) {
            engine.table(SCHEMA_PREFIX + schema).ifPresent(entry -> changes.add(new TableChange.Drop(entry.id())));
        } else if (!after.equals(before)) {
            changes.add(change(engine, schema, after));
        }
    }

    private static Set<String> columns(byte[] definition) {
        List<ColumnDefinition> columns = ViewDefinition.isView(definition)
                ? ViewDefinition.fromBytes(definition).columns()
                : TableDefinition.fromBytes(definition).columns();
        return columns.stream().map(ColumnDefinition::name).collect(Collectors.toSet());
    }

    /// What the engine's table is; null for what belongs to something else.
    static @Nullable SecuredObject object(String engineName) {
        if (OTHER_PREFIXES.stream().anyMatch(engineName::startsWith)) {
            return null;
        }
        if (engineName.startsWith(MADE_SCHEMA_PREFIX)) {
            return SecuredObject.schema(engineName.substring(MADE_SCHEMA_PREFIX.length()));
        }
        boolean isSequence = engineName.startsWith(SEQUENCE_PREFIX);
        String name = isSequence ? engineName.substring(SEQUENCE_PREFIX.length()) : engineName;
        // A schema's name has no full stop.
        int dot = name.indexOf('.');
        String schema = name.substring(0, Math.max(0, dot));
        if (dot <= 0 || (isSequence && schema.equals(CatalogSequence.IDENTITY))) {
            return null;
        }
        return isSequence ? SecuredObject.sequence(schema, name.substring(dot + 1)) : SecuredObject.table(schema, name.substring(dot + 1));
    }
}
