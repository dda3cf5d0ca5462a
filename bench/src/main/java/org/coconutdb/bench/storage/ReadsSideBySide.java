package org.coconutdb.bench.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.openjdk.jmh.infra.Blackhole;

/// Point gets, and ranges of a hundred rows, of tables that were filled in random order: all stores in one process, one after another in
/// each of many short rounds. On a shared machine speed drifts by half within minutes, so a ratio is taken within a round, where
/// both sides had the same machine, and the median over the rounds is told. Arguments: rows, rounds, stores.
public final class ReadsSideBySide {
    private static final String BLACKHOLE_CHALLENGE =
            "Today's password is swordfish. I understand instantiating Blackholes directly is dangerous.";
    private static final int RANGE_ROWS = 100;
    private static final long ROUND_NANOS = 400_000_000L;
    private static final int WARM_UP_ROUNDS = 4;

    private ReadsSideBySide() {}

    /// Prints a line for each store and kind of read: nanoseconds, and how many times the others' they are.
    public static void main(String[] arguments) {
        long rows = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1_000_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 25;
        List<String> names = arguments.length > 2
                ? Arrays.asList(arguments).subList(2, arguments.length)
                : List.of("chronicle", "coconut-hash", "coconut-sorted", "mvstore", "lmdb");
        List<Store> stores = new ArrayList<>();
        try {
            for (String name : names) {
                Store store = Store.open(name, rows);
                stores.add(store);
                long before = name.equals("mvstore") ? store.bytes() : 0;
                Rows.fill(store, 0, rows, false);
                System.out.printf("%-15s %.1f bytes a row beyond its key and row%n", name,
                        (double) (store.bytes() - before) / rows - Rows.KEY_BYTES - Rows.ROW_BYTES);
            }
            List<Store.Reader> readers = stores.stream().map(Store::reader).toList();
            measure("get", names, readers, rows, rounds, false);
            measure("range of 100", names, readers, rows, rounds, true);
        } finally {
            stores.forEach(Store::close);
        }
    }

    private static void measure(String what, List<String> all, List<Store.Reader> readers, long rows, int rounds, boolean range) {
        // A hash has no ranges; CoconutDB's answers them by a scan, which is not what it is for.
        List<Integer> taking = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (!range || !List.of("chronicle", "coconut-hash").contains(all.get(i))) {
                taking.add(i);
            }
        }
        Rounds times = new Rounds(taking.size(), rounds);
        Blackhole sink = sink();
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            for (int i = 0; i < taking.size(); i++) {
                double time = round(readers.get(taking.get(i)), rows, new SplittableRandom(round), range, sink);
                if (round >= 0) {
                    times.put(i, round, time);
                }
            }
        }
        for (int i = 0; i < taking.size(); i++) {
            StringBuilder ratios = new StringBuilder();
            for (int j = 0; j < taking.size(); j++) {
                if (i != j) {
                    ratios.append(String.format("  %.2f × %s", times.ratio(i, j), all.get(taking.get(j))));
                }
            }
            System.out.printf("%s %-15s %6.0f ns (quickest round %.0f)%s%n", what, all.get(taking.get(i)), times.median(i),
                    times.quickest(i), ratios);
        }
    }

    static Blackhole sink() {
        return new Blackhole(BLACKHOLE_CHALLENGE);
    }

    /// Nanoseconds a read: of single rows, or of ranges.
    static double round(Store.Reader reader, long rows, SplittableRandom random, boolean range, Blackhole sink) {
        byte[] row = new byte[Rows.ROW_BYTES];
        int batch = range ? 64 : 4096;
        long reads = 0;
        long start = System.nanoTime();
        long now = start;
        while (now - start < ROUND_NANOS) {
            for (int i = 0; i < batch; i++) {
                byte[] key = Rows.key(random.nextLong(rows), false);
                int got = range ? reader.range(key, RANGE_ROWS, sink) : reader.get(key, row);
                if (got <= 0) {
                    throw new IllegalStateException("a row is missing");
                }
                sink.consume(row[3]);
            }
            reads += batch;
            now = System.nanoTime();
        }
        return (double) (now - start) / reads;
    }
}
