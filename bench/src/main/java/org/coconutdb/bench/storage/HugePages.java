package org.coconutdb.bench.storage;

import java.util.List;
import java.util.SplittableRandom;
import org.openjdk.jmh.infra.Blackhole;

/// Lookups of the same table twice, its memory in huge pages and in small ones, by turns. Arguments: rows, rounds, tables.
public final class HugePages {
    private static final int WARM_UP_ROUNDS = 4;

    private HugePages() {}

    /// Prints a line for each kind of table.
    public static void main(String[] arguments) {
        long rows = arguments.length > 0 ? Long.parseLong(arguments[0]) : 10_000_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 25;
        for (String name : List.of("coconut-hash", "coconut-sorted")) {
            if (arguments.length <= 2 || name.equals(arguments[2])) {
                measure(name, rows, rounds);
            }
        }
    }

    private static void measure(String name, long rows, int rounds) {
        Pages.hugePages(false);
        try (Store small = Store.open(name, rows)) {
            Rows.fill(small, 0, rows, false);
            long[] without = Pages.hugeBytes();
            Pages.keepSmall();
            Pages.hugePages(true);
            try (Store huge = Store.open(name, rows)) {
                Rows.fill(huge, 0, rows, false);
                long[] with = Pages.hugeBytes();
                Store.Reader[] readers = {small.reader(), huge.reader()};
                Blackhole sink = ReadsSideBySide.sink();
                Rounds times = new Rounds(readers.length, rounds);
                for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
                    for (int i = 0; i < readers.length; i++) {
                        // Each goes first as often as the other.
                        int thing = (i + round) & 1;
                        double time = ReadsSideBySide.round(readers[thing], rows, new SplittableRandom(round), false, sink);
                        if (round >= 0) {
                            times.put(thing, round, time);
                        }
                    }
                }
                System.out.printf(
                        "%s, %d rows: get %.0f ns in small pages (%d of %d MB asked for are huge), %.0f ns in huge pages (%d of %d "
                                + "MB): small take %.2f × (quartiles %s)%n", name, rows, times.median(0), without[0] >> 20, without[1]
                                        >> 20,
                        times.median(1), with[0] >> 20, with[1] >> 20, times.ratio(0, 1), times.spread(0, 1));
            }
        }
    }
}
