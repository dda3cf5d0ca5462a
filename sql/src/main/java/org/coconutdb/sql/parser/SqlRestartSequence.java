package org.coconutdb.sql.parser;

import java.math.BigInteger;
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

/// `ALTER SEQUENCE [IF EXISTS] name RESTART [WITH number]`.
public final class SqlRestartSequence extends SqlCall {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("ALTER SEQUENCE", SqlKind.ALTER_SEQUENCE);

    private final SqlIdentifier sequence;
    private final boolean ifExists;
    private final @Nullable BigInteger value;

    /// @param value that comes next; null for the one that the sequence was made to start with
    public SqlRestartSequence(SqlParserPos position, boolean ifExists, SqlIdentifier sequence, @Nullable BigInteger value) {
        super(position);
        this.sequence = sequence;
        this.ifExists = ifExists;
        this.value = value;
    }

    public SqlIdentifier sequence() {
        return sequence;
    }

    public boolean ifExists() {
        return ifExists;
    }

    public @Nullable BigInteger value() {
        return value;
    }

    @Override
    public SqlOperator getOperator() {
        return OPERATOR;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of(sequence);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword(ifExists ? "ALTER SEQUENCE IF EXISTS" : "ALTER SEQUENCE");
        sequence.unparse(writer, 0, 0);
        writer.keyword("RESTART");
        if (value != null) {
            writer.keyword("WITH");
            writer.literal(value.toString());
        }
    }
}
