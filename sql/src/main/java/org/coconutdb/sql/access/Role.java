package org.coconutdb.sql.access;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A role: what privileges are granted to. One that has a password is a user who can log in. Immutable.
///
/// @param name as stored: upper case unless it was quoted
/// @param isUser whether CREATE USER made it
/// @param passwordHash see [PasswordHash]; null: nobody can log in as it
/// @param digestKeys see [DigestKey]; null: DIGEST does not know it
/// @param stamp another one for each password, so that logins by an earlier one are known
/// @param memberOf roles whose privileges it has, and whether it may grant them to others
public record Role(String name, boolean isUser, @Nullable String passwordHash, @Nullable String digestKeys, long stamp,
        Map<String, Boolean> memberOf) {
    public Role {
        memberOf = Map.copyOf(memberOf);
    }

    /// Somebody new.
    ///
    /// @param isDigest whether DIGEST is to know it, too
    public static Role of(String name, boolean isUser, @Nullable String password, boolean isDigest, long stamp) {
        return new Role(name, isUser, null, null, stamp, Map.of()).withPassword(password, isDigest, stamp);
    }

    /// @param password null: nobody can log in as it any more
    public Role withPassword(@Nullable String password, boolean isDigest, long newStamp) {
        return new Role(name, isUser, password == null ? null : PasswordHash.of(password), password == null || !isDigest ? null : DigestKey
                .of(name, password), newStamp, memberOf);
    }

    /// What DIGEST verifies a client by that writes the name so; null where it does not know the user.
    public @Nullable String digestKey(String written) {
        return digestKeys == null ? null : DigestKey.of(digestKeys, name, written);
    }

    /// @param toGrant whether it may grant the role to others, too; one that may already still may
    public Role memberOf(String role, boolean toGrant) {
        Map<String, Boolean> all = new TreeMap<>(memberOf);
        all.merge(role, toGrant, Boolean::logicalOr);
        return new Role(name, isUser, passwordHash, digestKeys, stamp, all);
    }

    /// @param optionOnly whether it stays a member, and may not grant the role any more
    public Role notMemberOf(String role, boolean optionOnly) {
        Map<String, Boolean> all = new TreeMap<>(memberOf);
        if (optionOnly) {
            all.computeIfPresent(role, (_, _) -> false);
        } else {
            all.remove(role);
        }
        return new Role(name, isUser, passwordHash, digestKeys, stamp, all);
    }

    /// Without its secret.
    @Override
    public String toString() {
        return name;
    }
}
