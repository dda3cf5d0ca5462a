package org.coconutdb.sql.parser;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `BEGIN`, `COMMIT`, `ROLLBACK`, `SAVEPOINT` and what else speaks of transactions.
public final class SqlTransactionStatement extends SqlCall {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("TRANSACTION", SqlKind.OTHER_DDL);

    private final TransactionAction action;

    public SqlTransactionStatement(SqlParserPos position, TransactionAction action) {
        super(position);
        this.action = action;
    }

    public TransactionAction action() {
        return action;
    }

    @Override
    public SqlOperator getOperator() {
        return OPERATOR;
    }

    @Override
    public List<SqlNode> getOperandList() {
        return List.of();
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        switch (action) {
            case TransactionAction.Begin begin -> unparse(writer, "START TRANSACTION", begin.modes());
            case TransactionAction.Commit _ -> writer.keyword("COMMIT");
            case TransactionAction.Rollback _ -> writer.keyword("ROLLBACK");
            case TransactionAction.SetSavepoint savepoint -> unparse(writer, "SAVEPOINT", savepoint.name());
            case TransactionAction.RollbackTo savepoint -> unparse(writer, "ROLLBACK TO SAVEPOINT", savepoint.name());
            case TransactionAction.Release savepoint -> unparse(writer, "RELEASE SAVEPOINT", savepoint.name());
            case TransactionAction.SetModes set -> unparse(writer, "SET TRANSACTION", set.modes());
            case TransactionAction.SetDefaults set -> unparse(writer, "SET SESSION CHARACTERISTICS AS TRANSACTION", set.modes());
        }
    }

    private static void unparse(SqlWriter writer, String keywords, String name) {
        writer.keyword(keywords);
        writer.identifier(name, true);
    }

    private static void unparse(SqlWriter writer, String keywords, TransactionModes modes) {
        writer.keyword(keywords);
        if (modes.isolation() != null) {
            writer.keyword("ISOLATION LEVEL " + modes.isolation().name().replace('_', ' '));
        }
        if (modes.readOnly() != null) {
            writer.keyword(modes.readOnly() ? "READ ONLY" : "READ WRITE");
        }
    }
}
