package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.Isolation;
import org.coconutdb.engine.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/// A session's transaction of several statements. Its snapshot is taken by its first statement, or savepoint. One thread.
///
/// Where the snapshot has grown too old the engine has given the transaction up; it stays open here, and all it does fails with 72000,
/// until it is rolled back.
final class OpenTransaction {
    /// @param mark the engine's
    private record Savepoint(int id, @Nullable String name, int mark) {}

    private static final String ENDED = "Read it to its end before COMMIT or ROLLBACK, or query again.";
    private static final String ENDED_AT_SAVEPOINT = "It was opened behind the savepoint that was gone back to: query again.";

    private final CoconutEngine engine;
    private final SessionSettings settings;
    private final boolean isExplicit;
    private TransactionTraits traits;
    private @Nullable Transaction transaction;
    private final List<Savepoint> savepoints = new ArrayList<>();
    private final Set<StatementCursor> cursors = new LinkedHashSet<>();

    /// @param isExplicit whether BEGIN has opened it, rather than the first statement with autocommit off
    OpenTransaction(CoconutEngine engine, SessionSettings settings, TransactionTraits traits, boolean isExplicit) {
        this.engine = engine;
        this.settings = settings;
        this.traits = traits;
        this.isExplicit = isExplicit;
    }

    TransactionTraits traits() {
        return traits;
    }

    /// Changes what BEGIN said; 25001 once a statement has run.
    void setTraits(TransactionTraits changed) {
        if (transaction != null) {
            throw CoconutException.of(ErrorCode.TRANSACTION_OPEN)
                    .with("statement", "SET TRANSACTION")
                    .mend("It comes before the first statement of a transaction, or with BEGIN.");
        }
        traits = changed;
    }

    /// Whether what takes effect at once, and is never undone, may come between its statements.
    boolean allowsDefinitions() {
        Transaction begun = transaction;
        return !isExplicit && (begun == null || !begun.hasWrites());
    }

    /// The engine's transaction, at the beginning of a statement.
    Transaction beginStatement() {
        Transaction begun = begun();
        begun.beginStatement();
        return begun;
    }

    private Transaction begun() {
        Transaction begun = transaction;
        if (begun == null) {
            // At READ COMMITTED one that only reads takes a new snapshot for each statement, too.
            begun = traits.readOnly() && traits.isolation() != Isolation.READ_COMMITTED
                    ? engine.beginReadOnly(settings.reads())
                    : engine.begin(traits.isolation(), settings.reads());
            transaction = begun;
        }
        return begun;
    }

    void opened(StatementCursor cursor) {
        cursors.add(cursor);
    }

    void closed(StatementCursor cursor) {
        cursors.remove(cursor);
    }

    /// Writes all of it, or nothing. It is over, whatever comes.
    void commit() {
        closeCursors(0, ENDED);
        try (Transaction begun = transaction) {
            if (begun != null && begun.needsCommit()) {
                begun.commit();
            }
        }
    }

    void rollback() {
        closeCursors(0, ENDED);
        Transaction begun = transaction;
        if (begun != null) {
            begun.close();
        }
    }

    private void closeCursors(int sinceMark, String why) {
        for (StatementCursor cursor : List.copyOf(cursors)) {
            if (cursor.openedAt() >= sinceMark) {
                cursor.end(why);
            }
        }
    }

    // ---- savepoints

    void setSavepoint(int id, @Nullable String name) {
        Transaction begun = begun();
        savepoints.add(new Savepoint(id, name, begun.savepoint()));
        begun.rest();
    }

    void rollbackTo(int id) {
        rollbackTo(find(id));
    }

    void rollbackTo(String name) {
        rollbackTo(find(name));
    }

    private void rollbackTo(Savepoint savepoint) {
        Transaction begun = Objects.requireNonNull(transaction);
        begun.rollbackTo(savepoint.mark());
        begun.rest();
        closeCursors(savepoint.mark(), ENDED_AT_SAVEPOINT);
        savepoints.subList(savepoints.indexOf(savepoint) + 1, savepoints.size()).clear();
    }

    void release(int id) {
        release(find(id));
    }

    void release(String name) {
        release(find(name));
    }

    private void release(Savepoint savepoint) {
        savepoints.subList(savepoints.indexOf(savepoint), savepoints.size()).clear();
    }

    private Savepoint find(int id) {
        for (Savepoint savepoint : savepoints) {
            if (savepoint.id() == id) {
                return savepoint;
            }
        }
        throw CoconutException.of(ErrorCode.UNDEFINED_SAVEPOINT)
                .with("savepoint", id)
                .mend("It was released, or gone back behind, or its transaction is over.");
    }

    /// The latest of the name: it hides those before.
    private Savepoint find(String name) {
        for (Savepoint savepoint : savepoints.reversed()) {
            if (name.equals(savepoint.name())) {
                return savepoint;
            }
        }
        throw CoconutException.of(ErrorCode.UNDEFINED_SAVEPOINT)
                .with("savepoint", name)
                .mend("Set one with SAVEPOINT " + name + "; names without quotes are read in upper case.");
    }
}
