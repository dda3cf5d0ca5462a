package org.coconutdb.bench.storage;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.memory.LockPolicy;

/// How long lookups take while the kernel is made to take back what memory it can, with locked memory and without: of a hash table, whose
/// memory is anonymous, and of a mapped file of the same size, whose pages the kernel can drop. By turns, in one process.
///
/// It must run in a control group of its own, below which nobody else is: a thread writes to the group's file that reclaims
/// (`memory.force_empty`, or `memory.reclaim` in version 2). Arguments: a directory for the mapped files, that file, what to write to it,
/// rows, seconds of each kind.
public final class LockEffects {
    private static final int SLICE_BYTES = Rows.KEY_BYTES + Rows.ROW_BYTES;
    private static final int TURN_MILLIS = 500;
    // Time for the pages that are in use to come back, so that both lost pages and the effort to keep them are seen.
    private static final int RECLAIM_EVERY_MILLIS = 200;

    private final Path reclaimFile;
    private final String reclaimText;

    private LockEffects(Path reclaimFile, String reclaimText) {
        this.reclaimFile = reclaimFile;
        this.reclaimText = reclaimText;
    }

    /// Prints a line for each kind of memory, without and with reclaim.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Path.of(arguments[0]);
        LockEffects effects = new LockEffects(Path.of(arguments[1]), arguments[2]);
        long rows = arguments.length > 3 ? Long.parseLong(arguments[3]) : 2_000_000;
        int seconds = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 20;
        Path plain = directory.resolve("lock-effects-plain.bytes");
        Path locked = directory.resolve("lock-effects-locked.bytes");
        try (Arena arena = Arena.ofShared();
                CoconutStore unlockedTable = new CoconutStore(TableKind.HASH, LockPolicy.OFF);
                CoconutStore lockedTable = new CoconutStore(TableKind.HASH, LockPolicy.REQUIRED)) {
            Rows.fill(unlockedTable, 0, rows, false);
            Rows.fill(lockedTable, 0, rows, false);
            MemorySegment lockedFile = map(locked, rows, arena);
            Pages.lock(lockedFile);
            List<Lookups> all = List.of(new Lookups("table, not locked", tableReader(unlockedTable), rows),
                    new Lookups("table, locked", tableReader(lockedTable), rows),
                    new Lookups("mapped file, not locked", fileReader(map(plain, rows, arena)), rows),
                    new Lookups("mapped file, locked", fileReader(lockedFile), rows));
            effects.measure(all, 2, false);
            all.forEach(Lookups::reset);
            effects.measure(all, seconds, false);
            all.forEach(lookups -> lookups.print("calm"));
            all.forEach(Lookups::reset);
            effects.measure(all, seconds, true);
            all.forEach(lookups -> lookups.print("reclaim"));
        } finally {
            Files.deleteIfExists(plain);
            Files.deleteIfExists(locked);
        }
    }

    private void measure(List<Lookups> all, int seconds, boolean reclaim) throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        int[] reclaims = new int[1];
        Thread kernel = Thread.ofPlatform().start(() -> {
            while (reclaim && !stop.get()) {
                try {
                    Files.writeString(reclaimFile, reclaimText);
                } catch (IOException _) {
                    // The kernel says so when it could not take back as much as was asked for: it took what it could.
                }
                reclaims[0]++;
                pause();
            }
        });
        for (int turn = 0; turn < seconds * 1000 / TURN_MILLIS; turn++) {
            for (Lookups lookups : all) {
                lookups.run(TURN_MILLIS);
            }
        }
        stop.set(true);
        kernel.join();
        if (reclaim) {
            System.out.printf("memory was taken back %d times%n", reclaims[0]);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(RECLAIM_EVERY_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Reader {
        int get(long row, byte[] into);
    }

    private static Reader tableReader(CoconutStore store) {
        Store.Reader reader = store.reader();
        return (row, into) -> reader.get(Rows.key(row, false), into);
    }

    private static Reader fileReader(MemorySegment file) {
        return (row, into) -> {
            MemorySegment.copy(file, ValueLayout.JAVA_BYTE, row * SLICE_BYTES, into, 0, Rows.ROW_BYTES);
            return Rows.ROW_BYTES;
        };
    }

    private static MemorySegment map(Path file, long rows, Arena arena) throws IOException {
        AdviceEffects.write(file, rows * SLICE_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, rows * SLICE_BYTES, arena);
            // What a store of mapped files would ask for: without it the kernel reads the neighbours of each page, too.
            Pages.advise(mapped, Pages.RANDOM);
            return mapped;
        }
    }

    /// One kind's lookups and their times.
    private static final class Lookups {
        private final String name;
        private final Reader reader;
        private final long rows;
        private final byte[] row = new byte[Rows.ROW_BYTES];
        private final SplittableRandom random = new SplittableRandom(7);
        private Times times = new Times();

        Lookups(String name, Reader reader, long rows) {
            this.name = name;
            this.reader = reader;
            this.rows = rows;
        }

        void reset() {
            times = new Times();
        }

        void run(int millis) {
            long start = System.nanoTime();
            long now = start;
            while (now - start < millis * 1_000_000L) {
                long i = random.nextLong(rows);
                long before = System.nanoTime();
                if (reader.get(i, row) <= 0) {
                    throw new IllegalStateException("a row is missing");
                }
                now = System.nanoTime();
                times.add(now - before);
            }
        }

        void print(String when) {
            System.out.printf("%s, %s: %d lookups, median %.2f µs, 99.9 %% %.1f µs, 99.99 %% %.1f µs, longest %.1f ms%n", name, when,
                    times.count(), times.quantile(0.5) / 1e3, times.quantile(0.999) / 1e3, times.quantile(0.9999) / 1e3,
                    times.longest() / 1e6);
        }
    }
}
