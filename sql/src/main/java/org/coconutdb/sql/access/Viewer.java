package org.coconutdb.sql.access;

import java.util.List;
import java.util.Set;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Somebody who does something, at one version of the catalogue. Immutable; any thread.
public final class Viewer {
    /// Who has opened the database in this process, and named no user: may do everything.
    public static final Viewer OWNER = new Viewer(AccessRules.NONE, null, Set.of(Roles.PUBLIC, Roles.ADMIN));

    private final AccessRules rules;
    private final @Nullable String role;
    private final Set<String> closure;
    private final boolean isAdmin;

    /// @param closure the role, and those whose privileges it has
    Viewer(AccessRules rules, @Nullable String role, Set<String> closure) {
        this.rules = rules;
        this.role = role;
        this.closure = Set.copyOf(closure);
        this.isAdmin = closure.contains(Roles.ADMIN);
    }

    /// Null: the database's owner, who is no role.
    public @Nullable String role() {
        return role;
    }

    /// May do everything.
    public boolean isAdmin() {
        return isAdmin;
    }

    /// The role, and those whose privileges it has; PUBLIC among them.
    public Set<String> closure() {
        return closure;
    }

    public boolean owns(SecuredObject object) {
        if (isAdmin) {
            return true;
        }
        String owner = rules.of(object).owner();
        return owner != null && closure.contains(owner);
    }

    /// Whether the privilege is there of the whole object.
    public boolean has(SecuredObject object, Privilege privilege) {
        return has(object, privilege, "", false);
    }

    /// Whether it is there of a column, or of the whole.
    ///
    /// @param column empty: of the whole
    /// @param toGrant whether it may be granted to others
    public boolean has(SecuredObject object, Privilege privilege, String column, boolean toGrant) {
        return owns(object) || rules.of(object).allows(closure, privilege, column, toGrant);
    }

    /// Whether it may be known of.
    public boolean sees(SecuredObject object) {
        return owns(object) || rules.of(object).allowsAnything(closure);
    }

    /// The same of a table's column.
    public boolean sees(SecuredObject table, String column) {
        return owns(table) || rules.of(table).grants().stream()
                .anyMatch(grant -> closure.contains(grant.grantee()) && (grant.column().isEmpty() || grant.column().equals(column)));
    }

    /// INSUFFICIENT_PRIVILEGE where one of them is not there.
    public void require(List<Need> needs) {
        if (isAdmin) {
            return;
        }
        for (Need need : needs) {
            String by = need.by();
            Viewer viewer = by == null ? this : rules.viewer(by);
            if (!viewer.isAdmin) {
                viewer.require(need);
            }
        }
    }

    private void require(Need need) {
        switch (need) {
            case Need.Of(SecuredObject object, Privilege privilege, Set<String> columns, var _) -> {
                requireSchema(object);
                if (!has(object, privilege, columns)) {
                    List<String> missing = columns.stream().filter(column -> !has(object, privilege, column, false)).toList();
                    throw missing(object, privilege + Need.list(missing));
                }
            }
            case Need.OfAny(SecuredObject object, Privilege privilege, var _) -> {
                requireSchema(object);
                if (!owns(object) && !rules.of(object).allowsAny(closure, privilege)) {
                    throw missing(object, privilege.name());
                }
            }
            case Need.ToSee(SecuredObject object, var _) -> {
                requireSchema(object);
                if (!sees(object)) {
                    throw missing(object, object.kind() == ObjectKind.TABLE ? Privilege.SELECT.name() : Privilege.USAGE.name());
                }
            }
            case Need.ToOwn(SecuredObject object, var _) -> {
                if (!owns(object)) {
                    throw denied().with("object", object).with("missing", "ownership")
                            .mend("Its owner may do this, or a member of ADMIN; ALTER … OWNER TO gives it another owner.");
                }
            }
            case Need.ToAdminister(String what, var _) -> throw denied().with("statement", what)
                    .with("missing", "ADMIN")
                    .mend("A member of ADMIN may do this: GRANT ADMIN TO " + role + ".");
        }
    }

    private boolean has(SecuredObject object, Privilege privilege, Set<String> columns) {
        if (owns(object)) {
            return true;
        }
        ObjectAccess access = rules.of(object);
        return columns.isEmpty()
                ? access.allows(closure, privilege, "", false)
                : columns.stream().allMatch(column -> access.allows(closure, privilege, column, false));
    }

    /// What is in a schema can be used by those alone who may use the schema.
    private void requireSchema(SecuredObject object) {
        SecuredObject schema = SecuredObject.schema(object.schema());
        if (object.kind() != ObjectKind.SCHEMA && !has(schema, Privilege.USAGE)) {
            throw missing(schema, Privilege.USAGE.name());
        }
    }

    private CoconutException denied() {
        CoconutException denied = CoconutException.of(ErrorCode.INSUFFICIENT_PRIVILEGE);
        return role == null ? denied : denied.with("user", role);
    }

    private CoconutException missing(SecuredObject object, String privilege) {
        return denied().with("object", object).with("missing", privilege)
                .mend("Its owner or a member of ADMIN can give it: GRANT " + privilege + " ON " + object + " TO " + role + ".");
    }
}
