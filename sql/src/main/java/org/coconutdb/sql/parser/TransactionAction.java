package org.coconutdb.sql.parser;

/// What a statement does with the session's transaction.
public sealed interface TransactionAction {
    /// `BEGIN` and `START TRANSACTION`.
    record Begin(TransactionModes modes) implements TransactionAction {}

    /// `COMMIT`.
    record Commit() implements TransactionAction {}

    /// `ROLLBACK`.
    record Rollback() implements TransactionAction {}

    /// `SAVEPOINT name`.
    record SetSavepoint(String name) implements TransactionAction {}

    /// `ROLLBACK TO SAVEPOINT name`.
    record RollbackTo(String name) implements TransactionAction {}

    /// `RELEASE SAVEPOINT name`.
    record Release(String name) implements TransactionAction {}

    /// `SET TRANSACTION`.
    record SetModes(TransactionModes modes) implements TransactionAction {}

    /// `SET SESSION CHARACTERISTICS AS TRANSACTION`.
    record SetDefaults(TransactionModes modes) implements TransactionAction {}
}
