package org.coconutdb.sql.session;

import java.util.Locale;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.access.PasswordHash;
import org.coconutdb.sql.access.Role;
import org.coconutdb.sql.access.Roles;
import org.jspecify.annotations.Nullable;

/// A user's name and password as a client gives them.
///
/// @param user read as SQL reads a name: in upper case, unless it is in double quotes
record Credentials(String user, String password) {
    /// The user whose they are. INVALID_PASSWORD, whatever is wrong with them; it takes as long either way.
    Role verify(Roles roles) {
        Role role = roles.find(name()).orElse(null);
        String hash = role == null ? null : role.passwordHash();
        if (role == null || hash == null) {
            PasswordHash.matchNone(password);
        } else if (PasswordHash.matches(password, hash)) {
            return role;
        }
        throw CoconutException.of(ErrorCode.INVALID_PASSWORD)
                .mend("A name in double quotes keeps its case, any other is read in upper case; a member of ADMIN can ALTER USER … PASSWORD.");
    }

    /// As the database knows it.
    String name() {
        return name(user);
    }

    static String name(String written) {
        boolean isQuoted = written.length() > 1 && written.startsWith("\"") && written.endsWith("\"");
        return isQuoted ? written.substring(1, written.length() - 1).replace("\"\"", "\"") : written.toUpperCase(Locale.ROOT);
    }

    static @Nullable Credentials of(@Nullable String user, @Nullable String password) {
        return user == null || user.isEmpty() ? null : new Credentials(user, password == null ? "" : password);
    }

    /// Without the secret.
    @Override
    public String toString() {
        return user;
    }
}
