package org.coconutdb.sql.parser;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlDdl;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `ALTER TABLE [IF EXISTS] name action, …`.
public final class SqlAlterTable extends SqlDdl {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("ALTER TABLE", SqlKind.ALTER_TABLE);

    private final boolean ifExists;
    private final SqlIdentifier table;
    private final List<AlterAction> actions;

    public SqlAlterTable(SqlParserPos position, boolean ifExists, SqlIdentifier table, List<AlterAction> actions) {
        super(OPERATOR, position);
        this.ifExists = ifExists;
        this.table = table;
        this.actions = List.copyOf(actions);
    }

    public boolean ifExists() {
        return ifExists;
    }

    public SqlIdentifier table() {
        return table;
    }

    public List<AlterAction> actions() {
        return actions;
    }

    @Override
    public List<SqlNode> getOperandList() {
        List<SqlNode> operands = new ArrayList<>(List.of(table));
        actions.forEach(action -> operands.addAll(action.operands()));
        return operands;
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword("ALTER TABLE");
        if (ifExists) {
            writer.keyword("IF EXISTS");
        }
        table.unparse(writer, 0, 0);
        SqlWriter.Frame list = writer.startList("", "");
        for (AlterAction action : actions) {
            writer.sep(",");
            action.unparse(writer);
        }
        writer.endList(list);
    }
}
