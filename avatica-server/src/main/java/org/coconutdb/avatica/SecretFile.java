package org.coconutdb.avatica;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/// Files that nobody but the server's own user should read.
final class SecretFile {
    private SecretFile() {}

    /// A [ServerConfigException] where it cannot be read, or others may read or change it.
    ///
    /// @param key of the configuration that names it
    static void require(String key, Path file) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new ServerConfigException(key + " is " + file + ", which cannot be read");
        }
        try {
            if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
                Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
                if (permissions.contains(PosixFilePermission.OTHERS_READ) || permissions.contains(PosixFilePermission.GROUP_WRITE)
                        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
                    throw new ServerConfigException(key + " is " + file + ", which others may read or change: chmod 600 " + file);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
