package org.coconutdb.sql.parser;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `ALTER USER`, `GRANT`, `REVOKE`, `ALTER … OWNER TO`.
public final class SqlAccessStatement extends SqlCall {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("GRANT", SqlKind.OTHER_DDL);

    private final AccessAction action;

    public SqlAccessStatement(SqlParserPos position, AccessAction action) {
        super(position);
        this.action = action;
    }

    public AccessAction action() {
        return action;
    }

    @Override
    public SqlOperator getOperator() {
        return OPERATOR;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of();
    }

    /// Not to be read again: a password is never written.
    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword(switch (action) {
            case AccessAction.Privileges privileges -> privileges.isGrant() ? "GRANT" : "REVOKE";
            case AccessAction.Memberships memberships -> memberships.isGrant() ? "GRANT" : "REVOKE";
            case AccessAction.ChangeOwner _ -> "ALTER OWNER";
            case AccessAction.CreateRole _,AccessAction.ChangePassword _,AccessAction.DropRole _ -> action.toString();
        });
    }
}
