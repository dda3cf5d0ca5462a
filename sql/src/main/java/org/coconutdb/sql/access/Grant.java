package org.coconutdb.sql.access;

/// One thing that a role may do with an object.
///
/// @param grantee a role, or [Roles#PUBLIC]
/// @param column that it may do it with; empty: with all, those that come later included
/// @param grantable whether it may grant it to others
public record Grant(String grantee, Privilege privilege, String column, boolean grantable) {
    boolean isSame(Grant other) {
        return grantee.equals(other.grantee) && privilege == other.privilege && column.equals(other.column);
    }
}
