package org.coconutdb.engine.cluster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.replication.BlockLog;

/// Waits for what other threads complete; never called on theirs.
final class Waiting {
    // What is waited for ends by itself before.
    private static final long SECONDS_MAX = 60;
    private static final long PRIMARY_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
    private static final long PRIMARY_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private Waiting() {}

    /// The future's value. Its CoconutException as one of the caller's own.
    static <T> T on(CompletableFuture<T> future) {
        try {
            return future.get(SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            switch (failure.getCause()) {
                case CoconutException cause -> throw cause.copy();
                case Error cause -> throw cause;
                case null, default -> throw CoconutException.of(ErrorCode.BROKEN_INVARIANT, failure)
                        .mend("Please report this; the log of the host says more.");
            }
        } catch (TimeoutException late) {
            throw unknown(late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unknown(interrupted);
        }
    }

    /// The host that leads a block, as soon as this one knows of any. NOT_PRIMARY.
    static int primaryOf(BlockLog log) {
        long until = System.nanoTime() + PRIMARY_NANOS_MAX;
        int primary = log.status().primary();
        while (primary < 0) {
            if (System.nanoTime() - until >= 0) {
                throw CoconutException.of(ErrorCode.NOT_PRIMARY)
                        .with("block", log.block())
                        .mend("Nothing was done: see which hosts run, and try again.");
            }
            LockSupport.parkNanos(log, PRIMARY_WAIT_NANOS);
            primary = log.status().primary();
        }
        return primary;
    }

    private static CoconutException unknown(Exception cause) {
        return CoconutException.of(ErrorCode.OUTCOME_UNKNOWN, cause).mend("Read the rows before trying again: the change may be there.");
    }
}
