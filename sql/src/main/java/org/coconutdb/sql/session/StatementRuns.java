package org.coconutdb.sql.session;

import java.nio.file.Files;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.Isolation;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.sql.catalog.Catalog;
import org.jspecify.annotations.Nullable;

/// Runs a session's compiled statements: in its open transaction, or each in one of its own, which is then run again where it meets
/// another's change, up to [#ATTEMPTS_MAX] times. One thread.
final class StatementRuns {
    static final int ATTEMPTS_MAX = 50;

    /// One write with its values.
    record Step(CompiledStatement.Write write, @Nullable Object[] values) {}

    private final Database database;
    private final SessionTransactions transactions;
    private final SessionSequences sequences;
    private final SessionSettings settings;

    StatementRuns(Database database, SessionTransactions transactions, SessionSettings settings) {
        this.settings = settings;
        this.database = database;
        this.transactions = transactions;
        this.sequences = new SessionSequences(database.catalog(), transactions);
    }

    /// A try to compile a statement and run it.
    interface Attempt<T> {
        T run() throws SQLException;
    }

    /// Runs it until it does not meet a change of the tables that it was compiled for, in which case nothing has happened.
    static <T> T whileTablesChange(Attempt<T> statement) throws SQLException {
        for (int attempt = 1;; attempt++) {
            try {
                return statement.run();
            } catch (CoconutException failure) {
                if (failure.code() != ErrorCode.TABLE_CHANGED || attempt == ATTEMPTS_MAX) {
                    throw failure;
                }
                park(attempt);
            }
        }
    }

    /// Longer and longer, and each differently, so that those who meet do not meet again.
    static void park(int attempt) {
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(20_000L << Math.min(attempt, 9)));
    }

    /// Starts a query.
    ///
    /// @param prepared what the query was compiled for
    StatementCursor open(
            CompiledStatement.Query query,
            Database.Prepared prepared,
            @Nullable Object[] values,
            long rowsMax,
            ExecutionSignal signal,
            StatementCursor.Owner owner) {
        if (query.isForUpdate()) {
            transactions.requireWritable();
        }
        OpenTransaction within = transactions.forStatement();
        Transaction transaction = within != null ? within.beginStatement()
                : query.isLookup() ? database.engine().beginLookup(settings.reads()) : database.engine().beginReadOnly(settings.reads());
        try {
            database.engine().knowing(settings.reads(), () -> requireCurrent(prepared));
            CompiledStatement.Rows rows = query.open(new Execution(transaction, prepared.schema(), sequences, signal), values);
            StatementCursor opened = new StatementCursor(owner, rows, transaction, within, rowsMax, signal);
            transaction.rest();
            return opened;
        } catch (Throwable failure) {
            if (within == null) {
                transaction.close();
            } else {
                transaction.rest();
            }
            throw failure;
        }
    }

    /// Runs anything but a query. Answers how many rows it changed.
    long change(Database.Prepared prepared, @Nullable Object[] values, ExecutionSignal signal) {
        CompiledStatement statement = prepared.statement();
        switch (statement) {
            case CopyFrom copy -> {
                return copyFrom(copy, prepared, signal);
            }
            case CopyTo copy -> {
                return copyTo(copy, prepared, values, signal);
            }
            case CompiledStatement.Write write -> {
                OpenTransaction within = transactions.forStatement();
                Step step = new Step(write, values);
                return within == null ? writeAlone(List.of(step), prepared, signal)[0] : writeWithin(within, step, prepared, signal);
            }
            case KillStatement kill -> {
                return database.sessions().kill(kill.session(), signal.viewer());
            }
            case SettingStatement setting -> settings.apply(setting.setting());
            case TransactionStatement control -> transactions.run(control.action());
            case CompiledStatement.Definition definition -> {
                return define(definition, signal);
            }
            default -> throw new IllegalArgumentException("not a change: " + statement);
        }
        return 0;
    }

    private long copyFrom(CopyFrom copy, Database.Prepared prepared, ExecutionSignal signal) {
        transactions.requireWritable();
        OpenTransaction within = transactions.forStatement();
        Long bytes = Files.isRegularFile(copy.file()) ? (Long) copy.file().toFile().length() : null;
        try (CopyProgress.Running progress =
                database.copies().begin("COPY FROM", copy.table().toString(), copy.file().toString(), bytes)) {
            return within == null
                    ? new CopyPieces(database, this, copy, prepared, signal, progress).run()
                    : writeWithin(within, execution -> copy.runAll(execution, progress), prepared, signal);
        }
    }

    private long copyTo(CopyTo copy, Database.Prepared prepared, @Nullable Object[] values, ExecutionSignal signal) {
        OpenTransaction within = transactions.forStatement();
        Transaction transaction = within == null ? database.engine().beginReadOnly(settings.reads()) : within.beginStatement();
        try (CopyProgress.Running progress = database.copies().begin("COPY TO", copy.source(), copy.file().toString(), null)) {
            requireCurrent(prepared);
            return copy.run(new Execution(transaction, prepared.schema(), sequences, signal), values, progress);
        } finally {
            if (within == null) {
                transaction.close();
            } else {
                transaction.rest();
            }
        }
    }

    /// Runs one write of the open transaction, which is undone by itself where it fails.
    long writeWithin(OpenTransaction within, Step step, Database.Prepared prepared, ExecutionSignal signal) {
        return writeWithin(within, execution -> step.write().run(execution, step.values()), prepared, signal);
    }

    private long writeWithin(
            OpenTransaction within,
            ToLongFunction<Execution> write,
            Database.Prepared prepared,
            ExecutionSignal signal) {
        transactions.requireWritable();
        KeyCollector keys = signal.keys();
        int before = keys == null ? 0 : keys.size();
        Transaction transaction = within.beginStatement();
        try {
            requireCurrent(prepared);
            Execution execution = new Execution(transaction, prepared.schema(), sequences, signal);
            long count = write.applyAsLong(execution);
            execution.checkCancelled();
            return count;
        } catch (Throwable failure) {
            transaction.rollbackStatement();
            if (keys != null) {
                keys.truncate(before);
            }
            throw failure;
        } finally {
            transaction.rest();
        }
    }

    /// TABLE_CHANGED where the catalogue is another than the statement was compiled for: nothing has happened, and compiled again it can
    /// be run. Asked behind the snapshot, so that the statement sees no row that was written for a later definition.
    private Database.Prepared requireCurrent(Database.Prepared prepared) {
        if (prepared.catalogVersion() != database.engine().catalogVersion()) {
            throw CoconutException.of(ErrorCode.TABLE_CHANGED).mend("Nothing was changed: run the statement again.");
        }
        return prepared;
    }

    /// Runs the writes one after the other in a transaction of their own, until it commits. Answers the counts.
    ///
    /// @param prepared one of them, of those for the oldest catalogue
    long[] writeAlone(List<Step> steps, Database.Prepared prepared, ExecutionSignal signal) {
        transactions.requireWritable();
        Isolation isolation = transactions.traits().isolation();
        KeyCollector keys = signal.keys();
        int before = keys == null ? 0 : keys.size();
        for (int attempt = 1;; attempt++) {
            try (Transaction transaction = database.engine().begin(isolation)) {
                requireCurrent(prepared);
                Execution execution = new Execution(transaction, prepared.schema(), sequences, signal);
                long[] counts = new long[steps.size()];
                for (int i = 0; i < counts.length; i++) {
                    Step step = steps.get(i);
                    if (i > 0 && !isBlind(step)) {
                        transaction.beginStatement();
                    }
                    counts[i] = step.write().run(execution, step.values());
                }
                execution.checkCancelled();
                transaction.commit();
                return counts;
            } catch (CoconutException failure) {
                if (keys != null) {
                    keys.truncate(before);
                }
                boolean again = failure.code() == ErrorCode.SERIALIZATION_CONFLICT
                        || (failure.code() == ErrorCode.DUPLICATE_KEY
                                && steps.stream().anyMatch(step -> step.write().retriesDuplicate(failure)));
                if (!again || attempt == ATTEMPTS_MAX || signal.cancelled().get()) {
                    throw failure;
                }
                park(attempt);
            }
        }
    }

    /// Whether it reads nothing, so that it need not see what those before it wrote.
    private static boolean isBlind(Step step) {
        return step.write() instanceof InsertStatement insert && insert.isBlind();
    }

    private long define(CompiledStatement.Definition definition, ExecutionSignal signal) {
        transactions.requireWritable();
        transactions.requireDefinitions();
        return Catalog.creatingFor(signal.viewer().role(), () -> definition.runCounting(database, signal));
    }
}
