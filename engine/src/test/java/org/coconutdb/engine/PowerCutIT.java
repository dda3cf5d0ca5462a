package org.coconutdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.ptr.IntByReference;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.engine.CrashIT.Acknowledgement;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A power cut: the file system under a writing process is shut down without writing what it holds in memory, and mounted again. What was
/// not synced is really gone then, which no `kill -9` can show.
///
/// Invariants
/// 1. With [Durability#SYNC], those of [CrashIT].
/// 2. With [Durability#INTERVAL], what was acknowledged longer before the cut than the interval, and some slack for a slow machine, is
///    there; with [Durability#NONE], what was there when the database was last closed.
/// 3. In every mode what is there is whole, and began before anything that was lost had been acknowledged: a prefix.
///
/// `-Dpower.cuts=50` makes it 50 cuts in each mode. It needs root, a loop device and ext4, and is skipped with a
/// message elsewhere.
class PowerCutIT {
    private static final int CUTS = Integer.getInteger("power.cuts", 4);
    // For the two syncs that may lie between an acknowledgement and its durability, and for threads that wait for a core.
    private static final Duration SLACK = Duration.ofSeconds(2);
    // EXT4_IOC_SHUTDOWN, and its flag that leaves the journal's buffers unwritten (fs/ext4/ext4.h).
    private static final long SHUTDOWN = 0x8004587DL;
    private static final int NO_LOG_FLUSH = 2;

    @TempDir private Path directory;

    /// The C library's calls, bound by JNA.
    private static final class Calls {
        static {
            Native.register(Calls.class, "c");
        }

        static native int open(String path, int flags) throws LastErrorException;

        static native int ioctl(int file, long request, IntByReference argument) throws LastErrorException;

        static native int close(int file) throws LastErrorException;
    }

    /// What was heard of the writers before the power went.
    private record Heard(List<Acknowledgement> acknowledgements, long cutNanos) {
        long[] told(long[] before) {
            long[] told = before.clone();
            acknowledgements.forEach(heard -> told[heard.writer()] = heard.number());
            return told;
        }

        /// What each writer was told so long before the cut that it must be there.
        long[] least(long[] before, Duration age) {
            long[] least = before.clone();
            acknowledgements.stream()
                    .filter(heard -> cutNanos - heard.atNanos() > age.toNanos())
                    .forEach(heard -> least[heard.writer()] = heard.number());
            return least;
        }

        List<Acknowledgement> lost(long[] found) {
            return acknowledgements.stream().filter(heard -> heard.number() > found[heard.writer()]).toList();
        }

        /// No transaction is there that began after one was acknowledged that is not. A writer's next begins after its last was told.
        void requirePrefix(long[] found, String context) {
            long firstLost = lost(found).stream().mapToLong(Acknowledgement::atNanos).min().orElse(Long.MAX_VALUE);
            for (Acknowledgement heard : acknowledgements) {
                if (heard.number() + 1 <= found[heard.writer()]) {
                    assertThat(heard.atNanos()).as("%s is behind one that is lost; %s", heard, context).isLessThanOrEqualTo(firstLost);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void aPowerCutLosesNoMoreThanTheModeSaysAndLeavesAPrefix(Durability durability) throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "skipped: mounting a file system needs root");
        Path image = directory.resolve("disk.image");
        Path mount = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(run("truncate", "-s", "512M", image.toString()) && run("mkfs.ext4", "-q", "-F", image.toString())
                && mount(image, mount), "skipped: this machine mounts no ext4 image");
        try {
            long seed = Long.getLong("seed", 20261123L);
            Random random = Seeds.random(seed);
            long[] before = new long[CrashIT.WRITERS];
            long acknowledged = 0;
            long lost = 0;
            long lostNanosMax = 0;
            for (int cut = 0; cut < CUTS; cut++) {
                String context = durability + ", power cut " + cut + ", seed " + seed;
                // Checkpoints sync the log, too: with them, and without, so that only the mode does.
                long checkpointLogBytes = cut % 2 == 0 ? EngineConfig.CHECKPOINT_LOG_BYTES : CrashIT.CHECKPOINT_LOG_BYTES;
                // Longer than the interval and its slack, so that something must be there.
                int millis = (durability == Durability.INTERVAL ? 2500 : 100) + random.nextInt(900);
                Heard heard = runAndCut(mount, durability, checkpointLogBytes, millis);
                assertThat(run("umount", mount.toString())).as(context).isTrue();
                assertThat(mount(image, mount)).as(context).isTrue();
                long[] told = heard.told(before);
                long[] least = switch (durability) {
                    case SYNC -> told;
                    case INTERVAL -> heard.least(before, EngineConfig.SYNC_INTERVAL.plus(SLACK));
                    // What was there when the database was closed in order.
                    case NONE -> before;
                };
                long[] found = CrashIT.check(mount.resolve("db"), least, told, context);
                heard.requirePrefix(found, context);
                acknowledged += heard.acknowledgements().size();
                List<Acknowledgement> missing = heard.lost(found);
                lost += missing.size();
                lostNanosMax = Math.max(lostNanosMax, missing.stream().mapToLong(each -> heard.cutNanos - each.atNanos()).max().orElse(0));
                before = found;
            }
            long total = Arrays.stream(before).sum();
            System.out.println("power cuts, " + durability + ": " + CUTS + ", transactions found: " + total + ", acknowledged and lost: "
                    + lost + ", the oldest " + lostNanosMax / 1_000_000 + " ms before its cut, seed " + seed);
            assertThat(acknowledged).as("the writers wrote").isPositive();
            if (durability == Durability.NONE) {
                assertThat(lost).as("what was not synced is really gone").isPositive();
            }
        } finally {
            run("umount", mount.toString());
        }
    }

    private static Heard runAndCut(Path mount, Durability durability, long checkpointLogBytes, int millis) throws Exception {
        Process process = Jvm.start(CrashIT.Writer.class, mount.resolve("db").toString(), durability.name(), Long.toString(
                checkpointLogBytes))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        CountDownLatch open = new CountDownLatch(1);
        AtomicLong cutNanos = new AtomicLong();
        Thread cutter = Thread.ofPlatform().start(() -> {
            try {
                open.await();
                Thread.sleep(millis);
                cutNanos.set(System.nanoTime());
                shutDown(mount);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            } finally {
                process.toHandle().destroyForcibly();
            }
        });
        List<Acknowledgement> heard = new ArrayList<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("open")) {
                    open.countDown();
                } else {
                    Acknowledgement.parse(line).ifPresent(heard::add);
                }
            }
        } finally {
            open.countDown();
            cutter.join();
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        }
        return new Heard(heard, cutNanos.get());
    }

    private static void shutDown(Path mount) {
        int file = Calls.open(mount.toString(), 0);
        try {
            Calls.ioctl(file, SHUTDOWN, new IntByReference(NO_LOG_FLUSH));
        } finally {
            Calls.close(file);
        }
    }

    private static boolean mount(Path image, Path mount) throws IOException, InterruptedException {
        return run("mount", "-o", "loop", image.toString(), mount.toString());
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).redirectOutput(
                    ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor() == 0;
        } catch (IOException missing) {
            return false;
        }
    }
}
