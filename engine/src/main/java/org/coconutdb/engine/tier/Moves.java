package org.coconutdb.engine.tier;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.table.HotRows;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.version.RecordHeap;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.engine.version.Snapshots;

/// Moves rows of a slice to the cold tier: gathers them as a reader, writes them to disk beside everybody, and lets their records change
/// place as the writer, some at a time. One thread.
///
/// A row that was written meanwhile stays as it is: it is moved only while its record is the one that was read.
final class Moves {
    // Commits wait for a piece: about a tenth of a millisecond.
    private static final int ROWS_A_PIECE = 64;
    private static final int FREED_A_PIECE = 1_000;

    private final Snapshots snapshots;
    private final BlockWriter writer;
    private final BooleanSupplier stopped;

    Moves(Snapshots snapshots, BlockWriter writer, BooleanSupplier stopped) {
        this.snapshots = snapshots;
        this.writer = writer;
        this.stopped = stopped;
    }

    /// How long ago the slice's hot rows were used.
    Ages ages(Block block, int table, int nowSeconds) {
        Ages ages = new Ages(nowSeconds);
        int slot = snapshots.open();
        try {
            TableSlice slice = block.slice(table);
            if (slice != null) {
                HotRows rows = slice.hotRows(null);
                RecordView row = new RecordView();
                while (!stopped.getAsBoolean() && rows.next(row)) {
                    ages.add(row);
                }
            }
        } finally {
            snapshots.close(slot);
        }
        return ages;
    }

    /// Moves rows that were last used no later than a time, until about so many bytes come back; answers how many do.
    long toCold(ColdStore store, Block block, int table, int lastUsedSeconds, long bytesWanted) {
        long gained = 0;
        int slot = snapshots.open();
        try {
            TableSlice slice = block.slice(table);
            if (slice == null) {
                return 0;
            }
            FrameBuilder frames = new FrameBuilder(store, table);
            HotRows rows = slice.hotRows(null);
            RecordView row = new RecordView();
            while (gained < bytesWanted && !stopped.getAsBoolean() && rows.next(row)) {
                if (Ages.lastUsedSeconds(row) <= lastUsedSeconds && Ages.gain(row) > 0) {
                    frames.add(row.keyBytes(), row.rowBytes(), row.offset());
                    if (frames.isFull()) {
                        gained += move(store, slice, frames);
                    }
                }
            }
            if (!frames.isEmpty()) {
                gained += move(store, slice, frames);
            }
        } finally {
            snapshots.close(slot);
        }
        if (gained > 0) {
            writer.advance();
            free(block, table);
        }
        return gained;
    }

    /// Writes the rows that were gathered and makes their records refer to them; answers the bytes of memory that this gives back.
    long move(ColdStore store, TableSlice slice, FrameBuilder frames) {
        FrameBuilder.Frame frame;
        try {
            frame = frames.write();
        } catch (IOException failure) {
            throw CoconutException.of(Disk.isFull(failure) ? ErrorCode.DISK_FULL : ErrorCode.IO_FAILED, failure)
                    .with("block", store.block())
                    .with("cause", String.valueOf(failure.getMessage()))
                    .mend("Free space or mend the disk; no row was moved.");
        }
        AtomicLong gained = new AtomicLong();
        try {
            List<FrameBuilder.Row> rows = frame.rows();
            for (int from = 0; from < rows.size(); from += ROWS_A_PIECE) {
                List<FrameBuilder.Row> piece = rows.subList(from, Math.min(rows.size(), from + ROWS_A_PIECE));
                writer.run(() -> {
                    for (FrameBuilder.Row row : piece) {
                        if (slice.moveToCold(row.key(), row.record(), frame.of(row))) {
                            gained.addAndGet(RecordHeap.sizeFor(row.key().length, row.rowBytes())
                                    - RecordHeap.coldSizeFor(row.key().length));
                        }
                    }
                });
            }
        } finally {
            store.settled(frame.ref(), frame.rawBytes());
        }
        return gained.get();
    }

    /// Frees what moved rows left, as far as no reader may look at it.
    void free(Block block, int table) {
        TableSlice slice = block.slice(table);
        for (long before = Long.MAX_VALUE; slice != null && !stopped.getAsBoolean(); slice = block.slice(table)) {
            long left = slice.retiredRecords();
            if (left == 0 || left >= before) {
                return;
            }
            before = left;
            writer.collect(block, table, FREED_A_PIECE);
        }
    }
}
