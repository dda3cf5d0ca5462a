package org.coconutdb.bench.storage;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/// How long single updates of a hash table take while another thread scans all of it again and again, beside the same while the other
/// thread only computes, which shows what the machine alone does. Arguments: rows, updates.
public final class WriterBesideScan {
    private WriterBesideScan() {}

    /// Prints percentiles of both.
    public static void main(String[] arguments) throws InterruptedException {
        long rows = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1_000_000;
        int updates = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2_000_000;
        try (CoconutStore store = new CoconutStore(org.coconutdb.engine.TableKind.HASH)) {
            Rows.fill(store, 0, rows, false);
            measure(store, rows, updates, "warm-up", true);
            measure(store, rows, updates, "beside a thread that computes", false);
            measure(store, rows, updates, "beside a full scan", true);
        }
    }

    private static void measure(CoconutStore store, long rows, int updates, String what, boolean scan) throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        long[] scanned = new long[1];
        Thread other = Thread.ofPlatform().start(() -> {
            SplittableRandom random = new SplittableRandom(1);
            while (!stop.get()) {
                scanned[0] += scan ? store.scan(stop) : random.nextLong() & 1;
            }
        });
        long[] nanos = new long[updates];
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < updates; i++) {
            long row = random.nextLong(rows);
            byte[][] keys = {Rows.key(row, false)};
            byte[][] values = {Rows.row(row)};
            long start = System.nanoTime();
            store.insert(keys, values);
            nanos[i] = System.nanoTime() - start;
        }
        stop.set(true);
        other.join();
        Arrays.sort(nanos);
        System.out.printf("%s: median %.1f µs, 99.9 %% %.1f µs, 99.99 %% %.1f µs, longest %.1f µs, rows scanned %d%n", what,
                nanos[updates / 2] / 1e3, nanos[(int) (updates * 0.999)] / 1e3, nanos[(int) (updates * 0.9999)] / 1e3,
                nanos[updates - 1] / 1e3, scan ? scanned[0] : 0);
    }
}
