package org.coconutdb.sql.parser;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `TRUNCATE [TABLE] name, … [CONTINUE IDENTITY | RESTART IDENTITY]`.
public final class SqlTruncateTable extends SqlCall {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("TRUNCATE", SqlKind.TRUNCATE_TABLE);

    private final SqlNodeList tables;
    private final boolean restartsIdentity;

    public SqlTruncateTable(SqlParserPos position, SqlNodeList tables, boolean restartsIdentity) {
        super(position);
        this.tables = tables;
        this.restartsIdentity = restartsIdentity;
    }

    public List<SqlIdentifier> tables() {
        return tables.stream().map(SqlIdentifier.class::cast).toList();
    }

    /// Whether identity columns begin to count anew.
    public boolean restartsIdentity() {
        return restartsIdentity;
    }

    @Override
    public SqlOperator getOperator() {
        return OPERATOR;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of(tables);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword("TRUNCATE TABLE");
        tables.unparse(writer, 0, 0);
        if (restartsIdentity) {
            writer.keyword("RESTART IDENTITY");
        }
    }
}
