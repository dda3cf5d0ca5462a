package org.coconutdb.sql.parser;

import java.util.List;
import org.apache.calcite.sql.SqlDrop;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `DROP USER [IF EXISTS] name`, `DROP ROLE [IF EXISTS] name`.
public final class SqlDropRole extends SqlDrop {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("DROP ROLE", SqlKind.OTHER_DDL);

    private final AccessAction.DropRole action;

    public SqlDropRole(SqlParserPos position, AccessAction.DropRole action) {
        super(OPERATOR, position, action.ifExists());
        this.action = action;
    }

    public AccessAction.DropRole action() {
        return action;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of(action.name());
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword(action.isUser() ? "DROP USER" : "DROP ROLE");
        if (action.ifExists()) {
            writer.keyword("IF EXISTS");
        }
        action.name().unparse(writer, 0, 0);
    }
}
