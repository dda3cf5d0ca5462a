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
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A power cut: the file system under a writing process is shut down without writing what it holds in memory, and mounted again. What was
/// not synced is really gone then, which no `kill -9` can show.
///
/// Invariants: those of [CrashIT]. `-Dpower.cuts=50` makes it 50 cuts. It needs root, a loop device and ext4, and is skipped with a
/// message elsewhere.
class PowerCutIT {
    private static final int CUTS = Integer.getInteger("power.cuts", 4);
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

    @Test
    void nothingAcknowledgedIsLostWhenThePowerGoes() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "skipped: mounting a file system needs root");
        Path image = directory.resolve("disk.image");
        Path mount = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(run("truncate", "-s", "512M", image.toString()) && run("mkfs.ext4", "-q", "-F", image.toString())
                && mount(image, mount), "skipped: this machine mounts no ext4 image");
        try {
            long seed = Long.getLong("seed", 20261123L);
            Random random = Seeds.random(seed);
            long[] acknowledged = new long[CrashIT.WRITERS];
            for (int cut = 0; cut < CUTS; cut++) {
                String context = "power cut " + cut + ", seed " + seed;
                long[] told = acknowledged.clone();
                runAndCut(mount, told, 100 + random.nextInt(900));
                assertThat(run("umount", mount.toString())).as(context).isTrue();
                assertThat(mount(image, mount)).as(context).isTrue();
                acknowledged = CrashIT.check(mount.resolve("db"), told, context);
            }
            long total = Arrays.stream(acknowledged).sum();
            System.out.println("power cuts: " + CUTS + ", transactions acknowledged and found: " + total + ", seed " + seed);
            assertThat(total).as("the writers wrote").isPositive();
        } finally {
            run("umount", mount.toString());
        }
    }

    private static void runAndCut(Path mount, long[] told, int millis) throws Exception {
        Process process = Jvm.start(CrashIT.Writer.class, mount.resolve("db").toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        CountDownLatch open = new CountDownLatch(1);
        Thread cutter = Thread.ofPlatform().start(() -> {
            try {
                open.await();
                Thread.sleep(millis);
                shutDown(mount);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            } finally {
                process.toHandle().destroyForcibly();
            }
        });
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("open")) {
                    open.countDown();
                } else {
                    CrashIT.hear(line, told);
                }
            }
        } finally {
            open.countDown();
            cutter.join();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
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
