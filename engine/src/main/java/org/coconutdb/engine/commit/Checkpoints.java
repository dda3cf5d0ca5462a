package org.coconutdb.engine.commit;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.coconutdb.engine.block.Block;
import org.coconutdb.engine.block.BlockImage;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.tier.ColdDirectory;
import org.jspecify.annotations.Nullable;

/// The checkpoints of a database's directory: the newest, and what a crash left of others.
/// ```
///  checkpoint/00000000000004d2/block-0.checkpoint     whole: log entries up to 0x4d2 are in it
///                              block-1.checkpoint     one file for each block
///  checkpoint/00000000000009a7.writing/               not whole: removed at the next start
/// ```
/// Invariants
/// 1. A directory without `.writing` holds all of its files, and they are durable: it gets its name when they are.
/// 2. The newest whole checkpoint and the log behind it are all that is needed; anything older goes only when the newest's name is
///    durable, and a whole checkpoint that must go while it may be the newest loses its name first.
final class Checkpoints {
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{16}");
    private static final String WRITING = ".writing";
    private static final Pattern NAME_WRITING = Pattern.compile("[0-9a-f]{16}\\.writing");
    private static final int LOADING_THREADS_MAX = 8;

    private final Disk disk;
    private final Path parent;
    private final Path directory;
    private final UUID database;

    Checkpoints(Disk disk, DatabaseDirectory directory) {
        this.disk = disk;
        this.parent = directory.path();
        this.directory = directory.checkpoint();
        this.database = directory.database();
    }

    /// Removes what was left half-written; answers what the newest checkpoint is of, null where there is none.
    CheckpointFile.@Nullable Header newest(int blockCount) throws IOException {
        Path newest = null;
        for (Path path : list()) {
            if (path.getFileName().toString().endsWith(WRITING)) {
                deleteAll(path);
            } else {
                newest = path;
            }
        }
        if (newest == null) {
            return null;
        }
        for (int block = 0; block < blockCount; block++) {
            Path file = CheckpointFile.file(newest, block);
            if (!Files.isRegularFile(file)) {
                throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                        .with("missingFile", file)
                        .mend("The checkpoint lacks a block: restore the directory from a backup.");
            }
        }
        files(newest, blockCount);
        Path first = CheckpointFile.file(newest, 0);
        CheckpointFile.Header header = CheckpointReader.header(disk, first, 0);
        if (!header.database().equals(database)) {
            throw CoconutException.of(ErrorCode.FOREIGN_FILE)
                    .with("file", first)
                    .with("databaseInFile", header.database())
                    .with("database", database)
                    .mend("The file belongs to another database: restore the right one.");
        }
        if (header.index() != index(newest)) {
            throw CheckpointFile.damaged(first, 0).with("indexInFile", header.index()).with("directory", newest);
        }
        return header;
    }

    /// Bytes of a checkpoint's files.
    long bytes(CheckpointFile.Header header, int blockCount) throws IOException {
        long bytes = 0;
        for (int block = 0; block < blockCount; block++) {
            bytes += Files.size(CheckpointFile.file(directory(header.index()), block));
        }
        return bytes;
    }

    /// Loads a checkpoint into empty blocks, several at a time; answers its bytes.
    long load(CheckpointFile.Header header, List<Block> blocks, OpeningMeter meter) throws IOException {
        Path checkpoint = directory(header.index());
        int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, Math.min(LOADING_THREADS_MAX, blocks.size()));
        List<Future<Long>> loading = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().name("coconut-load-", 0)
                .factory())) {
            for (Block block : blocks) {
                Path file = CheckpointFile.file(checkpoint, block.id());
                loading.add(pool.submit(() -> CheckpointReader.load(disk, file, header, block, meter)));
            }
        }
        long bytes = 0;
        for (Future<Long> block : loading) {
            bytes += result(block);
        }
        return bytes;
    }

    private static long result(Future<Long> future) throws IOException {
        try {
            return future.get();
        } catch (ExecutionException failure) {
            switch (failure.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException(failure);
            }
        } catch (InterruptedException interrupted) {
            // It is done: the pool was closed before.
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /// Writes a checkpoint that is whole and durable when this returns; answers its bytes. When it throws, the checkpoint before it is
    /// still the newest, or this one is whole.
    ///
    /// @param cold makes durable what the images' cold rows refer to
    long write(CheckpointFile.Header header, List<BlockImage> images, @Nullable ColdDirectory cold) throws IOException {
        Path writing = directory.resolve(name(header.index()) + WRITING);
        Path whole = directory(header.index());
        try {
            if (!Files.isDirectory(directory)) {
                disk.createDirectory(directory);
            }
            disk.forceDirectory(parent);
            remove(whole, writing);
            disk.createDirectory(writing);
            long bytes = 0;
            for (BlockImage image : images) {
                bytes += CheckpointWriter.write(disk, CheckpointFile.file(writing, image.block()), header, image);
            }
            if (cold != null) {
                cold.force();
            }
            disk.forceDirectory(writing);
            disk.rename(writing, whole);
            disk.forceDirectory(directory);
            return bytes;
        } catch (Throwable failure) {
            try {
                remove(whole, writing);
            } catch (IOException another) {
                // It is removed before the next one is written, or at the next start.
                failure.addSuppressed(another);
            }
            throw failure;
        }
    }

    private void remove(Path whole, Path writing) throws IOException {
        if (Files.exists(writing)) {
            deleteAll(writing);
        }
        if (Files.exists(whole)) {
            disk.rename(whole, writing);
            deleteAll(writing);
        }
    }

    /// Deletes all checkpoints before this one.
    void deleteBefore(long index) throws IOException {
        for (Path path : list()) {
            if (!path.getFileName().toString().endsWith(WRITING) && index(path) < index) {
                deleteAll(path);
            }
        }
    }

    private void deleteAll(Path checkpoint) throws IOException {
        for (Path file : files(checkpoint, Integer.MAX_VALUE)) {
            disk.delete(file);
        }
        disk.delete(checkpoint);
    }

    /// Checkpoints and leftovers, the oldest first.
    private List<Path> list() throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
                for (Path path : paths) {
                    String name = path.getFileName().toString();
                    boolean known = NAME.matcher(name).matches() || NAME_WRITING.matcher(name).matches();
                    if (known && Files.isDirectory(path)) {
                        found.add(path);
                    } else if (!name.startsWith(".")) {
                        throw foreign(path);
                    }
                }
            }
        }
        found.sort(null);
        return found;
    }

    /// The files of a checkpoint; FOREIGN_FILE where there are others, or one of a block that the database does not have.
    private static List<Path> files(Path checkpoint, int blockCount) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(checkpoint)) {
            for (Path path : paths) {
                String name = path.getFileName().toString();
                if (CheckpointFile.NAME.matcher(name).matches() && CheckpointFile.block(path) < blockCount) {
                    found.add(path);
                } else {
                    throw foreign(path);
                }
            }
        }
        return found;
    }

    private static CoconutException foreign(Path path) {
        return CoconutException.of(ErrorCode.FOREIGN_FILE)
                .with("file", path)
                .mend("Move it out of the database's directory and open the database again.");
    }

    private Path directory(long index) {
        return directory.resolve(name(index));
    }

    private static String name(long index) {
        return String.format("%016x", index);
    }

    private static long index(Path checkpoint) {
        return Long.parseUnsignedLong(checkpoint.getFileName().toString(), 16);
    }
}
