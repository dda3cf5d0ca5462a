package org.coconutdb.sql.parser;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `KILL QUERY session`.
public final class SqlKillQuery extends SqlCall {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("KILL QUERY", SqlKind.OTHER);

    private final SqlNumericLiteral session;

    public SqlKillQuery(SqlParserPos position, SqlNumericLiteral session) {
        super(position);
        this.session = session;
    }

    /// The number of the session whose statements are to end.
    public SqlNumericLiteral session() {
        return session;
    }

    @Override
    public SqlOperator getOperator() {
        return OPERATOR;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of(session);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword("KILL QUERY");
        session.unparse(writer, 0, 0);
    }
}
