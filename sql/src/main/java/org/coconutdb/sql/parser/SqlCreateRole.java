package org.coconutdb.sql.parser;

import java.util.List;
import org.apache.calcite.sql.SqlCreate;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `CREATE USER [IF NOT EXISTS] name [[WITH] PASSWORD 'text']`, `CREATE ROLE [IF NOT EXISTS] name`.
public final class SqlCreateRole extends SqlCreate {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("CREATE ROLE", SqlKind.OTHER_DDL);

    private final AccessAction.CreateRole action;

    public SqlCreateRole(SqlParserPos position, AccessAction.CreateRole action) {
        super(OPERATOR, position, false, action.ifNotExists());
        this.action = action;
    }

    public AccessAction.CreateRole action() {
        return action;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of(action.name());
    }

    /// Not to be read again: a password is never written.
    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword(action.isUser() ? "CREATE USER" : "CREATE ROLE");
        action.name().unparse(writer, 0, 0);
    }
}
