package org.coconutdb.engine.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.coconutdb.engine.BlockStatus;
import org.coconutdb.engine.Seeds;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.CommandResult;
import org.coconutdb.engine.block.Read;
import org.coconutdb.engine.block.Write;
import org.coconutdb.engine.commit.CommandLog.Proposal;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.disk.DiskFile;
import org.coconutdb.engine.disk.ForwardingDiskFile;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.table.SliceScan;
import org.coconutdb.engine.table.VersionScan;
import org.coconutdb.engine.version.ReadPoint;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.engine.version.Snapshots;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Checkpoints of blocks with a log, as an engine puts them together.
class CheckpointTest {
    private static final int BLOCKS = 3;
    private static final int HASH = 20;
    private static final int SORTED = 21;

    @TempDir private Path directory;

    static LongStream seeds() {
        return Seeds.of(5);
    }

    /// The real disk, which does something before each write of a checkpoint and fails when it is told to.
    private static final class TestDisk implements Disk {
        Runnable beforeWrite = () -> {};
        long operations;
        long operationsLeft = Long.MAX_VALUE;

        private void count(Path path) throws IOException {
            if (path.toString().contains("checkpoint")) {
                operations++;
                if (operationsLeft-- <= 0) {
                    throw new IOException("No space left on device");
                }
            }
        }

        @Override
        public DiskFile open(Path path, boolean create) throws IOException {
            count(path);
            DiskFile real = REAL.open(path, create);
            return new ForwardingDiskFile(real) {
                @Override
                public void write(ByteBuffer bytes, long position) throws IOException {
                    if (path.toString().contains("checkpoint")) {
                        beforeWrite.run();
                    }
                    try {
                        count(path);
                    } catch (IOException failure) {
                        writeHalf(bytes, position);
                        throw failure;
                    }
                    real.write(bytes, position);
                }

                @Override
                public void force(boolean metadata) throws IOException {
                    count(path);
                    real.force(metadata);
                }
            };
        }

        @Override
        public void forceDirectory(Path path) throws IOException {
            count(path);
            REAL.forceDirectory(path);
        }

        @Override
        public void createDirectory(Path path) throws IOException {
            count(path);
            REAL.createDirectory(path);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            count(from);
            REAL.rename(from, to);
        }

        @Override
        public void delete(Path path) throws IOException {
            count(path);
            REAL.delete(path);
        }
    }

    /// Blocks, their log and their checkpoints.
    private static final class Database implements AutoCloseable {
        final MemoryManager memory = new MemoryManager(LockPolicy.OFF, 1L << 30);
        final AtomicLong lastTimestamp = new AtomicLong();
        final Snapshots snapshots = new Snapshots(0);
        final List<Block> blocks = new ArrayList<>();
        final DatabaseDirectory directory;
        final LocalLog log;
        final Checkpointer checkpointer;

        Database(Path path) {
            this(path, Disk.REAL);
        }

        Database(Path path, Disk disk) {
            for (int id = 0; id < BLOCKS; id++) {
                blocks.add(new Block(id, memory, () -> lastTimestamp.get() + 1, null));
            }
            directory = DatabaseDirectory.open(path, BLOCKS);
            try {
                log = LocalLog.recover(disk, directory, blocks, snapshots, lastTimestamp, LogClock.system());
                checkpointer = new Checkpointer(disk, directory, blocks, snapshots, log, Long.MAX_VALUE, null);
            } catch (Throwable failure) {
                closeBlocks();
                throw failure;
            }
        }

        void createTables() {
            for (Block block : blocks) {
                propose(block.id(), new BlockCommand.CreateTable(HASH, TableKind.HASH));
                propose(block.id(), new BlockCommand.CreateTable(SORTED, TableKind.SORTED));
            }
        }

        CommandResult propose(int block, BlockCommand command) {
            return log.propose(List.of(new Proposal(block, command))).getFirst();
        }

        CommandResult commit(int block, long snapshot, Write... writes) {
            return propose(block, new BlockCommand.Commit(snapshot, List.of(), List.of(writes)));
        }

        /// The same writes everywhere, some to a commit.
        void commitInAllBlocks(List<Write> writes) {
            for (int from = 0; from < writes.size(); from += 100) {
                List<Write> some = writes.subList(from, Math.min(writes.size(), from + 100));
                log.propose(blocks.stream().map(block -> new Proposal(block.id(), new BlockCommand.Commit(0, List.of(), some))).toList());
            }
        }

        long now() {
            return snapshots.visible();
        }

        /// Rows that a reader sees.
        Map<String, String> rows() {
            Map<String, String> rows = new TreeMap<>();
            int slot = snapshots.open();
            RecordView row = new RecordView();
            for (Block block : blocks) {
                for (int table : block.tables()) {
                    long count = 0;
                    SliceScan scan = block.slice(table).scan(KeyRange.ALL, false, new ReadPoint(snapshots.timestamp(slot),
                            ReadPoint.TIMELESS));
                    while (scan.next(row)) {
                        rows.put(block.id() + "/" + table + "/" + text(row.keyBytes()), text(row.rowBytes()));
                        count++;
                    }
                    assertThat(block.rowCount(table)).hasValue(count);
                }
            }
            snapshots.close(slot);
            return rows;
        }

        /// All that there is to know of each key's newest version, tombstones included.
        Map<String, String> versions() {
            Map<String, String> versions = new TreeMap<>();
            RecordView version = new RecordView();
            for (Block block : blocks) {
                for (int table : block.tables()) {
                    VersionScan scan = block.slice(table).scanVersions(now());
                    while (scan.next(version)) {
                        versions.put(block.id() + "/" + table + "/" + text(version.keyBytes()),
                                String.join(" ", text(version.rowBytes()), "committed", Long.toString(version.commitTimestamp()), "created",
                                        Long.toString(version.createdAtMicros()), "updated", Long.toString(version.updatedAtMicros()),
                                        "ttl", Integer.toString(version.ttlSeconds()), "flags", Byte.toString(version.flags())));
                    }
                }
            }
            return versions;
        }

        void verify() {
            blocks.forEach(Block::verify);
        }

        private void closeBlocks() {
            blocks.forEach(Block::close);
            memory.close();
            directory.close();
        }

        @Override
        public void close() {
            try {
                checkpointer.close();
                log.close();
            } finally {
                closeBlocks();
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Write put(int table, String key, String row) {
        return new Write(table, Write.Condition.NONE, bytes(key), bytes(row), 0);
    }

    private static Write update(int table, String key, String row) {
        return new Write(table, Write.Condition.UNCHANGED, bytes(key), bytes(row), 0);
    }

    private static Write delete(int table, String key) {
        return new Write(table, Write.Condition.NONE, bytes(key), null, 0);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    @Test
    void everythingOfEveryNewestVersionSurvives() {
        Path path = directory.resolve("db");
        Map<String, String> versions;
        Map<String, String> rows;
        List<BlockStatus> status;
        try (Database database = new Database(path)) {
            database.createTables();
            for (int table : new int[] {HASH, SORTED}) {
                List<Write> first = new ArrayList<>();
                List<Write> second = new ArrayList<>();
                List<Write> third = new ArrayList<>();
                for (int i = 0; i < 3000; i++) {
                    first.add(put(table, "key" + i, "first" + "x".repeat(i % 900)));
                    if (i % 2 == 0) {
                        second.add(i % 3 == 0 ? delete(table, "key" + i) : put(table, "key" + i, "second"));
                    }
                    if (i % 5 == 0) {
                        third.add(put(table, "key" + i, "third"));
                    }
                }
                database.commitInAllBlocks(first);
                // Larger than a chunk.
                database.commit(1, 0, put(table, "large", "y".repeat(1 << 20)));
                database.commit(1, 0, put(table, "", ""));
                database.commit(2, 0, new Write(table, Write.Condition.NONE, bytes("mortal"), bytes("row"), 4711));
                // Open while what follows happens, so that old versions and tombstones stay.
                int reader = database.snapshots.open();
                database.commitInAllBlocks(second);
                database.commitInAllBlocks(third);
                if (table == SORTED) {
                    database.snapshots.close(reader);
                }
            }
            versions = database.versions();
            rows = database.rows();
            status = database.blocks.stream().map(Block::status).toList();

            database.checkpointer.run();
        }

        try (Database database = new Database(path)) {
            assertThat(database.log.replayBytes()).isZero();
            assertThat(database.versions()).isEqualTo(versions);
            assertThat(database.rows()).isEqualTo(rows);
            assertThat(database.blocks).extracting(Block::status).isEqualTo(status);
            database.verify();
            database.commit(0, 0, put(HASH, "more", "row"));
        }
        try (Database database = new Database(path)) {
            assertThat(database.rows()).hasSize(rows.size() + 1).containsEntry("0/20/more", "row");
        }
    }

    @Test
    void onlyTheNewestCheckpointAndTheLogBehindItStay() throws IOException {
        Path path = directory.resolve("db");
        TestDisk disk = new TestDisk();
        try (Database database = new Database(path, disk)) {
            database.createTables();
            for (int i = 0; i < 140; i++) {
                database.commit(0, 0, put(SORTED, "key" + i % 7, "z".repeat(1 << 20)));
                if (i % 40 == 39) {
                    database.checkpointer.run();
                }
            }
            Map<String, String> rows = database.rows();
            database.checkpointer.run();
            long operations = disk.operations;
            database.checkpointer.run();

            assertThat(disk.operations).as("nothing is written twice").isEqualTo(operations);
            assertThat(path.resolve("checkpoint").toFile().list()).hasSize(1);
            assertThat(path.resolve("log").toFile().list()).hasSize(1);
            copy(path, directory.resolve("crashed"));
            try (Database crashed = new Database(directory.resolve("crashed"))) {
                assertThat(crashed.rows()).isEqualTo(rows);
                assertThat(crashed.log.replayBytes()).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void aTombstoneThatStillDecidesIsKeptThoughItsLastReaderEndsMeanwhile(TableKind kind) {
        int table = kind == TableKind.HASH ? HASH : SORTED;
        Path path = directory.resolve("db");
        TestDisk disk = new TestDisk();
        try (Database database = new Database(path, disk)) {
            database.createTables();
            database.commit(1, 0, put(table, "gone", "row"));
            int reader = database.snapshots.open();
            long snapshot = database.snapshots.timestamp(reader);
            database.commit(1, database.now(), delete(table, "gone"));
            disk.beforeWrite = () -> {
                disk.beforeWrite = () -> {};
                // Before the first block is scanned: the refused transaction ends, and cleaning goes on as it can.
                CommandResult refused = database.commit(1, snapshot, update(table, "gone", "back"));
                assertThat(refused.outcome()).isEqualTo(CommandResult.Outcome.CONFLICT);
                database.snapshots.close(reader);
                for (int i = 0; i < 10; i++) {
                    database.commit(1, database.now(), put(table, "other", "row" + i));
                }
            };

            database.checkpointer.run();
        }

        try (Database database = new Database(path)) {
            assertThat(database.rows()).isEqualTo(Map.of("1/" + table + "/other", "row9"));
            assertThat(database.log.replayBytes()).isPositive();
        }
    }

    @Test
    void transactionsInDoubtAndRememberedDecisionsSurvive() {
        Path path = directory.resolve("db");
        try (Database database = new Database(path)) {
            database.createTables();
            database.commit(0, 0, put(HASH, "p", "0"));
            database.commit(1, 0, put(HASH, "p", "0"));
            database.commit(1, 0, put(HASH, "a", "0"));
            for (int block = 0; block < 2; block++) {
                database.propose(block, new BlockCommand.Prepare(77, 0, database.now(), List.of(new Read.Range(SORTED, KeyRange.prefix(
                        bytes("r"))), new Read.Key(HASH, bytes("k")), new Read.Exists(HASH, bytes("p"))), List.of(put(HASH, "a", "1"),
                                delete(SORTED, "b"))));
                database.propose(block, new BlockCommand.Prepare(78, 0, database.now(), List.of(), List.of(put(SORTED, "c", "q".repeat(1
                        << 19)))));
            }
            database.propose(0, new BlockCommand.Decide(78, true, 0));
            assertThat(database.blocks.get(0).decision(78)).isNotNull();

            database.checkpointer.run();
        }

        try (Database database = new Database(path)) {
            assertThat(database.log.replayBytes()).isZero();
            Block coordinator = database.blocks.get(0);
            Block participant = database.blocks.get(1);
            assertThat(coordinator.inDoubt()).extracting(BlockCommand.Prepare::transaction).containsExactly(77L);
            assertThat(participant.inDoubt()).extracting(BlockCommand.Prepare::transaction).containsExactlyInAnyOrder(77L, 78L);
            assertThat(coordinator.remembered()).containsExactly(78L);
            // Its keys are held.
            assertThat(database.commit(1, database.now(), put(HASH, "a", "2")).outcome()).isEqualTo(CommandResult.Outcome.HELD);
            // And what it has read.
            assertThat(database.commit(1, database.now(), put(HASH, "k", "2")).outcome()).isEqualTo(CommandResult.Outcome.HELD);
            assertThat(database.commit(1, database.now(), put(SORTED, "rs", "2")).outcome()).isEqualTo(CommandResult.Outcome.HELD);
            // And what has to stay.
            assertThat(database.commit(1, database.now(), put(HASH, "p", "2")).outcome()).isEqualTo(CommandResult.Outcome.DONE);
            assertThat(database.commit(1, database.now(), delete(HASH, "p")).outcome()).isEqualTo(CommandResult.Outcome.HELD);
            // The decision's own time, which is before the checkpoint's.
            database.propose(1, coordinator.decision(78));
            database.propose(0, new BlockCommand.Decide(77, false, 0));
            database.propose(1, new BlockCommand.Decide(77, false, 0));
            database.propose(0, new BlockCommand.Forget(78));
            for (int block = 0; block < 2; block++) {
                assertThat(database.commit(block, database.now(), delete(HASH, "p")).outcome()).isEqualTo(CommandResult.Outcome.DONE);
            }
            assertThat(database.rows()).containsOnlyKeys("0/21/c", "1/20/a", "1/21/c").containsEntry("1/20/a", "0");
        }
        try (Database database = new Database(path)) {
            assertThat(database.rows()).containsOnlyKeys("0/21/c", "1/20/a", "1/21/c");
            assertThat(database.commit(1, database.now(), put(HASH, "a", "2")).isDone()).isTrue();
        }
    }

    @Test
    void tablesMadeAndDroppedWhileACheckpointIsWrittenAreAsTheyWere() {
        Path path = directory.resolve("db");
        TestDisk disk = new TestDisk();
        try (Database database = new Database(path, disk)) {
            database.createTables();
            database.commit(2, 0, put(HASH, "a", "dropped later"));
            database.commit(2, 0, put(SORTED, "a", "kept"));
            disk.beforeWrite = () -> {
                disk.beforeWrite = () -> {};
                database.propose(2, new BlockCommand.DropTable(HASH));
                database.propose(2, new BlockCommand.CreateTable(30, TableKind.HASH));
                database.commit(2, 0, put(30, "a", "new"));
            };

            database.checkpointer.run();
        }

        try (Database database = new Database(path)) {
            assertThat(database.rows()).isEqualTo(Map.of("2/21/a", "kept", "2/30/a", "new"));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void randomCommandsWithCheckpointsBetweenGiveTheSameBlocksHoweverTheyAreOpened(long seed) throws IOException {
        Random random = Seeds.random(seed);
        Path path = directory.resolve("db");
        TestDisk disk = new TestDisk();
        Database database = new Database(path, disk);
        database.createTables();
        Database opened = database;
        Map<String, String> model = new TreeMap<>();
        for (int round = 0; round < 12; round++) {
            for (int i = random.nextInt(300); i > 0; i--) {
                change(opened, random, model);
            }
            if (random.nextInt(3) > 0) {
                Database current = opened;
                int during = random.nextInt(4);
                disk.beforeWrite = () -> {
                    for (int i = 0; i < during; i++) {
                        change(current, random, model);
                    }
                };
                opened.checkpointer.run();
                disk.beforeWrite = () -> {};
            }
            assertThat(opened.rows()).as(Seeds.rerun(getClass(), "randomCommandsWithCheckpointsBetween…", seed)).isEqualTo(model);
            if (random.nextBoolean()) {
                // As a crash leaves it.
                Path crashed = directory.resolve("crashed" + round);
                copy(path, crashed);
                opened.close();
                path = crashed;
            } else {
                opened.close();
            }
            opened = new Database(path, disk);
            assertThat(opened.rows()).as(Seeds.rerun(getClass(), "randomCommandsWithCheckpointsBetween…", seed)).isEqualTo(model);
            opened.verify();
        }
        opened.close();
    }

    /// A transaction of one write.
    private static void change(Database database, Random random, Map<String, String> model) {
        int block = random.nextInt(BLOCKS);
        int table = random.nextBoolean() ? HASH : SORTED;
        String key = Integer.toString(random.nextInt(200));
        String name = block + "/" + table + "/" + key;
        String row = "v" + random.nextInt() + "x".repeat(random.nextInt(10) == 0 ? random.nextInt(5000) : random.nextInt(50));
        byte[] bytes = random.nextInt(3) == 0 ? null : bytes(row);
        Write.Condition condition = Write.Condition.values()[random.nextInt(3)];
        int slot = database.snapshots.open();
        long snapshot = database.snapshots.timestamp(slot);
        if (random.nextInt(10) == 0) {
            // Somebody else deletes the row since: an update of it is refused, now and in every replay.
            database.commit(block, snapshot, delete(table, key));
            model.remove(name);
        }
        CommandResult result = database.commit(block, snapshot, new Write(table, condition, bytes(key), bytes, random.nextInt(1000)));
        if (result.isDone()) {
            if (bytes == null) {
                model.remove(name);
            } else {
                model.put(name, row);
            }
        }
        database.snapshots.close(slot);
    }

    @Test
    void aDiskThatFailsAnywhereInACheckpointLosesNothing() throws IOException {
        TestDisk disk = new TestDisk();
        Path path = directory.resolve("db");
        long failures = 0;
        Map<String, String> rows = new TreeMap<>();
        for (int round = 0; round < 40; round++) {
            try (Database database = new Database(path, disk)) {
                if (round == 0) {
                    database.createTables();
                }
                assertThat(database.rows()).as("round %s", round).isEqualTo(rows);
                for (int i = 0; i < 5; i++) {
                    String key = Integer.toString((round * 5 + i) % 40);
                    database.commit(i % BLOCKS, 0, put(HASH, key, "h" + round), put(SORTED, key, "s" + round));
                }
                disk.operationsLeft = round;
                try {
                    database.checkpointer.run();
                } catch (CoconutException failure) {
                    failures++;
                    assertThat(failure.code()).isEqualTo(ErrorCode.DISK_FULL);
                }
                disk.operationsLeft = Long.MAX_VALUE;
                // The database goes on, and so do checkpoints.
                database.commit(0, 0, put(HASH, "after", "row" + round));
                if (round % 2 == 0) {
                    database.checkpointer.run();
                }
                rows = database.rows();
            }
        }
        assertThat(failures).isGreaterThan(15);
        try (Database database = new Database(path)) {
            assertThat(database.rows()).isEqualTo(rows);
        }
        try (Stream<Path> left = Files.list(path.resolve("checkpoint"))) {
            assertThat(left.map(Path::toString)).noneMatch(name -> name.endsWith(".writing"));
        }
    }

    @Test
    void aCheckpointWithoutItsLogIsFound() throws IOException {
        Path path = directory.resolve("db");
        try (Database database = new Database(path)) {
            database.createTables();
            database.checkpointer.run();
        }
        try (Stream<Path> segments = Files.list(path.resolve("log"))) {
            for (Path segment : segments.toList()) {
                Files.delete(segment);
            }
        }

        assertThatThrownBy(() -> new Database(path)).isInstanceOfSatisfying(CoconutException.class, failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.DATA_CORRUPTED);
            assertThat(failure.facts()).containsKey("missingFile");
        });
    }
}
