package org.coconutdb.engine.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.engine.Durability;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.CommandResult;
import org.coconutdb.engine.block.Write;
import org.coconutdb.engine.commit.CommandLog.Proposal;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.memory.LockPolicy;
import org.coconutdb.engine.memory.MemoryManager;
import org.coconutdb.engine.version.ReadPoint;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.engine.version.Snapshots;

/// A log over one block with one table, as an engine builds it.
final class LogFixture implements AutoCloseable {
    static final int TABLE = 20;

    final MemoryManager memory = new MemoryManager(LockPolicy.OFF, 1L << 30);
    final AtomicLong lastTimestamp = new AtomicLong();
    final Snapshots snapshots = new Snapshots(0);
    final Block block = new Block(0, memory, () -> lastTimestamp.get() + 1, null);
    final DatabaseDirectory directory;
    final LocalLog log;

    LogFixture(Path path, Disk disk) {
        this(path, disk, Durability.SYNC, Duration.ZERO);
    }

    LogFixture(Path path, Disk disk, Durability durability, Duration syncInterval) {
        directory = DatabaseDirectory.open(path, 1);
        try {
            log = LocalLog.recover(disk, directory, List.of(block), snapshots, lastTimestamp, LogClock.system(), null, () -> {},
                    OpeningMeter.NONE, durability, syncInterval);
        } catch (RuntimeException failure) {
            block.close();
            memory.close();
            directory.close();
            throw failure;
        }
        if (block.slice(TABLE) == null) {
            log.propose(List.of(new Proposal(0, new BlockCommand.CreateTable(TABLE, TableKind.SORTED))));
        }
    }

    CommandResult put(int key, int bytes) {
        byte[] row = new byte[bytes];
        Arrays.fill(row, (byte) key);
        Write write = new Write(TABLE, Write.Condition.NONE, key(key), row, 0);
        return log.propose(List.of(new Proposal(0, new BlockCommand.Commit(snapshots.visible(), List.of(), List.of(write)))))
                .getFirst();
    }

    CommandResult prepare(long transaction, int key, int bytes) {
        Write write = new Write(TABLE, Write.Condition.NONE, key(key), new byte[bytes], 0);
        return log.propose(List.of(new Proposal(0,
                new BlockCommand.Prepare(transaction, 0, snapshots.visible(), List.of(), List.of(write))))).getFirst();
    }

    boolean has(int key, int bytes) {
        RecordView row = new RecordView();
        int slot = snapshots.open();
        try {
            return block.slice(TABLE).get(key(key), new ReadPoint(snapshots.timestamp(slot), ReadPoint.TIMELESS), row) && row
                    .rowLength() == bytes;
        } finally {
            snapshots.close(slot);
        }
    }

    private static byte[] key(int key) {
        return Integer.toString(key).getBytes(StandardCharsets.UTF_8);
    }

    /// Rows are there from 0 to some number, without holes; answers how many.
    int prefix(int rowsMax, int bytes) {
        int rows = 0;
        while (rows < rowsMax && has(rows, bytes)) {
            rows++;
        }
        for (int key = rows; key < rowsMax; key++) {
            assertThat(has(key, bytes)).as("row %s behind the first that is missing, %s", key, rows).isFalse();
        }
        return rows;
    }

    @Override
    public void close() {
        try {
            log.close();
        } catch (CoconutException failure) {
            assertThat(failure.code()).isEqualTo(ErrorCode.IO_FAILED);
        } finally {
            block.close();
            memory.close();
            directory.close();
        }
    }
}
