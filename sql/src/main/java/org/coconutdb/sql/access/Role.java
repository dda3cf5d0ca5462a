package org.coconutdb.sql.access;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A role: what privileges are granted to. One that has a password is a user who can log in. Immutable.
///
/// @param name as stored: upper case unless it was quoted
/// @param isUser whether CREATE USER made it
/// @param passwordHash see [PasswordHash]; null: nobody can log in as it
/// @param stamp another one for each password, so that logins by an earlier one are known
/// @param memberOf roles whose privileges it has, and whether it may grant them to others
public record Role(String name, boolean isUser, @Nullable String passwordHash, long stamp, Map<String, Boolean> memberOf) {
    public Role {
        memberOf = Map.copyOf(memberOf);
    }

    public Role withPassword(@Nullable String hash, long newStamp) {
        return new Role(name, isUser, hash, newStamp, memberOf);
    }

    /// @param toGrant whether it may grant the role to others, too; one that may already still may
    public Role memberOf(String role, boolean toGrant) {
        Map<String, Boolean> all = new TreeMap<>(memberOf);
        all.merge(role, toGrant, Boolean::logicalOr);
        return new Role(name, isUser, passwordHash, stamp, all);
    }

    /// @param optionOnly whether it stays a member, and may not grant the role any more
    public Role notMemberOf(String role, boolean optionOnly) {
        Map<String, Boolean> all = new TreeMap<>(memberOf);
        if (optionOnly) {
            all.computeIfPresent(role, (_, _) -> false);
        } else {
            all.remove(role);
        }
        return new Role(name, isUser, passwordHash, stamp, all);
    }

    /// Without its secret.
    @Override
    public String toString() {
        return name;
    }
}
