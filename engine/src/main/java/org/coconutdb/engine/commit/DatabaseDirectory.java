package org.coconutdb.engine.commit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// A database's directory, held by one process at a time.
/// ```
///  coconut.database   what it is: format, uuid, number of blocks, checksum; text, written once
///  coconut.lock       locked while the database is open
///  log/               the log's segments
///  checkpoint/        what the log's entries up to an index made of the blocks
///  spill/             files of running statements, of the layer above: what is in it when the database is opened is nobody's
/// ```
/// Names that begin with a dot are left alone; anything else is refused, so that a wrong path never becomes a database by accident.
public final class DatabaseDirectory implements AutoCloseable {
    static final int FORMAT = 4;
    private static final String MANIFEST = "coconut.database";
    private static final String MANIFEST_BEING_WRITTEN = "coconut.database.new";
    private static final String LOCK = "coconut.lock";
    private static final String LOG = "log";
    private static final String CHECKPOINT = "checkpoint";
    private static final String COLD = "cold";
    private static final String SPILL = "spill";

    private final Path path;
    private final FileChannel lockChannel;
    private final FileLock lock;
    private final UUID database;
    private final int blockCount;

    private DatabaseDirectory(Path path, FileChannel lockChannel, FileLock lock, UUID database, int blockCount) {
        this.path = path;
        this.lockChannel = lockChannel;
        this.lock = lock;
        this.database = database;
        this.blockCount = blockCount;
    }

    /// Opens the database in a directory, or makes one where there is no directory or an empty one.
    ///
    /// @param blockCountIfNew blocks of a new database; an existing one keeps its own
    public static DatabaseDirectory open(Path directory, int blockCountIfNew) {
        try {
            Files.createDirectories(directory);
            Path path = directory.toRealPath();
            boolean exists = checkNames(path);
            FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
            try {
                FileLock lock = lock(channel, path);
                return exists ? read(path, channel, lock) : create(path, channel, lock, blockCountIfNew);
            } catch (Throwable failure) {
                channel.close();
                throw failure;
            }
        } catch (FileAlreadyExistsException failure) {
            throw CoconutException.of(ErrorCode.FOREIGN_FILE, failure)
                    .with("path", directory)
                    .mend("It is a file, and a database is a directory: name another path.");
        } catch (AccessDeniedException failure) {
            throw CoconutException.of(ErrorCode.IO_FAILED, failure)
                    .with("path", failure.getFile())
                    .mend("This user may not write there: change its owner or rights, or name another directory.");
        } catch (IOException failure) {
            throw CoconutException.of(ErrorCode.IO_FAILED, failure)
                    .with("directory", directory)
                    .with("cause", failure)
                    .mend("The directory must be on a local disk that this user can write.");
        }
    }

    /// Whether a database is there; refuses names that are not a database's.
    private static boolean checkNames(Path path) throws IOException {
        boolean exists = Files.exists(path.resolve(MANIFEST));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                boolean known = List.of(MANIFEST, MANIFEST_BEING_WRITTEN, LOCK, LOG, CHECKPOINT, COLD, SPILL).contains(name)
                        || name.startsWith(".");
                if (!known) {
                    throw CoconutException.of(ErrorCode.FOREIGN_FILE)
                            .with("file", file)
                            .mend(exists
                                    ? "Move it out of the database's directory and open the database again."
                                    : "The directory holds no database: name an empty or a new directory.");
                }
            }
        }
        if (!exists && (holdsFiles(path.resolve(LOG)) || holdsFiles(path.resolve(CHECKPOINT)))) {
            throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                    .with("missingFile", path.resolve(MANIFEST))
                    .mend("A log or checkpoint is there and the file that says whose it is is not: restore it from a backup.");
        }
        return exists;
    }

    private static boolean holdsFiles(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            return files.iterator().hasNext();
        }
    }

    private static FileLock lock(FileChannel channel, Path path) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException _) {
            lock = null;
        }
        if (lock == null) {
            throw CoconutException.of(ErrorCode.DATABASE_IN_USE)
                    .with("directory", path)
                    .mend("Close it there, or use that process: an embedded database is open in one process at a time.");
        }
        return lock;
    }

    private static DatabaseDirectory create(Path path, FileChannel channel, FileLock lock, int blockCount) throws IOException {
        UUID database = UUID.randomUUID();
        Files.createDirectories(path.resolve(LOG));
        String text = "CoconutDB database, format=" + FORMAT + ", uuid=" + database + ", blocks=" + blockCount;
        Path written = path.resolve(MANIFEST_BEING_WRITTEN);
        Files.writeString(written, text + ", crc=" + crc(text) + "\n");
        try (FileChannel manifest = FileChannel.open(written, StandardOpenOption.WRITE)) {
            manifest.force(true);
        }
        Files.move(written, path.resolve(MANIFEST), StandardCopyOption.ATOMIC_MOVE);
        Disk.REAL.forceDirectory(path);
        return new DatabaseDirectory(path, channel, lock, database, blockCount);
    }

    private static DatabaseDirectory read(Path path, FileChannel channel, FileLock lock) throws IOException {
        Path manifest = path.resolve(MANIFEST);
        // ISO 8859-1 reads any byte, so that a damaged file is found by its checksum and not by its characters.
        String text = new String(Files.readAllBytes(manifest), StandardCharsets.ISO_8859_1).strip();
        int crcAt = text.lastIndexOf(", crc=");
        if (!text.startsWith("CoconutDB database, format=")) {
            throw CoconutException.of(ErrorCode.FOREIGN_FILE)
                    .with("file", manifest)
                    .mend("It is not a CoconutDB manifest: restore it from a backup, or name another directory.");
        }
        if (crcAt < 0 || !crc(text.substring(0, crcAt)).equals(text.substring(crcAt + ", crc=".length()))) {
            throw CoconutException.of(ErrorCode.DATA_CORRUPTED).with("file", manifest).mend("Restore it from a backup.");
        }
        int format = Integer.parseInt(field(text, "format"));
        if (format != FORMAT) {
            throw CoconutException.of(ErrorCode.FOREIGN_FILE)
                    .with("file", manifest)
                    .with("formatVersion", format)
                    .with("knownVersion", FORMAT)
                    .mend("It was written by another version of CoconutDB: open it with that one.");
        }
        Files.createDirectories(path.resolve(LOG));
        return new DatabaseDirectory(path, channel, lock, UUID.fromString(field(text, "uuid")), Integer.parseInt(field(text, "blocks")));
    }

    private static String field(String text, String name) {
        int from = text.indexOf(name + "=") + name.length() + 1;
        int to = text.indexOf(',', from);
        return text.substring(from, to);
    }

    private static String crc(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return Long.toHexString(crc.getValue());
    }

    public Path path() {
        return path;
    }

    Path log() {
        return path.resolve(LOG);
    }

    Path checkpoint() {
        return path.resolve(CHECKPOINT);
    }

    /// Where files of cold rows lie.
    public Path cold() {
        return path.resolve(COLD);
    }

    public UUID database() {
        return database;
    }

    public int blockCount() {
        return blockCount;
    }

    /// Lets another process open the database.
    @Override
    public void close() {
        try (lockChannel) {
            if (lock.isValid()) {
                lock.release();
            }
        } catch (IOException failure) {
            throw CoconutException.of(ErrorCode.IO_FAILED, failure).with("directory", path);
        }
    }
}
