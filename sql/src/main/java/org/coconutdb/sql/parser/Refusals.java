package org.coconutdb.sql.parser;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Errors for syntax that is understood and not carried out.
public final class Refusals {
    private Refusals() {}

    /// NOT_SUPPORTED by name, with the place.
    public static CoconutException notYet(String what, String mend, SqlParserPos position) {
        return CoconutException.of(ErrorCode.NOT_SUPPORTED)
                .with("what", what)
                .with("line", position.getLineNum())
                .with("column", position.getColumnNum())
                .mend(mend);
    }

    /// PASSING behind a path of JSON.
    public static void passing(SqlParserPos position) {
        throw notYet("PASSING behind a path of JSON", "Write the value into the path's text: '$.a[*] ? (@ > 5)'.", position);
    }

    /// NULL or NOT NULL behind a column, that may be said once.
    public static Boolean once(@Nullable Boolean before, boolean nullable, SqlParserPos position) {
        if (before != null) {
            throw CoconutException.of(ErrorCode.SYNTAX_ERROR)
                    .with("line", position.getLineNum())
                    .with("column", position.getColumnNum())
                    .mend("Say NULL or NOT NULL once behind a column.");
        }
        return nullable;
    }

    /// DEFAULT behind a column may be said once, and is no constraint that has a name.
    public static void onlyDefault(@Nullable ExpressionClause before, @Nullable SqlIdentifier constraint, SqlParserPos position) {
        if (before != null || constraint != null) {
            throw CoconutException.of(ErrorCode.SYNTAX_ERROR)
                    .with("line", position.getLineNum())
                    .with("column", position.getColumnNum())
                    .mend(before != null ? "Say DEFAULT once behind a column." : "A DEFAULT has no name: leave CONSTRAINT out.");
        }
    }

    /// GENERATED … AS IDENTITY may be said once, and is no constraint that has a name.
    public static void onlyIdentity(@Nullable IdentityClause before, @Nullable SqlIdentifier constraint, SqlParserPos position) {
        if (before != null || constraint != null) {
            throw CoconutException.of(ErrorCode.SYNTAX_ERROR)
                    .with("line", position.getLineNum())
                    .with("column", position.getColumnNum())
                    .mend(before != null ? "Say GENERATED once behind a column." : "GENERATED has no name: leave CONSTRAINT out.");
        }
    }

    /// What of a column cannot be altered.
    public static CoconutException ofColumnChange(String what, SqlParserPos position) {
        return notYet("ALTER COLUMN ... " + what.toUpperCase(Locale.ROOT),
                "Only SET DEFAULT and DROP DEFAULT can be altered: for another type "
                        + "add a column, UPDATE it from this one, then drop this one.", position);
    }

    /// ON DELETE or ON UPDATE, that each may be said once.
    public static ReferentialAction onlyAction(@Nullable ReferentialAction before, ReferentialAction action, SqlParserPos position) {
        if (before != null) {
            throw CoconutException.of(ErrorCode.SYNTAX_ERROR)
                    .with("line", position.getLineNum())
                    .with("column", position.getColumnNum())
                    .mend("Say ON DELETE once and ON UPDATE once behind REFERENCES.");
        }
        return action;
    }

    /// A foreign key that is not to be checked at the commit.
    public static CoconutException notDeferred(String what, SqlParserPos position) {
        return notYet(what, "Leave it out, or say DEFERRABLE INITIALLY DEFERRED: foreign keys are checked when a transaction commits.",
                position);
    }

    /// OR REPLACE, where it has no meaning.
    public static void unlessReplace(boolean replace, SqlParserPos position) {
        if (replace) {
            throw notYet("CREATE OR REPLACE INDEX", "DROP INDEX IF EXISTS it first.", position);
        }
    }

    /// A column without a type has one only where a query gives it.
    public static void unlessTyped(List<SqlIdentifier> names) {
        for (SqlIdentifier name : names) {
            throw CoconutException.of(ErrorCode.SYNTAX_ERROR)
                    .with("line", name.getParserPosition().getLineNum())
                    .with("column", name.getParserPosition().getColumnNum())
                    .with("columnName", name.getSimple())
                    .mend("Give the column a type, or the table a query: CREATE TABLE … AS SELECT ….");
        }
    }

    /// What a table that is made from a query is not given with it.
    public static void unlessOfQuery(
            List<ColumnClause> columns,
            List<CheckClause> checks,
            List<UniqueClause> uniques,
            List<ForeignKeyClause> foreignKeys,
            SqlParserPos position) {
        if (!columns.isEmpty()) {
            throw notYet("a type in CREATE TABLE AS", "Name the column alone: its type is the query's, where a CAST gives it another.",
                    columns.getFirst().name().getParserPosition());
        }
        if (!checks.isEmpty() || !uniques.isEmpty() || !foreignKeys.isEmpty()) {
            throw notYet("a constraint other than PRIMARY KEY in CREATE TABLE AS", "Add it behind: ALTER TABLE … ADD.", position);
        }
    }

    /// OR REPLACE and IF NOT EXISTS say different things of a view that is there.
    public static void unlessBoth(boolean replace, boolean ifNotExists, SqlParserPos position) {
        if (replace && ifNotExists) {
            throw CoconutException.of(ErrorCode.SYNTAX_ERROR)
                    .with("line", position.getLineNum())
                    .with("column", position.getColumnNum())
                    .mend("Say OR REPLACE, or IF NOT EXISTS, not both.");
        }
    }

    /// ON CONFLICT behind UPSERT says twice what becomes of a row that is there.
    public static void unlessUpsert(SqlInsert insert, SqlParserPos position) {
        if (insert.isUpsert()) {
            throw CoconutException.of(ErrorCode.SYNTAX_ERROR)
                    .with("line", position.getLineNum())
                    .with("column", position.getColumnNum())
                    .mend("UPSERT replaces the row that is there: leave ON CONFLICT out, or say INSERT.");
        }
    }

    /// Refuses CREATE OR REPLACE of a role, and a password of one that is no user.
    public static void unlessRole(boolean replace, boolean isUser, @Nullable String password, SqlParserPos position) {
        if (replace) {
            throw notYet("CREATE OR REPLACE " + (isUser ? "USER" : "ROLE"), "Say IF NOT EXISTS, or DROP it first.", position);
        }
        if (!isUser && password != null) {
            throw notYet("a role's password",
                    "Nobody logs in as a role: CREATE USER makes who can, and GRANT makes it a member of the role.",
                    position);
        }
    }

    /// DIGEST, behind no password.
    public static void unlessPassword(boolean isDigest, @Nullable String password, SqlParserPos position) {
        if (isDigest && password == null) {
            throw notYet("DIGEST without a password", "Give a password, or leave DIGEST out.", position);
        }
    }

    /// GRANT or REVOKE, by what was written.
    ///
    /// @param target null: roles are granted
    public static SqlAccessStatement access(
            SqlParserPos position,
            boolean isGrant,
            List<AccessAction.Item> items,
            AccessAction.@Nullable Target target,
            List<SqlIdentifier> grantees,
            boolean grantOption,
            boolean adminOption) {
        if (target != null) {
            if (adminOption) {
                throw notYet("ADMIN OPTION of privileges", "Write GRANT OPTION; ADMIN OPTION is of roles.", position);
            }
            return new SqlAccessStatement(position, new AccessAction.Privileges(isGrant, items, target, grantees, grantOption));
        }
        if (grantOption) {
            throw notYet("GRANT OPTION of roles", "Write ADMIN OPTION; GRANT OPTION is of privileges.", position);
        }
        List<SqlIdentifier> roles = new ArrayList<>();
        for (AccessAction.Item item : items) {
            if (!item.isName()) {
                throw CoconutException.of(ErrorCode.SYNTAX_ERROR)
                        .with("line", item.position().getLineNum())
                        .with("column", item.position().getColumnNum())
                        .with("found", "'" + item.word() + "'")
                        .mend("A privilege is granted ON something: GRANT " + item.word() + " ON … TO …; without ON roles are granted.");
            }
            roles.add(new SqlIdentifier(item.word(), item.position()));
        }
        return new SqlAccessStatement(position, new AccessAction.Memberships(isGrant, roles, grantees, adminOption));
    }
}
