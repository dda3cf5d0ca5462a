package org.coconutdb.sql.spill;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.disk.DiskFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The directory of the files of statements. Files lose their names as soon as they are open: their room is free when they are closed, also where the
/// process ends without doing so. Any thread.
final class SpillFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpillFolder.class);
    private static final String PREFIX = "statement-";

    private final @Nullable Path own;
    private final Disk disk;
    private final AtomicLong numbers = new AtomicLong();
    private @Nullable Path temporary; // guarded by this

    /// @param directory null: a temporary one, made when it is needed
    SpillFolder(@Nullable Path directory, Disk disk) {
        this.own = directory;
        this.disk = disk;
    }

    /// A new file, which nobody else finds.
    DiskFile open() throws IOException {
        Path file = directory().resolve(PREFIX + numbers.incrementAndGet());
        DiskFile opened;
        try {
            opened = disk.open(file, true);
        } catch (NoSuchFileException gone) {
            // Somebody has cleaned up below the temporary directory.
            Files.createDirectories(directory());
            opened = disk.open(file, true);
        }
        try {
            disk.delete(file);
        } catch (Throwable failure) {
            opened.close();
            throw failure;
        }
        return opened;
    }

    private synchronized Path directory() throws IOException {
        if (own != null) {
            if (!Files.isDirectory(own)) {
                Files.createDirectories(own);
            }
            return own;
        }
        Path made = temporary;
        if (made == null) {
            made = Files.createTempDirectory("coconut-spill-");
            temporary = made;
        }
        return made;
    }

    /// Deletes what a crash between the making of a file and the loss of its name has left.
    void empty() throws IOException {
        Path directory = own;
        if (directory == null || !Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "*")) {
            for (Path file : files) {
                disk.delete(file);
            }
        }
    }

    @Override
    public synchronized void close() {
        Path made = temporary;
        temporary = null;
        if (made != null) {
            try {
                Files.deleteIfExists(made);
            } catch (IOException failure) {
                // An empty directory of the temporary ones is left.
                LOG.atWarn().addKeyValue("directory", made).setCause(failure).log("a directory cannot be deleted");
            }
        }
    }
}
