package org.coconutdb.engine.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.coconutdb.engine.Durability;
import org.coconutdb.engine.Seeds;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.disk.DiskFile;
import org.coconutdb.engine.disk.PowerCutDisk;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What is left of a log whose power is cut, in each mode, and what is done when a sync fails.
@Timeout(120)
class DurabilityTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofMillis(1);

    @TempDir private Path directory;

    private final PowerCutDisk disk = new PowerCutDisk();

    static Stream<Arguments> modesAndSeeds() {
        return Stream.of(Durability.values()).flatMap(mode -> Seeds.of(12).mapToObj(seed -> Arguments.of(mode, seed)));
    }

    private Path db() {
        return directory.resolve("db");
    }

    private LogFixture open(Durability durability, Duration interval) {
        return new LogFixture(db(), disk, durability, interval);
    }

    private LogFixture reopen() {
        return new LogFixture(db(), Disk.REAL);
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("modesAndSeeds")
    void aPowerCutLeavesAPrefixWithEverythingThatWasSynced(Durability mode, long seed) throws IOException {
        Random random = Seeds.random(seed);
        int bytes = random.nextInt(10, 3000);
        int synced = 0;
        int rows = 0;
        LogFixture fixture = open(mode, NEVER);
        try (fixture) {
            for (int last = random.nextInt(1, 300); rows < last; rows++) {
                fixture.put(rows, bytes);
                if (mode == Durability.SYNC) {
                    synced = rows + 1;
                } else if (random.nextInt(40) == 0) {
                    fixture.log.sync();
                    synced = rows + 1;
                }
            }
            disk.cut(random);
        }

        int found;
        try (LogFixture again = reopen()) {
            found = again.prefix(rows, bytes);
            assertThat(found).isBetween(synced, rows);
            // What was cut off does not come back behind what is written now.
            again.put(found, bytes);
        }
        try (LogFixture again = reopen()) {
            assertThat(again.prefix(rows + 1, bytes)).isEqualTo(found + 1);
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("modesAndSeeds")
    void damageToWhatWasKnownToBeSyncedIsFoundAndBehindItTheLogIsCut(Durability mode, long seed) throws IOException {
        Random random = Seeds.random(seed);
        int bytes = 300;
        long syncedBytes;
        LogFixture fixture = open(mode, NEVER);
        try (fixture) {
            for (int key = 0; key < 20; key++) {
                fixture.put(key, bytes);
            }
            fixture.log.sync();
            // Nothing in the log vouches for the last entry yet; the next record does.
            syncedBytes = logBytes();
            for (int key = 20; key < 40; key++) {
                fixture.put(key, bytes);
            }
            disk.kill();
        }
        long end = logBytes();

        flip(random.nextLong(syncedBytes, end));
        if (mode != Durability.SYNC) {
            Path kept = copy(segment());
            try (LogFixture again = reopen()) {
                assertThat(again.prefix(40, bytes)).isBetween(20, 40);
            }
            Files.copy(kept, segment(), StandardCopyOption.REPLACE_EXISTING);
        }
        flip(random.nextLong(Segment.HEADER_BYTES + 8, syncedBytes - 8) & ~7);
        assertThatThrownBy(this::reopen).isInstanceOfSatisfying(CoconutException.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.DATA_CORRUPTED));
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void whatAKilledProcessHadOnlyWrittenIsSyncedBeforeAnythingVouchesForIt(Durability mode) throws IOException {
        Random random = Seeds.random(1);
        for (int round = 0; round < 10; round++) {
            PowerCutDisk rounds = new PowerCutDisk();
            Path path = directory.resolve("db" + round);
            try (LogFixture killed = new LogFixture(path, rounds, Durability.NONE, NEVER)) {
                for (int key = 0; key < 50; key++) {
                    killed.put(key, 200);
                }
                rounds.kill();
            }
            try (LogFixture fixture = new LogFixture(path, rounds, mode, NEVER)) {
                assertThat(rounds.isUnsynced(path)).isFalse();
                fixture.put(50, 200);
                fixture.put(51, 200);
                rounds.cut(random);
            }
            try (LogFixture again = new LogFixture(path, Disk.REAL)) {
                assertThat(again.prefix(52, 200)).isGreaterThanOrEqualTo(mode == Durability.SYNC ? 52 : 50);
            }
        }
    }

    @Test
    void theIntervalSyncsWhatWasWrittenAndSleepsWhenNothingWas() throws InterruptedException {
        try (LogFixture fixture = open(Durability.INTERVAL, SOON)) {
            for (int key = 0; key < 20; key++) {
                fixture.put(key, 100);
                disk.awaitSynced(db());
            }
            // Without a deadline: nothing is due.
            Thread syncer = Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().equals("coconut-sync"))
                    .findFirst().orElseThrow();
            while (syncer.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            int syncs = disk.syncs();
            fixture.put(20, 100);
            disk.awaitSynced(db());
            assertThat(disk.syncs()).isGreaterThan(syncs);
        }
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().equals("coconut-sync"));
    }

    @Test
    void withoutDurabilityNoCommitIsSyncedAndAnOrderlyCloseKeepsEverything() throws IOException {
        try (LogFixture fixture = open(Durability.NONE, NEVER)) {
            int syncs = disk.syncs();
            for (int key = 0; key < 500; key++) {
                fixture.put(key, 100);
            }
            assertThat(disk.syncs()).isEqualTo(syncs);
            assertThat(disk.isUnsynced(db())).isTrue();
        }
        assertThat(disk.isUnsynced(db())).isFalse();
        disk.cut(Seeds.random(1));
        try (LogFixture again = reopen()) {
            assertThat(again.prefix(500, 100)).isEqualTo(500);
        }
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void aFullSegmentIsSyncedBeforeAnotherFollows(Durability mode) {
        List<Boolean> unsynced = new ArrayList<>();
        Disk watching = new Disk() {
            @Override
            public DiskFile open(Path file, boolean create) throws IOException {
                if (create) {
                    unsynced.add(disk.isUnsynced(db().resolve("log")));
                }
                return disk.open(file, create);
            }

            @Override
            public void forceDirectory(Path path) throws IOException {
                disk.forceDirectory(path);
            }

            @Override
            public void rename(Path from, Path to) throws IOException {
                disk.rename(from, to);
            }
        };
        try (LogFixture fixture = new LogFixture(db(), watching, mode, NEVER)) {
            for (int key = 0; key < 70; key++) {
                fixture.put(key, 1_000_000);
            }
        }
        assertThat(unsynced).hasSizeGreaterThan(1).containsOnly(false);
        try (LogFixture again = reopen()) {
            assertThat(again.prefix(70, 1_000_000)).isEqualTo(70);
        }
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void aCheckpointIsNamedOnlyWhenTheLogUpToItIsDurable(Durability mode) throws IOException {
        List<Boolean> unsynced = new ArrayList<>();
        Disk watching = new Disk() {
            @Override
            public DiskFile open(Path file, boolean create) throws IOException {
                return disk.open(file, create);
            }

            @Override
            public void forceDirectory(Path path) throws IOException {
                disk.forceDirectory(path);
            }

            @Override
            public void rename(Path from, Path to) throws IOException {
                unsynced.add(disk.isUnsynced(db().resolve("log")));
                disk.rename(from, to);
            }
        };
        try (LogFixture fixture = open(mode, NEVER);
                Checkpointer checkpointer = new Checkpointer(watching, fixture.directory, List.of(fixture.block), fixture.snapshots,
                        fixture.log, 1L << 30, null)) {
            for (int key = 0; key < 100; key++) {
                fixture.put(key, 100);
            }
            checkpointer.run();
            assertThat(unsynced).containsExactly(false);
            for (int key = 100; key < 200; key++) {
                fixture.put(key, 100);
            }
            disk.cut(Seeds.random(1));
        }
        try (LogFixture again = reopen()) {
            assertThat(again.prefix(200, 100)).isGreaterThanOrEqualTo(100);
        }
    }

    @Test
    void aFailedSyncBesideTheWritersIsNeverTriedAgainAndRefusesWrites() {
        LogFixture fixture = open(Durability.INTERVAL, SOON);
        disk.refuseSyncs(true);
        int rows = 0;
        CoconutException failure = null;
        while (failure == null) {
            try {
                fixture.put(rows, 100);
                rows++;
            } catch (CoconutException refused) {
                failure = refused;
            }
        }
        assertThat(failure.code()).isIn(ErrorCode.IO_FAILED, ErrorCode.OUTCOME_UNKNOWN);
        // The disk is well again; what the kernel has forgotten since is not known.
        disk.refuseSyncs(false);
        int refused = rows + 1;
        assertThatThrownBy(() -> fixture.put(refused, 100)).isInstanceOfSatisfying(CoconutException.class,
                again -> assertThat(again.code()).isEqualTo(ErrorCode.IO_FAILED));
        assertThat(disk.refused()).isEqualTo(1);
        assertThat(fixture.prefix(rows, 100)).isEqualTo(rows);
        assertThatThrownBy(fixture.log::position).isInstanceOf(CoconutException.class);
        int syncs = disk.syncs();
        // Some of what was acknowledged may be lost, and the close says so.
        assertThatThrownBy(fixture.log::close).isInstanceOfSatisfying(CoconutException.class,
                closing -> assertThat(closing.code()).isEqualTo(ErrorCode.IO_FAILED));
        assertThat(disk.syncs()).isEqualTo(syncs);
        fixture.close();
    }

    @Test
    void aCheckpointWhoseSyncOfTheLogFailsIsNotWrittenAndRefusesWrites() {
        try (LogFixture fixture = open(Durability.NONE, NEVER);
                Checkpointer checkpointer = new Checkpointer(Disk.REAL, fixture.directory, List.of(fixture.block), fixture.snapshots,
                        fixture.log, 1L << 30, null)) {
            fixture.put(0, 100);
            disk.refuseSyncs(true);
            assertThatThrownBy(checkpointer::run).isInstanceOfSatisfying(CoconutException.class,
                    failure -> assertThat(failure.code()).isEqualTo(ErrorCode.IO_FAILED));
            assertThat(fixture.directory.checkpoint()).doesNotExist();
            assertThatThrownBy(() -> fixture.put(1, 100)).isInstanceOfSatisfying(CoconutException.class,
                    failure -> assertThat(failure.code()).isEqualTo(ErrorCode.IO_FAILED));
            assertThat(fixture.prefix(2, 100)).isEqualTo(1);
        }
    }

    @Test
    void aFailedSyncBeforeTheFileGrowsIsNotTriedAgainEither() {
        try (LogFixture fixture = open(Durability.NONE, NEVER)) {
            fixture.put(0, 1_000_000);
            disk.refuseSyncs(true);
            int rows = 1;
            CoconutException failure = null;
            while (failure == null) {
                try {
                    fixture.put(rows, 1_000_000);
                    rows++;
                } catch (CoconutException refused) {
                    failure = refused;
                }
            }
            assertThat(failure.code()).isEqualTo(ErrorCode.IO_FAILED);
            disk.refuseSyncs(false);
            int refused = rows;
            assertThatThrownBy(() -> fixture.put(refused, 100)).isInstanceOf(CoconutException.class);
            assertThat(disk.refused()).isEqualTo(1);
            assertThat(fixture.prefix(rows + 1, 1_000_000)).isEqualTo(rows);
        }
    }

    private Path segment() throws IOException {
        try (Stream<Path> files = Files.list(db().resolve("log"))) {
            return files.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
        }
    }

    private Path copy(Path file) throws IOException {
        return Files.copy(file, directory.resolve("copy"));
    }

    /// Where the last record ends.
    private long logBytes() throws IOException {
        byte[] log = Files.readAllBytes(segment());
        int end = log.length;
        while (log[end - 1] == 0) {
            end--;
        }
        return end + 7L & ~7L;
    }

    private void flip(long at) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment().toFile(), "rw")) {
            file.seek(at);
            int value = file.read();
            file.seek(at);
            file.write(value ^ 0x10);
        }
    }
}
