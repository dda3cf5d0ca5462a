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

/// `DROP VIEW [IF EXISTS] name [CASCADE | RESTRICT]`.
public final class SqlDropView extends SqlDrop {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("DROP VIEW", SqlKind.DROP_VIEW);

    private final SqlIdentifier view;
    private final boolean cascades;

    public SqlDropView(SqlParserPos position, boolean ifExists, SqlIdentifier view, boolean cascades) {
        super(OPERATOR, position, ifExists);
        this.view = view;
        this.cascades = cascades;
    }

    public SqlIdentifier view() {
        return view;
    }

    /// Whether views that read it are dropped with it.
    public boolean cascades() {
        return cascades;
    }

    public boolean ifExists() {
        return ifExists;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of(view);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword("DROP VIEW");
        if (ifExists) {
            writer.keyword("IF EXISTS");
        }
        view.unparse(writer, 0, 0);
        if (cascades) {
            writer.keyword("CASCADE");
        }
    }
}
