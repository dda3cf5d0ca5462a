package org.coconutdb.sql.plan;

/// How far the plans of a database may be run side by side.
///
/// @param threads `query.parallelism`: threads that work for one statement at once, its own included, and for all statements together beside their own, less
///        one; 1: each statement runs in its own thread alone. Default: the machine's cores
/// @param rowsMin `query.parallel.rows`: what reads fewer rows of hash tables than that is run in one thread. Default: docs/benchmarks.md has where threads begin
///        to pay
public record ParallelConfig(int threads, long rowsMin) {
    public static final int THREADS_MAX = 256;
    public static final long ROWS_MIN = 20_000;

    public ParallelConfig {
        if (threads < 1 || threads > THREADS_MAX || rowsMin < 0) {
            throw new IllegalArgumentException("query.parallelism must be 1 to " + THREADS_MAX
                    + ", and query.parallel.rows 0 at least, were "
                    + threads + " and " + rowsMin);
        }
    }

    public static ParallelConfig defaults() {
        return new ParallelConfig(Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors()), ROWS_MIN);
    }
}
