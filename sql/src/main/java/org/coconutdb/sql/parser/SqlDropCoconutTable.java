package org.coconutdb.sql.parser;

import java.util.List;
import org.apache.calcite.sql.SqlDrop;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `DROP TABLE [IF EXISTS] name [CASCADE | RESTRICT]`.
public final class SqlDropCoconutTable extends SqlDrop {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("DROP TABLE", SqlKind.DROP_TABLE);

    private final SqlIdentifier table;
    private final boolean cascades;

    public SqlDropCoconutTable(SqlParserPos position, boolean ifExists, SqlIdentifier table, boolean cascades) {
        super(OPERATOR, position, ifExists);
        this.table = table;
        this.cascades = cascades;
    }

    /// Whether foreign keys of other tables that need it are dropped with it.
    public boolean cascades() {
        return cascades;
    }

    public SqlIdentifier table() {
        return table;
    }

    public boolean ifExists() {
        return ifExists;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of(table);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword("DROP TABLE");
        if (ifExists) {
            writer.keyword("IF EXISTS");
        }
        table.unparse(writer, 0, 0);
        if (cascades) {
            writer.keyword("CASCADE");
        }
    }
}
