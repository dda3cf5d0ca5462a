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
import org.jspecify.annotations.Nullable;

/// `CREATE SCHEMA [IF NOT EXISTS] name [AUTHORIZATION role]`.
public final class SqlCreateCoconutSchema extends SqlCreate {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("CREATE SCHEMA", SqlKind.CREATE_SCHEMA);

    private final SqlIdentifier schema;
    private final @Nullable SqlIdentifier owner;

    public SqlCreateCoconutSchema(SqlParserPos position, boolean ifNotExists, SqlIdentifier schema, @Nullable SqlIdentifier owner) {
        super(OPERATOR, position, false, ifNotExists);
        this.schema = schema;
        this.owner = owner;
    }

    public SqlIdentifier schema() {
        return schema;
    }

    /// Null: whoever runs it.
    public @Nullable SqlIdentifier owner() {
        return owner;
    }

    public boolean ifNotExists() {
        return ifNotExists;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of(schema);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword("CREATE SCHEMA");
        if (ifNotExists) {
            writer.keyword("IF NOT EXISTS");
        }
        schema.unparse(writer, 0, 0);
        if (owner != null) {
            writer.keyword("AUTHORIZATION");
            owner.unparse(writer, 0, 0);
        }
    }
}
