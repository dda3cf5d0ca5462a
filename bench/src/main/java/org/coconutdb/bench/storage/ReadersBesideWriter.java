package org.coconutdb.bench.storage;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/// Two readers of point gets alone, and beside a writer that updates all the time: CPU time a read, so that it can be told on a machine
/// with fewer cores than threads. Arguments: rows, seconds a phase.
public final class ReadersBesideWriter {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int READERS = 2;
    private static final int ROUNDS = 3;

    private ReadersBesideWriter() {}

    /// Prints a line for each kind of table.
    public static void main(String[] arguments) throws InterruptedException {
        long rows = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1_000_000;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        for (String name : List.of("coconut-hash", "coconut-sorted")) {
            try (Store store = Store.open(name, rows)) {
                Rows.fill(store, 0, rows, false);
                phase(store, rows, seconds, true);
                double alone = Double.MAX_VALUE;
                double beside = Double.MAX_VALUE;
                for (int round = 0; round < ROUNDS; round++) {
                    alone = Math.min(alone, phase(store, rows, seconds, false));
                    beside = Math.min(beside, phase(store, rows, seconds, true));
                }
                System.out.printf("%s: %.0f ns CPU a read alone, %.0f beside a writer: %.0f %% of the speed%n", name, alone, beside,
                        100 * alone / beside);
            }
        }
    }

    /// CPU nanoseconds a read.
    private static double phase(Store store, long rows, int seconds, boolean withWriter) throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        long[] reads = new long[READERS];
        long[] cpuNanos = new long[READERS];
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            int reader = i;
            threads.add(Thread.ofPlatform().start(() -> {
                Store.Reader gets = store.reader();
                SplittableRandom random = new SplittableRandom(reader);
                byte[] row = new byte[Rows.ROW_BYTES];
                long start = THREADS.getCurrentThreadCpuTime();
                long count = 0;
                while (!stop.get()) {
                    gets.get(Rows.key(random.nextLong(rows), false), row);
                    count++;
                }
                reads[reader] = count;
                cpuNanos[reader] = THREADS.getCurrentThreadCpuTime() - start;
            }));
        }
        if (withWriter) {
            threads.add(Thread.ofPlatform().start(() -> {
                SplittableRandom random = new SplittableRandom(99);
                while (!stop.get()) {
                    long i = random.nextLong(rows);
                    store.insert(new byte[][] {Rows.key(i, false)}, new byte[][] {Rows.row(i)});
                }
            }));
        }
        Thread.sleep(seconds * 1000L);
        stop.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        return (double) (cpuNanos[0] + cpuNanos[1]) / (reads[0] + reads[1]);
    }
}
