package org.coconutdb.bench.storage;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.memory.MemoryOwner;
import org.coconutdb.engine.memory.Region;

/// What `MADV_RANDOM` and `MADV_SEQUENTIAL` do: to the engine's own memory, anonymous and locked, and to a mapped file whose pages were
/// given back, for which they were made. Arguments: a directory for the file, MiB of each, rounds.
public final class AdviceEffects {
    private static final int[] ADVICE = {Pages.NORMAL, Pages.RANDOM, Pages.SEQUENTIAL};
    private static final String[] NAMES = {"NORMAL", "RANDOM", "SEQUENTIAL"};
    private static final int WARM_UP_ROUNDS = 1;
    // Enough that a round takes tens of milliseconds where no page is missing, and few enough to find most of a file's pages missing.
    private static final int RESIDENT_READS = 1_000_000;
    private static final int MISSING_READS = 1_000;

    private AdviceEffects() {}

    /// Prints a line for each kind of memory and way to read.
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]).resolve("advice-effects.bytes");
        long bytes = (arguments.length > 1 ? Long.parseLong(arguments[1]) : 1024) << 20;
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 15;
        try (MemoryManager memory = new MemoryManager(LockPolicy.REQUIRED, 2 * bytes)) {
            Region region = memory.reserve(new MemoryOwner(0, 0), "bench", bytes);
            region.commit(bytes);
            MemorySegment anonymous = region.segment().asSlice(0, bytes);
            anonymous.fill((byte) 1);
            measure("locked memory", anonymous, rounds, RESIDENT_READS, false);
        }
        try {
            write(file, bytes);
            try (Arena arena = Arena.ofConfined(); FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes, arena);
                measure("mapped file, pages given back", mapped, rounds, MISSING_READS, true);
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void measure(String what, MemorySegment memory, int rounds, int reads, boolean giveBack) {
        for (boolean inOrder : List.of(false, true)) {
            Rounds times = new Rounds(ADVICE.length, rounds);
            for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
                for (int i = 0; i < ADVICE.length; i++) {
                    int thing = Math.floorMod(i + round, ADVICE.length);
                    if (giveBack && !Pages.pageOut(memory)) {
                        throw new IllegalStateException("pages are not given back");
                    }
                    if (Pages.advise(memory, ADVICE[thing]) != 0) {
                        throw new IllegalStateException("the kernel does not take this advice");
                    }
                    double time = inOrder ? inOrder(memory) : atRandom(memory, reads, new SplittableRandom(round));
                    if (round >= 0) {
                        times.put(thing, round, time);
                    }
                }
            }
            for (int i = 0; i < ADVICE.length; i++) {
                System.out.printf("%s, %s, %s: %.0f ns a page, %.2f × NORMAL (quartiles %s)%n", what, inOrder ? "all pages in order"
                        : "at random",
                        NAMES[i], times.median(i), times.ratio(i, 0), times.spread(i, 0));
            }
        }
    }

    /// Nanoseconds a page.
    private static double atRandom(MemorySegment memory, int reads, SplittableRandom random) {
        long pages = memory.byteSize() / Pages.PAGE_BYTES;
        long sum = 0;
        long start = System.nanoTime();
        for (int i = 0; i < reads; i++) {
            // The next place hangs on what was read, so that reads do not overlap: a lookup cannot, either.
            long page = (random.nextLong(pages) + (sum & 1)) % pages;
            sum += memory.get(ValueLayout.JAVA_BYTE, page * Pages.PAGE_BYTES);
        }
        return (double) (System.nanoTime() - start) / requireRead(sum, reads);
    }

    private static double inOrder(MemorySegment memory) {
        long sum = 0;
        long start = System.nanoTime();
        for (long at = 0; at < memory.byteSize(); at += Pages.PAGE_BYTES) {
            sum += memory.get(ValueLayout.JAVA_BYTE, at);
        }
        return (double) (System.nanoTime() - start) / requireRead(sum, memory.byteSize() / Pages.PAGE_BYTES);
    }

    // All bytes are 1.
    private static long requireRead(long sum, long reads) {
        if (sum != reads) {
            throw new IllegalStateException("read " + sum + " of " + reads);
        }
        return reads;
    }

    static void write(Path file, long bytes) throws IOException {
        byte[] ones = new byte[1 << 20];
        java.util.Arrays.fill(ones, (byte) 1);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long at = 0; at < bytes; at += ones.length) {
                ByteBuffer buffer = ByteBuffer.wrap(ones);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
            channel.force(true);
        }
    }
}
