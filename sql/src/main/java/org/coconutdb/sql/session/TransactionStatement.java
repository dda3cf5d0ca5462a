package org.coconutdb.sql.session;

import java.util.List;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.parser.TransactionAction;

/// BEGIN, COMMIT and what else speaks of the session's transaction.
record TransactionStatement(TransactionAction action) implements CompiledStatement {
    @Override
    public List<ColumnInfo> columns() {
        return List.of();
    }

    @Override
    public List<ColumnInfo> parameters() {
        return List.of();
    }
}
