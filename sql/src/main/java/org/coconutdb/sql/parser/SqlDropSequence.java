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

/// `DROP SEQUENCE [IF EXISTS] name`.
public final class SqlDropSequence extends SqlDrop {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("DROP SEQUENCE", SqlKind.DROP_SEQUENCE);

    private final SqlIdentifier sequence;

    public SqlDropSequence(SqlParserPos position, boolean ifExists, SqlIdentifier sequence) {
        super(OPERATOR, position, ifExists);
        this.sequence = sequence;
    }

    public SqlIdentifier sequence() {
        return sequence;
    }

    public boolean ifExists() {
        return ifExists;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of(sequence);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword("DROP SEQUENCE");
        if (ifExists) {
            writer.keyword("IF EXISTS");
        }
        sequence.unparse(writer, 0, 0);
    }
}
