package org.coconutdb.engine.commit;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.BlockImage;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.disk.DiskFile;
import org.coconutdb.engine.table.VersionScan;
import org.coconutdb.engine.version.ColdRef;
import org.coconutdb.engine.version.RecordView;

/// Writes one block's file of a checkpoint. [CheckpointFile] draws it. One thread.
final class CheckpointWriter implements AutoCloseable {
    // Synced a part at a time: a file of gigabytes that is synced at its end would keep the disk from the commits meanwhile.
    private static final long SYNC_BYTES = 16L << 20;

    private final DiskFile file;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CheckpointFile.CHUNK_HEADER_BYTES + CheckpointFile.CHUNK_BYTES_MAX)
            .order(ByteOrder.LITTLE_ENDIAN);
    private final MemorySegment chunkMemory = MemorySegment.ofBuffer(chunk);
    private final ByteBuffer item = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    private long position;
    private long syncedBytes;
    private int crc;
    private long tables;
    private long records;

    private CheckpointWriter(DiskFile file) {
        this.file = file;
    }

    /// Writes the image with its rows at the header's timestamp, durably; answers the file's bytes.
    static long write(Disk disk, Path path, CheckpointFile.Header header, BlockImage image) throws IOException {
        try (CheckpointWriter writer = new CheckpointWriter(disk.open(path, true))) {
            writer.begin(CheckpointFile.encode(header, image.block()));
            writer.state(image);
            for (BlockImage.Slice slice : image.slices()) {
                writer.table(slice, header.timestamp());
            }
            writer.end();
            return writer.position;
        }
    }

    private void begin(ByteBuffer header) throws IOException {
        crc = CheckpointFile.crc(header);
        int bytes = header.remaining();
        file.write(header, position);
        position += bytes;
        chunk.position(CheckpointFile.CHUNK_HEADER_BYTES);
    }

    private void state(BlockImage image) throws IOException {
        item.clear().put(CheckpointFile.STATE).putLong(image.appliedIndex()).putLong(image.commitTimestamp());
        item.putLong(image.createdAtMicros()).putLong(image.updatedAtMicros());
        put(item.flip());
        for (BlockCommand prepare : image.prepared()) {
            command(prepare);
        }
        for (BlockCommand decide : image.decisions()) {
            command(decide);
        }
    }

    private void command(BlockCommand command) throws IOException {
        int bytes = CommandCodec.size(command);
        ByteBuffer encoded = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        CommandCodec.encode(command, encoded);
        put(item.clear().put(CheckpointFile.COMMAND).putInt(bytes).flip());
        put(encoded.flip());
    }

    private void table(BlockImage.Slice slice, long timestamp) throws IOException {
        item.clear().put(CheckpointFile.TABLE).putInt(slice.table()).put(CommandCodec.code(slice.rows().kind()))
                .putInt(slice.generation());
        put(item.putLong(slice.rows().keyCount()).flip());
        tables++;
        VersionScan versions = slice.rows().scanVersions(timestamp, slice.heldAt());
        RecordView version = new RecordView();
        while (versions.next(version)) {
            record(version);
        }
    }

    private void record(RecordView version) throws IOException {
        int keyBytes = version.keyLength();
        int rowBytes = version.rowLength();
        item.clear().put(CheckpointFile.RECORD).put(version.flags()).putShort((short) keyBytes).putInt(rowBytes);
        item.putInt(version.ttlSeconds()).putLong(version.commitTimestamp());
        item.putLong(version.createdAtMicros()).putLong(version.updatedAtMicros());
        put(item.flip());
        put(version.segment(), version.keyOffset(), keyBytes);
        if (version.isCold()) {
            ColdRef ref = version.coldRef();
            put(item.clear().putInt(ref.file()).putInt(ref.frame()).putInt(ref.frameBytes()).putInt(ref.rowAt()).flip());
        } else {
            put(version.rowSegment(), version.rowOffset(), rowBytes);
        }
        records++;
    }

    private void put(ByteBuffer bytes) throws IOException {
        put(MemorySegment.ofBuffer(bytes), 0, bytes.remaining());
    }

    private void put(MemorySegment from, long offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (!chunk.hasRemaining()) {
                flush();
            }
            int part = Math.min(length - done, chunk.remaining());
            MemorySegment.copy(from, offset + done, chunkMemory, chunk.position(), part);
            chunk.position(chunk.position() + part);
            done += part;
        }
    }

    private void flush() throws IOException {
        chunk.flip();
        int length = chunk.limit() - CheckpointFile.CHUNK_HEADER_BYTES;
        write(length);
        chunk.clear().position(CheckpointFile.CHUNK_HEADER_BYTES);
    }

    /// Writes what is in the buffer behind its header, of which `length` is the first number.
    private void write(int length) throws IOException {
        crc = CheckpointFile.crc(crc, length, chunk.duplicate().position(CheckpointFile.CHUNK_HEADER_BYTES));
        chunk.putInt(0, length).putInt(4, crc).position(0);
        int bytes = chunk.remaining();
        file.write(chunk, position);
        position += bytes;
        if (position - syncedBytes >= SYNC_BYTES) {
            file.force(false);
            syncedBytes = position;
        }
    }

    private void end() throws IOException {
        flush();
        chunk.putLong(tables).putLong(records).flip();
        write(0);
        file.force(true);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
