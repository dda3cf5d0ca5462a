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

/// `CREATE SEQUENCE [IF NOT EXISTS] name [option …]`.
public final class SqlCreateSequence extends SqlCreate {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("CREATE SEQUENCE", SqlKind.CREATE_SEQUENCE);

    private final SqlIdentifier sequence;
    private final SequenceOptions options;

    public SqlCreateSequence(
            SqlParserPos position,
            boolean replace,
            boolean ifNotExists,
            SqlIdentifier sequence,
            SequenceOptions options) {
        super(OPERATOR, position, replace, ifNotExists);
        this.sequence = sequence;
        this.options = options;
    }

    public SqlIdentifier sequence() {
        return sequence;
    }

    public SequenceOptions options() {
        return options;
    }

    public boolean replace() {
        return getReplace();
    }

    public boolean ifNotExists() {
        return ifNotExists;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of(sequence);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword(getReplace() ? "CREATE OR REPLACE SEQUENCE" : "CREATE SEQUENCE");
        if (ifNotExists) {
            writer.keyword("IF NOT EXISTS");
        }
        sequence.unparse(writer, 0, 0);
        options.unparse(writer);
    }
}
