package org.coconutdb.sql.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.coconutdb.sql.access.ObjectKind;
import org.jspecify.annotations.Nullable;

/// What a statement does about roles and privileges.
public sealed interface AccessAction {
    /// CREATE USER and CREATE ROLE.
    ///
    /// @param password null where none is said
    /// @param isDigest whether DIGEST is to know it, too
    record CreateRole(SqlIdentifier name, boolean isUser, boolean ifNotExists, @Nullable String password, boolean isDigest)
            implements AccessAction {
        /// Without its secret.
        @Override
        public String toString() {
            return "CREATE " + (isUser ? "USER " : "ROLE ") + name;
        }
    }

    /// ALTER USER … PASSWORD.
    ///
    /// @param password null: nobody can log in
    /// @param isDigest whether DIGEST is to know it, too
    record ChangePassword(SqlIdentifier name, @Nullable String password, boolean isDigest) implements AccessAction {
        /// Without its secret.
        @Override
        public String toString() {
            return "ALTER USER " + name;
        }
    }

    /// DROP USER and DROP ROLE.
    record DropRole(SqlIdentifier name, boolean isUser, boolean ifExists) implements AccessAction {}

    /// GRANT and REVOKE of privileges.
    ///
    /// @param option of GRANT: WITH GRANT OPTION; of REVOKE: GRANT OPTION FOR
    record Privileges(boolean isGrant, List<Item> items, Target target, List<SqlIdentifier> grantees, boolean option)
            implements AccessAction {
        public Privileges {
            items = List.copyOf(items);
            grantees = List.copyOf(grantees);
        }
    }

    /// GRANT and REVOKE of roles.
    ///
    /// @param option of GRANT: WITH ADMIN OPTION; of REVOKE: ADMIN OPTION FOR
    record Memberships(boolean isGrant, List<SqlIdentifier> roles, List<SqlIdentifier> grantees, boolean option) implements AccessAction {
        public Memberships {
            roles = List.copyOf(roles);
            grantees = List.copyOf(grantees);
        }
    }

    /// ALTER … OWNER TO.
    record ChangeOwner(ObjectKind kind, SqlIdentifier name, SqlIdentifier owner, boolean isView) implements AccessAction {}

    /// A privilege, or the name of a role: what it is is known where ON comes, or does not.
    ///
    /// @param word in upper case, ALL for ALL PRIVILEGES; a role's name as it is stored
    /// @param columns null where none are named
    record Item(String word, boolean isName, @Nullable SqlNodeList columns, SqlParserPos position) {}

    /// What privileges are granted on.
    ///
    /// @param isAllIn whether the names are those of schemas, of whose objects all are meant
    record Target(ObjectKind kind, boolean isAllIn, List<SqlIdentifier> names) {
        public Target {
            names = List.copyOf(names);
        }
    }
}
