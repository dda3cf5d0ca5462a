package org.coconutdb.sql.parser;

import java.util.List;
import org.apache.calcite.sql.SqlCreate;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `CREATE [UNIQUE] INDEX [IF NOT EXISTS] name ON table (column [ASC | DESC], …) [INCLUDE (column, …)]`.
public final class SqlCreateIndex extends SqlCreate {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("CREATE INDEX", SqlKind.CREATE_INDEX);

    private final boolean unique;
    private final SqlIdentifier index;
    private final SqlIdentifier table;
    private final List<IndexColumnClause> columns;
    private final List<SqlIdentifier> included;

    public SqlCreateIndex(
            SqlParserPos position,
            boolean replace,
            boolean unique,
            boolean ifNotExists,
            SqlIdentifier index,
            SqlIdentifier table,
            List<IndexColumnClause> columns,
            List<SqlIdentifier> included) {
        super(OPERATOR, position, replace, ifNotExists);
        this.unique = unique;
        this.index = index;
        this.table = table;
        this.columns = List.copyOf(columns);
        this.included = List.copyOf(included);
    }

    public boolean unique() {
        return unique;
    }

    public SqlIdentifier index() {
        return index;
    }

    public SqlIdentifier table() {
        return table;
    }

    public List<IndexColumnClause> columns() {
        return columns;
    }

    /// Simple identifiers of columns whose values stand in the entries beside the key.
    public List<SqlIdentifier> included() {
        return included;
    }

    public boolean ifNotExists() {
        return ifNotExists;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of(index, table);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword(unique ? "CREATE UNIQUE INDEX" : "CREATE INDEX");
        if (ifNotExists) {
            writer.keyword("IF NOT EXISTS");
        }
        index.unparse(writer, 0, 0);
        writer.keyword("ON");
        table.unparse(writer, 0, 0);
        SqlWriter.Frame names = writer.startList("(", ")");
        for (IndexColumnClause column : columns) {
            writer.sep(",");
            column.unparse(writer);
        }
        writer.endList(names);
        if (!included.isEmpty()) {
            writer.keyword("INCLUDE");
            SqlWriter.Frame more = writer.startList("(", ")");
            for (SqlIdentifier column : included) {
                writer.sep(",");
                column.unparse(writer, 0, 0);
            }
            writer.endList(more);
        }
    }
}
