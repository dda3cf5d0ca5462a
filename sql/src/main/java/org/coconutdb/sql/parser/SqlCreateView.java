package org.coconutdb.sql.parser;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCreate;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// `CREATE [OR REPLACE] VIEW [IF NOT EXISTS] name [(column, …)] AS query`.
public final class SqlCreateView extends SqlCreate {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("CREATE VIEW", SqlKind.CREATE_VIEW);

    private final SqlIdentifier view;
    private final @Nullable SqlNodeList columns;
    private final QueryClause query;

    /// @param columns null where the query's columns keep their names
    public SqlCreateView(
            SqlParserPos position,
            boolean replace,
            boolean ifNotExists,
            SqlIdentifier view,
            @Nullable SqlNodeList columns,
            QueryClause query) {
        super(OPERATOR, position, replace, ifNotExists);
        this.view = view;
        this.columns = columns;
        this.query = query;
    }

    public SqlIdentifier view() {
        return view;
    }

    /// Null where the query's columns keep their names.
    public @Nullable SqlNodeList columns() {
        return columns;
    }

    public QueryClause query() {
        return query;
    }

    public boolean ifNotExists() {
        return ifNotExists;
    }

    public boolean replace() {
        return getReplace();
    }

    @Override
    public List<SqlNode> getOperandList() {
        List<SqlNode> operands = new ArrayList<>(List.of(view));
        if (columns != null) {
            operands.add(columns);
        }
        operands.add(query.query());
        return operands;
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword(getReplace() ? "CREATE OR REPLACE VIEW" : "CREATE VIEW");
        if (ifNotExists) {
            writer.keyword("IF NOT EXISTS");
        }
        view.unparse(writer, 0, 0);
        if (columns != null) {
            SqlWriter.Frame names = writer.startList("(", ")");
            columns.unparse(writer, 0, 0);
            writer.endList(names);
        }
        writer.keyword("AS");
        query.query().unparse(writer, 0, 0);
    }
}
