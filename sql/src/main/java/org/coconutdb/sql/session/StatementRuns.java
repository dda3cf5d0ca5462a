package org.coconutdb.sql.session;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.Isolation;
import org.coconutdb.engine.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/// Runs a session's compiled statements: in its open transaction, or each in one of its own, which is then run again where it meets
/// another's change, up to [#ATTEMPTS_MAX] times. One thread.
final class StatementRuns {
    static final int ATTEMPTS_MAX = 50;

    /// One write with its values.
    record Step(CompiledStatement.Write write, @Nullable Object[] values) {}

    private final Database database;
    private final SessionTransactions transactions;

    StatementRuns(Database database, SessionTransactions transactions) {
        this.database = database;
        this.transactions = transactions;
    }

    /// Starts a query.
    StatementCursor open(
            CompiledStatement.Query query,
            @Nullable Object[] values,
            String schema,
            long rowsMax,
            ExecutionSignal signal,
            StatementCursor.Owner owner) {
        OpenTransaction within = transactions.forStatement();
        Transaction transaction = within == null ? database.engine().beginReadOnly() : within.beginStatement();
        try {
            CompiledStatement.Rows rows = query.open(new Execution(transaction, schema, signal.cancelled()), values);
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
    long change(CompiledStatement statement, @Nullable Object[] values, String schema, ExecutionSignal signal) {
        switch (statement) {
            case CompiledStatement.Write write -> {
                OpenTransaction within = transactions.forStatement();
                Step step = new Step(write, values);
                return within == null ? writeAlone(List.of(step), schema, signal)[0] : writeWithin(within, step, schema, signal);
            }
            case TransactionStatement control -> transactions.run(control.action());
            case CompiledStatement.Definition definition -> define(definition);
            default -> throw new IllegalArgumentException("not a change: " + statement);
        }
        return 0;
    }

    /// Runs one write of the open transaction, which is undone by itself where it fails.
    long writeWithin(OpenTransaction within, Step step, String schema, ExecutionSignal signal) {
        transactions.requireWritable();
        Transaction transaction = within.beginStatement();
        try {
            Execution execution = new Execution(transaction, schema, signal.cancelled());
            long count = step.write().run(execution, step.values());
            execution.checkCancelled();
            return count;
        } catch (Throwable failure) {
            transaction.rollbackStatement();
            throw failure;
        } finally {
            transaction.rest();
        }
    }

    /// Runs the writes one after the other in a transaction of their own, until it commits. Answers the counts.
    long[] writeAlone(List<Step> steps, String schema, ExecutionSignal signal) {
        transactions.requireWritable();
        Isolation isolation = transactions.traits().isolation();
        for (int attempt = 1;; attempt++) {
            try (Transaction transaction = database.engine().begin(isolation)) {
                Execution execution = new Execution(transaction, schema, signal.cancelled());
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
                boolean again = failure.code() == ErrorCode.SERIALIZATION_CONFLICT
                        || (failure.code() == ErrorCode.DUPLICATE_KEY
                                && steps.stream().anyMatch(step -> step.write().retriesDuplicates()));
                if (!again || attempt == ATTEMPTS_MAX || signal.cancelled().get()) {
                    throw failure;
                }
                // Longer and longer, and each differently, so that those who meet do not meet again.
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(20_000L << Math.min(attempt, 9)));
            }
        }
    }

    /// Whether it reads nothing, so that it need not see what those before it wrote.
    private static boolean isBlind(Step step) {
        return step.write() instanceof InsertStatement insert && insert.isBlind();
    }

    private void define(CompiledStatement.Definition definition) {
        transactions.requireWritable();
        transactions.requireDefinitions();
        definition.run(database);
    }
}
