package org.coconutdb.sql.run;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Threads that help statements of a database with work that is done in parts side by side. Any thread.
///
/// Whoever has work does parts of it itself, and threads that are free take others. Nothing waits for a thread: where none is free, because other
/// statements have them, the statement goes on alone. So there is no queue, and statements cannot wait for each other. A part that nobody has begun
/// is begun by whoever comes first; the call ends when all have ended.
public final class QueryWorkers implements AutoCloseable {
    private static final long IDLE_SECONDS_MAX = 30;
    private static final long CLOSE_SECONDS_MAX = 10;
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final int parallelism;
    private final @Nullable ThreadPoolExecutor helpers;
    // Those that may run: the executor has ended a moment before its threads have.
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /// @param parallelism threads that work for a statement at once, its own included; of all statements together there are as many beside their own, less
    ///        one
    public QueryWorkers(int parallelism) {
        if (parallelism < 1) {
            throw new IllegalArgumentException("a statement needs a thread, had " + parallelism);
        }
        this.parallelism = parallelism;
        this.helpers = parallelism == 1 ? null
                : new ThreadPoolExecutor(0, parallelism - 1, IDLE_SECONDS_MAX, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
                    Thread thread = new Thread(work, "coconut-query-" + NUMBERS.incrementAndGet());
                    thread.setDaemon(true);
                    threads.removeIf(other -> other.getState() == Thread.State.TERMINATED);
                    threads.add(thread);
                    return thread;
                });
    }

    /// Threads that work for a statement at once, its own included.
    public int parallelism() {
        return parallelism;
    }

    /// Does all parts, on this thread and on others that are free, and returns when all have ended. What a part fails with is thrown, the first where
    /// several do; those that have not begun by then are left out.
    ///
    /// @param onFailure called by the thread whose part fails first, so that others can end sooner
    void run(List<? extends Runnable> parts, Runnable onFailure) {
        Round round = new Round(parts, onFailure);
        ThreadPoolExecutor free = helpers;
        for (int i = 1; free != null && i < Math.min(parallelism, parts.size()); i++) {
            try {
                free.execute(round::work);
            } catch (RejectedExecutionException none) {
                break;
            }
        }
        round.work();
        round.await();
    }

    private static final class Round {
        private final List<? extends Runnable> parts;
        private final Runnable onFailure;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final CountDownLatch unfinished;

        Round(List<? extends Runnable> parts, Runnable onFailure) {
            this.parts = parts;
            this.onFailure = onFailure;
            this.unfinished = new CountDownLatch(parts.size());
        }

        /// Does parts that nobody has begun until there are none.
        void work() {
            for (int part = next.getAndIncrement(); part < parts.size(); part = next.getAndIncrement()) {
                try {
                    if (failure.get() == null) {
                        parts.get(part).run();
                    }
                } catch (Throwable thrown) {
                    if (failure.compareAndSet(null, thrown)) {
                        onFailure.run();
                    }
                } finally {
                    unfinished.countDown();
                }
            }
        }

        /// An interrupt is noted and not followed: parts read what this thread holds for them.
        void await() {
            boolean isInterrupted = false;
            while (true) {
                try {
                    unfinished.await();
                    break;
                } catch (InterruptedException later) {
                    isInterrupted = true;
                }
            }
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
            switch (failure.get()) {
                case null -> {}
                case RuntimeException thrown -> throw thrown;
                case Error thrown -> throw thrown;
                case Throwable thrown -> throw new IllegalStateException(thrown);
            }
        }
    }

    /// Ends the threads. Statements have ended before.
    @Override
    public void close() {
        ThreadPoolExecutor open = helpers;
        if (open == null) {
            return;
        }
        open.shutdown();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS_MAX);
        try {
            for (Thread thread : threads) {
                long nanosLeft = until - System.nanoTime();
                if (nanosLeft <= 0) {
                    return;
                }
                TimeUnit.NANOSECONDS.timedJoin(thread, nanosLeft);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
