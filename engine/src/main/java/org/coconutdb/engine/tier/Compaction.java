package org.coconutdb.engine.tier;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.version.ColdRef;
import org.coconutdb.engine.version.Snapshots;
import org.jspecify.annotations.Nullable;

/// Rewrites a cold file of which most rows are not referred to any more, so that the disk's space comes back. The tier's thread.
final class Compaction {
    // Half of what is written is dead then, so that a row is rewritten about once for each time that as much went cold.
    private static final double LIVE_SHARE_MIN = 0.5;

    private final Snapshots snapshots;
    private final BlockWriter writer;
    private final Moves moves;
    private final BooleanSupplier stopped;

    Compaction(Snapshots snapshots, BlockWriter writer, Moves moves, BooleanSupplier stopped) {
        this.snapshots = snapshots;
        this.writer = writer;
        this.moves = moves;
        this.stopped = stopped;
    }

    /// Rewrites the first file of a block that is worth it; false where none is.
    boolean round(ColdStore store, Block block) {
        for (ColdFile file : store.files()) {
            if (file.isSealed() && file.liveBytes() > 0) {
                try {
                    if (file.rawBytes() == 0) {
                        file.measure();
                    }
                    if (file.rawBytes() > 0 && file.liveBytes() < LIVE_SHARE_MIN * file.rawBytes()) {
                        rewrite(store, block, file);
                        return true;
                    }
                } catch (IOException failure) {
                    throw CoconutException.of(ErrorCode.IO_FAILED, failure)
                            .with("file", file.path())
                            .with("cause", String.valueOf(failure.getMessage()))
                            .mend("Mend the disk; nothing was changed.");
                }
            }
        }
        return false;
    }

    private void rewrite(ColdStore store, Block block, ColdFile file) throws IOException {
        for (int at = ColdFile.HEADER_BYTES; at < file.bytes() && file.liveBytes() > 0 && !stopped.getAsBoolean();) {
            int length = file.frameBytes(at);
            if (length <= ColdFile.FRAME_HEADER_BYTES || length > file.bytes() - at) {
                // Behind the last frame that was written before a crash.
                return;
            }
            rewriteFrame(store, block, file, at, length);
            at += length;
        }
        for (int table : block.tables()) {
            moves.free(block, table);
        }
    }

    private void rewriteFrame(ColdStore store, Block block, ColdFile file, int at, int length) {
        ByteBuffer frame = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
        int rawBytes = ColdStore.read(file, at, length, frame);
        int table = frame.getInt(12);
        int slot = snapshots.open();
        try (Arena arena = Arena.ofConfined()) {
            TableSlice slice = block.slice(table);
            MemorySegment rows = arena.allocate(Math.max(rawBytes, 1));
            if (slice == null) {
                return;
            }
            if (!Zstandard.decompress(frame, ColdFile.FRAME_HEADER_BYTES, length - ColdFile.FRAME_HEADER_BYTES, rows, rawBytes)) {
                throw ColdFile.damaged(file.path(), at);
            }
            FrameBuilder live = liveRows(store, slice, table, rows, rawBytes, new ColdRef(file.number(), at, length, 0));
            if (live != null) {
                moves.move(store, slice, live);
            }
        } finally {
            snapshots.close(slot);
        }
        writer.advance();
    }

    /// The rows of a frame to which records still refer; null where there is none.
    private @Nullable FrameBuilder liveRows(ColdStore store, TableSlice slice, int table, MemorySegment rows, int rawBytes, ColdRef frame) {
        List<byte[]> keys = new ArrayList<>();
        List<byte[]> values = new ArrayList<>();
        List<ColdRef> refs = new ArrayList<>();
        for (int next = 0; next < rawBytes;) {
            int keyBytes = rows.get(ValueLayout.JAVA_SHORT_UNALIGNED, next) & 0xFFFF;
            int rowBytes = rows.get(ValueLayout.JAVA_INT_UNALIGNED, next + 2);
            int rowAt = next + ColdFile.ROW_HEADER_BYTES + keyBytes;
            keys.add(bytes(rows, next + ColdFile.ROW_HEADER_BYTES, keyBytes));
            values.add(bytes(rows, rowAt, rowBytes));
            refs.add(new ColdRef(frame.file(), frame.frame(), frame.frameBytes(), rowAt));
            next = rowAt + rowBytes;
        }
        long[] records = new long[keys.size()];
        writer.run(() -> {
            for (int i = 0; i < records.length; i++) {
                records[i] = slice.coldRecord(keys.get(i), refs.get(i));
            }
        });
        FrameBuilder live = new FrameBuilder(store, table);
        for (int i = 0; i < records.length; i++) {
            if (records[i] != 0) {
                live.add(keys.get(i), values.get(i), records[i]);
            }
        }
        return live.isEmpty() ? null : live;
    }

    private static byte[] bytes(MemorySegment memory, long from, int length) {
        return memory.asSlice(from, length).toArray(ValueLayout.JAVA_BYTE);
    }
}
