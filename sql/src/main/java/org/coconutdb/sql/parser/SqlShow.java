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

/// `SHOW TABLES [FROM schema]` or `SHOW COLUMNS FROM table`.
public final class SqlShow extends SqlCall {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("SHOW", SqlKind.OTHER);

    private final boolean columns;
    private final @Nullable SqlIdentifier from;

    /// @param columns whether those of a table are shown, and not tables
    /// @param from the table, or the schema; null for the session's
    public SqlShow(SqlParserPos position, boolean columns, @Nullable SqlIdentifier from) {
        super(position);
        this.columns = columns;
        this.from = from;
    }

    /// The table whose columns are shown; null where tables are.
    public @Nullable SqlIdentifier table() {
        return columns ? from : null;
    }

    /// The schema whose tables are shown; null for the session's.
    public @Nullable SqlIdentifier schema() {
        return columns ? null : from;
    }

    @Override
    public SqlOperator getOperator() {
        return OPERATOR;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return from == null ? List.of() : List.of(from);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword(columns ? "SHOW COLUMNS" : "SHOW TABLES");
        if (from != null) {
            writer.keyword("FROM");
            from.unparse(writer, 0, 0);
        }
    }
}
