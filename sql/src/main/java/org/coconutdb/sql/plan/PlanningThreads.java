package org.coconutdb.sql.plan;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.util.CancelFlag;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.run.RuntimeErrors;

/// The threads that plans are made on: few platform threads, because Calcite keeps state in thread locals that virtual threads would
/// each grow anew, and with a deep stack, because Calcite descends into expressions by recursion. A caller waits for its plan, and
/// after [#TIME_MAX] gets an error in its place.
///
/// Owner: this class; threads are daemons named `coconut-planner-N` and end after half a minute without work.
final class PlanningThreads {
    /// Address space, not memory: pages are given when a deep statement touches them. A chain of 10,000 operators needs about 20 MB.
    private static final long STACK_BYTES = 256L << 20;
    private static final Duration TIME_MAX = Duration.ofMinutes(1);
    private static final String NAME = "coconut-planner-";
    private static final int THREADS = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 16);
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final ThreadPoolExecutor POOL = pool();

    private PlanningThreads() {}

    private static ThreadPoolExecutor pool() {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), PlanningThreads::thread);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(null, work, NAME + NUMBERS.incrementAndGet(), STACK_BYTES);
        thread.setDaemon(true);
        return thread;
    }

    /// Whether what a caller's thread waits for is not wanted any more. Bound by [QueryPlanner#cancellable].
    static final ScopedValue<BooleanSupplier> CANCELLED = ScopedValue.newInstance();

    /// How often a caller that waits asks.
    private static final long ASK_MILLIS = 5;

    /// Runs it on one of the threads and answers its result; on the caller's own where that is one of them already. All that it
    /// throws comes as a CoconutException or an Error.
    static <T> T call(Function<CancelFlag, T> work) {
        AtomicBoolean cancelled = new AtomicBoolean();
        CancelFlag cancelFlag = new CancelFlag(cancelled);
        FutureTask<T> task = new FutureTask<>(() -> work.apply(cancelFlag));
        if (Thread.currentThread().getName().startsWith(NAME)) {
            task.run();
        } else {
            POOL.execute(task);
        }
        try {
            return waitFor(task);
        } catch (InterruptedException interrupted) {
            cancelled.set(true);
            Thread.currentThread().interrupt();
            throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED, interrupted).mend(
                    "The thread was interrupted while it waited for a plan.");
        } catch (CancellationException wanted) {
            // Its thread ends when it looks at the flag; what it makes is nobody's.
            cancelled.set(true);
            throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED, wanted).mend("Nothing was changed.");
        } catch (TimeoutException late) {
            cancelled.set(true);
            throw CoconutException.of(ErrorCode.STATEMENT_TOO_COMPLEX, late)
                    .with("planningMillisMax", TIME_MAX.toMillis())
                    .mend("Cut the statement into smaller ones, or keep intermediate results in a table.");
        } catch (ExecutionException failed) {
            throw translated(failed.getCause() == null ? failed : failed.getCause());
        }
    }

    private static <T> T waitFor(FutureTask<T> task) throws InterruptedException, ExecutionException, TimeoutException {
        BooleanSupplier isCancelled = CANCELLED.orElse(() -> false);
        long end = System.nanoTime() + TIME_MAX.toNanos();
        while (true) {
            try {
                return task.get(CANCELLED.isBound() ? ASK_MILLIS : TIME_MAX.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException late) {
                if (isCancelled.getAsBoolean()) {
                    throw new CancellationException();
                }
                if (System.nanoTime() - end > 0) {
                    throw late;
                }
            }
        }
    }

    /// `EXISTS 1`: the parser and the validator let it pass.
    private static boolean isNoQuery(Throwable failure) {
        return failure instanceof AssertionError && String.valueOf(failure.getMessage()).startsWith("not a query");
    }

    private static CoconutException translated(Throwable failure) {
        // Calcite's converter wraps what its validator threw, now and then several times.
        Throwable cause = failure;
        for (Throwable inner = failure; inner != null; inner = inner.getCause()) {
            if (inner instanceof CoconutException || inner instanceof CalciteContextException || isNoQuery(inner)) {
                cause = inner;
                break;
            }
        }
        return switch (cause) {
            case OutOfMemoryError error -> throw error;
            case CalciteContextException invalid -> Validation.translate(invalid);
            case AssertionError noQuery when isNoQuery(noQuery) ->
                    CoconutException.of(ErrorCode.INVALID_STATEMENT, noQuery).with("detail", String.valueOf(noQuery.getMessage())).mend(
                            "Write a query in parentheses there.");
            case UnsupportedOperationException unsupported when !(unsupported.getMessage() == null) ->
                    CoconutException.of(ErrorCode.NOT_SUPPORTED, unsupported).with("detail", unsupported.getMessage());
            case RelOptPlanner.CannotPlanException noPlan -> CoconutException.of(ErrorCode.NOT_SUPPORTED, noPlan)
                    .with("detail", String.valueOf(noPlan.getMessage()).lines().findFirst().orElse(""))
                    .mend("Write it with other functions or operators.");
            default -> RuntimeErrors.translate(cause);
        };
    }
}
