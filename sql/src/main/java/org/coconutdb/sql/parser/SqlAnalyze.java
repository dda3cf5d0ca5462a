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
import org.jspecify.annotations.Nullable;

/// `ANALYZE [TABLE] [table]`.
public final class SqlAnalyze extends SqlCall {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("ANALYZE", SqlKind.OTHER_DDL);

    private final @Nullable SqlIdentifier table;

    public SqlAnalyze(SqlParserPos position, @Nullable SqlIdentifier table) {
        super(position);
        this.table = table;
    }

    /// Null: all tables.
    public @Nullable SqlIdentifier table() {
        return table;
    }

    @Override
    public SqlOperator getOperator() {
        return OPERATOR;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return table == null ? List.of() : List.of(table);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword("ANALYZE");
        if (table != null) {
            table.unparse(writer, 0, 0);
        }
    }
}
