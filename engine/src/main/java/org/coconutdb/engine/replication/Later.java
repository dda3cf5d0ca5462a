package org.coconutdb.engine.replication;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// Another attempt, a while later.
public final class Later {
    private static final Executor OWN_THREAD = task -> Thread.ofVirtual().name("coconut-later").start(task);

    private Later() {}

    /// Completes then, and what depends on it runs on a thread of its own: it may wait for locks. Not on one of a host's, which may be closed meanwhile; not on one that the JVM has for
    /// all timeouts and stages, which are few, one on two cores.
    public static CompletableFuture<Void> in(long millis) {
        return CompletableFuture.runAsync(() -> {
        }, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, OWN_THREAD));
    }
}
