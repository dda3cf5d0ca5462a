package org.coconutdb.sql.session;

import java.sql.Connection;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.Isolation;
import org.coconutdb.sql.parser.TransactionModes;

/// How a transaction reads, and whether it may write.
record TransactionTraits(Isolation isolation, boolean readOnly) {
    static final TransactionTraits DEFAULT = new TransactionTraits(Isolation.SERIALIZABLE, false);

    /// The same, but for what the modes say.
    TransactionTraits with(TransactionModes modes) {
        return new TransactionTraits(
                modes.isolation() == null ? isolation : modes.isolation(), modes.readOnly() == null ? readOnly : modes.readOnly());
    }

    TransactionTraits withLevel(int level) {
        return new TransactionTraits(isolationOf(level), readOnly);
    }

    TransactionTraits withReadOnly(boolean only) {
        return new TransactionTraits(isolation, only);
    }

    /// As `java.sql.Connection` numbers it.
    int level() {
        return switch (isolation) {
            case READ_COMMITTED -> Connection.TRANSACTION_READ_COMMITTED;
            case REPEATABLE_READ -> Connection.TRANSACTION_REPEATABLE_READ;
            case SERIALIZABLE -> Connection.TRANSACTION_SERIALIZABLE;
        };
    }

    private static Isolation isolationOf(int level) {
        return switch (level) {
            case Connection.TRANSACTION_READ_UNCOMMITTED, Connection.TRANSACTION_READ_COMMITTED -> Isolation.READ_COMMITTED;
            case Connection.TRANSACTION_REPEATABLE_READ -> Isolation.REPEATABLE_READ;
            case Connection.TRANSACTION_SERIALIZABLE -> Isolation.SERIALIZABLE;
            default -> throw CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                    .with("isolation", level)
                    .mend("Give one of Connection's TRANSACTION_ constants.");
        };
    }
}
