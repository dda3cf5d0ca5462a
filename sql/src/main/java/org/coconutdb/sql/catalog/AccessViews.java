package org.coconutdb.sql.catalog;

import static org.coconutdb.sql.catalog.SystemView.bool;
import static org.coconutdb.sql.catalog.SystemView.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.coconutdb.sql.access.Grant;
import org.coconutdb.sql.access.ObjectAccess;
import org.coconutdb.sql.access.ObjectKind;
import org.coconutdb.sql.access.Privilege;
import org.coconutdb.sql.access.Role;
import org.coconutdb.sql.access.Roles;
import org.coconutdb.sql.access.SecuredObject;
import org.coconutdb.sql.access.Viewer;
import org.jspecify.annotations.Nullable;

/// The standard's views of roles and privileges, and ours. Each sees what it has, and what was granted of what it owns.
final class AccessViews {
    // Who has given an owner what an owner has.
    private static final String SYSTEM = "_SYSTEM";

    private AccessViews() {}

    static List<SystemView> views(Catalog catalog) {
        return List.of(
                SystemView.of(CatalogSnapshot.INFORMATION_SCHEMA, "TABLE_PRIVILEGES",
                        List.of(text("GRANTOR"), text("GRANTEE"), text("TABLE_CATALOG"), text("TABLE_SCHEMA"), text("TABLE_NAME"),
                                text("PRIVILEGE_TYPE"), text("IS_GRANTABLE"), text("WITH_HIERARCHY")),
                        viewer -> tablePrivileges(catalog.snapshot(), viewer)),
                SystemView.of(CatalogSnapshot.INFORMATION_SCHEMA, "COLUMN_PRIVILEGES",
                        List.of(text("GRANTOR"), text("GRANTEE"), text("TABLE_CATALOG"), text("TABLE_SCHEMA"), text("TABLE_NAME"),
                                text("COLUMN_NAME"), text("PRIVILEGE_TYPE"), text("IS_GRANTABLE")),
                        viewer -> columnPrivileges(catalog.snapshot(), viewer)),
                SystemView.of(CatalogSnapshot.INFORMATION_SCHEMA, "USAGE_PRIVILEGES",
                        List.of(text("GRANTOR"), text("GRANTEE"), text("OBJECT_CATALOG"), text("OBJECT_SCHEMA"), text("OBJECT_NAME"),
                                text("OBJECT_TYPE"), text("PRIVILEGE_TYPE"), text("IS_GRANTABLE")),
                        viewer -> usagePrivileges(catalog.snapshot(), viewer)),
                SystemView.of(CatalogSnapshot.INFORMATION_SCHEMA, "ENABLED_ROLES", List.of(text("ROLE_NAME")),
                        viewer -> enabledRoles(catalog.snapshot(), viewer)),
                SystemView.of(CatalogSnapshot.INFORMATION_SCHEMA, "APPLICABLE_ROLES",
                        List.of(text("GRANTEE"), text("ROLE_NAME"), text("IS_GRANTABLE")),
                        viewer -> applicableRoles(catalog.snapshot(), viewer)),
                new SystemView(CatalogSnapshot.SYSTEM, "USERS",
                        List.of(text("USER_NAME"), bool("IS_USER"), bool("CAN_LOG_IN"), bool("IS_ADMIN"), text("MEMBER_OF"), bool(
                                "HAS_DIGEST")),
                        () -> users(catalog.snapshot())).forAdmins(),
                new SystemView(CatalogSnapshot.SYSTEM, "OWNERS",
                        List.of(text("OBJECT_SCHEMA"), text("OBJECT_NAME"), text("OBJECT_TYPE"), text("OWNER")),
                        () -> owners(catalog.snapshot())).forAdmins());
    }

    /// One thing that somebody has of an object, owners included.
    private record Held(SecuredObject object, @Nullable String owner, String grantor, Grant grant) {}

    private static Stream<Held> held(CatalogSnapshot catalog, Viewer viewer, ObjectKind kind) {
        return catalog.access().objects().entrySet().stream()
                .filter(entry -> entry.getKey().kind() == kind)
                .sorted(Map.Entry.comparingByKey(Comparator.comparing(SecuredObject::toString)))
                .flatMap(entry -> held(catalog, entry.getKey(), entry.getValue()))
                .filter(held -> viewer.owns(held.object()) || viewer.closure().contains(held.grant().grantee()));
    }

    private static Stream<Held> held(CatalogSnapshot catalog, SecuredObject object, ObjectAccess access) {
        String owner = access.owner();
        boolean isView = object.kind() == ObjectKind.TABLE && catalog.view(object.schema(), object.name()).isPresent();
        List<Privilege> all = isView ? List.of(Privilege.SELECT) : Privilege.of(object.kind());
        Stream<Held> own = owner == null
                ? Stream.of()
                : all.stream().map(privilege -> new Held(object, owner, SYSTEM, new Grant(owner, privilege, "", true)));
        String grantor = owner == null ? SYSTEM : owner;
        return Stream.concat(own, access.grants().stream().map(grant -> new Held(object, owner, grantor, grant)));
    }

    private static String yes(boolean is) {
        return is ? "YES" : "NO";
    }

    private static List<@Nullable Object[]> tablePrivileges(CatalogSnapshot catalog, Viewer viewer) {
        return held(catalog, viewer, ObjectKind.TABLE)
                .filter(held -> held.grant().column().isEmpty())
                .map(held -> new @Nullable Object[] {held.grantor(), held.grant().grantee(), InformationSchema.CATALOG, held.object()
                        .schema(), held.object().name(), held.grant().privilege().name(), yes(held.grant().grantable()), "NO"})
                .toList();
    }

    private static List<@Nullable Object[]> columnPrivileges(CatalogSnapshot catalog, Viewer viewer) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        held(catalog, viewer, ObjectKind.TABLE).filter(held -> held.grant().privilege().isOfColumns()).forEach(held -> {
            for (String column : columns(catalog, held.object())) {
                if (held.grant().column().isEmpty() || held.grant().column().equals(column)) {
                    rows.add(new @Nullable Object[] {held.grantor(), held.grant().grantee(), InformationSchema.CATALOG, held.object()
                            .schema(), held.object().name(), column, held.grant().privilege().name(), yes(held.grant().grantable())});
                }
            }
        });
        return rows;
    }

    private static List<String> columns(CatalogSnapshot catalog, SecuredObject table) {
        return catalog.table(table.schema(), table.name())
                .map(found -> found.definition().columns())
                .or(() -> catalog.view(table.schema(), table.name()).map(view -> view.definition().columns()))
                .orElse(List.of())
                .stream()
                .map(ColumnDefinition::name)
                .toList();
    }

    private static List<@Nullable Object[]> usagePrivileges(CatalogSnapshot catalog, Viewer viewer) {
        return Stream.of(ObjectKind.SCHEMA, ObjectKind.SEQUENCE)
                .flatMap(kind -> held(catalog, viewer, kind))
                .map(held -> new @Nullable Object[] {held.grantor(), held.grant().grantee(), InformationSchema.CATALOG, held.object()
                        .schema(), held.object().kind() == ObjectKind.SCHEMA ? held.object().schema() : held.object().name(), held.object()
                                .kind().name(), held.grant().privilege().name(), yes(held.grant().grantable())})
                .toList();
    }

    private static List<@Nullable Object[]> enabledRoles(CatalogSnapshot catalog, Viewer viewer) {
        TreeSet<String> roles = new TreeSet<>(viewer.closure());
        if (viewer.role() == null) {
            roles.addAll(catalog.access().roles().byName().keySet());
        }
        roles.remove(Roles.PUBLIC);
        return roles.stream().map(role -> new @Nullable Object[] {role}).toList();
    }

    private static List<@Nullable Object[]> applicableRoles(CatalogSnapshot catalog, Viewer viewer) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Role role : catalog.access().roles().byName().values()) {
            if (viewer.role() == null || viewer.closure().contains(role.name())) {
                role.memberOf().entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(membership -> rows.add(
                        new @Nullable Object[] {
                                role.name(), membership.getKey(), yes(membership.getValue())}));
            }
        }
        return rows;
    }

    private static List<@Nullable Object[]> users(CatalogSnapshot catalog) {
        Roles roles = catalog.access().roles();
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Role role : roles.byName().values()) {
            rows.add(new @Nullable Object[] {role.name(), role.isUser(), role.passwordHash() != null, roles.closure(role.name()).contains(
                    Roles.ADMIN), String.join(", ", new TreeSet<>(role.memberOf().keySet())), role.digestKeys() != null});
        }
        return rows;
    }

    private static List<@Nullable Object[]> owners(CatalogSnapshot catalog) {
        return catalog.access().objects().entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.comparing(SecuredObject::toString)))
                .map(entry -> new @Nullable Object[] {entry.getKey().schema(), entry.getKey().name(), entry.getKey().kind().name(), entry
                        .getValue().owner()})
                .toList();
    }
}
