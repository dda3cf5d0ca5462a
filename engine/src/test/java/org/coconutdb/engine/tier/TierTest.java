package org.coconutdb.engine.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.Write;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.disk.DiskFile;
import org.coconutdb.engine.disk.ForwardingDiskFile;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.version.ReadPoint;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.engine.version.Snapshots;
import org.coconutdb.engine.version.Stamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The tier over one block, with a disk that fails when the test says so.
class TierTest {
    private static final int TABLE = 20;
    private static final int ROWS = 500;

    @TempDir private Path directory;

    /// A disk that has no room left, or of which reads fail.
    private static final class SickDisk implements Disk {
        private boolean full;
        private boolean unreadable;

        @Override
        public DiskFile open(Path file, boolean create) throws IOException {
            DiskFile real = Disk.REAL.open(file, create);
            return new ForwardingDiskFile(real) {
                @Override
                public void write(ByteBuffer bytes, long position) throws IOException {
                    if (full) {
                        // Some of it is on disk all the same.
                        writeHalf(bytes, position);
                        throw new IOException("No space left on device");
                    }
                    real.write(bytes, position);
                }

                @Override
                public int read(ByteBuffer into, long position) throws IOException {
                    if (unreadable) {
                        throw new IOException("Input/output error");
                    }
                    return real.read(into, position);
                }
            };
        }

        @Override
        public void forceDirectory(Path path) throws IOException {
            Disk.REAL.forceDirectory(path);
        }
    }

    private final class Fixture implements AutoCloseable, BlockWriter, TierPolicy {
        final SickDisk disk = new SickDisk();
        final MemoryManager memory = new MemoryManager(LockPolicy.OFF, 1L << 30);
        final Snapshots snapshots = new Snapshots(0);
        final AtomicLong lastTimestamp = new AtomicLong();
        final ColdDirectory cold = ColdDirectory.open(disk, directory.resolve("cold"), new UUID(1, 2), 1, 64 << 10);
        final Block block = new Block(0, memory, () -> lastTimestamp.get() + 1, cold.of(0));
        final Tier tier = new Tier(List.of(block), cold, memory, snapshots, this, this, () -> 1_000);

        Fixture(TableKind kind) {
            apply(new BlockCommand.CreateTable(TABLE, kind));
            for (int i = 0; i < ROWS; i++) {
                apply(new BlockCommand.Commit(0, List.of(), List.of(new Write(TABLE, Write.Condition.NONE, key(i), row(i), 0))));
            }
        }

        private void apply(BlockCommand command) {
            long timestamp = lastTimestamp.incrementAndGet();
            block.apply(timestamp, new Stamp(timestamp, timestamp), command);
            snapshots.publish(timestamp);
        }

        TableSlice slice() {
            return java.util.Objects.requireNonNull(block.slice(TABLE));
        }

        /// How many rows are read as they were written.
        int readable() {
            int slot = snapshots.open();
            RecordView view = new RecordView();
            int found = 0;
            for (int i = 0; i < ROWS; i++) {
                assertThat(slice().get(key(i), new ReadPoint(snapshots.timestamp(slot), ReadPoint.TIMELESS), view)).isTrue();
                assertThat(view.rowBytes()).isEqualTo(row(i));
                found++;
            }
            snapshots.close(slot);
            return found;
        }

        @Override
        public void run(Runnable task) {
            task.run();
        }

        @Override
        public void collect(Block collected, int table, int limit) {
            collected.collect(table, snapshots.marks(), limit);
        }

        @Override
        public void advance() {
            snapshots.publish(lastTimestamp.incrementAndGet());
        }

        @Override
        public long hotBytesMax(int table) {
            return Long.MAX_VALUE;
        }

        @Override
        public long hotBytesMaxOfBlock() {
            return Long.MAX_VALUE;
        }

        @Override
        public int coldAfterSeconds(int table) {
            return 0;
        }

        @Override
        public void close() {
            block.close();
            cold.close();
            memory.close();
        }
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(8).putLong(number).array();
    }

    private static byte[] row(int number) {
        byte[] row = new byte[400];
        new java.util.Random(number).nextBytes(row);
        return row;
    }

    @ParameterizedTest
    @EnumSource(TableKind.class)
    void aFullDiskMovesNothingAndLosesNothing(TableKind kind) {
        try (Fixture fixture = new Fixture(kind)) {
            fixture.tier.cool(TABLE, Integer.MAX_VALUE, 50_000);
            long cold = fixture.slice().coldRowCount();
            assertThat(cold).isPositive();

            fixture.disk.full = true;
            assertThatThrownBy(() -> fixture.tier.cool(TABLE, Integer.MAX_VALUE, Long.MAX_VALUE)).isInstanceOfSatisfying(
                    CoconutException.class, failure -> assertThat(failure.code()).isEqualTo(ErrorCode.DISK_FULL));
            assertThat(fixture.slice().coldRowCount()).isEqualTo(cold);
            assertThat(fixture.readable()).isEqualTo(ROWS);

            fixture.disk.full = false;
            fixture.tier.cool(TABLE, Integer.MAX_VALUE, Long.MAX_VALUE);
            assertThat(fixture.slice().coldRowCount()).isEqualTo(ROWS);
            assertThat(fixture.readable()).isEqualTo(ROWS);
        }
    }

    @Test
    void aDiskThatCannotBeReadIsAnErrorThatNamesTheFile() {
        try (Fixture fixture = new Fixture(TableKind.SORTED)) {
            fixture.tier.cool(TABLE, Integer.MAX_VALUE, Long.MAX_VALUE);

            fixture.disk.unreadable = true;
            assertThatThrownBy(fixture::readable).isInstanceOfSatisfying(CoconutException.class, failure -> {
                assertThat(failure.code()).isEqualTo(ErrorCode.IO_FAILED);
                assertThat(failure.getMessage()).contains("block-0-00000001.cold", "offset=64");
            });

            fixture.disk.unreadable = false;
            assertThat(fixture.readable()).isEqualTo(ROWS);
        }
    }
}
