package org.coconutdb.engine.tier;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.version.ColdFrame;
import org.coconutdb.engine.version.ColdRef;
import org.coconutdb.engine.version.ColdRows;
import org.coconutdb.engine.version.RecordView;
import org.jspecify.annotations.Nullable;

/// The cold rows of one block: its files, and how much of each is still referred to.
///
/// Threads: [ColdRows] says who reads and counts; [#append] is for the tier's thread, the rest for whoever writes checkpoints.
///
/// Invariants
/// 1. A file is deleted only when no record refers to it, and no checkpoint that is still there does: it was without references when the
///    checkpoint that replaced all others began, and a file that has taken its last frame never gains one.
/// 2. What a checkpoint refers to is durable before the checkpoint gets its name.
public final class ColdStore implements ColdRows, AutoCloseable {
    // In place of a table, in the count of what is referred to: frames whose rows' records are about to be made.
    private static final int UNSETTLED = -1;

    private final Disk disk;
    private final ColdDirectory directory;
    private final UUID database;
    private final int block;
    private final int fileBytesMax;
    private final Map<Integer, ColdFile> files = new ConcurrentHashMap<>();
    private final List<Path> unfinished = new ArrayList<>();
    private volatile BiConsumer<Integer, RecordView> wanted = (_, _) -> {};
    // The tier's thread.
    private @Nullable ColdFile writing;
    private int nextNumber;

    /// @param earlier files of earlier runs, by number
    ColdStore(Disk disk, ColdDirectory directory, UUID database, int block, int fileBytesMax, Map<Integer, Path> earlier)
            throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.database = database;
        this.block = block;
        this.fileBytesMax = fileBytesMax;
        this.nextNumber = 1;
        try {
            for (Map.Entry<Integer, Path> file : earlier.entrySet()) {
                ColdFile opened = ColdFile.open(disk, file.getValue(), database, block, file.getKey());
                if (opened == null) {
                    // What a crash left before it was synced; a checkpoint that refers to it says that it is damage.
                    unfinished.add(file.getValue());
                } else {
                    files.put(file.getKey(), opened);
                }
                nextNumber = Math.max(nextNumber, file.getKey() + 1);
            }
        } catch (Throwable failure) {
            close();
            throw failure;
        }
    }

    int block() {
        return block;
    }

    /// Calls the listener for each cold row that a lookup found: table, and the row.
    void whenWanted(BiConsumer<Integer, RecordView> listener) {
        wanted = listener;
    }

    /// The tier: writes a frame; answers where it is. Until [#settled] is told, the frame counts as referred to.
    ///
    /// @param frame room for a frame's header, then compressed rows up to its limit
    ColdRef append(ByteBuffer frame, int rowsBytes, int table) throws IOException {
        ColdFile file = writing;
        if (file == null || (file.bytes() + (long) frame.limit() > fileBytesMax && file.bytes() > ColdFile.HEADER_BYTES)) {
            file = begin();
        }
        int length = frame.limit();
        file.addLive(UNSETTLED, rowsBytes);
        try {
            return new ColdRef(file.number(), file.append(frame, rowsBytes, table), length, 0);
        } catch (Throwable failure) {
            file.addLive(UNSETTLED, -rowsBytes);
            // What is in the file behind its last frame is not known any more.
            seal();
            throw failure;
        }
    }

    /// The tier: records refer to the rows of the frame now, or never will.
    void settled(ColdRef frame, int rowsBytes) {
        file(frame).addLive(UNSETTLED, -rowsBytes);
    }

    private ColdFile begin() throws IOException {
        directory.make();
        int number = nextNumber++;
        ColdFile file = ColdFile.create(disk, directory.file(block, number), database, block, number);
        files.put(number, file);
        ColdFile full = writing;
        writing = file;
        if (full != null) {
            full.force();
            full.seal();
        }
        return file;
    }

    /// The tier: ends the file that is written to, because a write to it failed or a test wants it.
    void seal() {
        ColdFile file = writing;
        if (file != null) {
            file.seal();
            writing = null;
        }
    }

    @Override
    public void load(ColdRef ref, ColdFrame into) {
        ColdFile file = file(ref);
        ByteBuffer frame = into.compressed(ref.frameBytes());
        int rawBytes = read(file, ref.frame(), ref.frameBytes(), frame);
        boolean whole = Zstandard.decompress(frame, ColdFile.FRAME_HEADER_BYTES, ref.frameBytes() - ColdFile.FRAME_HEADER_BYTES,
                into.room(rawBytes), rawBytes);
        if (!whole) {
            throw ColdFile.damaged(file.path(), ref.frame());
        }
        into.filled(this, ref, rawBytes);
    }

    @Override
    public CoconutException damaged(ColdRef ref) {
        return ColdFile.damaged(directory.file(block, ref.file()), ref.frame());
    }

    static int read(ColdFile file, int at, int length, ByteBuffer frame) {
        try {
            return file.read(at, length, frame);
        } catch (IOException failure) {
            throw CoconutException.of(ErrorCode.IO_FAILED, failure)
                    .with("file", file.path())
                    .with("offset", at)
                    .with("cause", String.valueOf(failure.getMessage()))
                    .mend("Cold rows could not be read: mend the disk, then read again.");
        }
    }

    private ColdFile file(ColdRef ref) {
        ColdFile file = files.get(ref.file());
        if (file == null || ref.frame() < ColdFile.HEADER_BYTES || ref.frame() + (long) ref.frameBytes() > file.bytes()) {
            throw ColdFile.damaged(directory.file(block, ref.file()), ref.frame());
        }
        return file;
    }

    @Override
    public void retain(int table, ColdRef ref, int keyBytes, int rowBytes) {
        file(ref).addLive(table, rawBytes(keyBytes, rowBytes));
    }

    @Override
    public void release(int table, ColdRef ref, int keyBytes, int rowBytes) {
        file(ref).addLive(table, -rawBytes(keyBytes, rowBytes));
    }

    static int rawBytes(int keyBytes, int rowBytes) {
        return ColdFile.ROW_HEADER_BYTES + keyBytes + rowBytes;
    }

    @Override
    public void releaseAll(int table) {
        files.values().forEach(file -> file.dropLive(table));
    }

    @Override
    public void wanted(int table, RecordView row) {
        wanted.accept(table, row);
    }

    /// Bytes on disk of a table's rows.
    long bytesOf(int table) {
        return files.values().stream().mapToLong(file -> file.bytesOf(table)).sum();
    }

    /// Files, the oldest first.
    List<ColdFile> files() {
        List<ColdFile> all = new ArrayList<>(files.values());
        all.sort(Comparator.comparingInt(ColdFile::number));
        return all;
    }

    /// Files that nobody refers to and nobody will.
    List<ColdFile> dead() {
        return files().stream().filter(file -> file.isSealed() && file.liveBytes() == 0).toList();
    }

    /// Makes durable what records refer to.
    void force() throws IOException {
        for (ColdFile file : files()) {
            file.force();
        }
    }

    /// When the block is loaded and nothing was found to refer to them.
    void deleteUnfinished() throws IOException {
        for (Path path : unfinished) {
            disk.delete(path);
        }
        unfinished.clear();
    }

    void delete(ColdFile file) throws IOException {
        files.remove(file.number());
        file.close();
        disk.delete(file.path());
    }

    @Override
    public void close() throws IOException {
        for (ColdFile file : files()) {
            file.close();
        }
    }
}
