package org.coconutdb.engine.tier;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// The cold files of all blocks of a database.
/// ```
///  cold/block-3-00000001.cold     rows of block 3
/// ```
/// Threads: opened and closed by one; [#beginCheckpoint] and the calls that follow it are for the thread that writes a checkpoint.
public final class ColdDirectory implements AutoCloseable {
    /// A file is rewritten as a whole, so a small one is rewritten sooner; each takes a file handle.
    public static final int FILE_BYTES_MAX = 256 << 20;

    private static final Pattern NAME = Pattern.compile("block-(\\d{1,4})-([0-9a-f]{8})\\.cold");

    private final Disk disk;
    private final Path directory;
    private final int fileBytesMax;
    private final List<ColdStore> stores = new ArrayList<>();

    private ColdDirectory(Disk disk, Path directory, int fileBytesMax) {
        this.fileBytesMax = fileBytesMax;
        this.disk = disk;
        this.directory = directory;
    }

    /// Opens the files that are there. FOREIGN_FILE, DATA_CORRUPTED, IO_FAILED.
    ///
    /// @param fileBytesMax a file takes no more frames when it has so many bytes
    public static ColdDirectory open(Disk disk, Path directory, UUID database, int blockCount, int fileBytesMax) {
        ColdDirectory cold = new ColdDirectory(disk, directory, fileBytesMax);
        try {
            List<Map<Integer, Path>> found = new ArrayList<>();
            for (int block = 0; block < blockCount; block++) {
                found.add(new TreeMap<>());
            }
            cold.list(found);
            for (int block = 0; block < blockCount; block++) {
                cold.stores.add(new ColdStore(disk, cold, database, block, fileBytesMax, found.get(block)));
            }
            return cold;
        } catch (IOException failure) {
            cold.close();
            throw CoconutException.of(ErrorCode.IO_FAILED, failure)
                    .with("directory", directory)
                    .with("cause", String.valueOf(failure.getMessage()))
                    .mend("Files of cold rows cannot be read: mend the disk or its rights and open the database again.");
        } catch (Throwable failure) {
            cold.close();
            throw failure;
        }
    }

    private void list(List<Map<Integer, Path>> into) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
            for (Path path : paths) {
                String name = path.getFileName().toString();
                Matcher matcher = NAME.matcher(name);
                if (matcher.matches() && Integer.parseInt(matcher.group(1)) < into.size()) {
                    into.get(Integer.parseInt(matcher.group(1))).put(Integer.parseUnsignedInt(matcher.group(2), 16), path);
                } else if (!name.startsWith(".")) {
                    throw CoconutException.of(ErrorCode.FOREIGN_FILE)
                            .with("file", path)
                            .mend("Move it out of the database's directory and open the database again.");
                }
            }
        }
    }

    Path file(int block, int number) {
        return directory.resolve(String.format("block-%d-%08x.cold", block, number));
    }

    /// The tier of a block.
    public ColdStore of(int block) {
        return stores.get(block);
    }

    /// Bytes on disk of a table's rows in a block.
    public long bytesOf(int block, int table) {
        return stores.get(block).bytesOf(table);
    }

    /// Makes the directory, where it is not there yet.
    void make() throws IOException {
        if (!Files.isDirectory(directory)) {
            disk.createDirectory(directory);
            disk.forceDirectory(Objects.requireNonNull(directory.toAbsolutePath().getParent()));
        }
    }

    /// When all blocks have been loaded, of files that no record came to refer to: deletes them.
    public void deleteUnused() throws IOException {
        for (ColdStore store : stores) {
            store.deleteUnfinished();
            for (ColdFile file : store.dead()) {
                store.delete(file);
            }
        }
    }

    /// Whether files that nobody needs take much of the disk: as much as the others, and more than a few.
    public boolean isWorthCleaning() {
        long dead = 0;
        long needed = 0;
        for (ColdStore store : stores) {
            for (ColdFile file : store.files()) {
                if (file.isSealed() && file.liveBytes() == 0) {
                    dead += file.bytes();
                } else {
                    needed += file.bytes();
                }
            }
        }
        return dead > Math.max(fileBytesMax, needed);
    }

    /// What may be deleted when a checkpoint that begins now is the only one left.
    public Garbage beginCheckpoint() {
        List<Garbage.Dead> dead = new ArrayList<>();
        for (ColdStore store : stores) {
            store.dead().forEach(file -> dead.add(new Garbage.Dead(store, file)));
        }
        return new Garbage(dead);
    }

    /// Makes durable, with their names, all files that records refer to.
    public void force() throws IOException {
        boolean any = false;
        for (ColdStore store : stores) {
            any |= !store.files().isEmpty();
            store.force();
        }
        if (any) {
            disk.forceDirectory(directory);
        }
    }

    /// Files that nobody needs any more.
    public static final class Garbage {
        private record Dead(ColdStore store, ColdFile file) {}

        private final List<Dead> files;

        private Garbage(List<Dead> files) {
            this.files = files;
        }

        public void delete() throws IOException {
            for (Dead dead : files) {
                dead.store.delete(dead.file);
            }
        }
    }

    @Override
    public void close() {
        @Nullable IOException failure = null;
        for (ColdStore store : stores) {
            try {
                store.close();
            } catch (IOException another) {
                failure = another;
            }
        }
        if (failure != null) {
            throw CoconutException.of(ErrorCode.IO_FAILED, failure).with("directory", directory);
        }
    }
}
