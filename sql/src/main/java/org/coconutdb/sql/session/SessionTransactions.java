package org.coconutdb.sql.session;

import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.parser.TransactionAction;
import org.coconutdb.sql.parser.TransactionModes;
import org.jspecify.annotations.Nullable;

/// Whether a session's statements are transactions of their own, and the one that is open where they are not. JDBC's methods and SQL's
/// statements meet here. One thread.
/// ```
///             BEGIN, or a statement or savepoint with autocommit off
///   none open ────────────────────────────────────────────────────► open
///             ◄────────────────────────────────────────────────────
///             COMMIT, ROLLBACK, a change of autocommit, closing the session
/// ```
final class SessionTransactions {
    private final CoconutEngine engine;
    private final SessionSettings settings;
    private boolean autoCommit = true;
    private TransactionTraits defaults = TransactionTraits.DEFAULT;
    // What SET TRANSACTION says of the next transaction; null where nothing.
    private @Nullable TransactionTraits next;
    private @Nullable OpenTransaction open;
    private int lastSavepoint;

    SessionTransactions(CoconutEngine engine, SessionSettings settings) {
        this.engine = engine;
        this.settings = settings;
    }

    // ---- what statements ask

    /// The transaction that the next statement belongs to, opened where need be; null where it is one by itself.
    @Nullable
    OpenTransaction forStatement() {
        if (open == null && !autoCommit) {
            open = new OpenTransaction(engine, settings, nextTraits(), false);
            next = null;
        }
        return open;
    }

    @Nullable
    OpenTransaction open() {
        return open;
    }

    /// Traits of the open transaction, else of the next.
    TransactionTraits traits() {
        OpenTransaction current = open;
        return current == null ? nextTraits() : current.traits();
    }

    private TransactionTraits nextTraits() {
        TransactionTraits said = next;
        return said == null ? defaults : said;
    }

    /// READ_ONLY_TRANSACTION where nothing may be changed.
    void requireWritable() {
        if (traits().readOnly()) {
            throw CoconutException.of(ErrorCode.READ_ONLY_TRANSACTION)
                    .mend("Change something in a transaction that may write: setReadOnly(false), or BEGIN READ WRITE.");
        }
    }

    /// TRANSACTION_OPEN where CREATE or DROP TABLE, which cannot be rolled back, would be taken for a part of the open transaction.
    void requireDefinitions() {
        OpenTransaction current = open;
        if (current != null && !current.allowsDefinitions()) {
            throw CoconutException.of(ErrorCode.TRANSACTION_OPEN)
                    .with("statement", "CREATE or DROP TABLE")
                    .mend("They take effect at once and cannot be rolled back: COMMIT or ROLLBACK first.");
        }
    }

    // ---- JDBC's methods

    boolean autoCommit() {
        return autoCommit;
    }

    void setAutoCommit(boolean on) {
        if (on != autoCommit) {
            commit();
            next = null;
            autoCommit = on;
        }
    }

    void commit() {
        OpenTransaction current = open;
        open = null;
        if (current != null) {
            current.commit();
        }
    }

    void rollback() {
        OpenTransaction current = open;
        open = null;
        if (current != null) {
            current.rollback();
        }
    }

    int setSavepoint(@Nullable String name) {
        OpenTransaction current = forStatement();
        if (current == null) {
            throw noTransaction();
        }
        lastSavepoint++;
        current.setSavepoint(lastSavepoint, name);
        return lastSavepoint;
    }

    void rollbackTo(int savepoint) {
        requireOpen().rollbackTo(savepoint);
    }

    void releaseSavepoint(int savepoint) {
        requireOpen().release(savepoint);
    }

    /// With autocommit off there may be none only because no statement has run.
    private OpenTransaction requireOpen() {
        OpenTransaction current = forStatement();
        if (current == null) {
            throw noTransaction();
        }
        return current;
    }

    private static CoconutException noTransaction() {
        return CoconutException.of(ErrorCode.NO_TRANSACTION).mend("BEGIN one, or call setAutoCommit(false).");
    }

    void setDefaults(TransactionTraits traits) {
        requireNoneOpen("Set it before the first statement, or behind COMMIT or ROLLBACK.");
        defaults = traits;
        next = null;
    }

    TransactionTraits defaults() {
        return defaults;
    }

    private void requireNoneOpen(String mend) {
        if (open != null) {
            throw CoconutException.of(ErrorCode.TRANSACTION_OPEN).mend(mend);
        }
    }

    // ---- SQL's statements

    void run(TransactionAction action) {
        switch (action) {
            case TransactionAction.Begin begin -> {
                requireNoneOpen("One is open already: COMMIT or ROLLBACK it first; SAVEPOINT marks a place in it.");
                open = new OpenTransaction(engine, settings, nextTraits().with(begin.modes()), true);
                next = null;
            }
            case TransactionAction.Commit _ -> commit();
            case TransactionAction.Rollback _ -> rollback();
            case TransactionAction.SetSavepoint savepoint -> setSavepoint(savepoint.name());
            case TransactionAction.RollbackTo savepoint -> requireOpen().rollbackTo(savepoint.name());
            case TransactionAction.Release savepoint -> requireOpen().release(savepoint.name());
            case TransactionAction.SetModes set -> setModes(set.modes());
            case TransactionAction.SetDefaults set -> setDefaults(defaults.with(set.modes()));
        }
    }

    private void setModes(TransactionModes modes) {
        OpenTransaction current = open;
        if (current != null) {
            current.setTraits(current.traits().with(modes));
        } else if (autoCommit) {
            throw CoconutException.of(ErrorCode.NO_TRANSACTION)
                    .mend("BEGIN one first, or SET SESSION CHARACTERISTICS AS TRANSACTION for all to come.");
        } else {
            next = nextTraits().with(modes);
        }
    }
}
