package org.coconutdb.sql.parser;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `SHOW CREATE TABLE name` or `SHOW CREATE VIEW name`.
public final class SqlShowCreate extends SqlCall {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("SHOW CREATE", SqlKind.OTHER);

    private final boolean isView;
    private final SqlIdentifier name;

    public SqlShowCreate(SqlParserPos position, boolean isView, SqlIdentifier name) {
        super(position);
        this.isView = isView;
        this.name = name;
    }

    public boolean isView() {
        return isView;
    }

    public SqlIdentifier name() {
        return name;
    }

    @Override
    public SqlOperator getOperator() {
        return OPERATOR;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of(name);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword(isView ? "SHOW CREATE VIEW" : "SHOW CREATE TABLE");
        name.unparse(writer, 0, 0);
    }
}
