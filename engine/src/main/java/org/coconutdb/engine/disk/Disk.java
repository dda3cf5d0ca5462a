package org.coconutdb.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Opens the files of a database: of its log, its checkpoints and its cold rows. [#REAL] is the file system; tests give one that fails at a chosen write.
public interface Disk {
    Disk REAL = new Disk() {
        @Override
        public DiskFile open(Path file, boolean create) throws IOException {
            FileChannel channel = create
                    ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)
                    : FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            return new ChannelFile(channel);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            // A file's name is durable only when its directory is (fsync(2)).
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    };

    DiskFile open(Path file, boolean create) throws IOException;

    void forceDirectory(Path directory) throws IOException;

    /// Deletes a file or an empty directory.
    default void delete(Path file) throws IOException {
        Files.delete(file);
    }

    default void createDirectory(Path directory) throws IOException {
        Files.createDirectory(directory);
    }

    /// Gives a file or a directory another name that is free, at once or not at all.
    default void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Whether a write failed because there is no room.
    static boolean isFull(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("No space left") || message.contains("Disk quota");
    }

    /// A file by its channel.
    record ChannelFile(FileChannel channel) implements DiskFile {
        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            long at = position;
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            int total = 0;
            while (into.hasRemaining()) {
                int count = channel.read(into, position + total);
                if (count < 0) {
                    break;
                }
                total += count;
            }
            return total;
        }

        @Override
        public void force(boolean metadata) throws IOException {
            channel.force(metadata);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
