package org.coconutdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.coconutdb.engine.commit.LogClock;
import org.coconutdb.engine.commit.OpeningMeter;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.transaction.Transaction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a listener hears while a database with a checkpoint and a log behind it is opened.
class OpeningProgressTest {
    private static final byte[] ROW = new byte[32 << 10];

    @TempDir private Path directory;
    private final List<OpeningProgress.State> states = new ArrayList<>();
    private final AtomicInteger calling = new AtomicInteger();
    private EngineConfig config;

    @BeforeEach
    void makeDatabase() {
        config = new EngineConfig(directory.resolve("db"), 4, 1L << 30, LockPolicy.OFF);
        try (CoconutEngine engine = CoconutEngine.open(config)) {
            TableDescriptor table = engine.createTable("T", TableKind.HASH, new byte[0]);
            put(engine, table, 0, 300);
            engine.checkpoint();
            put(engine, table, 300, 500);
        }
    }

    private static void put(CoconutEngine engine, TableDescriptor table, int from, int to) {
        for (int key = from; key < to; key += 50) {
            try (Transaction transaction = engine.begin()) {
                for (int i = 0; i < 50; i++) {
                    transaction.put(table, ByteBuffer.allocate(4).putInt(key + i).array(), ROW);
                }
                transaction.commit();
            }
        }
    }

    private CoconutEngine open(Duration interval) {
        return CoconutEngine.open(config, LogClock.system(), 1 << 30, new OpeningMeter(this::reached, interval));
    }

    private void reached(OpeningProgress.State state) {
        assertThat(calling.incrementAndGet()).isOne();
        states.add(state);
        calling.decrementAndGet();
    }

    private long bytes(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("db").resolve(folder))) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        }
    }

    @Test
    void whatIsReachedOnlyRisesAndEndsAtTheBytesOfTheFiles() throws IOException {
        long checkpointBytes = bytes("checkpoint");
        long logBytes = bytes("log");

        open(Duration.ZERO).close();

        assertThat(checkpointBytes).isGreaterThan(300L * ROW.length);
        assertThat(logBytes).isGreaterThan(200L * ROW.length);
        assertThat(states.getFirst()).isEqualTo(new OpeningProgress.State(0, checkpointBytes, 0, logBytes));
        assertThat(states.getLast()).isEqualTo(
                new OpeningProgress.State(checkpointBytes, checkpointBytes, logBytes, logBytes));
        // A checkpoint is read in pieces of 256 KiB, the log in pieces of 1 MiB.
        assertThat(states).hasSizeGreaterThan(20);
        for (int i = 1; i < states.size(); i++) {
            assertThat(states.get(i).checkpointBytes()).isGreaterThanOrEqualTo(states.get(i - 1).checkpointBytes());
            assertThat(states.get(i).logBytes()).isGreaterThanOrEqualTo(states.get(i - 1).logBytes());
            assertThat(states.get(i).bytesTotal()).isEqualTo(checkpointBytes + logBytes);
            // The log follows the checkpoint.
            assertThat(states.get(i).logBytes() == 0 || states.get(i).checkpointBytes() == checkpointBytes).isTrue();
        }
    }

    @Test
    void aListenerIsNotCalledMoreOftenThanAsked() {
        open(Duration.ofHours(1)).close();

        // The beginning and the end.
        assertThat(states).hasSize(2);
    }

    @Test
    void aNewDatabaseHasNothingToRead() {
        config = new EngineConfig(directory.resolve("new"), 4, 1L << 30, LockPolicy.OFF);

        open(Duration.ZERO).close();

        assertThat(states).isNotEmpty().allMatch(state -> state.bytesTotal() == 0).allMatch(state -> state.bytes() == 0);
    }

    @Test
    void aDamagedFileGivesItsErrorAndNoLastCall() throws IOException {
        Path checkpoint;
        try (Stream<Path> files = Files.walk(directory.resolve("db").resolve("checkpoint"))) {
            checkpoint = files.filter(file -> file.toString().endsWith("block-2.checkpoint")).findFirst().orElseThrow();
        }
        try (RandomAccessFile file = new RandomAccessFile(checkpoint.toFile(), "rw")) {
            file.seek(file.length() - 1000);
            file.write(0x55);
        }

        CoconutException failure = catchThrowableOfType(CoconutException.class, () -> open(Duration.ZERO));

        assertThat(failure.code()).isEqualTo(ErrorCode.DATA_CORRUPTED);
        assertThat(states).isNotEmpty().noneMatch(state -> state.bytes() == state.bytesTotal());
    }

    @Test
    void aListenerThatThrowsEndsTheOpeningAndLeavesTheDatabaseFree() {
        OpeningProgress thrower = state -> {
            if (state.bytes() > 0) {
                throw new IllegalStateException("enough");
            }
        };

        IllegalStateException failure = catchThrowableOfType(IllegalStateException.class,
                () -> CoconutEngine.open(config, LogClock.system(), 1 << 30, new OpeningMeter(thrower, Duration.ZERO)));

        assertThat(failure).hasMessage("enough");
        CoconutEngine.open(config).close();
    }
}
