package org.coconutdb.sql.session;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.coconutdb.sql.access.ObjectKind;
import org.coconutdb.sql.parser.AccessAction;

/// Statements about roles and privileges as the audit tells them: without any secret.
final class AccessText {
    private AccessText() {}

    static String of(AccessAction action) {
        return switch (action) {
            case AccessAction.CreateRole create -> create.toString();
            case AccessAction.ChangePassword change -> change + " PASSWORD";
            case AccessAction.DropRole drop -> (drop.isUser() ? "DROP USER " : "DROP ROLE ") + drop.name();
            case AccessAction.ChangeOwner change -> "ALTER " + (change.isView() ? "VIEW" : change.kind()) + " " + change.name()
                    + " OWNER TO "
                    + change.owner();
            case AccessAction.Memberships roles -> (roles.isGrant() ? "GRANT " : "REVOKE " + (roles.option() ? "ADMIN OPTION FOR " : ""))
                    + list(roles.roles()) + (roles.isGrant() ? " TO " : " FROM ") + list(roles.grantees())
                    + (roles.isGrant() && roles.option() ? " WITH ADMIN OPTION" : "");
            case AccessAction.Privileges privileges -> of(privileges);
        };
    }

    private static String of(AccessAction.Privileges statement) {
        String items = String.join(", ", statement.items().stream().map(item -> item.word() + (item.columns() == null ? "" : " (" + String
                .join(", ", item.columns().stream().map(Object::toString).toList()) + ")")).toList());
        AccessAction.Target target = statement.target();
        String kind = target.kind() == ObjectKind.TABLE ? "" : target.kind() + " ";
        return (statement.isGrant() ? "GRANT " : "REVOKE " + (statement.option() ? "GRANT OPTION FOR " : "")) + items + " ON "
                + (target.isAllIn() ? "ALL " + target.kind() + "S IN SCHEMA " : kind) + list(target.names())
                + (statement.isGrant() ? " TO " : " FROM ") + list(statement.grantees())
                + (statement.isGrant() && statement.option() ? " WITH GRANT OPTION" : "");
    }

    private static String list(List<SqlIdentifier> names) {
        return String.join(", ", names.stream().map(SqlIdentifier::toString).toList());
    }
}
