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

/// `DROP SCHEMA [IF EXISTS] name [CASCADE | RESTRICT]`.
public final class SqlDropCoconutSchema extends SqlDrop {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("DROP SCHEMA", SqlKind.DROP_SCHEMA);

    private final SqlIdentifier schema;
    private final boolean cascades;

    public SqlDropCoconutSchema(SqlParserPos position, boolean ifExists, SqlIdentifier schema, boolean cascades) {
        super(OPERATOR, position, ifExists);
        this.schema = schema;
        this.cascades = cascades;
    }

    public SqlIdentifier schema() {
        return schema;
    }

    /// Whether all that is in it is dropped with it.
    public boolean cascades() {
        return cascades;
    }

    public boolean ifExists() {
        return ifExists;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of(schema);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword("DROP SCHEMA");
        if (ifExists) {
            writer.keyword("IF EXISTS");
        }
        schema.unparse(writer, 0, 0);
        if (cascades) {
            writer.keyword("CASCADE");
        }
    }
}
