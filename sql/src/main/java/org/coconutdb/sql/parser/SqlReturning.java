package org.coconutdb.sql.parser;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/// An INSERT, UPSERT, UPDATE or DELETE that answers the rows that it changed: `… RETURNING item, …`, as PostgreSQL has it.
public final class SqlReturning extends SqlCall {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("RETURNING", SqlKind.OTHER);

    private final SqlNode statement;
    private final SqlNodeList items;

    /// @param items as those of a select list
    public SqlReturning(SqlParserPos position, SqlNode statement, SqlNodeList items) {
        super(position);
        this.statement = statement;
        this.items = items;
    }

    public SqlNode statement() {
        return statement;
    }

    public SqlNodeList items() {
        return items;
    }

    @Override
    public SqlOperator getOperator() {
        return OPERATOR;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of(statement, items);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        statement.unparse(writer, 0, 0);
        writer.newlineAndIndent();
        writer.keyword("RETURNING");
        for (int i = 0; i < items.size(); i++) {
            if (i > 0) {
                writer.sep(",", true);
            }
            items.get(i).unparse(writer, 0, 0);
        }
    }
}
