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

/// `COMMENT ON kind name IS 'text' | NULL`.
public final class SqlComment extends SqlCall {
    /// What a comment is of.
    public enum Target {
        TABLE,
        VIEW,
        COLUMN,
        INDEX,
        SCHEMA,
        SEQUENCE
    }

    private static final SqlOperator OPERATOR = new SqlSpecialOperator("COMMENT ON", SqlKind.OTHER);

    private final Target target;
    private final SqlIdentifier name;
    private final @Nullable SqlNode text;

    /// @param name of a column, its table's before it
    /// @param text a string; null for NULL, which takes the comment away
    public SqlComment(SqlParserPos position, Target target, SqlIdentifier name, @Nullable SqlNode text) {
        super(position);
        this.target = target;
        this.name = name;
        this.text = text;
    }

    public Target target() {
        return target;
    }

    public SqlIdentifier name() {
        return name;
    }

    public @Nullable SqlNode text() {
        return text;
    }

    @Override
    public SqlOperator getOperator() {
        return OPERATOR;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return text == null ? List.of(name) : List.of(name, text);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword("COMMENT ON " + target);
        name.unparse(writer, 0, 0);
        writer.keyword("IS");
        if (text == null) {
            writer.keyword("NULL");
        } else {
            text.unparse(writer, 0, 0);
        }
    }
}
