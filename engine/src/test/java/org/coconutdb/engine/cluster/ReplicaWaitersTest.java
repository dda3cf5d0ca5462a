package org.coconutdb.engine.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReplicaWaitersTest {
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(50);

    private final Executor threads = task -> Thread.ofPlatform().daemon().start(task);
    private final ReplicaWaiters waiters = new ReplicaWaiters();

    /// A log signals under its lock, and takes it to say whether it may be read.
    @Test
    void whatIsWaitedForMayTakeTheLockUnderWhichItIsSignalled() throws Exception {
        ReentrantLock log = new ReentrantLock();
        CountDownLatch looks = new CountDownLatch(3);
        AtomicBoolean isSo = new AtomicBoolean();
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> waiters.await(() -> {
            looks.countDown();
            if (looks.getCount() > 0) {
                return false;
            }
            log.lock();
            try {
                return isSo.get();
            } finally {
                log.unlock();
            }
        }, System.nanoTime() + LONG_NANOS), threads);

        CompletableFuture<Void> signalling = CompletableFuture.runAsync(() -> {
            log.lock();
            try {
                looks.await();
                // It looks, and waits for the lock by now, or soon.
                TimeUnit.MILLISECONDS.sleep(50);
                isSo.set(true);
                waiters.signal();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                log.unlock();
            }
        }, threads);

        signalling.get(10, TimeUnit.SECONDS);
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whoWaitsSeesEveryMove() throws Exception {
        AtomicInteger moves = new AtomicInteger();
        for (int i = 1; i <= 2_000; i++) {
            int wanted = i;
            CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> waiters.await(() -> moves.get() >= wanted, System
                    .nanoTime() + LONG_NANOS), threads);
            moves.set(wanted);
            waiters.signal();
            assertThat(waiting.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void itIsOverAtTheDeadline() {
        long began = System.nanoTime();

        assertThat(waiters.await(() -> false, began + TimeUnit.MILLISECONDS.toNanos(20))).isFalse();
        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
        assertThat(waiters.await(() -> true, began)).isTrue();
    }
}
