package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.TableChange;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.access.AccessRules;
import org.coconutdb.sql.access.Grant;
import org.coconutdb.sql.access.Need;
import org.coconutdb.sql.access.ObjectAccess;
import org.coconutdb.sql.access.ObjectKind;
import org.coconutdb.sql.access.PasswordHash;
import org.coconutdb.sql.access.Privilege;
import org.coconutdb.sql.access.Role;
import org.coconutdb.sql.access.Roles;
import org.coconutdb.sql.access.SchemaAccess;
import org.coconutdb.sql.access.SecuredObject;
import org.coconutdb.sql.access.Viewer;
import org.coconutdb.sql.parser.AccessAction;

/// Carries out one change of roles or of what was granted. One thread, while nobody else changes the catalogue.
final class AccessChanges {
    private static final int OBJECTS_TOLD_MAX = 5;

    private final CatalogSnapshot catalog;
    private final AccessRules rules;
    private final Roles roles;
    private final Viewer by;
    private final String schema;
    private final CoconutEngine engine;

    /// @param schema of names without one
    AccessChanges(CatalogSnapshot catalog, Viewer by, String schema, CoconutEngine engine) {
        this.schema = schema;
        this.catalog = catalog;
        this.rules = catalog.access();
        this.roles = rules.roles();
        this.by = by;
        this.engine = engine;
    }

    void run(AccessAction action) {
        switch (action) {
            case AccessAction.CreateRole create -> create(create);
            case AccessAction.ChangePassword change -> changePassword(change);
            case AccessAction.DropRole drop -> drop(drop);
            case AccessAction.Privileges privileges -> privileges(privileges);
            case AccessAction.Memberships memberships -> memberships(memberships);
            case AccessAction.ChangeOwner change -> changeOwner(change);
        }
    }

    private void save(Roles changed) {
        if (!changed.equals(roles)) {
            engine.changeTables(List.of(AccessEntries.change(engine, changed)));
        }
    }

    private void requireAdmin(String what) {
        by.require(List.of(new Need.ToAdminister(what, null)));
    }

    // ---- roles

    private void create(AccessAction.CreateRole create) {
        requireAdmin(create.isUser() ? "CREATE USER" : "CREATE ROLE");
        String name = requireName(create.name().getSimple(), create.isUser());
        if (roles.isRole(name) || name.equals(Roles.PUBLIC)) {
            if (create.ifNotExists()) {
                return;
            }
            throw CoconutException.of(ErrorCode.DUPLICATE_ROLE)
                    .with("name", name)
                    .mend("Take another name, drop that one first, or say IF NOT EXISTS.");
        }
        long stamp = roles.lastStamp() + 1;
        save(roles.with(Role.of(name, create.isUser(), create.password(), create.isDigest(), stamp)));
    }

    private static String requireName(String name, boolean isUser) {
        TableDefinitions.requireName(isUser ? "user" : "role", name);
        if (name.isEmpty() || name.indexOf(':') >= 0) {
            throw CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                    .with("name", name)
                    .mend("A name has one character at least and no colon, which ends it where a client logs in.");
        }
        return name;
    }

    private void changePassword(AccessAction.ChangePassword change) {
        String name = change.name().getSimple();
        // Who may not know whether there is one is told nothing.
        if (!name.equals(by.role())) {
            requireAdmin("ALTER USER");
        }
        Role role = require(name);
        if (!role.isUser()) {
            throw CoconutException.of(ErrorCode.UNDEFINED_ROLE).with("user", name).mend("It is a role, which nobody logs in as.");
        }
        save(roles.with(role.withPassword(change.password(), change.isDigest(), roles.lastStamp() + 1)));
    }

    private Role require(String name) {
        return roles.find(name).orElseThrow(() -> undefined(name));
    }

    private static CoconutException undefined(String name) {
        return CoconutException.of(ErrorCode.UNDEFINED_ROLE)
                .with("name", name)
                .mend(name.equals(Roles.ADMIN) || name.equals(Roles.PUBLIC)
                        ? "It is the database's own."
                        : "A name in double quotes keeps its case, any other is read in upper case.");
    }

    private void drop(AccessAction.DropRole drop) {
        requireAdmin(drop.isUser() ? "DROP USER" : "DROP ROLE");
        String name = drop.name().getSimple();
        if (drop.ifExists() && roles.find(name).isEmpty()) {
            return;
        }
        Role role = require(name);
        if (role.isUser() != drop.isUser()) {
            throw CoconutException.of(ErrorCode.UNDEFINED_ROLE).with("name", name).mend(role.isUser()
                    ? "It is a user: DROP USER drops it."
                    : "It is a role: DROP ROLE drops it.");
        }
        if (name.equals(by.role())) {
            throw CoconutException.of(ErrorCode.DEPENDENT_OBJECTS).with("user", name).mend("Nobody drops itself: log in as another.");
        }
        List<String> owned = rules.objects().entrySet().stream()
                .filter(entry -> name.equals(entry.getValue().owner()))
                .map(entry -> entry.getKey().toString())
                .sorted()
                .toList();
        if (!owned.isEmpty()) {
            throw CoconutException.of(ErrorCode.DEPENDENT_OBJECTS)
                    .with("name", name)
                    .with("objects", owned.size())
                    .with("owns", String.join(", ", owned.subList(0, Math.min(owned.size(), OBJECTS_TOLD_MAX))))
                    .mend("Give them another owner by ALTER … OWNER TO, or drop them.");
        }
        List<TableChange> changes = new ArrayList<>(List.of(AccessEntries.change(engine, roles.without(name))));
        // Else a later one of the name would have what this one had.
        rules.schemas().forEach((of, access) -> {
            SchemaAccess left = access.without(grant -> grant.grantee().equals(name));
            if (!left.equals(access)) {
                changes.add(AccessEntries.change(engine, of, left));
            }
        });
        engine.changeTables(changes);
    }

    private void memberships(AccessAction.Memberships memberships) {
        Roles changed = roles;
        for (SqlIdentifier named : memberships.roles()) {
            String role = named.getSimple();
            if (!roles.isRole(role)) {
                throw undefined(role);
            }
            if (!by.isAdmin() && by.closure().stream().noneMatch(own -> roles.find(own).map(one -> one.memberOf().getOrDefault(role, false))
                    .orElse(false))) {
                throw CoconutException.of(ErrorCode.INSUFFICIENT_PRIVILEGE)
                        .with("user", String.valueOf(by.role()))
                        .with("missing", "ADMIN OPTION of " + role)
                        .mend("A member of ADMIN can give it: GRANT " + role + " TO " + by.role() + " WITH ADMIN OPTION.");
            }
            for (SqlIdentifier grantee : memberships.grantees()) {
                Role member = changed.find(grantee.getSimple()).orElseThrow(() -> undefined(grantee.getSimple()));
                if (!memberships.isGrant()) {
                    changed = changed.with(member.notMemberOf(role, memberships.option()));
                } else if (changed.closure(role).contains(member.name())) {
                    throw CoconutException.of(ErrorCode.INVALID_GRANT)
                            .with("role", role)
                            .with("grantee", member.name())
                            .mend("A role cannot be a member of itself, not through others either.");
                } else {
                    changed = changed.with(member.memberOf(role, memberships.option()));
                }
            }
        }
        save(changed);
    }

    // ---- owners

    private void changeOwner(AccessAction.ChangeOwner change) {
        SecuredObject object = object(change.kind(), change.name());
        if (change.kind() == ObjectKind.TABLE && change.isView() != catalog.view(object.schema(), object.name()).isPresent()) {
            throw CoconutException.of(ErrorCode.UNDEFINED_TABLE).with("name", object).mend(change.isView()
                    ? "It is a table: ALTER TABLE … OWNER TO."
                    : "It is a view: ALTER VIEW … OWNER TO.");
        }
        by.require(List.of(new Need.ToOwn(object, null)));
        String owner = require(change.owner().getSimple()).name();
        if (!by.isAdmin() && !by.closure().contains(owner)) {
            throw CoconutException.of(ErrorCode.INSUFFICIENT_PRIVILEGE)
                    .with("user", String.valueOf(by.role()))
                    .with("missing", "membership in " + owner)
                    .mend("Only a role that one is a member of can be given what one owns; a member of ADMIN can give it to any.");
        }
        save(Map.of(object, access -> access.ownedBy(owner)));
    }

    private void save(Map<SecuredObject, UnaryOperator<ObjectAccess>> changed) {
        Map<String, SchemaAccess> schemas = new TreeMap<>();
        changed.forEach((object, change) -> schemas.compute(object.schema(),
                (name, now) -> (now == null ? rules.schema(name) : now).with(object, change)));
        List<TableChange> changes = new ArrayList<>();
        schemas.forEach((name, access) -> {
            if (!access.equals(rules.schema(name))) {
                changes.add(AccessEntries.change(engine, name, access));
            }
        });
        if (!changes.isEmpty()) {
            engine.changeTables(changes);
        }
    }

    /// What a name means. UNDEFINED_TABLE, UNDEFINED_SEQUENCE, UNDEFINED_SCHEMA.
    private SecuredObject object(ObjectKind kind, SqlIdentifier name) {
        return switch (kind) {
            case TABLE -> table(name);
            case SEQUENCE -> {
                CatalogSequence sequence = catalog.requireSequence(name, schema);
                yield SecuredObject.sequence(sequence.schema(), sequence.name());
            }
            case SCHEMA -> SecuredObject.schema(requireSchema(name));
        };
    }

    private SecuredObject table(SqlIdentifier name) {
        String[] parts = TableDefinitions.resolve(name, schema);
        if (catalog.table(parts[0], parts[1]).isEmpty() && catalog.view(parts[0], parts[1]).isEmpty()) {
            boolean isSystems = catalog.isReadOnly(parts[0], parts[1]);
            throw CoconutException.of(isSystems ? ErrorCode.INVALID_GRANT : ErrorCode.UNDEFINED_TABLE)
                    .with("table", parts[1])
                    .with("schema", parts[0])
                    .mend(isSystems
                            ? "The system's own views show each what it may see; the meta space of a table what SELECT of the table allows."
                            : "Check its spelling and schema; a name in double quotes keeps its case, any other is read in upper case.");
        }
        return SecuredObject.table(parts[0], parts[1]);
    }

    private String requireSchema(SqlIdentifier name) {
        String named = name.names.getLast();
        if (name.names.size() > 1 || catalog.schema(named).isEmpty()) {
            throw CoconutException.of(CatalogSnapshot.isSystemSchema(named) ? ErrorCode.INVALID_GRANT : ErrorCode.UNDEFINED_SCHEMA)
                    .with("schema", name)
                    .mend("Name PUBLIC, or a schema that CREATE SCHEMA made.");
        }
        return named;
    }

    // ---- privileges

    private void privileges(AccessAction.Privileges statement) {
        Map<SecuredObject, UnaryOperator<ObjectAccess>> changed = new LinkedHashMap<>();
        List<String> grantees = grantees(statement);
        for (SecuredObject object : objects(statement.target())) {
            List<Grant> meant = new ArrayList<>();
            for (AccessAction.Item item : statement.items()) {
                for (Privilege privilege : privileges(item, object)) {
                    for (String column : columns(item, privilege, object)) {
                        requireToGrant(object, privilege, column);
                        grantees.forEach(grantee -> meant.add(new Grant(grantee, privilege, column, statement.isGrant() && statement
                                .option())));
                    }
                }
            }
            changed.put(object, access -> statement.isGrant() ? granted(access, meant) : revoked(access, meant, statement.option()));
        }
        save(changed);
    }

    private static ObjectAccess granted(ObjectAccess access, List<Grant> meant) {
        ObjectAccess changed = access;
        for (Grant grant : meant) {
            changed = changed.with(grant);
        }
        return changed;
    }

    /// A privilege of the whole takes those of columns with it.
    private static ObjectAccess revoked(ObjectAccess access, List<Grant> meant, boolean optionOnly) {
        ObjectAccess changed = access;
        for (Grant revoked : meant) {
            Predicate<Grant> isMeant = grant -> grant.grantee().equals(revoked.grantee())
                    && grant.privilege() == revoked.privilege()
                    && (revoked.column().isEmpty() || revoked.column().equals(grant.column()));
            changed = optionOnly ? changed.withoutOption(isMeant) : changed.without(isMeant);
        }
        return changed;
    }

    private List<String> grantees(AccessAction.Privileges statement) {
        List<String> names = new ArrayList<>();
        for (SqlIdentifier grantee : statement.grantees()) {
            String name = grantee.getSimple();
            if (!name.equals(Roles.PUBLIC) && !roles.isRole(name)) {
                throw undefined(name);
            }
            if (name.equals(Roles.PUBLIC) && statement.isGrant() && statement.option()) {
                throw CoconutException.of(ErrorCode.INVALID_GRANT).with("grantee", name).mend("Only roles can grant what they have.");
            }
            names.add(name);
        }
        return names;
    }

    private Set<SecuredObject> objects(AccessAction.Target target) {
        Set<SecuredObject> objects = new LinkedHashSet<>();
        for (SqlIdentifier name : target.names()) {
            if (!target.isAllIn()) {
                objects.add(object(target.kind(), name));
                continue;
            }
            String of = requireSchema(name);
            if (target.kind() == ObjectKind.SEQUENCE) {
                catalog.sequences().stream().filter(one -> one.schema().equals(of)).forEach(one -> objects.add(SecuredObject.sequence(of,
                        one.name())));
            } else {
                catalog.tables().stream().map(CatalogTable::definition).filter(one -> one.schema().equals(of)).forEach(one -> objects.add(
                        SecuredObject.table(of, one.name())));
                catalog.views().stream().map(CatalogView::definition).filter(one -> one.schema().equals(of)).forEach(one -> objects.add(
                        SecuredObject.table(of, one.name())));
            }
        }
        return objects;
    }

    private List<Privilege> privileges(AccessAction.Item item, SecuredObject object) {
        boolean isView = object.kind() == ObjectKind.TABLE && catalog.view(object.schema(), object.name()).isPresent();
        List<Privilege> possible = isView ? List.of(Privilege.SELECT) : Privilege.of(object.kind());
        if (item.word().equals("ALL") && !item.isName()) {
            return possible;
        }
        return List.of(possible.stream()
                .filter(privilege -> privilege.name().equals(item.word()))
                .findFirst()
                .orElseThrow(() -> CoconutException.of(ErrorCode.INVALID_GRANT)
                        .with("privilege", item.word())
                        .with("object", object)
                        .with("line", item.position().getLineNum())
                        .with("column", item.position().getColumnNum())
                        .mend("Of it there are " + String.join(", ", possible.stream().map(Privilege::name).toList()) + ".")));
    }

    /// Nothing but the empty text: the whole.
    private Set<String> columns(AccessAction.Item item, Privilege privilege, SecuredObject object) {
        SqlNodeList named = item.columns();
        if (named == null) {
            return Set.of("");
        }
        if (object.kind() != ObjectKind.TABLE || !privilege.isOfColumns()) {
            throw CoconutException.of(ErrorCode.INVALID_GRANT)
                    .with("privilege", privilege)
                    .with("object", object)
                    .mend("Of columns there are SELECT, INSERT, UPDATE and REFERENCES.");
        }
        List<String> there = columns(object).stream().map(ColumnDefinition::name).toList();
        Set<String> columns = new HashSet<>();
        for (SqlNode node : named) {
            String column = ((SqlIdentifier) node).getSimple();
            if (!there.contains(column)) {
                throw CoconutException.of(ErrorCode.UNDEFINED_COLUMN)
                        .with("table", object)
                        .with("column", column)
                        .mend("Check its spelling; a name in double quotes keeps its case, any other is read in upper case.");
            }
            columns.add(column);
        }
        return columns;
    }

    private List<ColumnDefinition> columns(SecuredObject table) {
        return catalog.table(table.schema(), table.name())
                .map(found -> found.definition().columns())
                .or(() -> catalog.view(table.schema(), table.name()).map(view -> view.definition().columns()))
                .orElseThrow();
    }

    private void requireToGrant(SecuredObject object, Privilege privilege, String column) {
        if (!by.has(object, privilege, column, true)) {
            throw CoconutException.of(ErrorCode.INSUFFICIENT_PRIVILEGE)
                    .with("user", String.valueOf(by.role()))
                    .with("object", object)
                    .with("missing", privilege + " WITH GRANT OPTION")
                    .mend("Its owner or a member of ADMIN can give it: GRANT " + privilege + " ON " + object + " TO " + by.role()
                            + " WITH GRANT OPTION.");
        }
    }
}
