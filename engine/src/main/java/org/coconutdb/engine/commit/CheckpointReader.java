package org.coconutdb.engine.commit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.BlockImage;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.disk.DiskFile;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.table.TableSlice;
import org.coconutdb.engine.version.ColdRef;
import org.coconutdb.engine.version.RecordHeap;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.engine.version.Stamp;
import org.jspecify.annotations.Nullable;

/// Loads one block from its file of a checkpoint. [CheckpointFile] draws it. One thread.
///
/// No byte is used before its chunk's checksum was compared, and the file is right only when its footer is reached and nothing stands
/// behind it. Whatever else is found is DATA_CORRUPTED with file and offset; a block that was loaded in part is then thrown away by the
/// caller.
final class CheckpointReader implements AutoCloseable {
    private final DiskFile file;
    private final Path path;
    private final OpeningMeter meter;
    private final ByteBuffer prefix = buffer(CheckpointFile.CHUNK_HEADER_BYTES);
    private final byte[] itemBytes = new byte[64];
    private final ByteBuffer item = ByteBuffer.wrap(itemBytes).order(ByteOrder.LITTLE_ENDIAN);
    private ByteBuffer chunk = buffer(CheckpointFile.CHUNK_BYTES_MAX).limit(0);
    // Of the chunk at hand, for messages.
    private long chunkPosition;
    private long position;
    private int crc;
    private long tables;
    private long records;
    private boolean ended;

    private CheckpointReader(DiskFile file, Path path, OpeningMeter meter) {
        this.file = file;
        this.path = path;
        this.meter = meter;
    }

    private static CheckpointReader open(Disk disk, Path path, OpeningMeter meter) throws IOException {
        return new CheckpointReader(disk.open(path, false), path, meter);
    }

    /// What a file says to be of.
    static CheckpointFile.Header header(Disk disk, Path path, int block) throws IOException {
        try (CheckpointReader reader = open(disk, path, OpeningMeter.NONE)) {
            return reader.begin(block);
        }
    }

    /// Loads the block, which is empty; answers the file's bytes.
    ///
    /// @param expected what all files of the checkpoint are of
    static long load(Disk disk, Path path, CheckpointFile.Header expected, Block block, OpeningMeter meter) throws IOException {
        try (CheckpointReader reader = open(disk, path, meter)) {
            CheckpointFile.Header header = reader.begin(block.id());
            if (!header.equals(expected)) {
                throw reader.damaged().with("indexInFile", header.index()).with("index", expected.index());
            }
            reader.items(header, block);
            return reader.position;
        }
    }

    private CheckpointFile.Header begin(int block) throws IOException {
        ByteBuffer header = buffer(CheckpointFile.HEADER_BYTES);
        file.read(header, 0);
        CheckpointFile.Header decoded = CheckpointFile.decode(header.flip(), path, block);
        crc = CheckpointFile.crc(header);
        position = CheckpointFile.HEADER_BYTES;
        meter.loaded(position);
        return decoded;
    }

    private void items(CheckpointFile.Header header, Block block) throws IOException {
        require(hasMore() && next(CheckpointFile.STATE_BYTES).get() == CheckpointFile.STATE);
        long appliedIndex = item.getLong();
        long commitTimestamp = item.getLong();
        long createdAt = item.getLong();
        long updatedAt = item.getLong();
        List<BlockCommand.Prepare> prepared = new ArrayList<>();
        List<BlockCommand.Decide> decisions = new ArrayList<>();
        TableSlice slice = null;
        int lastTable = -1;
        while (hasMore()) {
            byte type = next(1).get();
            switch (type) {
                case CheckpointFile.COMMAND -> {
                    switch (command()) {
                        case BlockCommand.Prepare prepare -> prepared.add(prepare);
                        case BlockCommand.Decide decide -> decisions.add(decide);
                        default -> throw damaged().with("item", type);
                    }
                }
                case CheckpointFile.TABLE -> {
                    next(CheckpointFile.TABLE_BYTES - 1);
                    int table = item.getInt();
                    TableKind kind = CommandCodec.kind(item.get());
                    int generation = item.getInt();
                    if (kind == null || table <= lastTable) {
                        throw damaged().with("table", table);
                    }
                    lastTable = table;
                    // It was counted when the scan began, and may be anything by its end; but the file holds no more than it has room for.
                    long keys = Math.clamp(item.getLong(), 0, file.size() / CheckpointFile.RECORD_HEADER_BYTES);
                    slice = block.restoreTable(table, kind, generation, keys);
                    tables++;
                }
                case CheckpointFile.RECORD -> record(slice, header.timestamp());
                default -> throw damaged().with("item", type);
            }
        }
        block.restore(
                new BlockImage(block.id(), appliedIndex, commitTimestamp, createdAt, updatedAt, List.of(), prepared, decisions));
    }

    private BlockCommand command() throws IOException {
        int length = next(4).getInt();
        require(length >= 0 && length <= file.size());
        ByteBuffer command = ByteBuffer.wrap(bytes(length)).order(ByteOrder.LITTLE_ENDIAN);
        try {
            return CommandCodec.decode(command);
        } catch (CoconutException failure) {
            throw failure.with("file", path).with("offset", chunkPosition);
        }
    }

    private void record(@Nullable TableSlice slice, long timestamp) throws IOException {
        next(CheckpointFile.RECORD_HEADER_BYTES - 1);
        byte flags = item.get();
        int keyBytes = item.getShort() & 0xFFFF;
        int rowBytes = item.getInt();
        int ttlSeconds = item.getInt();
        long commitTimestamp = item.getLong();
        long createdAt = item.getLong();
        long updatedAt = item.getLong();
        if (slice == null || keyBytes > RecordHeap.KEY_BYTES_MAX || rowBytes < 0 || rowBytes > RecordHeap.ROW_BYTES_MAX
                || commitTimestamp > timestamp) {
            throw damaged().with("keyBytes", keyBytes).with("rowBytes", rowBytes).with("commitTimestamp", commitTimestamp);
        }
        byte[] key = bytes(keyBytes);
        Stamp stamp = new Stamp(commitTimestamp, updatedAt);
        if ((flags & RecordView.COLD) != 0) {
            next(ColdRef.BYTES);
            ColdRef ref = new ColdRef(item.getInt(), item.getInt(), item.getInt(), item.getInt());
            slice.loadCold(key, rowBytes, ref, stamp, createdAt, ttlSeconds, flags);
        } else {
            slice.load(key, bytes(rowBytes), stamp, createdAt, ttlSeconds, flags);
        }
        records++;
    }

    /// The stream's next bytes, in [#item].
    private ByteBuffer next(int length) throws IOException {
        read(itemBytes, length);
        return item.clear().limit(length);
    }

    private byte[] bytes(int length) throws IOException {
        byte[] bytes = new byte[length];
        read(bytes, length);
        return bytes;
    }

    private void read(byte[] into, int length) throws IOException {
        int done = 0;
        while (done < length) {
            require(hasMore());
            int part = Math.min(length - done, chunk.remaining());
            chunk.get(into, done, part);
            done += part;
        }
    }

    /// Whether the stream goes on; reads the next chunk where one is used up, and checks the footer where none is left.
    private boolean hasMore() throws IOException {
        if (chunk.hasRemaining()) {
            return true;
        }
        if (ended) {
            return false;
        }
        chunkPosition = position;
        require(file.read(prefix.clear(), position) == prefix.capacity());
        int length = prefix.getInt(0);
        int bytes = length == 0 ? CheckpointFile.FOOTER_BYTES - CheckpointFile.CHUNK_HEADER_BYTES : length;
        require(length >= 0 && length <= CheckpointFile.CHUNK_BYTES_MAX);
        require(file.read(chunk.clear().limit(bytes), position + prefix.capacity()) == bytes);
        crc = CheckpointFile.crc(crc, length, chunk.flip().duplicate());
        require(crc == prefix.getInt(4));
        position += prefix.capacity() + bytes;
        meter.loaded(prefix.capacity() + bytes);
        if (length > 0) {
            return true;
        }
        ended = true;
        require(chunk.getLong() == tables && chunk.getLong() == records);
        if (file.size() != position) {
            throw CheckpointFile.damaged(path, position).with("bytesExpected", position).with("bytes", file.size());
        }
        return false;
    }

    private void require(boolean holds) {
        if (!holds) {
            throw damaged();
        }
    }

    private CoconutException damaged() {
        return CheckpointFile.damaged(path, chunkPosition);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
