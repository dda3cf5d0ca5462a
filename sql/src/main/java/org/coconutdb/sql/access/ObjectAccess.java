package org.coconutdb.sql.access;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Whose an object is, and what was granted of it. Immutable.
///
/// @param owner null: it belongs to the database itself, that is, to members of [Roles#ADMIN]
public record ObjectAccess(@Nullable String owner, List<Grant> grants) {
    public static final ObjectAccess NOBODYS = new ObjectAccess(null, List.of());

    public ObjectAccess {
        grants = List.copyOf(grants);
    }

    public ObjectAccess ownedBy(@Nullable String other) {
        return new ObjectAccess(other, grants);
    }

    /// The same with one more, which may add the right to grant to one that is there.
    public ObjectAccess with(Grant added) {
        List<Grant> all = new ArrayList<>(grants);
        boolean wasGrantable = grants.stream().anyMatch(grant -> grant.isSame(added) && grant.grantable());
        all.removeIf(added::isSame);
        all.add(new Grant(added.grantee(), added.privilege(), added.column(), added.grantable() || wasGrantable));
        return new ObjectAccess(owner, all);
    }

    /// The same without some.
    public ObjectAccess without(Predicate<Grant> revoked) {
        return new ObjectAccess(owner, grants.stream().filter(revoked.negate()).toList());
    }

    /// The same, in which some may be used and not granted.
    public ObjectAccess withoutOption(Predicate<Grant> revoked) {
        return new ObjectAccess(owner, grants.stream()
                .map(grant -> revoked.test(grant) ? new Grant(grant.grantee(), grant.privilege(), grant.column(), false) : grant)
                .toList());
    }

    /// Whether one of the roles has it: of the whole, or of the column.
    ///
    /// @param column empty: of the whole alone
    boolean allows(Collection<String> roles, Privilege privilege, String column, boolean toGrant) {
        for (Grant grant : grants) {
            if (grant.privilege() == privilege && (grant.column().isEmpty() || grant.column().equals(column)) && (grant.grantable()
                    || !toGrant) && roles.contains(grant.grantee())) {
                return true;
            }
        }
        return false;
    }

    /// Whether one of the roles has it of the whole, or of any column.
    boolean allowsAny(Collection<String> roles, Privilege privilege) {
        return grants.stream().anyMatch(grant -> grant.privilege() == privilege && roles.contains(grant.grantee()));
    }

    /// Whether one of the roles has anything.
    boolean allowsAnything(Collection<String> roles) {
        return grants.stream().anyMatch(grant -> roles.contains(grant.grantee()));
    }

    /// What of columns was granted, without those that are no more.
    public ObjectAccess keeping(Set<String> columns) {
        return without(grant -> !grant.column().isEmpty() && !columns.contains(grant.column()));
    }
}
