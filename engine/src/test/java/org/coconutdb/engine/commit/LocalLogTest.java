package org.coconutdb.engine.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.coconutdb.engine.Seeds;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.disk.DiskFile;
import org.coconutdb.engine.disk.ForwardingDiskFile;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The embedded log on a disk that fails.
class LocalLogTest {
    @TempDir private Path directory;

    static LongStream seeds() {
        return Seeds.of(15);
    }

    /// The real disk until a count of operations is used up; then each write fails, after writing a part of what it was given.
    private static final class FailingDisk implements Disk {
        private final String message;
        private int operationsLeft = Integer.MAX_VALUE;
        private boolean full;

        FailingDisk(String message) {
            this.message = message;
        }

        private boolean isBroken() {
            return operationsLeft-- <= 0;
        }

        @Override
        public DiskFile open(Path file, boolean create) throws IOException {
            DiskFile real = REAL.open(file, create);
            return new ForwardingDiskFile(real) {
                @Override
                public void write(ByteBuffer bytes, long position) throws IOException {
                    if (full && position + bytes.remaining() > real.size()) {
                        throw new IOException(message);
                    }
                    if (isBroken()) {
                        writeHalf(bytes, position);
                        throw new IOException(message);
                    }
                    real.write(bytes, position);
                }

                @Override
                public void force(boolean metadata) throws IOException {
                    if (isBroken()) {
                        throw new IOException(message);
                    }
                    real.force(metadata);
                }
            };
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            REAL.forceDirectory(directory);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whateverWriteFailsWhatWasAcknowledgedIsThereAfterwards(long seed) {
        FailingDisk disk = new FailingDisk("Input/output error");
        List<Integer> acknowledged = new ArrayList<>();
        int unknown = -1;
        try (LogFixture fixture = new LogFixture(directory.resolve("db"), disk)) {
            disk.operationsLeft = Seeds.random(seed).nextInt(60);
            for (int i = 0; i < 60; i++) {
                try {
                    fixture.put(i, 300);
                    acknowledged.add(i);
                } catch (CoconutException failure) {
                    assertThat(failure.code()).isIn(ErrorCode.OUTCOME_UNKNOWN, ErrorCode.IO_FAILED);
                    unknown = i;
                    break;
                }
            }
            int refused = unknown + 1;
            assertThatThrownBy(() -> fixture.put(refused, 300)).isInstanceOfSatisfying(CoconutException.class,
                    failure -> assertThat(failure.code()).isEqualTo(ErrorCode.IO_FAILED));
            acknowledged.forEach(key -> assertThat(fixture.has(key, 300)).isTrue());
        }

        try (LogFixture again = new LogFixture(directory.resolve("db"), Disk.REAL)) {
            acknowledged.forEach(key -> assertThat(again.has(key, 300)).as("acknowledged %s", key).isTrue());
            for (int key = unknown + 1; key < 60; key++) {
                assertThat(again.has(key, 300)).as("refused %s", key).isFalse();
            }
        }
    }

    @Test
    void aFullDiskRefusesWritesChangesNothingAndPasses() {
        FailingDisk disk = new FailingDisk("No space left on device");
        int kept;
        try (LogFixture fixture = new LogFixture(directory.resolve("db"), disk)) {
            fixture.put(1, 1000);
            disk.full = true;
            int key = 2;
            CoconutException refused = null;
            while (refused == null) {
                try {
                    fixture.put(key, 1 << 20);
                    key++;
                } catch (CoconutException failure) {
                    refused = failure;
                }
            }
            assertThat(refused.code()).isEqualTo(ErrorCode.DISK_FULL);
            assertThat(fixture.has(1, 1000)).isTrue();
            assertThat(fixture.has(key - 1, 1 << 20)).as("before the disk was full").isTrue();
            assertThat(fixture.has(key, 1 << 20)).isFalse();
            kept = key - 1;

            disk.full = false;
            fixture.put(1000, 1 << 20);
        }

        try (LogFixture again = new LogFixture(directory.resolve("db"), Disk.REAL)) {
            assertThat(again.has(1, 1000)).isTrue();
            assertThat(again.has(kept, 1 << 20)).isTrue();
            assertThat(again.has(kept + 1, 1 << 20)).isFalse();
            assertThat(again.has(1000, 1 << 20)).isTrue();
        }
    }

    @Test
    void logsGoOnInNewSegments() {
        int rows = 80;
        try (LogFixture fixture = new LogFixture(directory.resolve("db"), Disk.REAL)) {
            for (int i = 0; i < rows; i++) {
                fixture.put(i, 1 << 20);
            }
        }

        assertThat(directory.resolve("db").resolve("log").toFile().list()).hasSizeGreaterThan(1);
        try (LogFixture again = new LogFixture(directory.resolve("db"), Disk.REAL)) {
            for (int i = 0; i < rows; i++) {
                assertThat(again.has(i, 1 << 20)).isTrue();
            }
        }
    }

    private static Disk counting(AtomicInteger syncs) {
        return new Disk() {
            @Override
            public DiskFile open(Path file, boolean create) throws IOException {
                DiskFile real = REAL.open(file, create);
                return (DiskFile) java.lang.reflect.Proxy.newProxyInstance(DiskFile.class.getClassLoader(), new Class<?>[] {DiskFile.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("force")) {
                                syncs.incrementAndGet();
                            }
                            return method.invoke(real, arguments);
                        });
            }

            @Override
            public void forceDirectory(Path directory) throws IOException {
                REAL.forceDirectory(directory);
            }
        };
    }

    @Test
    void preparesShareTheSyncOfTheirDecision() {
        AtomicInteger syncs = new AtomicInteger();
        try (LogFixture fixture = new LogFixture(directory.resolve("db"), counting(syncs))) {
            fixture.put(1, 10);
            int before = syncs.get();
            assertThat(fixture.prepare(77, 2, 20).isDone()).isTrue();
            assertThat(syncs.get()).isEqualTo(before);
            // What a killed process would leave, had the prepare reached the disk: it is known, and decides nothing.
            assertThat(fixture.block.inDoubt()).hasSize(1);
            assertThat(fixture.has(2, 20)).isFalse();

            fixture.log.propose(List.of(new CommandLog.Proposal(0, new BlockCommand.Decide(77, true, 0))));
            assertThat(syncs.get()).isEqualTo(before + 1);
            assertThat(fixture.has(2, 20)).isTrue();

            assertThat(fixture.prepare(78, 3, 20).isDone()).isTrue();
        }
        try (LogFixture again = new LogFixture(directory.resolve("db"), Disk.REAL)) {
            // An orderly close vouches for all, a prepare without its decision too.
            assertThat(again.block.inDoubt()).hasSize(1);
            assertThat(again.has(2, 20)).isTrue();
            assertThat(again.has(3, 20)).isFalse();
        }
    }

    @Test
    void manyProposersShareSyncs() throws Exception {
        AtomicInteger syncs = new AtomicInteger();
        int threads = 8;
        int each = 200;
        try (LogFixture fixture = new LogFixture(directory.resolve("db"), counting(syncs));
                ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int first = thread * each;
                writers.add(pool.submit(() -> {
                    for (int i = first; i < first + each; i++) {
                        assertThat(fixture.put(i, 10).isDone()).isTrue();
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            for (int i = 0; i < threads * each; i++) {
                assertThat(fixture.has(i, 10)).isTrue();
            }
        }
        assertThat(syncs.get()).isLessThan(threads * each);
    }
}
